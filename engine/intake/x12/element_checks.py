"""A close look at one segment whose pattern did not match: which element is wrong, and how."""

from __future__ import annotations

from engine.intake.reading import IntakeFinding
from engine.intake.x12.element_findings import (
    Place,
    blank,
    broken_note,
    not_listed,
    outside_set,
    splits,
    unused,
    wrong_length,
    wrong_type,
)
from engine.intake.x12.guide import ElementFact, SegmentFact
from engine.intake.x12.patterns import FORMAT, INDUSTRY_CODE, PERIOD
from engine.intake.x12.plan import Notes, SegmentPlan, broken
from engine.intake.x12.segments import Segment
from engine.intake.x12.values import length_of, period_fault, type_fault, wrong_characters

LEVEL_CODE = "HL03"
"""Judged by the reader, which had to guess the level (INT-0013)."""

PROVIDER_NUMBER_LENGTH = 10

Previous = tuple[ElementFact, str] | None


def check_elements(place: Place, fact: SegmentFact) -> list[IntakeFinding]:
    """What is wrong with the elements of one segment, in their order."""
    segment = place.segment
    findings: list[IntakeFinding] = []
    previous: Previous = None
    for position, element_fact in enumerate(fact.elements, start=1):
        element = f"{fact.name}{position:02}"
        value = segment.get(position)
        if element_fact.parts:
            findings.extend(check_composite(place, element, element_fact, value))
        else:
            findings.extend(check_value(place, element, element_fact, value, previous))
        previous = (element_fact, value)
    findings.extend(check_provider_number(place, findings))
    beyond = range(len(fact.elements) + 1, len(segment.elements))
    findings.extend(unused(place, f"{fact.name}{n:02}", segment.get(n)) for n in beyond if segment.get(n).strip())
    return findings


def check_composite(place: Place, element: str, fact: ElementFact, value: str) -> list[IntakeFinding]:
    """One composite element: its components, each as an element of its own."""
    if not value.strip():
        return [blank(place, element)] if fact.usage == "R" else []
    parts = value.split(place.separators.component)
    findings: list[IntakeFinding] = []
    previous: Previous = None
    for position, part in enumerate(fact.parts, start=1):
        text = parts[position - 1] if position <= len(parts) else ""
        findings.extend(check_value(place, f"{element}-{position}", part, text, previous))
        previous = (part, text)
    beyond = range(len(fact.parts) + 1, len(parts) + 1)
    findings.extend(unused(place, f"{element}-{n}", parts[n - 1]) for n in beyond if parts[n - 1].strip())
    return findings


def check_value(place: Place, element: str, fact: ElementFact, value: str, previous: Previous) -> list[IntakeFinding]:
    """One simple element or component; the first fault found is the one reported."""
    if not value.strip():
        return [blank(place, element)] if fact.usage == "R" and not may_be_blank(place.segment, element) else []
    if fact.usage == "N":
        return [unused(place, element, value)]
    if place.separators.component in value and "-" not in element:
        return [splits(place, element, value)]
    wrong = wrong_characters(value)
    findings = [outside_set(place, element, wrong)] if wrong else []
    size = place.guide.sizes.get(fact.number)
    codes = place.guide.codes_of(fact)
    if codes:
        if value not in codes and element != LEVEL_CODE:
            findings.append(not_listed(place, element, value, codes))
    elif size is not None:
        dated = fact.number == PERIOD and previous is not None and previous[0].number == FORMAT
        fault = period_fault(previous[1], value) if dated and previous else type_fault(size.kind, fact.number, value)
        if fact.number == INDUSTRY_CODE and "-" in element and not value.isalnum():
            fault = "a code of letters and digits alone (no decimal point)"
        if fault:
            findings.append(wrong_type(place, element, value, fault))
        elif not size.least <= length_of(size.kind, value) <= size.most:
            findings.append(wrong_length(place, element, value, length_of(size.kind, value), (size.least, size.most)))
    return findings


def may_be_blank(segment: Segment, element: str) -> bool:
    """Whether a required element may be blank after all.

    A subscriber that is no person (an employer, in workers' compensation) needs no member number; and where a number is
    missing altogether, its qualifier is not reported as well.
    """
    if segment.name != "NM1" or element not in {"NM108", "NM109"}:
        return False
    return (segment.get(1) == "IL" and segment.get(2) == "2") or (element == "NM108" and not segment.get(9).strip())


def check_provider_number(place: Place, already: list[IntakeFinding]) -> list[IntakeFinding]:
    """A national provider identifier (qualifier XX) has ten characters; its check digit is not judged here."""
    segment = place.segment
    value = segment.get(9)
    if segment.name != "NM1" or segment.get(8) != "XX" or not value.strip() or len(value) == PROVIDER_NUMBER_LENGTH:
        return []
    if any(finding.at.element == "NM109" for finding in already):
        return []
    return [wrong_length(place, "NM109", value, len(value), (PROVIDER_NUMBER_LENGTH,) * 2)]


def holds_notes(notes: Notes, elements: list[str]) -> bool:
    """Whether every relational note holds."""
    return not any(broken(note, lambda p: p < len(elements) and elements[p] != "") for note in notes)


def check_notes(place: Place, use: SegmentPlan, already: list[IntakeFinding]) -> list[IntakeFinding]:
    """The relational notes that do not hold, apart from those whose elements are reported already."""
    reported = {finding.at.element for finding in already}
    findings: list[IntakeFinding] = []
    for note in use.notes:
        elements = {f"{use.fact.name}{p:02}": place.segment.get(p).strip() != "" for p in note[1]}
        if broken(note, lambda p: place.segment.get(p).strip() != "") and not reported.intersection(elements):
            findings.append(broken_note(place, note[0], elements))
    return findings
