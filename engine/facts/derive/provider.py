"""One provider in one role, on the claim or on a line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from engine.claim.model import Address, Provider
from engine.facts.derive.source import Fields, Place
from engine.facts.view import ClaimView, LineView

_NPI = re.compile(r"[12][0-9]{9}")
_NPI_PREFIX_SUM = 24  # what 80840, the prefix of US health care cards, adds to the Luhn sum of the ten digits
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
_TAXONOMY = re.compile(r"[0-9A-Z]{9}X")
_TAX_ID = re.compile(r"[0-9]{2}-?[0-9]{7}|[0-9]{3}-[0-9]{2}-[0-9]{4}")
_PO_BOX = re.compile(r"\s*(?:P\.?\s*O\.?\s*-?\s*(?:BOX|BX)\b|POST\s+OFFICE\s+BOX\b|BOX\s+\d)", re.IGNORECASE)


class ProviderPart(NamedTuple):
    """A provider with its place, from 1, in the list of the claim or of its line."""

    provider: Provider
    number: int
    line: LineView | None = None


def parts(view: ClaimView) -> Iterator[ProviderPart]:
    """The claim's providers, then those of each line."""
    for number, provider in enumerate(view.claim.providers, start=1):
        yield ProviderPart(provider, number)
    for line in view.lines:
        for number, provider in enumerate(line.line.providers, start=1):
            yield ProviderPart(provider, number, line)


def place(part: ProviderPart) -> Place:
    """Its line and its place in that list."""
    return (part.line.number if part.line else 0, part.number)


def day(view: ClaimView, part: ProviderPart) -> int | None:
    """The line's day, else the claim's first."""
    return part.line.judged_day if part.line else view.first_service_day


def npi_shape_ok(npi: str) -> bool | None:
    """Whether an NPI has ten digits, the first 1 or 2. Source: 45 CFR 162.406; CMS NPI check digit document.

    >>> npi_shape_ok("1234567893"), npi_shape_ok("3234567893"), npi_shape_ok("")
    (True, False, None)
    """
    return bool(_NPI.fullmatch(npi)) if npi else None


@lru_cache(maxsize=65536)
def npi_check_digit_ok(npi: str) -> bool | None:
    """Whether the check digit fits: Luhn over 80840 and the ten digits. Absent when they are not ten digits at all.

    Source: CMS, "Requirements for National Provider Identifier (NPI) and NPI Check Digit".

    >>> npi_check_digit_ok("1234567893"), npi_check_digit_ok("1234567894"), npi_check_digit_ok("123")
    (True, False, None)
    """
    if len(npi) != 10 or not (npi.isascii() and npi.isdigit()):  # noqa: PLR2004 -- ten digits
        return None
    digits = [int(digit) for digit in npi]
    return (_NPI_PREFIX_SUM + sum(_DOUBLED[d] for d in digits[::2]) + sum(digits[1::2])) % 10 == 0


def tax_id_shape_ok(number: str) -> bool | None:
    """Whether a tax id has nine digits, not all the same.

    >>> tax_id_shape_ok("361234567"), tax_id_shape_ok("999999999"), tax_id_shape_ok("")
    (True, False, None)
    """
    if not number:
        return None
    return bool(_TAX_ID.fullmatch(number)) and len(set(number) - {"-"}) > 1


def _postal_code_digits(_: ClaimView, part: ProviderPart) -> int | None:
    address = part.provider.address
    return sum(c.isdigit() for c in address.postal_code) if address and address.postal_code else None


def _address_present(_: ClaimView, part: ProviderPart) -> bool:
    address = part.provider.address
    return address is not None and bool(address.line_1 and address.city and address.state)


def _address_is_po_box(_: ClaimView, part: ProviderPart) -> bool | None:
    address = part.provider.address
    return bool(_PO_BOX.match(address.line_1)) if address and address.line_1 else None


def _same_as_billing(view: ClaimView, part: ProviderPart) -> bool | None:
    npi = part.provider.npi
    return npi == view.billing.npi if npi and view.billing and view.billing.npi else None


def _same_address_as_billing(view: ClaimView, part: ProviderPart) -> bool | None:
    """Whether street, city, state and the first five digits of the ZIP code are the billing provider's."""
    address, billing = part.provider.address, view.billing and view.billing.address
    if not address or not billing or not address.line_1 or not billing.line_1:
        return None
    return _place_of(address) == _place_of(billing)


def _place_of(address: Address) -> tuple[str, ...]:
    parts = (address.line_1, address.line_2, address.city, address.state, address.postal_code[:5])
    return tuple(" ".join(part.upper().split()) for part in parts)


FIELDS: Fields[ProviderPart] = {
    "role": lambda _, p: p.provider.role or None,
    "line_number": lambda _, p: p.line.number if p.line else 0,
    "entity": lambda _, p: p.provider.entity or None,
    "npi": lambda _, p: p.provider.npi or None,
    "npi_shape_ok": lambda _, p: npi_shape_ok(p.provider.npi),
    "npi_check_digit_ok": lambda _, p: npi_check_digit_ok(p.provider.npi),
    "last_name": lambda _, p: p.provider.last_name or None,
    "first_name": lambda _, p: p.provider.first_name or None,
    "taxonomy": lambda _, p: p.provider.taxonomy or None,
    "taxonomy_shape_ok": lambda _, p: bool(_TAXONOMY.fullmatch(p.provider.taxonomy)) if p.provider.taxonomy else None,
    "tax_id": lambda _, p: p.provider.tax_id or None,
    "tax_id_kind": lambda _, p: p.provider.tax_id_kind or None,
    "tax_id_shape_ok": lambda _, p: tax_id_shape_ok(p.provider.tax_id),
    "state": lambda _, p: (p.provider.address.state or None) if p.provider.address else None,
    "country": lambda _, p: (p.provider.address.country or None) if p.provider.address else None,
    "city": lambda _, p: (p.provider.address.city or None) if p.provider.address else None,
    "postal_code": lambda _, p: (p.provider.address.postal_code or None) if p.provider.address else None,
    "postal_code_digits": _postal_code_digits,
    "address_present": _address_present,
    "address_is_po_box": _address_is_po_box,
    "same_as_billing": _same_as_billing,
    "same_address_as_billing": _same_address_as_billing,
}
