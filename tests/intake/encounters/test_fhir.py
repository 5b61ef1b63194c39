"""FHIR Bundles as encounters: what is taken, what is left out and why, and that nothing makes the reader raise."""

from __future__ import annotations

import copy
import gzip
import io
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.intake.encounters.reading import ReadEncounter
from engine.intake.encounters.sniff import read_encounters
from tools.fuzz_check import damage

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples-encounters" / "bundle.fhir.json"
SYNTHEA = ROOT.parent / "shared" / "corpus" / "fhir" / "synthea" / "bundle_smallest.json.gz"
BUNDLE: dict[str, Any] = json.loads(EXAMPLE.read_text(encoding="utf-8"))


def read(value: object) -> list[ReadEncounter]:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    found = list(read_encounters(io.BytesIO(data), "f"))
    return [item for item in found if isinstance(item, ReadEncounter)]


def changed(kind: str, **elements: object) -> dict[str, Any]:
    """The example with elements of the first resource of a type replaced."""
    bundle = copy.deepcopy(BUNDLE)
    resource = next(e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == kind)
    resource.update(elements)
    return bundle


def test_the_example():
    (found,) = read(BUNDLE)
    encounter = found.encounter
    assert found.findings == ()
    assert (encounter.setting, str(encounter.service_day), encounter.patient_status) == (
        "office",
        "2026-03-05",
        "established",
    )
    assert (encounter.performer_npi, encounter.billed_npi, encounter.complete) == ("1234567893", "1234567893", True)
    assert [(d.code, d.status, d.complexity) for d in encounter.diagnoses or ()] == [
        ("I10", "confirmed", "chronic_exacerbation"),
        ("J189", "suspected", ""),
        ("", "confirmed", ""),
    ]
    assert [(d.kind, d.name) for d in encounter.data or ()] == [("test_order", "80048")]
    assert [(r.kind, r.detail, r.decided) for r in encounter.risk or ()] == [
        ("prescription_drug", "lisinopril 20 mg", True)
    ]
    assert [(c.code, c.position) for c in encounter.chosen or ()] == [("I10", 1), ("J189", 2)]
    assert [(c.procedure, c.diagnosis_pointers) for c in encounter.charges or ()] == [("99215", (1, 2))]
    assert (encounter.record.signed, str(encounter.record.signed_day)) == (True, "2026-03-05")
    assert (encounter.time.minutes, encounter.time.stated) == (22, True)
    assert [(each.what, each.at) for each in found.unread] == [("Asthma (disorder)", "Bundle.entry[5].resource")]
    assert found.unread[0].because == "its code is SNOMED CT only; no ICD-10-CM code"


@pytest.mark.parametrize(
    ("certainty", "ended", "status"),
    [
        ("confirmed", None, "confirmed"),
        ("confirmed", "2025-01-01", "history_of"),
        ("confirmed", "2026-03-20", "confirmed"),
        ("provisional", None, "suspected"),
        ("differential", None, "suspected"),
        ("refuted", None, "ruled_out"),
    ],
)
def test_certainty_and_currency(certainty: str, ended: str | None, status: str):
    end = {"abatementDateTime": ended, "clinicalStatus": {"coding": [{"code": "resolved"}]}} if ended else {}
    bundle = changed("Condition", verificationStatus={"coding": [{"code": certainty}]}, **end)
    (found,) = read(bundle)
    assert found.encounter.diagnoses is not None
    assert found.encounter.diagnoses[0].status == status


def test_what_was_entered_in_error_is_no_diagnosis():
    (found,) = read(changed("Condition", verificationStatus={"coding": [{"code": "entered-in-error"}]}))
    assert [d.code for d in found.encounter.diagnoses or ()] == ["J189", ""]


def test_without_the_word_that_it_is_complete_a_record_may_hold_more():
    (found,) = read(changed("Encounter", extension=[]))
    assert found.encounter.complete is False


def test_a_request_that_is_no_test_and_a_drug_only_reported_are_left_out():
    (found,) = read(changed("ServiceRequest", category=[]))
    assert found.encounter.data is None
    assert "its category does not tell whether it orders a test" in [each.because for each in found.unread]
    (found,) = read(changed("MedicationRequest", reportedBoolean=True))
    assert found.encounter.risk is None


def test_a_charge_item_is_a_charge():
    bundle = copy.deepcopy(BUNDLE)
    item = {
        "resourceType": "ChargeItem",
        "context": {"reference": "Encounter/enc-1"},
        "code": {"coding": [{"system": "http://www.ama-assn.org/go/cpt", "code": "93000"}]},
        "quantity": {"value": 1},
    }
    bundle["entry"].append({"resource": item})
    (found,) = read(bundle)
    assert [c.procedure for c in found.encounter.charges or ()] == ["99215", "93000"]


def test_parts_go_to_the_encounter_they_refer_to():
    bundle = copy.deepcopy(BUNDLE)
    bundle["entry"].append(
        {"resource": {"resourceType": "Encounter", "id": "enc-2", "period": {"start": "2026-03-09"}}}
    )
    first, second = read(bundle)
    assert len(first.encounter.diagnoses or ()) == 3
    assert second.encounter.diagnoses is None
    assert second.encounter.charges is None


def test_an_item_of_a_claim_goes_to_the_encounter_it_names():
    bundle = copy.deepcopy(BUNDLE)
    bundle["entry"].append(
        {"resource": {"resourceType": "Encounter", "id": "enc-2", "period": {"start": "2026-03-09"}}}
    )
    claim = next(e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == "Claim")
    other = copy.deepcopy(claim["item"][0])
    other["encounter"] = [{"reference": "Encounter/enc-2"}]
    other["productOrService"]["coding"][0]["code"] = "93000"
    claim["item"].append(other)
    first, second = read(bundle)
    assert [c.procedure for c in first.encounter.charges or ()] == ["99215"]
    assert [c.procedure for c in second.encounter.charges or ()] == ["93000"]


def test_damaged_elements_are_said_with_their_path():
    (found,) = read(changed("Encounter", period="2026-03-05"))
    assert [finding.at.path for finding in found.findings] == ["Bundle.entry[2].resource.period"]


@pytest.mark.skipif(not SYNTHEA.is_file(), reason="needs the shared corpus: fhir/synthea/bundle_smallest.json.gz")
def test_a_real_patient_whose_codes_are_snomed_only():
    found = read(gzip.decompress(SYNTHEA.read_bytes()))
    assert len(found) == 8
    assert all(item.encounter.service_day and item.encounter.performer_npi for item in found)
    assert all(not (item.encounter.charges or item.encounter.chosen) for item in found)
    reasons = {each.because for item in found for each in item.unread}
    assert "its code is SNOMED CT only; no ICD-10-CM code" in reasons
    assert "its code is SNOMED CT only; no CPT or HCPCS code" in reasons
    assert "a result does not show that it was reviewed" in reasons


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_no_damage_makes_the_reader_raise(seed: int) -> None:
    data = damage(EXAMPLE.read_bytes(), random.Random(seed))
    assert isinstance(list(read_encounters(io.BytesIO(data), "f")), list)


def test_systems_are_known_by_the_names_that_claims_know():
    text = json.dumps(BUNDLE)
    whole = read(BUNDLE)[0].encounter
    for known, other in (
        ("http://hl7.org/fhir/sid/us-npi", "urn:oid:2.16.840.1.113883.4.6"),
        ("http://www.ama-assn.org/go/cpt", "http://hl7.org/fhir/sid/hcpcs"),
    ):
        assert known in text
        (found,) = read(json.loads(text.replace(known, other)))
        assert (found.encounter.performer_npi, found.encounter.billed_npi) == (whole.performer_npi, whole.billed_npi)
        assert found.encounter.charges == whole.charges
