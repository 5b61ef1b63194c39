"""The native JSON format."""

import copy
import io
import json
import os
import runpy
from decimal import Decimal
from pathlib import Path

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.claim.model import Claim
from engine.intake.native import read_native
from engine.intake.native_repair import Repairer
from engine.intake.reading import IntakeFinding, ReadClaim
from tests.intake.json_mutations import mutated, with_flipped_bytes

ROOT = Path(__file__).parents[2]
CLAIMS = ROOT / "tests" / "claims"
BASES = sorted([*CLAIMS.glob("[dip]*/*.json")])
CORPUS = ROOT.parent / "shared" / "corpus" / "json_claims"


def read(data):
    text = data if isinstance(data, bytes) else json.dumps(data).encode()
    return list(read_native(io.BytesIO(text), "f"))


def said(found):
    return [(one.severity, one.at.path, one.says) for one in found]


@pytest.fixture
def base():
    return json.loads((CLAIMS / "professional" / "minimal.json").read_text())


@pytest.mark.parametrize("path", BASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_base_claim_is_clean_and_comes_back_as_it_was(path):
    (found,) = read(path.read_bytes())
    assert found.findings == ()
    sent = json.loads(path.read_text())
    again = json.loads(msgspec.json.encode(found.claim))
    assert sum(line["charge_cents"] for line in sent["lines"]) == sent["total_charge_cents"]
    for key, value in sent.items():
        assert plain(again.get(key, True)) == plain(value), key


def plain(value):
    """Without what the reader adds (origins) or writes differently (quantities as text, defaults left out)."""
    if isinstance(value, dict):
        added = ("origin", "is_subscriber", "role")
        return {key: plain(inner) for key, inner in value.items() if key not in added}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return str(value)


def test_each_part_has_its_path(base):
    (found,) = read(base)
    claim = found.claim
    assert claim.lines[0].origin.path == "$.lines[0]"
    assert claim.providers[1].origin.path == "$.providers[1]"
    assert (claim.payer.origin.path, claim.diagnoses[0].origin.path) == ("$.payer", "$.diagnoses[0]")


def test_codes_are_brought_to_one_form():
    first, cut, third = read((CLAIMS / "native" / "three.ndjson").read_bytes())
    line = first.claim.lines[0]
    assert first.findings == third.findings == ()
    assert first.claim.diagnoses[0].code == "M1711"
    assert (line.procedure, line.modifiers, line.units, line.drug.ndc) == ("J3301", ("LT",), Decimal(4), "00003029305")
    assert isinstance(cut, IntakeFinding)
    assert (cut.rule, cut.says) == ("INT-0017", "The JSON ends too early, at line 2, column 68.")
    assert third.claim.patient_control_number == "N3"


def test_bad_values_are_said_and_the_rest_is_read():
    first, text, last = read((CLAIMS / "native" / "damaged.json").read_bytes())
    assert said(first.findings) == [
        ("error", "$.claimType", '"claimType" is not a key of the format; its value was left out.'),
        (
            "warning",
            "$.claim_type",
            (
                'claim_type is "PROFESSIONAL", which is not one of dental, institutional, professional; '
                'it was read as "professional".'
            ),
        ),
        ("error", "$.diagnoses[0].rol", '"rol" is not a key of the format; its value was left out.'),
        (
            "warning",
            "$.lines[0].charge_cents",
            'charge_cents is "14500", which is not a whole number of cents; it was read as 14500.',
        ),
        ("warning", "$.lines[0].modifiers", 'modifiers is "25", which is not a list; it was read as a list.'),
        ("warning", "$.lines[0].procedure", 'procedure is 99213, which is not text; it was read as "99213".'),
        (
            "error",
            "$.lines[0].service_day",
            'service_day is "2026-02-30", which is not a date (YYYY-MM-DD); it was left out.',
        ),
        (
            "error",
            "$.lines[0].units",
            'units is "NaN", which is not a number of at most 12 digits before and 6 after the point; it was left out.',
        ),
        ("error", "$.lines[1]", "lines[1] is 5, which is not an object; it was left out."),
        ("error", "$.lines[2].number", "number is missing; read as 3."),
        ("info", "$.lines[2].place_of_service", "place_of_service is null, which is not text; it was left out."),
        (
            "warning",
            "$.subscriber.birth_day",
            "birth_day is a value, which is not a date (YYYY-MM-DD); it was read as one.",
        ),
        ("warning", "$.subscriber.member_id", "member_id is a value, which is not text; it was read as one."),
        (
            "error",
            "$.total_charge_cents",
            "total_charge_cents is 145.5, which is not a whole number of cents; it was left out.",
        ),
    ]
    claim = first.claim
    assert [line.procedure for line in claim.lines] == ["99213", "99214"]
    assert (claim.lines[0].charge_cents, claim.lines[0].modifiers, claim.total_charge_cents) == (14500, ("25",), None)
    assert claim.subscriber.member_id == "123456789"
    assert claim.subscriber.birth_day.isoformat() == "1980-06-15"
    fixes = {one.at.path: one.fix for one in first.findings}
    assert fixes["$.claimType"] == "Did you mean claim_type?"
    assert fixes["$.diagnoses[0].rol"] == "Did you mean role?"
    assert {one.at.path: one.at.line for one in first.findings}["$.lines[0].units"] == 1
    assert (text.rule, text.at.path) == ("INT-0016", "$.claims[1]")
    assert (last.claim.patient_control_number, last.findings) == ("D2", ())
    assert last.claim.origin.path == "$.claims[2]"


def test_a_repeated_key_is_said(base):
    data = json.dumps(base).replace('"units": 1', '"units": 1, "units": 2').encode()
    (found,) = read(data)
    says = 'The key "units" stands twice; the last value was read.'
    assert said(found.findings) == [("error", "$.lines[0].units", says)]
    assert found.claim.lines[0].units == Decimal(2)


@pytest.mark.parametrize(
    "number", ["1e400", "-1e400", "NaN", "Infinity", "1e99999999999999999999", "9" * 5000, "1e-400"]
)
@pytest.mark.parametrize("key", ["units", "charge_cents"])
def test_a_number_out_of_range_is_left_out(base, number, key):
    data = json.dumps(base).replace('"units": 1', '"units": 7').replace('"charge_cents": 14500', '"charge_cents": 8')
    old = {"units": "7", "charge_cents": "8"}[key]
    (found,) = read(data.replace(f'"{key}": {old}', f'"{key}": {number}').encode())
    assert [one.at.path for one in found.findings] == [f"$.lines[0].{key}"]
    assert getattr(found.claim.lines[0], key) is None


def test_half_characters_and_other_bytes_are_located(base):
    base["payer"]["name"] = "\ud800X"
    (found,) = read(base)
    assert [one.at.path for one in found.findings] == ["$.payer.name"]
    assert found.claim.payer.name == "\ufffdX"
    msgspec.json.encode(found)
    broken, claim = read(b'{"claim_type": "dental", "patient_control_number": "\xff1"}')
    assert broken.says == "Byte 52 (0xFF) is not UTF-8 text."
    assert claim.claim.patient_control_number == "\ufffd1"


@pytest.mark.parametrize(
    ("data", "rule", "says"),
    [
        (b'{"claim_type": "dental"', "INT-0017", "The JSON ends too early, at line 1, column 24."),
        (
            b'{"claim_type"\n  "dental"}',
            "INT-0016",
            "The text at line 2, column 3 is not JSON: expecting ':' delimiter.",
        ),
        (b"[" * 100_000, "INT-0016", "The text at line 1, column 1 is nested too deeply."),
        (b'{"claims": []}', "INT-0017", "The file holds no claim."),
        (b"[]", "INT-0017", "The file holds no claim."),
        (b"\n\n", "INT-0017", "The file holds no claim."),
        (b"[7]", "INT-0016", "$[0] is 7, not a claim."),
    ],
)
def test_what_cannot_be_read_is_one_located_finding(data, rule, says):
    (finding,) = read(data)
    assert (finding.rule, finding.says) == (rule, says)


def test_claims_before_the_damage_are_kept():
    one, two, finding = read(b'{"claims": [{"claim_type": "dental"}, {"claim_type": "dental"}, {"claim_ty')
    assert isinstance(one, ReadClaim)
    assert isinstance(two, ReadClaim)
    assert finding.rule == "INT-0017"


def test_values_one_after_the_other_are_read():
    found = read(b'{"claim_type":\n "dental"} {"claim_type": "dental"}\n[{"claim_type": "dental"}]')
    assert len([one for one in found if isinstance(one, ReadClaim)]) == 3


def test_a_large_array_asks_for_ndjson_and_ndjson_has_no_limit():
    claim = b'{"claim_type": "dental"}'
    (finding,) = read_native(io.BytesIO(b"[" + b",".join([claim] * 9) + b"]"), "f", limit=100)
    assert (finding.rule, finding.fix) == ("INT-0017", "Send NDJSON: one claim a line.")
    assert len(list(read_native(io.BytesIO(b"\n".join([claim] * 9)), "f", limit=100))) == 9


def test_raw_text_is_kept_on_request():
    (found,) = read_native(io.BytesIO(b' {"claim_type": "dental"} '), "f", keep_raw=True)
    assert found.raw == ((0, "$", '{"claim_type": "dental"}'),)
    found = list(read_native(io.BytesIO(b'{"claims": [{"claim_type": "dental"}]}'), "f", keep_raw=True))
    assert found[0].raw == ((0, "$.claims[0]", '{"claim_type":"dental"}'),)


def test_the_schema_file_is_current():
    made = runpy.run_path(str(ROOT / "tools" / "build_schema.py"))["text"]()
    file = ROOT / "engine" / "claim" / "claim.schema.json"
    assert file.read_text(encoding="utf-8") == made, "run tools/build_schema.py"


def test_the_schema_is_a_schema_and_explains_its_parts():
    schema = Repairer().schema
    jsonschema.Draft202012Validator.check_schema(schema)
    for name, part in {"Claim": schema, **schema["$defs"]}.items():
        assert part["additionalProperties"] is False, name
        assert part["description"], name
        assert all(rule["title"] for rule in part["properties"].values())


@given(st.data())
def test_no_change_of_a_claim_makes_the_reader_raise(data):
    base = json.loads(data.draw(st.sampled_from(BASES)).read_text())
    changed = mutated(data.draw, base)
    text = json.dumps(changed)
    found = list(read_native(io.BytesIO(text.encode()), "f"))
    msgspec.json.encode(found)
    if isinstance(changed, dict) and not isinstance(changed.get("claims"), list):
        assert [type(one) for one in found] == [ReadClaim]


@given(st.data())
def test_what_is_read_without_a_finding_fits_the_schema_and_the_reverse(data):
    base = json.loads(data.draw(st.sampled_from(BASES)).read_text())
    changed = mutated(data.draw, base)
    if not isinstance(changed, dict) or "claims" in changed:
        return
    fits = not Repairer().mistakes(copy.deepcopy(changed))
    (found,) = read(changed)
    if fits:
        assert found.findings == ()
    elif not found.findings:
        # what the reader puts right without a word: blanks, dots and case of codes
        assert not Repairer().mistakes(msgspec.to_builtins(msgspec.convert(changed, Claim)))


@given(st.data())
def test_no_bytes_make_the_reader_raise(data):
    text = data.draw(st.sampled_from(BASES)).read_bytes()
    found = list(read_native(io.BytesIO(with_flipped_bytes(data.draw, text)), "f"))
    assert found
    msgspec.json.encode(found)


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS.exists(), reason=f"no corpus at {os.path.relpath(CORPUS, ROOT)}")
def test_foreign_json_claims_are_read_as_far_as_they_go():
    for path in sorted(CORPUS.glob("*.json")):
        sent = json.loads(path.read_text())["claims"]
        found = read(path.read_bytes())
        assert len(found) == len(sent)
        for one, claim in zip(found, sent, strict=True):
            kind = claim.get("claim_type", claim.get("claimType")).lower()
            assert one.claim.claim_type == (kind if "claim_type" in claim else "professional")
            assert len(one.claim.diagnoses) == len(claim["diagnoses"])
            codes = [entry["code"].replace(".", "") for entry in claim["diagnoses"]]
            assert [entry.code for entry in one.claim.diagnoses] == codes
            known = {field.name for field in msgspec.structs.fields(Claim)}
            unknown = {f"$.{key}" for key in claim if key not in known}
            assert unknown <= {finding.at.path for finding in one.findings}
