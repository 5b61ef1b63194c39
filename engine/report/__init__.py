"""Projections of a report: text for people, JSON and NDJSON for programs."""
