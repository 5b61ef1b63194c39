"""Bytes to claims: one module a dialect. Bad content is reported, never raised."""
