"""Codes of errors, as JSON-RPC and the Language Server Protocol have them."""

from __future__ import annotations

PARSE_ERROR, INVALID_REQUEST, UNKNOWN_METHOD, INVALID_PARAMS, INTERNAL = -32700, -32600, -32601, -32602, -32603
NOT_READY, CANCELLED, MODIFIED, REFUSED = -32002, -32800, -32801, -32803
