"""Claim and tables to facts: the words that rules are written in."""
