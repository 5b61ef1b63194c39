"""The parser against 200 lines read by hand (sample_200.yaml, drawn by draw.py)."""

from pathlib import Path

import pytest
import yaml

from engine.reference.notes.lookup import shipped

SAMPLE = yaml.safe_load((Path(__file__).parent / "sample_200.yaml").read_text(encoding="utf-8"))


def as_written(span):
    """The span in the notation of the sample."""
    text = dot(span.low) if span.low == span.high else f"{dot(span.low)}-{dot(span.high)}"
    condition = span.condition
    if condition:
        where = "$" if condition.final else "|".join(map(str, condition.positions)) or "."
        text += f" @{where}={''.join(condition.values)}"
    return text


def dot(code):
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 else code


def found(line):
    node = line["node"] if line["node"].startswith("chapter") else line["node"].replace(".", "")
    matches = [
        note
        for note in shipped().notes_on(node)
        if (note.kind, note.wording, note.heading) == (line["kind"], line["wording"], line.get("heading", ""))
    ]
    assert matches, f"{line['node']} {line['kind']} is not in the table"
    return matches[0]


def test_the_sample_holds_200_lines():
    assert len(SAMPLE) == 200


@pytest.mark.parametrize("line", SAMPLE, ids=lambda line: f"{line['node']}-{line['kind']}")
def test_partners_are_those_read_by_hand(line):
    assert [as_written(span) for span in found(line).spans] == line["expected"]


@pytest.mark.parametrize("line", SAMPLE[100:], ids=lambda line: f"{line['node']}-{line['kind']}")
def test_what_binds_is_what_was_read_by_hand(line):
    expected = line["mandatory"] if "differs" not in line else not line["mandatory"]
    assert found(line).mandatory is expected


def test_exact_partners_are_billable_codes(valid_codes):
    for line in SAMPLE:
        for span in found(line).spans:
            alone = span.low == span.high and span.condition is None
            dashed = f"{dot(span.low)}-" in line["wording"] or f"{dot(span.low)}.-" in line["wording"]
            assert span.exact is (alone and not dashed and span.low in valid_codes), line
