"""ISA, GS, ST and their trailers: control numbers, counts, versions (INT-0002 to INT-0004, INT-0017)."""

from __future__ import annotations

from typing import Final

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
                index,
                "",
                f"The file ends without {_join(missing)}; something may be lost.",
                "Send the whole interchange again.",
                missing[-1],
            )

    def claim_version(self, version: str) -> str:
        """Note the version that the header's REF*87 gives (4010) and return the one in force."""
        if version[:BASE_LENGTH] in forms_by_version():
            self.version = version
        return self.version

    def _begin(self, name: str, segment: Segment) -> None:
        order = list(TRAILERS)
        for inner in reversed(order[order.index(name) :]):
            if inner in self._open:
                self._unclosed(inner, segment)
        for outer in order[: order.index(name)]:
            self._inside[outer] += outer == order[order.index(name) - 1]
        self._open[name] = segment
        self._inside[name] = 0
        self._seen.add(name)
        if name == "GS":
            self._reported.clear()
        if name == "ST":
            self.transaction += 1
            self._check_version(segment)

    def _unclosed(self, name: str, segment: Segment) -> None:
        """A header whose trailer should have come before ``segment``."""
        trailer = TRAILERS[name]
        self._report(
            "INT-0017",
            segment.index,
            name,
            f"{segment.elements[0]} follows, but {name} was not closed by {trailer}.",
            f"End what {name} begins with {trailer}.",
            trailer,
            segment.elements[0],
        )
        del self._open[name]

    def _end(self, header: str, segment: Segment) -> None:
        order = list(TRAILERS)
        for inner in reversed(order[order.index(header) + 1 :]):
            if inner in self._open:
                self._unclosed(inner, segment)
        begun = self._open.pop(header, None)
        name = segment.elements[0]
        if begun is None:
            if header in self._seen:
                self._report(
                    "INT-0017",
                    segment.index,
                    header,
                    f"{name} closes nothing: no {header} is open.",
                    f"Send {header} before {name}.",
                    header,
                    name,
                )
            return
        self._check_control(begun, segment)
        read = segment.index - begun.index + 1 if header == "ST" else self._inside[header]
        stated = segment.get(1).strip()
        if not (stated.isascii() and stated.isdecimal() and int(stated[:18]) == read):
            self._report(
                "INT-0003",
                segment.index,
                header,
                f"{name}01 says {stated or 'nothing'}{f' {COUNTED[name]}' if stated else ''}; {read} were read.",
                f"Set {name}01 to the number of {COUNTED[name]} sent, or send what is missing.",
                str(read),
                stated,
                f"{name}01",
            )

    def _check_control(self, begun: Segment, segment: Segment) -> None:
        header, name = begun.elements[0], segment.elements[0]
        element = CONTROL[header]
        first, second = begun.get(element).strip(), segment.get(2).strip()
        if first != second and not (header == "GS" and first.lstrip("0") == second.lstrip("0") != ""):
            self._report(
                "INT-0002",
                segment.index,
                header,
                f"{header}{element:02} is '{first}' but {name}02 is '{second}'.",
                "Give header and trailer the same control number.",
                first,
                second,
                f"{name}02",
            )

    def _check_version(self, segment: Segment) -> None:
        """Find the version of a transaction set and report one that is not supported."""
        if not self.is_claims:
            number = segment.get(1).strip()
            self._report(
                "INT-0004",
                segment.index,
                "ST",
                f"ST {number} is not a claim; skipped.",
                "Nothing, unless claims were meant.",
                CLAIM_SET,
                number,
                "ST01",
                "info",
            )
            return
        if segment.get(1).strip() != CLAIM_SET:
            self._report(
                "INT-0004",
                segment.index,
                "ST",
                f"ST01 is '{segment.get(1)[:10]}', not 837; read as claims.",
                "Set ST01 to 837.",
                CLAIM_SET,
                segment.get(1)[:10],
                "ST01",
            )
        group = self._open.get("GS")
        of_set, of_group = segment.get(3).strip().upper(), group.get(8).strip().upper() if group else ""
        known = forms_by_version()
        self.version = of_set if of_set[:BASE_LENGTH] in known or not of_group else of_group
        if of_set and of_group and of_set != of_group and f"{of_set}/{of_group}" not in self._reported:
            self._reported.add(f"{of_set}/{of_group}")
            self._report(
                "INT-0004",
                segment.index,
                "ST",
                f"ST03 is {of_set} but GS08 is {of_group}.",
                "Give both the version of the guide that the claims follow.",
                of_group,
                of_set,
                "ST03",
            )
        if is_supported(self.version) or self.version in self._reported:
            return
        self._reported.add(self.version)
        base = self.version[:BASE_LENGTH]
        index, element, loop = (segment.index, "ST03", "ST") if of_set or group is None else (group.index, "GS08", "GS")
        if base.startswith("004010") and base in known:
            says = f"Version {self.version} is out of use; its claims were read, but not checked against its guide."
        else:
            says = f"Version '{self.version}' is not supported; its claims were read as far as they could be."
        self._report(
            "INT-0004",
            index,
            loop,
            says,
            "Send version 005010X222A1, 005010X223A2 or 005010X224A2.",
            "005010X222A1, 005010X223A2 or 005010X224A2",
            self.version,
            element,
        )

    def _report(
        self,
        rule: str,
        index: int,
        loop: str,
        says: str,
        fix: str,
        expected: str = "",
        found: str = "",
        element: str = "",
        severity: str = "error",
    ) -> None:
        self.findings.append(
            IntakeFinding(
                rule=rule,
                says=says,
                fix=fix,
                at=Spot(loop=loop, segment=index, element=element),
                expected=expected,
                found=found,
                severity="info" if severity == "info" else "error",
            )
        )


def is_supported(version: str) -> bool:
    """Whether a version is one whose guide the claims are checked against."""
    return version[BASE_LENGTH:] in SUPPORTED.get(version[:BASE_LENGTH], ())


def _join(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
