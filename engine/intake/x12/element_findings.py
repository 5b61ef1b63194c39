"""The findings about one element, and how they are worded."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from engine.intake.reading import IntakeFinding, Spot
from engine.intake.x12.guide import Guide
from engine.intake.x12.segments import Loop, Segment, Separators
from engine.intake.x12.wording import code_list, found_in, is_private, named


class Place(Struct, frozen=True, kw_only=True):
    """The segment under examination and where it stands."""

    loop: Loop
    segment: Segment
    guide: Guide
    separators: Separators
    line: int | None = None


class Words(Struct, frozen=True, kw_only=True):
    """What a finding says about its element."""

    says: str
    fix: str
    expected: str
    found: str = ""


def blank(place: Place, element: str) -> IntakeFinding:
    """A required element without data."""
    label = named(element, place.segment)
    words = Words(says=f"{label} is blank; the guide requires it.", fix=f"Fill in {label}.", expected="a value")
    return finding(place, "INT-0008", element, words)


def unused(place: Place, element: str, value: str) -> IntakeFinding:
    """An element that the guide does not use, with data."""
    seen = found_in(element, place.segment, value)
    words = Words(
        says=f"{element} carries data ({seen}), but the guide does not use it here.",
        fix=f"Leave {element} empty.",
        expected="empty",
        found=seen,
    )
    return finding(place, "INT-0015", element, words, severity="warning", snip=2)


def splits(place: Place, element: str, value: str) -> IntakeFinding:
    """A simple element that holds the component separator."""
    words = Words(
        says=f"{named(element, place.segment)} holds the component separator {place.separators.component}.",
        fix="Remove the character, or choose delimiters that do not occur in the data.",
        expected="no delimiter inside data",
        found=found_in(element, place.segment, value),
    )
    return finding(place, "INT-0014", element, words)


def outside_set(place: Place, element: str, wrong: str) -> IntakeFinding:
    """Characters that the basic and extended sets of X12 do not have; letters of other languages are a warning."""
    codes = ", ".join(f"U+{ord(char):04X}" for char in dict.fromkeys(wrong))
    words = Words(
        says=f"{named(element, place.segment)} holds a character outside the X12 character sets ({codes}).",
        fix="Replace it with a plain letter, digit or punctuation mark.",
        expected="basic and extended character set",
        found=codes,
    )
    control = any(not char.isprintable() for char in wrong)
    return finding(place, "INT-0014", element, words, severity="error" if control else "warning")


def not_listed(place: Place, element: str, value: str, codes: tuple[str, ...]) -> IntakeFinding:
    """A code that the guide's own list does not have."""
    allowed = code_list(codes)
    seen = found_in(element, place.segment, value)
    words = Words(
        says=f"{named(element, place.segment)} is {seen}; the guide allows {allowed}.",
        fix=f"Use {allowed}.",
        expected=allowed,
        found=seen,
    )
    return finding(place, "INT-0011", element, words, snip=2)


def wrong_type(place: Place, element: str, value: str, fault: str) -> IntakeFinding:
    """A value that is not of the element's type; ``fault`` is what it should have been."""
    seen = found_in(element, place.segment, value)
    verb = "has" if is_private(element, place.segment) else "is"
    words = Words(
        says=f"{named(element, place.segment)} {verb} {seen}, which is not {fault}.",
        fix=f"Write {element} as {fault}.",
        expected=fault,
        found=seen,
    )
    return finding(place, "INT-0010", element, words)


def wrong_length(place: Place, element: str, value: str, length: int, limits: tuple[int, int]) -> IntakeFinding:
    """A value with too few or too many characters."""
    least, most = limits
    wanted = f"{least}" if least == most else f"{least} to {most}"
    seen = found_in(element, place.segment, value)
    shown_value = "" if is_private(element, place.segment) else f" ({seen})"
    words = Words(
        says=f"{named(element, place.segment)} has {length} characters{shown_value}; the guide allows {wanted}.",
        fix=f"Correct {element} to {wanted} characters.",
        expected=f"{wanted} characters",
        found=seen,
    )
    return finding(place, "INT-0009", element, words)


def broken_note(place: Place, kind: str, elements: dict[str, bool]) -> IntakeFinding:
    """A relational note that does not hold; ``elements`` tells for each, in the note's order, whether it has data."""
    names = list(elements)
    present = [name for name in names if elements[name]]
    absent = [name for name in names if not elements[name]]
    at = present[-1] if kind == "E" else absent[-1]
    if kind == "E":
        says = f"{' and '.join(present)} are both given; only one may be."
        fix, rule = f"Keep one of {' and '.join(present)}.", f"at most one of {', '.join(names)}"
    elif kind == "R":
        says = f"None of {', '.join(names)} is given; one must be."
        fix, rule = f"Give {' or '.join(names)}.", f"at least one of {', '.join(names)}"
    elif kind == "L":
        says = f"{names[0]} is given without {' or '.join(names[1:])}."
        fix, rule = f"Give {' or '.join(names[1:])}, or remove {names[0]}.", f"{names[0]} with {' or '.join(names[1:])}"
    else:
        given = names[0] if kind == "C" else " and ".join(present)
        says = f"{given} is given without {' and '.join(absent)}; they go together."
        fix, rule = f"Give {' and '.join(absent)}, or remove {given}.", " and ".join(names)
    return finding(place, "INT-0012", at, Words(says=says, fix=fix, expected=rule, found=", ".join(present)), snip=2)


def finding(
    place: Place,
    rule: str,
    element: str,
    words: Words,
    *,
    severity: Literal["error", "warning", "info"] = "error",
    snip: int = 1,
) -> IntakeFinding:
    """A finding at an element of the segment."""
    return IntakeFinding(
        rule=rule,
        says=words.says,
        fix=words.fix,
        at=Spot(loop=place.loop.id, segment=place.segment.index, element=element, line=place.line),
        severity=severity,
        snip=snip,
        expected=words.expected,
        found=words.found,
    )
