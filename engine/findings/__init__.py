"""Matches to findings, score, verdict, coverage and explanation."""
