"""Readers of what a caller knows beside the claims: X12 271, native JSON or YAML, and lists of providers as CSV."""
