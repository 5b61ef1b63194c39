"""Code-set files: ``rules/code-sets/NAME.yaml``."""

from __future__ import annotations

from pathlib import Path

from engine.errors import RuleError
from engine.reference.code_set import CodeSet, Window
from engine.rulebook.document import Node, items, mapping
from engine.rulebook.schema import read_shaped
from engine.rulebook.values import day_number


def read_code_set(path: Path, name: str, schema: Path) -> tuple[CodeSet | None, list[RuleError]]:
    """One code set, or ``None`` with the mistakes that prevent it."""
    document, mistakes = read_shaped(path, name, schema)
    if document is None:
        return None, mistakes
    content = mapping(document.content)
    if content["set"] != path.stem:
        return None, [
            document.error(f"set {content['set']} stands in {path.name}", "set", hint="the file's name is the set's")
        ]
    windows: list[Window] = []
    for number, member in enumerate(items(content["members"])):
        try:
            windows.append(_window(member))
        except ValueError as error:
            mistakes.append(document.error(str(error), "members", number))
    sources = "; ".join(f"{s['title']}, {s['locator']}" for s in items(content["references"]) if isinstance(s, dict))
    if mistakes:
        return None, mistakes
    return CodeSet(name=path.stem, title=str(content["title"]), source=sources, windows=tuple(windows)), []


def _window(member: Node) -> Window:
    entries = member if isinstance(member, dict) else {}
    ranges = []
    for text in map(str, items(entries.get("ranges"))):
        low, dash, high = text.partition("-")
        if not dash or len(low) != len(high) or low > high:
            message = f"range {text!r} is not LOW-HIGH with codes of equal length"
            raise ValueError(message)
        ranges.append((low, high))
    days = {}
    for key in ("from", "to"):
        written = entries.get(key)
        days[key] = day_number(str(written)) if written is not None else None
    return Window(
        first_day=days["from"],
        last_day=days["to"],
        codes=frozenset(map(_code, items(entries.get("codes")))),
        prefixes=tuple(map(_code, items(entries.get("prefixes")))),
        ranges=tuple(ranges),
        excluded=tuple(map(_code, items(entries.get("except")))),
    )


def _code(node: Node) -> str:
    return str(node).replace(".", "").upper()
