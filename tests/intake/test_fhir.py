"""FHIR R4 Claim, Bundle, arrays and NDJSON."""

import copy
import gzip
import io
import json
import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.claim.model import Drug, Tooth
from engine.intake.fhir import read_fhir
from engine.intake.fhir_teeth import universal
from engine.intake.reading import IntakeFinding, ReadClaim
from tests.intake.json_mutations import mutated, with_flipped_bytes

ROOT = Path(__file__).parents[2]
CLAIMS = ROOT / "tests" / "claims" / "fhir"
CORPUS = ROOT.parent / "shared" / "corpus" / "fhir"
FILES = sorted([*CORPUS.glob("**/*.json"), *CORPUS.glob("**/*.json.gz"), *CORPUS.glob("**/*.ndjson.gz")])
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
CPT = "http://www.ama-assn.org/go/cpt"


def read(data, **options):
    text = data if isinstance(data, bytes) else json.dumps(data).encode()
    return list(read_fhir(io.BytesIO(text), "f", **options))


def load(name):
    return json.loads((CLAIMS / f"{name}.json").read_text())


def said(found):
    return {one.at.path: one.says for one in found}


def by_role(claim):
    return {provider.role: provider for provider in claim.providers}


@pytest.fixture
def professional():
    (found,) = read(load("professional"))
    assert found.findings == ()
    return found.claim


@pytest.fixture
def institutional():
    (found,) = read(load("institutional"))
    assert found.findings == ()
    return found.claim


def test_the_head_of_a_professional_claim(professional):
    claim = professional
    assert claim.claim_type == "professional"
    assert (claim.patient_control_number, claim.total_charge_cents) == ("PCN1001", 15510)
    assert (claim.facility_code, claim.facility_qualifier, claim.frequency_code) == ("11", "B", "7")
    assert (claim.original_reference_number, claim.prior_authorization) == ("ICN778899", "AUTH55")
    assert (claim.benefits_assigned, claim.clia_number, claim.medical_record_number) == ("Y", "14D1234567", "MR900")
    assert (claim.related_causes, claim.accident_state, claim.accident_day) == (("AA",), "IL", date(2026, 3, 4))
    assert (claim.onset_day, claim.service_day, claim.service_end_day) == (
        date(2026, 3, 1),
        date(2026, 3, 5),
        date(2026, 3, 6),
    )
    assert claim.notes[0].text == "See the chart."
    assert (claim.dates[0].qualifier, claim.dates[0].day) == ("097", date(2026, 3, 9))
    assert claim.references[0].value == "prof-1"


def test_the_people_of_a_professional_claim(professional):
    people = by_role(professional)
    billing = people["billing"]
    assert (billing.last_name, billing.entity, billing.npi) == (
        "SPRINGFIELD FAMILY MEDICINE",
        "organization",
        "1234567893",
    )
    assert (billing.tax_id, billing.tax_id_kind, billing.taxonomy) == ("361234567", "ein", "261QP2300X")
    assert (billing.address.postal_code, billing.phone) == ("627011234", "2175550100")
    rendering = people["rendering"]
    assert (rendering.last_name, rendering.first_name, rendering.npi, rendering.taxonomy, rendering.entity) == (
        "CHEN",
        "LINDA",
        "1876543210",
        "207Q00000X",
        "person",
    )
    assert (people["referring"].npi, people["referring"].last_name) == ("1777666003", "Novak")
    facility = people["service_facility"]
    assert (facility.last_name, facility.npi, facility.address.line_1) == ("NORTH CLINIC", "1234567893", "5 NORTH RD")
    assert "supervising" not in people
    assert [(one.role, one.npi) for one in professional.lines[1].providers] == [("supervising", "1555888001")]
    assert professional.lines[0].providers == ()


def test_the_coverage_of_a_professional_claim(professional):
    claim = professional
    assert (claim.payer.name, claim.payer.payer_id) == ("ACME PPO", "99999")
    insured = claim.subscriber
    assert (insured.member_id, insured.first_name, insured.birth_day) == ("ACM123456789", "MARIA", date(1980, 6, 15))
    assert (insured.group_number, insured.group_name, insured.filing_indicator) == ("G12345", "ACME STAFF", "12")
    assert (insured.sequence_code, insured.relationship) == ("P", "")
    patient = claim.patient
    assert (patient.is_subscriber, patient.relationship, patient.first_name, patient.sex) == (
        False,
        "19",
        "ANA",
        "female",
    )
    assert (patient.birth_day, patient.death_day) == (date(2015, 6, 15), date(2026, 3, 20))
    (other,) = claim.other_payers
    assert (other.sequence_code, other.payer.name, other.member_id, other.relationship) == (
        "S",
        "OTHER HEALTH",
        "OTH1",
        "18",
    )


def test_the_lines_of_a_professional_claim(professional):
    first, second = professional.lines
    assert (first.procedure, first.code_type, first.modifiers, first.charge_cents) == ("99213", "HC", ("25",), 14510)
    assert (first.diagnosis_pointers, first.place_of_service, first.description) == ((2, 1), "11", "office visit")
    assert (first.units, first.unit_basis) == (Decimal(1), "UN")
    assert (first.service_day, first.service_end_day) == (date(2026, 3, 5), None)
    assert (second.procedure, second.charge_cents) == ("J3301", 1000)
    assert (second.service_day, second.service_end_day) == (date(2026, 3, 5), date(2026, 3, 6))
    assert second.drug == Drug(ndc="00003029305", qualifier="N4", units=Decimal(1), unit_basis="ML")
    assert [one.code for one in professional.diagnoses] == ["M1711", "I10"]
    assert [one.qualifier for one in professional.diagnoses] == ["ABK", "ABF"]


def test_each_part_knows_its_fhir_path(professional, institutional):
    claim = professional
    assert claim.origin.path == "Claim"
    assert claim.lines[1].origin.path == "Claim.item[1]"
    assert claim.diagnoses[0].origin.path == "Claim.diagnosis[0]"
    assert by_role(claim)["rendering"].origin.path == "Claim.careTeam[0]"
    assert by_role(claim)["billing"].origin.path == "Claim.provider"
    assert (claim.subscriber.origin.path, claim.patient.origin.path) == ("Claim.insurance[0]", "Claim.patient")
    assert claim.payer.origin.path == "Claim.insurer"
    assert institutional.codes[0].origin.path == "Claim.supportingInfo[6]"
    assert institutional.procedures[0].origin.path == "Claim.procedure[0]"


def test_an_institutional_claim(institutional):
    claim = institutional
    assert (claim.facility_code, claim.facility_qualifier, claim.frequency_code) == ("11", "A", "7")
    assert (claim.admission_type, claim.admission_source, claim.discharge_status, claim.drg) == ("2", "1", "01", "195")
    assert (claim.admission_day, claim.admission_hour) == (date(2026, 3, 9), "1405")
    assert (claim.discharge_day, claim.discharge_hour) == (date(2026, 3, 12), "1100")
    assert (claim.statement_from_day, claim.statement_to_day) == (date(2026, 3, 9), date(2026, 3, 12))
    assert claim.service_day is None
    assert claim.medical_record_number == "MR10003"
    assert [(one.role, one.position, one.code, one.qualifier, one.present_on_admission) for one in claim.diagnoses] == [
        ("principal", 1, "J189", "ABK", "Y"),
        ("admitting", 1, "J189", "ABJ", ""),
        ("other", 2, "I10", "ABF", "Y"),
        ("reason_for_visit", 1, "R059", "APR", ""),
    ]
    assert [(one.code, one.qualifier, one.day) for one in claim.procedures] == [("0BH17EZ", "BBR", date(2026, 3, 10))]
    value, span = claim.codes
    assert (value.family, value.code, value.amount_cents) == ("value", "80", 300)
    assert (span.family, span.day, span.end_day) == ("occurrence_span", date(2026, 3, 10), date(2026, 3, 11))
    assert [(one.revenue_code, one.units, one.unit_basis) for one in claim.lines] == [
        ("0120", Decimal(3), "DA"),
        ("0250", Decimal(12), "UN"),
    ]
    attending = by_role(claim)["attending"]
    assert (attending.npi, attending.last_name, attending.taxonomy) == ("1555888001", "OKAFOR", "207R00000X")
    assert (claim.payer.name, claim.payer.payer_id, claim.subscriber.filing_indicator) == ("MEDICARE", "00901", "MA")
    assert (claim.patient.sex, claim.patient.is_subscriber) == ("unknown", True)


def test_a_dental_claim_and_what_stands_beside_it():
    found, skipped = read(load("dental"))
    claim = found.claim
    assert (claim.claim_type, found.findings) == ("dental", ())
    assert [(one.procedure, one.code_type) for one in claim.lines] == [("D2392", "AD"), ("D4341", "AD")]
    assert claim.lines[0].teeth == (Tooth(tooth="19", surfaces=("M", "O")),)
    assert claim.lines[1].teeth == (Tooth(area="10"),)
    assert claim.patient.last_name == "RIVERA"
    assert claim.payer.name == "ACME DENTAL"
    assert (skipped.severity, skipped.says) == ("info", "ExplanationOfBenefit (1) is not a claim; skipped.")


def test_every_fdi_number_has_its_own_universal_number():
    adult = [universal(f"{quadrant}{place}") for quadrant in range(1, 5) for place in range(1, 9)]
    milk = [universal(f"{quadrant}{place}") for quadrant in range(5, 9) for place in range(1, 6)]
    assert sorted(adult, key=int) == [str(number) for number in range(1, 33)]
    assert sorted(milk) == list("ABCDEFGHIJKLMNOPQRST")


def test_a_damaged_claim_is_read_and_each_damage_has_its_path():
    (found,) = read((CLAIMS / "damaged.json").read_bytes())
    claim, says = found.claim, said(found.findings)
    assert (claim.claim_type, claim.patient_control_number, claim.total_charge_cents) == ("professional", "4004", 3000)
    assert [(one.position, one.code, one.role) for one in claim.diagnoses] == [(1, "E119", "principal")]
    first, second = claim.lines
    assert (first.procedure, first.diagnosis_pointers, first.charge_cents, first.units) == ("99213", (1,), None, 1)
    assert (second.procedure, second.charge_cents) == ("", 1001)
    assert says == {
        "Claim.total.value": 'The key "value" stands twice; the last value was read.',
        "Claim.type": "The claim type pharmacy is not one we check; the claim was read as professional.",
        "Claim.use": "use is predetermination: this is not a claim for payment; it was checked as one.",
        "Claim.insurance": "insurance is missing.",
        "Claim.diagnoses": '"diagnoses" is not a key of an R4 Claim; it was left out.',
        "Claim.diagnosis[0].diagnosisCodeableConcept": (
            "The diagnosis has no ICD-10-CM code (http://snomed.info/sct 38341003); it was left out."
        ),
        "Claim.diagnosis[1].sequence": "sequence is missing; read as 2.",
        "Claim.diagnosis[1].diagnosisCodeableConcept": '"E11.9" names no code system; it was read as ICD-10-CM.',
        "Claim.item[0].sequence": 'sequence is "1", which is not a whole number.',
        "Claim.item[0].productOrService": '"99213" names no code system; it was read as it is.',
        "Claim.item[0].servicedDate": 'servicedDate is "2026-03", which is not a date with its day (YYYY-MM-DD).',
        "Claim.item[0].net.value": "value is 1E+40, which is not a number of at most 13 digits.",
        "Claim.item[0].quantity.value": 'value is "1", which is not a number.',
        "Claim.item[0].diagnosisSequence[2]": "diagnosisSequence 5 names no diagnosis of the claim.",
        "Claim.item[0].careTeamSequence[0]": "careTeamSequence 9 names no member of the care team.",
        "Claim.item[1].sequence": "sequence is missing; read as 2.",
        "Claim.item[1].productOrService": (
            "The procedure is not a HCPCS, CPT, CDT or HIPPS code (http://snomed.info/sct 185345009); it was left out."
        ),
        "Claim.item[1].net.currency": 'The currency is "EUR".',
        "Claim.item[1].net.value": "10.005 is not a whole number of cents; it was read as 1001 cents.",
        "Claim.item[2]": "item[2] is 7, which is not an object.",
        "Claim.identifier": "identifier is an object, which is not a list.",
        "Claim.identifier.value": "value is 4004, which is not text.",
        "Claim.patient.reference": "No contained resource has the id nobody.",
        "Claim.provider": (
            "provider refers to Organization/elsewhere, which is not in the file; what it would say is not known."
        ),
        "Claim.careTeam[0].role": 'The care team role "other" is none of a claim; the member was left out.',
        "Claim.created": 'created is "2026-02-30", which is not a date (YYYY-MM-DD).',
    }
    assert {one.rule for one in found.findings} == {"INT-0016"}
    evidence = {one.at.path: one for one in found.findings}
    assert evidence["Claim.diagnoses"].fix == "Did you mean diagnosis?"
    dangling = evidence["Claim.item[0].diagnosisSequence[2]"]
    assert (dangling.expected, dangling.found, dangling.at.line) == ("one of 1, 2", "5", 1)


def test_what_identifies_a_patient_is_never_shown():
    bundle = load("professional")
    patient = next(one["resource"] for one in bundle["entry"] if one["resource"]["resourceType"] == "Patient")
    patient["birthDate"] = "15 June 1980"
    (found,) = read(bundle)
    assert said(found.findings) == {"Patient.birthDate": "birthDate is a value, which is not a date (YYYY-MM-DD)."}


@pytest.mark.parametrize(
    ("relationship", "frequency"),
    [("prior", "7"), ("replaces", "7"), ("voids", "8"), ("associated", "1"), (None, "1")],
)
def test_related_claims_say_the_frequency(relationship, frequency):
    claim = load("professional")["entry"][0]["resource"]
    claim["related"] = [{"relationship": {"coding": [{"code": relationship}]}}] if relationship else []
    assert read(claim)[0].claim.frequency_code == frequency


def test_the_principal_diagnosis_comes_first_and_pointers_follow():
    claim = load("professional")["entry"][0]["resource"]
    claim["diagnosis"][1]["type"] = [{"coding": [{"code": "principal"}]}]
    (found,) = read(claim)
    assert [(one.code, one.position) for one in found.claim.diagnoses] == [("I10", 1), ("M1711", 2)]
    assert [line.diagnosis_pointers for line in found.claim.lines] == [(1, 2), (2,)]


def test_one_resource_a_line_and_an_array_read_the_same():
    resources = [entry["resource"] for entry in load("professional")["entry"]]
    resources.sort(key=lambda resource: resource["resourceType"] == "Claim")
    claim = resources[-1]
    claim["insurer"] = {"reference": "Organization/payer-1"}
    (array,) = read(resources)
    (ndjson,) = read("\n".join(json.dumps(resource) for resource in resources).encode())
    assert array == ndjson
    assert array.findings == ()
    assert by_role(array.claim)["rendering"].npi == "1876543210"


def test_a_bundle_of_several_claims_and_a_bundle_in_a_bundle():
    claim = load("institutional")
    inner = {"resourceType": "Bundle", "entry": [{"resource": claim}]}
    outer = {"resourceType": "Bundle", "entry": [{"resource": claim}, {"resource": inner}, {"resource": 5}, "x", {}]}
    found = read(outer, keep_raw=True)
    claims = [one for one in found if isinstance(one, ReadClaim)]
    places = ["Bundle.entry[0].resource", "Bundle.entry[1].resource.Bundle.entry[0].resource"]
    assert [one.raw[0][1] for one in claims] == places
    assert all(json.loads(one.raw[0][2]) == claim for one in claims)
    problems = said(one for one in found if isinstance(one, IntakeFinding))
    assert set(problems) == {"Bundle.entry[2].resource", "Bundle.entry[3]"}


def test_a_cut_bundle_keeps_the_claims_before_the_cut():
    text = json.dumps(load("professional"))
    found = read(text[: text.index("ACME PPO")].encode())
    assert [type(one) for one in found] == [ReadClaim, IntakeFinding]
    assert found[0].claim.patient_control_number == "PCN1001"
    assert "Claim.insurer" in said(found[0].findings)
    assert found[1].rule == "INT-0017"


def test_references_that_run_in_a_circle_end():
    claim = load("institutional")
    role = {"resourceType": "PractitionerRole", "id": "r"}
    role |= {"practitioner": {"reference": "#r"}, "organization": {"reference": "#r"}}
    place = {"resourceType": "Location", "id": "l", "managingOrganization": {"reference": "#l"}}
    claim["contained"] += [role, place]
    claim["provider"], claim["facility"] = {"reference": "#r"}, {"reference": "#l"}
    assert isinstance(read(claim)[0], ReadClaim)


def test_deep_nesting_is_a_finding():
    claim = load("institutional")
    deep = "[" * 900 + "]" * 900
    text = json.dumps(claim).replace('"status": "active"', f'"status": "active", "extension": {deep}')
    found = read(text.encode())
    assert len(found) == 1


@given(st.data())
def test_no_change_of_a_claim_makes_the_reader_raise(data):
    value = load(data.draw(st.sampled_from(["professional", "institutional", "dental", "damaged"])))
    changed = mutated(data.draw, value)
    found = read(changed)
    msgspec.json.encode(found)
    assert len([one for one in found if isinstance(one, ReadClaim)]) == len(list(claims_in(changed)))


@given(st.data())
def test_no_bytes_make_the_reader_raise(data):
    text = (CLAIMS / data.draw(st.sampled_from(["professional.json", "damaged.json"]))).read_bytes()
    found = read(with_flipped_bytes(data.draw, text))
    assert found
    msgspec.json.encode(found)


# --- the corpus, against a walk of the JSON that knows nothing of the reader -----------------------------------------


def values(path):
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
    if ".ndjson" in path.name:
        return [json.loads(line, parse_float=Decimal) for line in text.splitlines() if line.strip()]
    return [json.loads(text, parse_float=Decimal)]


def claims_in(value):
    """Every Claim resource that stands where a resource may stand."""
    if isinstance(value, list):
        for item in value:
            yield from claims_in(item)
    elif isinstance(value, dict):
        kind = value.get("resourceType")
        if kind == "Claim":
            yield value
        elif kind == "Bundle":
            entries = value.get("entry")
            entries = [entries] if isinstance(entries, dict) else entries
            for entry in entries if isinstance(entries, list) else ():
                if isinstance(entry, dict):
                    yield from claims_in(entry.get("resource"))
        elif kind == "Parameters":
            for part in value.get("parameter") if isinstance(value.get("parameter"), list) else ():
                if isinstance(part, dict) and isinstance(part.get("resource"), dict):
                    yield from claims_in(part["resource"])
        elif "resourceType" not in value and isinstance(value.get("resource"), dict):
            yield from claims_in(value["resource"])


def codes(concept, *beginnings):
    found = [one for one in (concept or {}).get("coding", []) if one.get("system", "").startswith(beginnings)]
    return [one["code"].replace(".", "").upper() for one in found]


def cents(money):
    return None if money is None else int(round(money["value"] * 100, 0))


PROCEDURES = (CPT, "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets")


def expected(claim):
    """What the claim must say, told without the reader."""
    kind = claim["type"]["coding"][0]["code"]
    return {
        "type": {"oral": "dental"}.get(kind, kind if kind in ("professional", "institutional") else "professional"),
        "total": cents(claim.get("total")),
        "from": claim.get("billablePeriod", {}).get("start"),
        "numbers": [item["sequence"] for item in claim.get("item", [])],
        "charges": [cents(item.get("net")) for item in claim.get("item", [])],
        "procedures": [
            (codes(item.get("productOrService"), *PROCEDURES) or [None])[0] for item in claim.get("item", [])
        ],
        "modifiers": [
            [concept["coding"][0]["code"].upper() for concept in item.get("modifier", [])]
            for item in claim.get("item", [])
        ],
        "days": [item.get("servicedDate") for item in claim.get("item", [])],
        "diagnoses": sorted(
            code
            for one in claim.get("diagnosis", [])
            for code in codes(one.get("diagnosisCodeableConcept"), "http://hl7.org/fhir/sid/icd-")
        ),
        "not a claim": claim["use"] != "claim",
    }


def actual(found):
    claim = found.claim
    first = claim.statement_from_day
    return {
        "type": claim.claim_type,
        "total": claim.total_charge_cents,
        "from": first and first.isoformat(),
        "numbers": [line.number for line in claim.lines],
        "charges": [line.charge_cents for line in claim.lines],
        "procedures": [line.procedure or None if line.code_type else None for line in claim.lines],
        "modifiers": [list(line.modifiers) for line in claim.lines],
        "days": [
            line.service_day and not line.service_end_day and line.service_day.isoformat() for line in claim.lines
        ],
        "diagnoses": sorted(
            one.code for one in claim.diagnoses if not any(one.origin.path in path for path in guessed(found))
        ),
        "not a claim": any(one.at.path == "Claim.use" for one in found.findings),
    }


def guessed(found):
    """Paths of diagnoses whose code came by reference or without a system."""
    marks = ("diagnosisReference", "diagnosisCodeableConcept")
    return [one.at.path for one in found.findings if one.at.path.endswith(marks)]


@pytest.mark.corpus
@pytest.mark.skipif(not FILES, reason=f"no corpus at {os.path.relpath(CORPUS, ROOT)}")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_corpus_claims_say_what_their_json_says(path):
    sent = [claim for value in values(path) for claim in claims_in(value)]
    data = path.read_bytes()
    found = read(gzip.decompress(data) if path.suffix == ".gz" else data)
    claims = [one for one in found if isinstance(one, ReadClaim)]
    assert len(claims) == len(sent)
    for one, claim in zip(claims, sent, strict=True):
        wanted, got = expected(claim), actual(one)
        if any("diagnosisReference" in entry for entry in claim.get("diagnosis", [])):
            del wanted["diagnoses"], got["diagnoses"]
        got["days"] = [day or None for day in got["days"]]
        assert got == wanted
    skipped = {one.found for one in found if isinstance(one, IntakeFinding)}
    assert skipped <= {"ExplanationOfBenefit", "ClaimResponse"} | (set() if sent else {"none"})


@pytest.mark.corpus
@pytest.mark.skipif(not FILES, reason=f"no corpus at {os.path.relpath(CORPUS, ROOT)}")
def test_corpus_claims_find_the_npi_of_a_provider_in_the_same_file():
    seen = 0
    for path in FILES:
        for value in values(path):
            known = {}
            resources = [entry["resource"] for entry in value.get("entry", [])] if isinstance(value, dict) else []
            for resource in resources + [inner for claim in claims_in(value) for inner in claim.get("contained", [])]:
                for identifier in resource.get("identifier", []):
                    if identifier.get("system") == "http://hl7.org/fhir/sid/us-npi":
                        known[resource["id"]] = identifier["value"]
            for claim in claims_in(value):
                key = claim["provider"]["reference"].removeprefix("#").removeprefix("urn:uuid:").split("/")[-1]
                if key in known:
                    lone = copy.deepcopy(value)
                    (found,) = [one for one in read(json.dumps(lone, default=str).encode()) if matches(one, claim)]
                    assert by_role(found.claim)["billing"].npi == known[key]
                    seen += 1
    assert seen


def matches(found, claim):
    return isinstance(found, ReadClaim) and found.claim.references[0].value == claim["id"]
