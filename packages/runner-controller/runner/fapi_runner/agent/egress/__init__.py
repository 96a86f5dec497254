"""Connections of apps to the places that were granted to them."""
