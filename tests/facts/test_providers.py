import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from engine.claim.model import Address, Provider
from engine.facts.derive.provider import npi_check_digit_ok, npi_shape_ok
from tests.facts.helpers import facts, line, minimal


def provider(**changes):
    (values,) = facts(minimal(providers=(Provider(role="billing", **changes),), lines=()), "provider")
    return values


@given(st.from_regex(r"[12][0-9]{9}", fullmatch=True))
def test_the_check_digit_agrees_with_python_stdnum(number):
    assert npi_check_digit_ok(number) is luhn.is_valid("80840" + number)


@given(st.from_regex(r"[12][0-9]{8}", fullmatch=True))
def test_exactly_one_check_digit_fits(stem):
    fitting = [d for d in "0123456789" if npi_check_digit_ok(stem + d)]
    assert fitting == [luhn.calc_check_digit("80840" + stem)]


@pytest.mark.parametrize(
    ("npi", "shape", "digit"),
    [
        ("1234567893", True, True),
        ("1234567890", True, False),
        ("3234567893", False, False),
        ("123456789", False, None),
        ("123456789A", False, None),
        ("12345678933", False, None),
        ("", None, None),
    ],
)
def test_npi(npi, shape, digit):
    assert (npi_shape_ok(npi), npi_check_digit_ok(npi)) == (shape, digit)
    values = provider(npi=npi)
    assert (values.get("npi_shape_ok"), values.get("npi_check_digit_ok")) == (shape, digit)


@pytest.mark.parametrize(
    ("taxonomy", "ok"),
    [("207Q00000X", True), ("207Q00000", False), ("207q00000X", False), ("207Q000000", False), ("", None)],
)
def test_taxonomy_shape(taxonomy, ok):
    assert provider(taxonomy=taxonomy).get("taxonomy_shape_ok") is ok


@pytest.mark.parametrize(
    ("number", "ok"),
    [
        ("361234567", True),
        ("36-1234567", True),
        ("123-45-6789", True),
        ("36123456", False),
        ("000000000", False),
        ("99-9999999", False),
        ("", None),
    ],
)
def test_tax_id_shape(number, ok):
    assert provider(tax_id=number).get("tax_id_shape_ok") is ok


@pytest.mark.parametrize(
    ("street", "box"),
    [
        ("PO BOX 12", True),
        ("P.O. BOX 12", True),
        ("P O BOX 12", True),
        ("po box 12", True),
        ("POST OFFICE BOX 12", True),
        ("BOX 12", True),
        ("100 MAIN ST", False),
        ("12 POBOXER LN", False),
        ("100 BOXWOOD RD", False),
        ("PORT BOX ST", False),
        ("", None),
    ],
)
def test_po_box(street, box):
    assert provider(address=Address(line_1=street)).get("address_is_po_box") is box


def test_address():
    full = provider(address=Address(line_1="100 MAIN ST", city="SPRINGFIELD", state="IL", postal_code="62701-1234"))
    assert [full[f] for f in ("address_present", "state", "postal_code_digits")] == [True, "IL", 9]
    assert provider(address=Address(line_1="100 MAIN ST", city="SPRINGFIELD"))["address_present"] is False
    bare = provider()
    assert bare["address_present"] is False
    assert {"state", "postal_code", "postal_code_digits", "address_is_po_box"}.isdisjoint(bare)


def test_providers_of_lines_carry_the_line():
    billing = Provider(role="billing", npi="1234567893")
    claim = minimal(providers=(billing,), lines=(line(3, providers=(Provider(role="rendering", npi="1234567893"),)),))
    found = facts(claim, "provider")
    assert [(f["role"], f["line_number"], f["same_as_billing"]) for f in found] == [
        ("billing", 0, True),
        ("rendering", 3, True),
    ]
    assert (
        "same_as_billing"
        not in facts(minimal(providers=(Provider(role="rendering", npi="1"),), lines=()), "provider")[0]
    )
