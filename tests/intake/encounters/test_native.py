"""Native encounters: a bad value never costs the encounter, a bad encounter never costs the others, nothing raises."""

from __future__ import annotations

import io
import json
import random
import runpy
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.intake.encounters.reading import ReadEncounter
from engine.intake.encounters.sniff import read_encounters
from engine.intake.reading import IntakeFinding
from tools.fuzz_check import damage

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples-encounters" / "office-visit.json"
BASE = ROOT / "tests" / "claims" / "encounters" / "office.json"
SCHEMA = ROOT / "engine" / "claim" / "encounter.schema.json"


def read(data: bytes) -> list[ReadEncounter | IntakeFinding]:
    return list(read_encounters(io.BytesIO(data), "f"))


def one(value: object) -> ReadEncounter:
    (found,) = read(json.dumps(value).encode())
    assert isinstance(found, ReadEncounter)
    return found


@pytest.mark.parametrize("number", ['"NaN"', "NaN", "1e400", '"Infinity"', '"-Infinity"'])
def test_a_number_that_is_none_is_left_out_and_said(number):
    text = '{"charges": [{"procedure": "99214", "units": N}], "services": [{"drug": {"code": "J1885", "dose": N}}]}'
    (found,) = read(text.replace("N}", f"{number}}}").encode())
    assert isinstance(found, ReadEncounter)
    assert found.encounter.charges is not None
    assert found.encounter.services is not None
    assert found.encounter.charges[0].units is None
    assert found.encounter.services[0].drug.dose is None
    assert {finding.at.path for finding in found.findings} == {"$.charges[0].units", "$.services[0].drug.dose"}


def test_codes_are_canonical_and_parts_know_their_place():
    found = one({"chosen": [{"code": "m17.11"}], "charges": [{"procedure": "99214", "modifiers": ["lt"]}]}).encounter
    assert found.chosen is not None
    assert found.charges is not None
    assert (found.chosen[0].code, found.chosen[0].position, found.chosen[0].origin.path) == ("M1711", 1, "$.chosen[0]")
    assert (found.charges[0].modifiers, found.charges[0].number) == (("LT",), 1)


@pytest.mark.parametrize(
    ("value", "says", "path"),
    [
        ({"setting": "ofice"}, "setting is", "$.setting"),
        ({"time": {"minutes": "many"}}, "minutes is", "$.time.minutes"),
        ({"diagnoses": [{"status": "maybe"}]}, "status is", "$.diagnoses[0].status"),
        ({"dignoses": []}, "is not a key of the format", "$.dignoses"),
        ({"service_day": "2026-02-30"}, "service_day is", "$.service_day"),
    ],
)
def test_a_bad_value_is_said_where_it_stands_and_the_rest_is_read(value: dict[str, object], says: str, path: str):
    found = one({"encounter_id": "E", **value})
    assert found.encounter.encounter_id == "E"
    assert [(says in finding.says, finding.at.path) for finding in found.findings] == [(True, path)]


def test_one_encounter_a_line_in_a_list_or_under_a_key():
    line = b'{"encounter_id": "A"}'
    for data in (
        line + b"\n" + line,
        b"[" + line + b"," + line + b"]",
        b'{"encounters": [' + line + b"," + line + b"]}",
    ):
        assert [item.encounter.encounter_id for item in read(data) if isinstance(item, ReadEncounter)] == ["A", "A"]


@pytest.mark.parametrize(
    ("data", "rule"), [(b"", "INT-0017"), (b"ISA*00*", "INT-0001"), (b"[]", "INT-0017"), (b"[1]", "INT-0016")]
)
def test_what_is_no_encounter_is_said(data: bytes, rule: str):
    (found,) = read(data)
    assert isinstance(found, IntakeFinding)
    assert found.rule == rule


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_no_damage_makes_the_reader_raise(seed: int) -> None:
    assert isinstance(read(damage(EXAMPLE.read_bytes(), random.Random(seed))), list)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_raise(data: bytes) -> None:
    assert isinstance(read(data), list)


def test_the_schema_file_is_current_and_the_examples_fit_it():
    made = runpy.run_path(str(ROOT / "tools" / "build_schema.py"))["text"]("encounter")
    assert SCHEMA.read_text(encoding="utf-8") == made, "run tools/build_schema.py"
    validator = jsonschema.Draft202012Validator(json.loads(made))
    for path in (EXAMPLE, BASE):
        assert list(validator.iter_errors(json.loads(path.read_text(encoding="utf-8")))) == []
