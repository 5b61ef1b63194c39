"""Payer files and their inheritance: plan, payer, the payer it inherits from, ``_base``; the nearest value wins."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from engine.errors import RuleError
from engine.facts.vocabulary import Field, FieldType, nearest
from engine.rulebook.document import Document, Node, items, mapping
from engine.rulebook.rule import Override, ParameterValue, Payer
from engine.rulebook.schema import read_shaped
from engine.rulebook.values import UNITS, day_number, typed

BASE = "_base"


class _PayerFile(Struct, frozen=True):
    """One payer file, read but not yet joined to those it inherits from."""

    slug: str
    inherits: str
    document: Document


def read_payers(
    paths: list[tuple[Path, str]], schema: Path
) -> tuple[dict[str, Payer], dict[str, FieldType], list[RuleError]]:
    """All payers with their inheritance resolved, and the type of every parameter.

    ``paths`` are payer files with the name to call each by.
    """
    mistakes: list[RuleError] = []
    files: dict[str, _PayerFile] = {}
    for path, name in paths:
        document, wrong = read_shaped(path, name, schema)
        mistakes += wrong
        if document is None:
            continue
        content = mapping(document.content)
        slug = str(content["payer"])
        if slug != path.parent.name:
            hint = "the folder's name is the payer's"
            mistakes.append(document.error(f"payer {slug} stands in folder {path.parent.name}", "payer", hint=hint))
        elif slug in files:
            hint = f"see {files[slug].document.path}"
            mistakes.append(document.error(f"payer {slug} stands twice", "payer", hint=hint))
        else:
            inherits = str(content.get("inherits", "" if slug == BASE else BASE))
            files[slug] = _PayerFile(slug, inherits, document)
    types = _parameter_types(files, mistakes)
    payers = {}
    for slug, file in files.items():
        lineage = _lineage(slug, files, mistakes)
        payers[slug] = _join(file, [files[ancestor] for ancestor in lineage], types, mistakes)
    return payers, types, mistakes


def _lineage(slug: str, files: dict[str, _PayerFile], mistakes: list[RuleError]) -> list[str]:
    lineage = [slug]
    while heir := files[lineage[-1]].inherits:
        document = files[lineage[-1]].document
        if heir not in files:
            mistakes.append(document.error(f"inherits unknown payer {heir}", "inherits", hint=nearest(heir, files)))
            break
        if heir in lineage:
            mistakes.append(
                document.error(
                    f"inherits itself through {' > '.join([*lineage, heir])}", "inherits", hint="end at _base"
                )
            )
            break
        lineage.append(heir)
    return lineage


def _parameter_types(files: dict[str, _PayerFile], mistakes: list[RuleError]) -> dict[str, FieldType]:
    """The unit is stated where a parameter is first declared (mostly in ``_base``), and never differs."""
    types: dict[str, FieldType] = {}
    for file in sorted(files.values(), key=lambda f: f.slug != BASE):
        for name, entry in mapping(mapping(file.document.content).get("parameters")).items():
            unit = mapping(entry).get("unit")
            if unit is not None and types.setdefault(name, UNITS[str(unit)]) != UNITS[str(unit)]:
                mistakes.append(
                    file.document.error(f"{name} has another unit than elsewhere", "parameters", name, "unit")
                )
    for file in files.values():
        for name in mapping(mapping(file.document.content).get("parameters")):
            if name not in types:
                mistakes.append(
                    file.document.error(
                        f"{name} has no unit", "parameters", name, hint="state unit where it is first declared"
                    )
                )
                types[name] = "text"
    return types


def _join(file: _PayerFile, lineage: list[_PayerFile], types: dict[str, FieldType], mistakes: list[RuleError]) -> Payer:
    parameters: dict[str, tuple[ParameterValue, ...]] = {}
    overrides: dict[str, Override] = {}
    kind = ""
    for ancestor in lineage:
        content = mapping(ancestor.document.content)
        kind = kind or str(content.get("kind", ""))
        own = mistakes if ancestor is file else []
        for name, entry in mapping(content.get("parameters")).items():
            if name not in parameters:
                parameters[name] = _values(ancestor, name, mapping(entry), types[name], own)
        for rule, entry in mapping(content.get("rules")).items():
            overrides.setdefault(rule, _override(ancestor.slug, rule, mapping(entry)))
    content = mapping(file.document.content)
    identifiers = mapping(content.get("identifiers"))
    return Payer(
        slug=file.slug,
        title=str(content["title"]),
        kind=kind or "other",
        lineage=tuple(ancestor.slug for ancestor in lineage),
        payer_ids=_texts(identifiers.get("payer_id")),
        filing_indicators=_texts(identifiers.get("filing_indicator")),
        claim_types=_texts(identifiers.get("claim_types")),
        parameters=parameters,
        overrides=overrides,
    )


def _values(
    file: _PayerFile, name: str, entry: dict[str, Node], kind: FieldType, mistakes: list[RuleError]
) -> tuple[ParameterValue, ...]:
    found: list[ParameterValue] = []
    for number, item in enumerate(items(entry.get("values"))):
        value = mapping(item)
        steps = ("parameters", name, "values", number)
        raw = value["value"] if isinstance(value["value"], list) else [value["value"]]
        try:
            found.append(
                ParameterValue(
                    first_day=day_number(str(value["from"])),
                    last_day=day_number(str(value["to"])) if "to" in value else None,
                    values=tuple(typed(str(v), Field(type=kind, about="")) for v in raw),
                    because=str(value["because"]),
                    payer=file.slug,
                )
            )
        except ValueError as error:
            mistakes.append(file.document.error(str(error), *steps))
    if found != sorted(found, key=lambda v: v.first_day):
        mistakes.append(
            file.document.error(f"values of {name} are not in order of their dates", "parameters", name, "values")
        )
    return tuple(found)


def _override(payer: str, rule: str, entry: dict[str, Node]) -> Override:
    return Override(
        rule=rule,
        because=str(entry["because"]),
        off=entry.get("off") == "true",
        severity=entry.get("severity"),  # type: ignore[arg-type]  # the schema has checked it
        disposition=entry.get("disposition"),  # type: ignore[arg-type]
        until=day_number(str(entry["until"])) if "until" in entry else None,
        payer=payer,
    )


def _texts(node: Node) -> tuple[str, ...]:
    return tuple(str(item) for item in items(node))
