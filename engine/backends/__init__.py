"""Intermediate form to something that runs. Each back end implements :mod:`engine.backends.protocol`."""
