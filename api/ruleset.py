"""The rule folders as bytes: packed for the store, so that all workers and later explanations load the same files."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from engine import Rulebook, load_rulebook, shipped_rules

_STAMP = (1980, 1, 1, 0, 0, 0)


class Ruleset(Struct, frozen=True, kw_only=True):
    """Rule folders, packed: ``digest`` is the SHA-256 over the names and bytes of every file in them."""

    digest: str
    content: bytes


def pack_folders(site: Sequence[Path], shipped: Path | None = None) -> Ruleset:
    """Read the shipped folder and the site's, once; nothing is judged here.

    Raises:
        OSError: a file or folder cannot be read.
    """
    total = hashlib.sha256()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, root in enumerate([shipped or shipped_rules(), *site]):
            for path in _files(root):
                name = f"{number}/{root.resolve().name}/{path.relative_to(root).as_posix()}"
                content = path.read_bytes()
                total.update(f"{name}\0".encode() + hashlib.sha256(content).digest())
                archive.writestr(zipfile.ZipInfo(name, _STAMP), content, zipfile.ZIP_DEFLATED)
    return Ruleset(digest=total.hexdigest(), content=packed.getvalue())


def unpack_rulebook(ruleset: Ruleset) -> tuple[Rulebook, Mapping[str, str]]:
    """The rulebook of packed folders, and the text of each file by the name that messages call it.

    Raises:
        RulebookError: with every mistake in any file.
    """
    with _unpacked(ruleset) as roots:
        texts = {
            f"{root.name}/{path.relative_to(root).as_posix()}": path.read_text(encoding="utf-8", errors="replace")
            for root in roots
            for path in root.rglob("*.yaml")
        }
        return load_rulebook(roots[1:], roots[0]), texts


def packs_of(rulebook: Rulebook) -> list[dict[str, str]]:
    """The packs as answers name them."""
    return [{"name": pack.name, "version": pack.version, "digest": pack.digest} for pack in rulebook.packs]


def packs_text(rulebook: Rulebook) -> str:
    """The same as JSON, for the store."""
    return json.dumps(packs_of(rulebook), separators=(",", ":"))


def _files(root: Path) -> Iterator[Path]:
    """Every file below a folder, sorted; a folder that is not there fails as one that cannot be read."""
    if not root.is_dir():
        raise FileNotFoundError(2, "no such folder of rules", str(root))
    found = (Path(parent) / name for parent, _, names in os.walk(root) for name in names)
    return iter(sorted(path for path in found if path.is_file()))


@contextmanager
def _unpacked(ruleset: Ruleset) -> Iterator[list[Path]]:
    with tempfile.TemporaryDirectory(prefix="cleanclaim-rules-") as scratch:
        with zipfile.ZipFile(io.BytesIO(ruleset.content)) as archive:
            archive.extractall(scratch)
        numbered = sorted(Path(scratch).iterdir(), key=lambda folder: int(folder.name))
        yield [next(folder.iterdir()) for folder in numbered]
