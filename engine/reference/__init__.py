"""Dated reference data: code sets, tables, editions, look-ups."""
