"""The table that ships: its digest, its counts, its seventh characters against the validity table."""

import gzip
import hashlib
import json
import lzma
import re
import subprocess
import sys
from bisect import bisect_left
from itertools import islice
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from engine.reference.notes.build import build
from engine.reference.notes.lookup import partners, shipped
from engine.reference.notes.model import Condition
from engine.reference.notes.records import read_span, write_span

ROOT = Path(__file__).parents[3]
DATA = ROOT / "engine" / "reference" / "data"
SOURCE = ROOT.parent / "shared" / "refdata" / "ship" / "icd10cm" / "icd10c-tabular-April-1-2026.xml.xz"
ABOUT = json.loads((DATA / "icd10cm-notes.json").read_text(encoding="utf-8"))


def content():
    return gzip.decompress((DATA / "icd10cm-notes.txt.gz").read_bytes())


def test_the_digest_is_that_of_the_text():
    assert hashlib.sha256(content()).hexdigest() == ABOUT["sha256"]


@pytest.mark.skipif(not SOURCE.is_file(), reason="the published tabular list is kept outside the repository")
def test_building_again_gives_the_same_text():
    built = build(lzma.decompress(SOURCE.read_bytes()), SOURCE.name)
    assert built.text.encode() == content()
    assert built.counts == {name: ABOUT[name] for name in built.counts}


def test_expanded_codes_are_the_valid_codes(valid_codes):
    categories = {code[:3] for code in valid_codes}
    expanded = {code for category in categories for code in shipped().expand(category)}
    assert expanded == valid_codes  # nothing to list: the note on S06 takes away the 76 codes that are not valid


def test_few_references_are_unresolved():
    assert sum(ABOUT["references_unresolved"].values()) < 0.005 * sum(ABOUT["references"].values())


def test_every_unresolved_note_has_a_reason_and_is_counted():
    assert sum(ABOUT["notes_unresolved"].values()) == sum(
        len(note.unresolved.split("; ")) for note in shipped().unresolved()
    )


def test_every_span_names_a_valid_code(valid_codes):
    ordered = sorted(valid_codes)
    table = shipped()
    spans = {span for node in nodes(table) for note in table.notes_on(node) for span in note.spans}
    for span in spans:
        assert any(span.holds(code) for code in islice(ordered, bisect_left(ordered, span.low), None)), span


def nodes(table):
    return list(table._records)


@pytest.mark.parametrize(
    ("code", "partner", "kinds"),
    [
        ("E1122", "E1022", {"excludes1"}),  # type 1 and type 2 diabetes
        ("E1122", "N184", {"use_additional"}),
        ("D631", "N184", {"code_first"}),
        ("E0800", "C259", {"code_first"}),
        ("I130", "I5022", {"use_additional"}),
        ("M545", "S39012A", {"excludes1", "excludes2"}),  # the chapter excludes injuries, the code this one
        ("G4733", "G4700", set()),
        ("F1020", "F1010", {"excludes1"}),
    ],
)
def test_pairs_that_coders_know(code, partner, kinds):
    found = {note.kind for note in shipped().notes_for(code) if partners(note, [partner])}
    assert found == kinds


def test_a_full_code_as_partner_is_exact():
    note = next(note for note in shipped().notes_for("G8929") if note.wording == "atypical face pain (G50.1)")
    span = note.span_of("G501")
    assert span is not None
    assert span.exact


codes = st.sampled_from(sorted(shipped().expand("E11") + shipped().expand("S06") + shipped().expand("O98")))


@given(codes)
def test_no_note_names_the_code_that_carries_it(code):
    assert not any(partners(note, [code]) for note in shipped().notes_for(code))


def test_spans_survive_the_file():
    table = shipped()
    spans = {span for node in nodes(table) for note in table.notes_on(node) for span in note.spans}
    assert {read_span(write_span(span)) for span in spans} == spans


def test_the_intent_of_every_poisoning_code_agrees_with_its_description(valid_descriptions):
    adverse, underdosing, poisoning = (Condition(tuple(chars), (5, 6)) for chars in ("5", "6", "1234"))
    for code, description in valid_descriptions.items():
        if "T36" <= code[:3] <= "T65":
            read = (adverse.holds(code), underdosing.holds(code))
            assert read == ("adverse effect" in description.lower(), "underdosing" in description.lower()), code
            assert poisoning.holds(code) is not any(read), code


def test_every_code_in_a_wording_is_a_partner_or_unresolved():
    table = shipped()
    for node in nodes(table):
        for note in table.notes_on(node):
            written = re.findall(r"(?<!vitamin )(?<!any type in )\b[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]+)?\b", note.wording)
            for code in (each.replace(".", "") for each in written):
                ends = [end for span in note.spans for end in (span.low, span.high)]
                assert note.unresolved or any(code.startswith(end) or end.startswith(code) for end in ends), note


@pytest.mark.skipif(not SOURCE.is_file(), reason="the published tabular list is kept outside the repository")
def test_the_sample_is_what_the_seed_draws():
    drawn = subprocess.run(
        [sys.executable, str(Path(__file__).parent / "draw.py"), "-"],
        input=lzma.decompress(SOURCE.read_bytes()),
        capture_output=True,
        check=True,
    )
    sample = yaml.safe_load((Path(__file__).parent / "sample_200.yaml").read_text(encoding="utf-8"))
    lines = [line.split("\t") for line in drawn.stdout.decode("utf-8").splitlines()]
    assert [(node, line) for node, _, _, line in lines] == [
        (each["node"].removeprefix("chapter "), each["wording"]) for each in sample
    ]
