"""ISA, GS, ST and their trailers: control numbers, counts, versions (INT-0002 to INT-0004, INT-0017)."""

from __future__ import annotations

from typing import Final, Literal

from engine.intake.reading import IntakeFinding, Spot
from engine.intake.x12.loop_table import forms_by_version
from engine.intake.x12.segments import Segment

CLAIM_SET: Final = "837"
OTHER_SETS: Final = frozenset(
    {"270", "271", "274", "275", "276", "277", "278", "820", "824", "834", "835", "864", "997", "999"}
)
"""Transaction sets of health care that are no claims. A number that is none of these is taken for a damaged 837."""

SUPPORTED: Final = {
    "005010X222": ("", "A1", "A2"),
    "005010X223": ("", "A1", "A2", "A3"),
    "005010X224": ("", "A1", "A2", "A3"),
}
BASE_LENGTH: Final = len("005010X222")

TRAILERS: Final = {"ISA": "IEA", "GS": "GE", "ST": "SE"}
HEADERS: Final = {trailer: header for header, trailer in TRAILERS.items()}
CONTROL: Final = {"ISA": 13, "GS": 6, "ST": 2}
"""The control number's element in each header; in each trailer it is element 02."""

COUNTED: Final = {"IEA": "groups", "GE": "transaction sets", "SE": "segments"}


class Envelope:
    """Follows the envelope of a file.

    Attributes:
        findings: What was wrong since the last look; the reader takes them away.
        transaction: Number of ST segments so far.
        version: The version of the open transaction set (ST03, else GS08), or ``""``.
    """

    def __init__(self) -> None:
        """Start before the first segment."""
        self.findings: list[IntakeFinding] = []
        self.transaction = 0
        self.version = ""
        self._open: dict[str, Segment] = {}
        self._inside = dict.fromkeys(TRAILERS, 0)
        self._seen: set[str] = set()
        self._reported: set[str] = set()

    @property
    def in_set(self) -> bool:
        """Whether an ST is open."""
        return "ST" in self._open

    @property
    def is_claims(self) -> bool:
        """Whether the open transaction set is one of claims."""
        segment = self._open.get("ST")
        return segment is None or segment.get(1).strip() not in OTHER_SETS

    def take(self, segment: Segment) -> None:
        """Follow one envelope segment."""
        name = segment.elements[0]
        if name in TRAILERS:
            self._begin(name, segment)
        elif name in HEADERS:
            self._end(HEADERS[name], segment)

    def finish(self, index: int) -> None:
        """Report what is still open at the end of the file; ``index`` is the number of segments read."""
        missing = [TRAILERS[name] for name in ("ST", "GS", "ISA") if name in self._open]
        if missing:
            self._report(
                "INT-0017",
                Spot(segment=index),
                f"The file ends without {_join(missing)}; something may be lost.",
                "Send the whole interchange again.",
                (missing[-1], ""),
            )

    def claim_version(self, version: str) -> str:
        """Note the version that the header's REF*87 gives (4010) and return the one in force."""
        if version[:BASE_LENGTH] in forms_by_version():
            self.version = version
        return self.version

    def _begin(self, name: str, segment: Segment) -> None:
        order = list(TRAILERS)
        at = order.index(name)
        for inner in reversed(order[at:]):
            if inner in self._open:
                self._unclosed(inner, segment)
        if at:
            self._inside[order[at - 1]] += 1
        self._open[name] = segment
        self._inside[name] = 0
        self._seen.add(name)
        if name == "GS":
            self._reported.clear()
        if name == "ST":
            self.transaction += 1
            self._check_version(segment)

    def _end(self, header: str, segment: Segment) -> None:
        order = list(TRAILERS)
        for inner in reversed(order[order.index(header) + 1 :]):
            if inner in self._open:
                self._unclosed(inner, segment)
        begun = self._open.pop(header, None)
        if begun is not None:
            self._check_control(begun, segment)
            self._check_count(begun, segment)
        elif header in self._seen:
            name = segment.elements[0]
            self._report(
                "INT-0017",
                Spot(loop=header, segment=segment.index),
                f"{name} closes nothing: no {header} is open.",
                f"Send {header} before {name}.",
                (header, name),
            )

    def _unclosed(self, name: str, segment: Segment) -> None:
        """Report a header whose trailer should have come before ``segment``."""
        trailer, follows = TRAILERS[name], segment.elements[0]
        self._report(
            "INT-0017",
            Spot(loop=name, segment=segment.index),
            f"{follows} follows, but {name} was not closed by {trailer}.",
            f"End what {name} begins with {trailer}.",
            (trailer, follows),
        )
        del self._open[name]

    def _check_control(self, begun: Segment, segment: Segment) -> None:
        header, name = begun.elements[0], segment.elements[0]
        element = CONTROL[header]
        first, second = begun.get(element).strip(), segment.get(2).strip()
        if first == second or (header == "GS" and first.lstrip("0") == second.lstrip("0") != ""):
            return
        self._report(
            "INT-0002",
            Spot(loop=header, segment=segment.index, element=f"{name}02"),
            f"{header}{element:02} is '{first[:20]}' but {name}02 is '{second[:20]}'.",
            "Give header and trailer the same control number.",
            (first, second),
        )

    def _check_count(self, begun: Segment, segment: Segment) -> None:
        header, name = begun.elements[0], segment.elements[0]
        read = segment.index - begun.index + 1 if header == "ST" else self._inside[header]
        stated = segment.get(1).strip()[:18]
        if stated.isascii() and stated.isdecimal() and int(stated) == read:
            return
        counted = COUNTED[name]
        self._report(
            "INT-0003",
            Spot(loop=header, segment=segment.index, element=f"{name}01"),
            f"{name}01 says {f'{stated} {counted}' if stated else 'nothing'}; {read} were read.",
            f"Set {name}01 to the number of {counted} sent, or send what is missing.",
            (str(read), stated),
        )

    def _check_version(self, segment: Segment) -> None:
        """Find the version of a transaction set and report one that is not supported."""
        number = segment.get(1).strip()[:10]
        spot = Spot(loop="ST", segment=segment.index, element="ST01")
        if not self.is_claims:
            says = f"ST {number} is not a claim; skipped."
            self._report("INT-0004", spot, says, "Nothing, unless claims were meant.", (CLAIM_SET, number), "info")
            return
        if number != CLAIM_SET:
            says = f"ST01 is '{number}', not {CLAIM_SET}; read as claims."
            self._report("INT-0004", spot, says, f"Set ST01 to {CLAIM_SET}.", (CLAIM_SET, number))
        group = self._open.get("GS")
        of_set = segment.get(3).strip().upper()
        of_group = group.get(8).strip().upper() if group else ""
        self.version = of_set if of_set[:BASE_LENGTH] in forms_by_version() or not of_group else of_group
        spot = Spot(loop="ST", segment=segment.index, element="ST03")
        both = f"{of_set}/{of_group}"
        if of_set and of_group and of_set != of_group and both not in self._reported:
            self._reported.add(both)
            says = f"ST03 is {of_set[:20]} but GS08 is {of_group[:20]}."
            self._report("INT-0004", spot, says, "Give both the version of the guide in use.", (of_group, of_set))
        if not is_supported(self.version) and self.version not in self._reported:
            self._reported.add(self.version)
            in_group = group is not None and not of_set
            self._unsupported(Spot(loop="GS", segment=group.index, element="GS08") if in_group and group else spot)

    def _unsupported(self, spot: Spot) -> None:
        base = self.version[:BASE_LENGTH]
        if base in forms_by_version() and base not in SUPPORTED:
            says = f"Version {self.version} is out of use; its claims were read, but not checked against its guide."
        else:
            says = f"Version '{self.version[:20]}' is not supported; its claims were read as far as they could be."
        right = "005010X222A1, 005010X223A2 or 005010X224A2"
        self._report("INT-0004", spot, says, f"Send version {right}.", (right, self.version))

    def _report(
        self,
        rule: str,
        at: Spot,
        says: str,
        fix: str,
        evidence: tuple[str, str],
        severity: Literal["error", "info"] = "error",
    ) -> None:
        expected, found = evidence
        self.findings.append(
            IntakeFinding(rule=rule, says=says, fix=fix, at=at, expected=expected, found=found[:40], severity=severity)
        )


def is_supported(version: str) -> bool:
    """Whether a version is one whose guide the claims are checked against."""
    return version[BASE_LENGTH:] in SUPPORTED.get(version[:BASE_LENGTH], ())


def _join(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
