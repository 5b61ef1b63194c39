"""The version of cleanclaim; the one place where it is written."""

VERSION = "0.1.0"
