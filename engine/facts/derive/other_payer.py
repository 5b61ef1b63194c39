"""What other payers decided: the payer (2320), the line (2430), the single adjustment (CAS). Amounts in cents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from engine.claim.model import Adjustment, LineAdjudication, OtherPayer
from engine.facts.derive.claim import payer_sequence
from engine.facts.derive.money import adjudicated, line_adjustments, sum_of
from engine.facts.derive.source import Fields, Place
from engine.facts.numbers import day_number
from engine.facts.view import ClaimView, LineView


class OtherPayerPart(NamedTuple):
    """Another payer and its place in the claim's list, from 1."""

    other: OtherPayer
    number: int


class LineDecision(NamedTuple):
    """What one payer did with one line, and its place in the line's list, from 1."""

    line: LineView
    decision: LineAdjudication
    number: int


class AdjustmentPart(NamedTuple):
    """One adjustment, by whom, where (``None``: the claim), its number there from 1, and the day of the decision."""

    adjustment: Adjustment
    payer_id: str
    line: LineView | None
    number: int
    decided: int | None


def payers(view: ClaimView) -> Iterator[OtherPayerPart]:
    """The other payers of the claim."""
    for number, other in enumerate(view.claim.other_payers, start=1):
        yield OtherPayerPart(other, number)


def decisions(view: ClaimView) -> Iterator[LineDecision]:
    """What they did with the lines."""
    for line in view.lines:
        for number, decision in enumerate(line.line.adjudications, start=1):
            yield LineDecision(line, decision, number)


def adjustments(view: ClaimView) -> Iterator[AdjustmentPart]:
    """Every adjustment, of the claim and of its lines."""
    on_claim = [(o.payer.payer_id, a, o.adjudication_day) for o in view.claim.other_payers for a in o.adjustments]
    for number, (payer_id, adjustment, decided) in enumerate(on_claim, start=1):
        yield AdjustmentPart(adjustment, payer_id, None, number, day_number(decided))
    for line in view.lines:
        on_line = [(d.payer_id, a, d.adjudication_day) for d in line.line.adjudications for a in d.adjustments]
        for number, (payer_id, adjustment, decided) in enumerate(on_line, start=1):
            yield AdjustmentPart(adjustment, payer_id, line, number, day_number(decided))


def _line_adjustments(view: ClaimView, part: OtherPayerPart) -> int | None:
    number = part.other.payer.payer_id
    return line_adjustments(view.claim, number) if number and adjudicated(view.claim, part.other) else None


def difference(view: ClaimView, part: OtherPayerPart) -> int | None:
    """Total charge less paid and all adjustments of the payer; absent when it has not said what it paid.

    Source: 837 implementation guides, section 1.10.2.1 (balancing, claim level).
    """
    total, paid = view.claim.total_charge_cents, part.other.paid_cents
    if total is None or paid is None:
        return None
    return total - paid - sum_of(part.other.adjustments) - (_line_adjustments(view, part) or 0)


def _claim_adjustments(view: ClaimView, part: OtherPayerPart) -> int | None:
    return sum_of(part.other.adjustments) if adjudicated(view.claim, part.other) else None


def line_difference(_: ClaimView, part: LineDecision) -> int | None:
    """Line charge less paid and adjusted. Source: 837 implementation guides, section 1.10.2.1 (line level)."""
    charge, paid = part.line.line.charge_cents, part.decision.paid_cents
    return None if charge is None or paid is None else charge - paid - sum_of(part.decision.adjustments)


def payer_place(part: OtherPayerPart) -> Place:
    """Its place in the list."""
    return (0, part.number)


def decision_place(part: LineDecision) -> Place:
    """Its line and its place in the line's list."""
    return (part.line.number, part.number)


def decision_day(_: ClaimView, part: LineDecision) -> int | None:
    """The line's day."""
    return part.line.judged_day


def adjustment_place(part: AdjustmentPart) -> Place:
    """Its line, and its number there."""
    return (part.line.number if part.line else 0, part.number)


def adjustment_day(view: ClaimView, part: AdjustmentPart) -> int | None:
    """When the payer decided, for its codes must be valid then; else the line's day, else the claim's first."""
    if part.decided is not None:
        return part.decided
    return part.line.judged_day if part.line else view.first_service_day


FIELDS: Fields[OtherPayerPart] = {
    "sequence": lambda _, p: payer_sequence(p.other.sequence_code),
    "payer_id": lambda _, p: p.other.payer.payer_id or None,
    "filing_indicator": lambda _, p: p.other.filing_indicator or None,
    "msp_type": lambda _, p: p.other.msp_type or None,
    "paid_cents": lambda _, p: p.other.paid_cents,
    "claim_adjustment_cents": _claim_adjustments,
    "line_adjustment_cents": _line_adjustments,
    "difference_cents": difference,
    "adjudication_day": lambda _, p: day_number(p.other.adjudication_day),
}

DECISION_FIELDS: Fields[LineDecision] = {
    "line_number": lambda _, p: p.line.number,
    "payer_id": lambda _, p: p.decision.payer_id or None,
    "paid_cents": lambda _, p: p.decision.paid_cents,
    "adjustment_cents": lambda _, p: sum_of(p.decision.adjustments),
    "difference_cents": line_difference,
    "adjudication_day": lambda _, p: day_number(p.decision.adjudication_day),
}

ADJUSTMENT_FIELDS: Fields[AdjustmentPart] = {
    "payer_id": lambda _, p: p.payer_id or None,
    "line_number": lambda _, p: p.line.number if p.line else 0,
    "group": lambda _, p: p.adjustment.group or None,
    "reason": lambda _, p: p.adjustment.reason or None,
    "amount_cents": lambda _, p: p.adjustment.amount_cents,
    "adjudication_day": lambda _, p: p.decided,
}
