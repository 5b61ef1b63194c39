"""Findings about documented encounters, and their score."""
