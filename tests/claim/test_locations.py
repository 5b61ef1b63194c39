"""Each field of the model has a place, and the places of well-known fields are right."""

from __future__ import annotations

import pytest

from engine.claim import model
from engine.claim.locations import Place, element_of, known_fields, locate

KINDS = {
    "claim": model.Claim,
    "line": model.ServiceLine,
    "diagnosis": model.Diagnosis,
    "provider": model.Provider,
    "subscriber": model.Subscriber,
    "patient": model.Patient,
    "payer": model.Payer,
    "other_payer": model.OtherPayer,
    "code": model.ClaimCode,
    "procedure": model.InpatientProcedure,
}
NO_PLACE = {"origin", "source"}
ELSEWHERE = {
    "payer",
    "payer_sequence",
    "filing_indicator",
    "subscriber_id",
    "relationship",
    "patient_birth_day",
    "patient_sex",
    "place_of_service",
    "bill_type",
    "received_on",
    "first_service_day",
    "last_service_day",
    "frequency",
}
TYPES = ("professional", "institutional", "dental")


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_the_model_is_in_the_table(kind: str):
    assert set(KINDS[kind].__struct_fields__) - NO_PLACE <= known_fields(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_has_a_place_on_some_claim_type(kind: str):
    for field in set(KINDS[kind].__struct_fields__) - NO_PLACE:
        assert any(locate(kind, field, claim_type) for claim_type in TYPES), field


@pytest.mark.parametrize("field", sorted(ELSEWHERE))
def test_words_of_the_claim_that_stand_elsewhere(field: str):
    assert any(locate("claim", field, claim_type) for claim_type in TYPES)


@pytest.mark.parametrize("kind", KINDS)
def test_elements_stand_in_their_segments(kind: str):
    for field in known_fields(kind):
        for claim_type in TYPES:
            place = locate(kind, field, claim_type)
            if place is not None and place.segment:
                assert place.element.startswith(place.segment.partition("*")[0]), field


@pytest.mark.parametrize(
    ("claim_type", "element", "form"),
    [
        ("professional", "SV101-2", "CMS-1500 24D"),
        ("institutional", "SV202-2", "UB-04 44"),
        ("dental", "SV301-2", "ADA 29"),
    ],
)
def test_procedure(claim_type: str, element: str, form: str):
    assert locate("line", "procedure", claim_type) == Place(
        segment=element[:3], element=element, fhir="productOrService", form=form
    )


@pytest.mark.parametrize(
    ("kind", "field", "claim_type", "loop", "segment", "element", "form"),
    [
        ("claim", "total_charge_cents", "professional", "", "CLM", "CLM02", "CMS-1500 28"),
        ("claim", "prior_authorization", "professional", "", "REF*G1", "REF02", "CMS-1500 23"),
        ("claim", "original_reference_number", "institutional", "", "REF*F8", "REF02", "UB-04 64"),
        ("claim", "bill_type", "institutional", "", "CLM", "CLM05-1", "UB-04 4"),
        ("claim", "subscriber_id", "professional", "2010BA", "NM1", "NM109", "CMS-1500 1a"),
        ("claim", "filing_indicator", "dental", "2000B", "SBR", "SBR09", "ADA 3"),
        ("claim", "first_service_day", "professional", "2400", "DTP*472", "DTP03", "CMS-1500 24A"),
        ("claim", "first_service_day", "institutional", "", "DTP*434", "DTP03", "UB-04 6"),
        ("line", "units", "institutional", "", "SV2", "SV205", "UB-04 46"),
        ("line", "diagnosis_pointers", "professional", "", "SV1", "SV107", "CMS-1500 24E"),
        ("diagnosis", "present_on_admission", "institutional", "", "HI", "HI01-9", "UB-04 67"),
        ("diagnosis", "seventh_character", "professional", "", "HI", "HI01-2", "CMS-1500 21"),
    ],
)
def test_places(kind: str, field: str, claim_type: str, loop: str, segment: str, element: str, form: str):
    place = locate(kind, field, claim_type)
    assert place is not None
    assert (place.loop, place.segment, place.element, place.form) == (loop, segment, element, form)


@pytest.mark.parametrize(
    ("role", "form"),
    [
        ("billing", "CMS-1500 33a"),
        ("rendering", "CMS-1500 24J"),
        ("referring", "CMS-1500 17b"),
        ("service_facility", "CMS-1500 32a"),
        ("attending", ""),
        ("", ""),
    ],
)
def test_the_role_decides_a_provider_s_box(role: str, form: str):
    place = locate("provider", "npi", "professional", role)
    assert place is not None
    assert (place.element, place.form) == ("NM109", form)


def test_what_a_form_does_not_have():
    assert locate("claim", "bill_type", "professional") is None
    assert locate("claim", "place_of_service", "institutional") is None
    assert locate("line", "no_such_field", "professional") is None
    assert locate("no_such_kind", "code", "professional") is None


def test_codes_of_one_segment_have_their_own_elements():
    place = locate("diagnosis", "code", "professional")
    assert place is not None
    assert element_of(place, model.Origin(element=12)) == "HI12-2"
    assert element_of(place, model.Origin()) == "HI01-2"
    assert element_of(Place(segment="SV1", element="SV101-2"), model.Origin(element=3)) == "SV101-2"
