"""The titles of what cannot be reported as it stands: chapters, blocks, categories, codes that want more characters."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources

from engine.reference.catalog import Tables

_FOLDER = "data"
_NAME = "icd10cm-titles"
IMPORTED = "icd10cm-notes"
"""The table of an imported tabular list; its titles come before those that ship."""


@lru_cache(maxsize=1)
def shipped_titles() -> Mapping[str, str]:
    """Titles by node (``chapter 4``, ``E08-E13``, ``E11``), as they ship."""
    file = resources.files("engine.reference.search") / _FOLDER / f"{_NAME}.txt.gz"
    text = gzip.decompress(file.read_bytes()).decode("utf-8")
    return dict([line.split("\t", 1) for line in text.splitlines()])


def shipped_digest() -> str:
    """The SHA-256 of the titles that ship."""
    file = resources.files("engine.reference.search") / _FOLDER / f"{_NAME}.json"
    return str(json.loads(file.read_text(encoding="utf-8"))["sha256"])


def title(tables: Tables, node: str) -> str:
    """The title of a node, empty when it is not known."""
    if IMPORTED in tables.names():
        named = f"{node[:3]}.{node[3:]}" if len(node) > 3 and "-" not in node and " " not in node else node  # noqa: PLR2004
        for row in tables.rows(IMPORTED, named.removeprefix("chapter ")):
            return row.values.get("description", "")
    return shipped_titles().get(node, "")
