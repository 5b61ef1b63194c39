"""Code-set files: ``rules/code-sets/NAME.yaml``."""

from __future__ import annotations

from pathlib import Path

from engine.errors import RuleError
from engine.facts.vocabulary import nearest
from engine.reference.code_lists import CodeList, code_list, code_lists
from engine.reference.code_set import CodeSet, Window
from engine.rulebook.document import Document, Node, items, mapping
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
    if "list" in content:
        listed, mistakes = _listed(document, str(content["list"]), mapping(content.get("where")))
        windows += listed
    for number, member in enumerate(items(content.get("members"))):
        try:
            windows.append(_window(member))
        except ValueError as error:
            mistakes.append(document.error(str(error), "members", number))
    sources = "; ".join(f"{s['title']}, {s['locator']}" for s in items(content["references"]) if isinstance(s, dict))
    if mistakes:
        return None, mistakes
    return CodeSet(name=path.stem, title=str(content["title"]), source=sources, windows=tuple(windows)), []


def _listed(document: Document, name: str, where: dict[str, Node]) -> tuple[list[Window], list[RuleError]]:
    """The codes of a shipped list that have the attributes asked for, by their days of use."""
    if name not in code_lists():
        hint = nearest(name, code_lists()) or f"one of {', '.join(code_lists())}"
        return [], [document.error(f"unknown list {name}", "list", hint=hint)]
    shipped = code_list(name)
    wanted = {key: [str(value) for value in items(node) or [node]] for key, node in where.items()}
    mistakes = [
        document.error(f"list {name} has no {key}: {value}", "where", key, hint=_values(shipped, key, value))
        for key, values in wanted.items()
        for value in values
        if all(entry.attributes.get(key) != value for entry in shipped.entries.values())
    ]
    by_days: dict[tuple[int | None, int | None], set[str]] = {}
    for code, entry in shipped.entries.items():
        if all(entry.attributes.get(key) in values for key, values in wanted.items()):
            by_days.setdefault((entry.first_day, entry.last_day), set()).add(_code(code))
    return [Window(first, last, frozenset(codes)) for (first, last), codes in by_days.items()], mistakes


def _values(shipped: CodeList, key: str, value: str) -> str:
    known = sorted({entry.attributes[key] for entry in shipped.entries.values() if key in entry.attributes})
    if not known:
        keys = sorted({key for entry in shipped.entries.values() for key in entry.attributes})
        return f"its attributes are {', '.join(keys)}" if keys else "its codes have no attributes: leave out where"
    return nearest(value, known) or f"one of {', '.join(known)}"


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
