"""Writes docs/vocabulary.md, the words that rules may use, from engine/facts/vocabulary.yaml.

Run it after a change of the vocabulary: ``python -m tools.build_docs``. A test fails while the page is behind.
"""

from __future__ import annotations

from pathlib import Path

from engine.facts.vocabulary import Field, Kind, vocabulary

TARGET = Path(__file__).parents[1] / "docs" / "vocabulary.md"

HEAD = """# Vocabulary

<!-- Made by tools/build_docs.py from engine/facts/vocabulary*.yaml. Do not edit. -->

The words that rules may use: every kind of fact and every field. A claim has none, one or many facts of a kind. A field
that is absent has no value: a test on it does not hold, and the report says that the rule was not evaluated.

| type | holds | is written and printed as |
|---|---|---|
| text | a code or a word | as it is |
| icd10 | an ICD-10-CM code | with its dot, `E11.9` |
| enum | one of the values listed | as it is |
| flag | yes or no | `true`, `false` |
| count | a whole number | the number |
| cents | an amount of money | dollars and cents |
| day | a calendar day | `2026-03-05` |
| quantity | a number of units, up to three decimals | the number |

**needs** names what must be there before a field can be known: `table/NAME` is a reference table, `history` are
earlier claims, `eligibility` is an answer of the payer that the caller passes on, `encounter` is the record of a
documented encounter, `code-set/NAME` is a file of
`rules/code-sets` whose members the field counts or looks for. **derived** means worked out from other fields.
"""


def page() -> str:
    """The whole page."""
    kinds = vocabulary()
    links = ", ".join(f"[{name}](#{anchor(name)})" for name in kinds)
    return "\n".join([HEAD, f"Kinds: {links}.", "", *(section(name, kind) for name, kind in kinds.items())])


def anchor(name: str) -> str:
    """The anchor that Markdown gives to a kind's heading.

    >>> anchor("table/ptp-practitioner")
    'tableptp-practitioner'
    """
    return name.replace("/", "")


def section(name: str, kind: Kind) -> str:
    """One kind."""
    needs = f" Needs {_codes(kind.needs)}." if kind.needs else ""
    rows = [row(field, about) for field, about in kind.fields.items()]
    columns = ("field", "type", "meaning", "values", "needs", "837P", "837I", "837D", "FHIR")
    head = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    return "\n".join([f"## {name}", "", f"{kind.about}{needs}", "", *head, *rows, ""])


def row(name: str, field: Field) -> str:
    """One field."""
    cells = [f"`{name}`", field.type, _cell(field.about), _codes(field.values), _codes(_needs(field))]
    cells += [_cell(origin) for origin in (field.p, field.i, field.d, field.fhir)]
    return f"| {' | '.join(cells)} |"


def _needs(field: Field) -> tuple[str, ...]:
    return (*field.needs, *(f"code-set/{name}" for name in field.sets))


def _codes(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _cell(text: str) -> str:
    """Text inside a table: no line ends, no bars, no emphasis by stars."""
    return " ".join(text.split()).replace("|", "\\|").replace("*", "\\*")


def main() -> None:
    """Writes the page."""
    TARGET.write_text(page(), encoding="utf-8")
    print(f"{TARGET}: {len(vocabulary())} kinds")


if __name__ == "__main__":
    main()
