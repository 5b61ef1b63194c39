"""Checking files of any size: in parts, in several processes or on Spark, resumable at any moment.

``run.py`` is the whole of it from top to bottom.
"""
