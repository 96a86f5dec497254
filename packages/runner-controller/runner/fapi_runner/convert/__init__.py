"""Moves the routes, models and helpers of one main.py into files of their own, by its syntax tree; runs none of it."""
