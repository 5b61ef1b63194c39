"""Writes the tabular notes that ship: engine/reference/data/icd10cm-notes.txt.gz and icd10cm-notes.json.

``python tools/build_notes.py [TABULAR] [EDITION]``: TABULAR is the tabular list as published (XML, or XML in .xz or
.gz; default that of April 2026 in ../shared/refdata/ship). The same input gives the same bytes. ``--unresolved`` prints
instead every note that names partners that could not be resolved, or none, with the reason.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import lzma
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from engine.reference.notes.build import Built, build
from engine.reference.notes.lookup import NoteTable

DATA = Path(__file__).parents[1] / "engine" / "reference" / "data"
DEFAULT = Path(__file__).parents[2] / "shared" / "refdata" / "ship" / "icd10cm" / "icd10c-tabular-April-1-2026.xml.xz"
EDITION = "FY2026 April update"
NAME = "icd10cm-notes"


def read(source: Path) -> bytes:
    """The XML in ``source``, whatever it is packed in."""
    data = source.read_bytes()
    unpack = {".xz": lzma.decompress, ".gz": gzip.decompress}.get(source.suffix)
    return unpack(data) if unpack else data


def write(built: Built, edition: str, source: Path, target: Path) -> dict[str, object]:
    """Writes both files to ``target`` and returns what the second one says."""
    content = built.text.encode("utf-8")
    (target / f"{NAME}.txt.gz").write_bytes(gzip.compress(content, compresslevel=9, mtime=0))
    about: dict[str, object] = {
        "edition": edition,
        "source": source.name,
        "sha256": hashlib.sha256(content).hexdigest(),
        **built.counts,
    }
    (target / f"{NAME}.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    return about


def main() -> None:
    """Builds from the file named on the command line."""
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    source = Path(words[0]) if words else DEFAULT
    if not source.is_file():
        sys.exit(f"{source} is not there: name the tabular list (XML)")
    built = build(read(source), str(source))
    if "--unresolved" in sys.argv:
        for note in NoteTable(built.text, str(source)).unresolved():
            print(note.unresolved, note.node, note.kind, note.heading, note.wording, sep="\t")
        return
    edition = words[1] if len(words) > 1 else EDITION if source == DEFAULT else source.stem
    print(json.dumps(write(built, edition, source, DATA), indent=2))


if __name__ == "__main__":
    main()
