"""A regular expression for each use of a segment that matches only what needs no finding.

Most segments of most claims are right, and one match tells so in less than a microsecond. What does not match is not
wrong yet: ``element_checks`` then looks at each element and finds the fault, or none (29 February, a leading space).
"""

from __future__ import annotations

import re
from typing import Final

from engine.intake.x12.guide import ElementFact, Guide, SegmentFact

FORMAT: Final = "1250"
PERIOD: Final = "1251"
MONEY: Final = "782"
INDUSTRY_CODE: Final = "1271"
"""Diagnoses and the other codes of HI composites: letters and digits, without the point that is only printed."""

DATE: Final = (
    r"(?:19|20)\d\d(?:(?:0[13578]|1[02])(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)(?:0[1-9]|[12]\d|30)"
    r"|02(?:0[1-9]|1\d|2[0-8]))"
)
CLOCK: Final = r"(?:[01]\d|2[0-3])[0-5]\d"
PERIODS: Final = {"D8": DATE, "RD8": f"{DATE}-{DATE}", "TM": CLOCK, "DT": DATE + CLOCK}
NEVER: Final = "(?!)"


class PatternWriter:
    """Writes the patterns of one guide for one pair of separators."""

    def __init__(self, guide: Guide, element: str, component: str) -> None:
        """``element`` and ``component`` are the separators of the interchange."""
        self.guide = guide
        self.element = re.escape(element)
        self.component = re.escape(component)
        kept = "".join(re.escape(chr(n)) for n in range(0x20, 0x7F) if chr(n) not in {element, component})
        self.any = f"[{kept}]"
        self.solid = f"[{kept.removeprefix(re.escape(' '))}]"

    def segment(self, fact: SegmentFact) -> str:
        """The pattern of a whole segment, its elements joined by the element separator."""
        values = [self.composite(e) if e.parts else self.value(e) for e in fact.elements]
        self.provider_number(fact, values)
        units = self.units(fact, values)
        return re.escape(fact.name) + self.chain(units, self.element)

    def composite(self, fact: ElementFact) -> str:
        """The pattern of one composite element."""
        values = ["[0-9A-Za-z]{1,30}" if part.number == INDUSTRY_CODE else self.value(part) for part in fact.parts]
        units = self.pairs(list(fact.parts), values, (), self.component)
        text = self.chain(units, self.component)
        return text.removeprefix(self.component) if units and units[0][0] == "R" else NEVER

    def value(self, fact: ElementFact) -> str:
        """The pattern of one simple element that carries data."""
        if fact.usage == "N" or not fact.number:
            return ""
        if fact.number == PERIOD:
            return NEVER
        codes = self.guide.codes_of(fact)
        if codes:
            return f"(?:{'|'.join(re.escape(code) for code in codes)})"
        size = self.guide.sizes[fact.number]
        if size.kind == "N0":
            return rf"\d{{{size.least},{size.most}}}"
        if size.kind == "R":
            whole, places = max(1, size.most - 6), 2 if fact.number == MONEY else 4
            return rf"-?(?:\d{{1,{whole}}}(?:\.\d{{1,{places}}})?|\.\d{{1,{places}}})"
        if size.kind == "DT":
            return DATE
        if size.kind == "TM":
            return rf"{CLOCK}(?:[0-5]\d(?:\d\d?)?)?"
        return f"{self.solid}{self.any}{{{max(0, size.least - 1)},{size.most - 1}}}"

    def provider_number(self, fact: SegmentFact, values: list[str]) -> None:
        """An identifier whose only qualifier is XX is a national provider identifier: ten digits."""
        if fact.name == "NM1" and self.guide.codes_of(fact.elements[7]) == ("XX",):
            values[8] = r"\d{10}"

    def units(self, fact: SegmentFact, values: list[str]) -> list[tuple[str, str]]:
        """The elements as (usage, pattern with its separator), those that go together joined."""
        return self.pairs(list(fact.elements), values, fact.notes, self.element)

    def pairs(
        self, facts: list[ElementFact], values: list[str], notes: tuple[str, ...], mark: str
    ) -> list[tuple[str, str]]:
        """As ``units``: a qualified date, or two situational elements that must come together, make one unit."""
        units: list[tuple[str, str]] = []
        at = 0
        while at < len(facts):
            first = facts[at]
            second = facts[at + 1] if at + 1 < len(facts) else None
            if second is not None and first.number == FORMAT and second.number == PERIOD:
                periods = [c for c in self.guide.codes_of(first) if c in PERIODS]
                both = "|".join(f"{c}{mark}{PERIODS[c]}" for c in periods) or NEVER
                units.append(("R" if first.usage == "R" else "S2", f"{mark}(?:{both})"))
                at += 2
            elif second is not None and first.usage == second.usage == "S" and f"P{at + 1:02}{at + 2:02}" in notes:
                units.append(("S2", f"{mark}{values[at]}{mark}{values[at + 1]}"))
                at += 2
            else:
                units.append((first.usage, mark + values[at]))
                at += 1
        return units

    def chain(self, units: list[tuple[str, str]], mark: str) -> str:
        """The units one after the other; after the last required one the segment may end anywhere."""
        last = max((n for n, (usage, _) in enumerate(units) if usage == "R"), default=-1)
        head = "".join(text if usage == "R" else self.optional(usage, text, mark) for usage, text in units[: last + 1])
        tail = ""
        for usage, text in reversed(units[last + 1 :]):
            whole = self.optional(usage, text, mark) + tail
            tail = f"(?:{whole}|{mark})?" if usage == "S2" else f"(?:{whole})?"
        return head + tail

    def optional(self, usage: str, text: str, mark: str) -> str:
        """A unit that may be blank, its separators kept."""
        if usage == "N":
            return mark
        return f"(?:{text}|{mark}{mark if usage == 'S2' else ''})"
