"""The claim's money: charges, what the patient and other payers paid. All in cents."""

from __future__ import annotations

from collections.abc import Iterable

from engine.claim.model import Adjustment, Claim, OtherPayer
from engine.facts.derive.source import Fields
from engine.facts.view import ClaimView


def line_charge_sum(_: ClaimView, claim: Claim) -> int | None:
    """Sum of the line charges; absent when a line has none, or when there is no line."""
    charges = [line.charge_cents for line in claim.lines]
    known = [charge for charge in charges if charge is not None]
    return sum(known) if known and len(known) == len(charges) else None


def _charge_difference(view: ClaimView, claim: Claim) -> int | None:
    total, lines = claim.total_charge_cents, line_charge_sum(view, claim)
    return None if total is None or lines is None else total - lines


def _patient_paid_over_total(_: ClaimView, claim: Claim) -> bool | None:
    paid, total = claim.patient_paid_cents, claim.total_charge_cents
    return None if paid is None or total is None else paid > total


def sum_of(adjustments: Iterable[Adjustment]) -> int:
    """The sum of adjustments; one without an amount adds nothing."""
    return sum([adjustment.amount_cents or 0 for adjustment in adjustments])


def line_adjustments(claim: Claim, payer_id: str) -> int:
    """What the payer of this number adjusted on the lines (2430 CAS)."""
    return sum(
        sum_of(decision.adjustments)
        for line in claim.lines
        for decision in line.adjudications
        if decision.payer_id == payer_id
    )


def adjudicated(claim: Claim, other: OtherPayer) -> bool:
    """Whether another payer's decision stands on the claim: an amount, an adjustment, a date, or a line of it."""
    if other.paid_cents is not None or other.adjustments or other.adjudication_day is not None:
        return True
    number = other.payer.payer_id
    return bool(number) and any(d.payer_id == number for line in claim.lines for d in line.adjudications)


def _cob_paid(_: ClaimView, claim: Claim) -> int | None:
    paid = [other.paid_cents for other in claim.other_payers if other.paid_cents is not None]
    return sum(paid) if paid else None


def _cob_adjustment(_: ClaimView, claim: Claim) -> int | None:
    if not any(adjudicated(claim, other) for other in claim.other_payers):
        return None
    on_claim = sum(sum_of(other.adjustments) for other in claim.other_payers)
    return on_claim + sum(sum_of(d.adjustments) for line in claim.lines for d in line.adjudications)


FIELDS: Fields[Claim] = {
    "total_charge_cents": lambda _, c: c.total_charge_cents,
    "line_charge_sum_cents": line_charge_sum,
    "charge_difference_cents": _charge_difference,
    "patient_paid_cents": lambda _, c: c.patient_paid_cents,
    "patient_paid_over_total": _patient_paid_over_total,
    "other_payer_count": lambda _, c: len(c.other_payers),
    "cob_paid_cents": _cob_paid,
    "cob_adjustment_cents": _cob_adjustment,
}
