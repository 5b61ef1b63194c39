"""Find the delimiters of an interchange, from its ISA where it can be believed and from the data where it cannot."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from msgspec import Struct

from engine.intake.reading import IntakeFinding, Spot
from engine.intake.x12.segments import Separators

ISA_LENGTH = 106
"""Bytes of an ISA segment with its terminator."""

ISA_ELEMENTS = 16
REPETITION_ELEMENT = 11

_NAMES = rb"ISA|TA1|GS|ST|BHT|NM1|HL|PRV|PER|N3|N4|REF|SBR|DMG|CLM|DTP|HI|LX|SV[123]|SE|GE|IEA"
_START = re.compile(rb"(?<![A-Za-z0-9])(?:ISA|GS|ST|BHT|HL|NM1|CLM)([^A-Za-z0-9\s.,'\"()/-])", re.IGNORECASE)
_COMPOSITES = re.compile(
    rb"(?:SV[13](?P<e1>[^\w\s])(?:HC|ER|IV|WK|AD|HP)|SV2(?P<e2>[^\w\s])[^\s]{1,48}?(?P=e2)(?:HC|HP)"
    rb"|HI(?P<e3>[^\w\s])(?:A?BK|A?BF|A?BJ|A?BN|A?PR|BG|BH|BI|BE|DR|BBR|BBQ)"
    rb"|CLM(?P<e4>[^\w\s])[^~\r\n]{0,60}?(?P=e4)\d\d(?=.[AB].\w))(?P<component>[^\w\s])"
)


class Delimiters(Struct, frozen=True):
    """The delimiters in force from ``start`` (offset of the first segment in the sample), and what was wrong."""

    separators: Separators
    start: int
    findings: tuple[IntakeFinding, ...] = ()


def find_start(sample: bytes) -> tuple[int, bool] | None:
    """Where the first segment stands in ``sample`` and whether it is an ISA; ``None`` when nothing looks like X12."""
    found = _START.search(sample)
    if found is None:
        return None
    return found.start(), sample[found.start() : found.start() + 3].upper() == b"ISA"


def read_isa(sample: bytes, index: int) -> Delimiters:
    """Read the delimiters that the ISA at the head of ``sample`` declares.

    Args:
        sample: Bytes from the ``I`` of ISA on; a few kilobytes are enough.
        index: Segment index of the ISA, for findings.

    Returns:
        The delimiters, corrected from the data where the ISA cannot be right.
    """
    element = sample[3:4]
    findings: list[IntakeFinding] = []
    tail = _header_tail(sample, element)
    component, terminator, fits = tail
    if not fits:
        length = _isa_length(sample, terminator)
        findings.append(
            _malformed(
                index,
                f"The ISA segment is {length} characters long with its terminator, not {ISA_LENGTH}.",
                "Pad the ISA elements to their fixed widths; the delimiters were found without it.",
                str(ISA_LENGTH),
                str(length),
            )
        )
    shown = _component_in_data(sample, element, terminator)
    if shown and shown != component:
        findings.append(
            _malformed(
                index,
                f"ISA16 declares {_show(component)} as component separator, but the data uses {_show(shown)}.",
                f"Set ISA16 to {_show(shown)}; the file was read so.",
                _show(shown),
                _show(component),
                "ISA16",
            )
        )
        component = shown
    repetition = _repetition(sample, element)
    separators = Separators(_text(element), _text(component or b":"), repetition, _text(terminator))
    return Delimiters(separators, 0, tuple(findings))


def guess(sample: bytes, start: int) -> Delimiters:
    """Guess the delimiters of data that has no ISA, from the segment names it shows."""
    data = sample[start:]
    found = _START.match(data)
    element = found.group(1) if found else b"*"
    terminator = _terminator_in_data(data, element) or b"~"
    component = _component_in_data(data, element, terminator) or b":"
    finding = _malformed(
        0,
        "No ISA segment stands at the head of the file.",
        "Send the whole interchange, ISA to IEA; the delimiters were guessed "
        f"({_show(element)} elements, {_show(component)} components, {_show(terminator)} segments).",
        "ISA",
        _text(data[:2]) if data else "",
    )
    return Delimiters(Separators(_text(element), _text(component), "^", _text(terminator)), start, (finding,))


def newline_terminates(tail: bytes, element: str) -> bool:
    """Whether ``tail``, in which no terminator was found, shows segments that end with the line."""
    mark = re.escape(element.encode("latin-1", "replace"))
    return len(re.findall(rb"[\r\n][ \t]*(?:" + _NAMES + rb")" + mark, tail[:65536])) >= 1


@lru_cache(maxsize=64)
def segment_after_newline(element: str) -> re.Pattern[bytes]:
    """Matches the line break before a segment whose predecessor has no terminator."""
    mark = re.escape(element.encode("latin-1", "replace"))
    return re.compile(rb"(?<=\S)[ \t]*[\r\n]+(?=[ \t]*(?:" + _NAMES + rb")" + mark + rb")")


def _header_tail(sample: bytes, element: bytes) -> tuple[bytes, bytes, bool]:
    """Component separator, terminator, and whether the ISA has its fixed layout."""
    if len(sample) >= ISA_LENGTH - 1 and sample[103:104] == element and sample.count(element, 0, 104) == ISA_ELEMENTS:
        component, terminator = sample[104:105], sample[105:106] or b"~"
        by_line = terminator in {b"\r", b"\n"}
        if by_line and _terminator_in_data(sample, element) == component:
            return b"", component, False
        if not terminator.isalnum() and terminator not in {b" ", b"\t", element}:
            return component, _newline(terminator), True
    following = re.search(rb"[^A-Za-z0-9](GS|TA1|ST|gs|st)" + re.escape(element), sample[:600])
    head = sample[: following.start() + 1] if following else sample[: ISA_LENGTH + 4]
    core = head.rstrip(b" \t\r\n")
    if not following:
        parts = sample[:600].split(element, ISA_ELEMENTS)
        last = parts[ISA_ELEMENTS] if len(parts) > ISA_ELEMENTS else b""
        component, terminator = last[0:1], last[1:2]
        if terminator and not terminator.isalnum():
            return component, _newline(terminator), False
        return component, _terminator_in_data(sample, element) or b"~", False
    if core[-2:-1] == element and len(core) < len(head):
        by_data = _terminator_in_data(sample, element)
        if by_data == b"\n":
            return core[-1:], b"\n", False
        return b"", core[-1:], False
    if core[-1:].isalnum() or core[-1:] == element:
        return b"", b"\n" if len(core) < len(head) else b"~", False
    component = core[-2:-1]
    return (b"" if component.isalnum() else component), core[-1:], False


def _isa_length(sample: bytes, terminator: bytes) -> int:
    end = sample.find(terminator, 4, 2048)
    return end + 1 if end >= 0 else len(sample)


def _newline(terminator: bytes) -> bytes:
    return b"\n" if terminator == b"\r" else terminator


def _repetition(sample: bytes, element: bytes) -> str:
    parts = sample[:600].split(element, REPETITION_ELEMENT + 1)
    sign = parts[REPETITION_ELEMENT] if len(parts) > REPETITION_ELEMENT + 1 else b""
    return _text(sign) if len(sign) == 1 and not sign.isalnum() and not sign.isspace() else "^"


def _terminator_in_data(data: bytes, element: bytes) -> bytes:
    pattern = rb"([^A-Za-z0-9])[ \t]*(?:" + _NAMES + rb")" + re.escape(element)
    votes = Counter(_before_newlines(data, found.start(1)) for found in re.finditer(pattern, data[:8192]))
    votes.pop(element, None)
    return votes.most_common(1)[0][0] if votes else b""


def _before_newlines(data: bytes, at: int) -> bytes:
    """The sign that ends the segment before ``at``: newlines count only when nothing else stands before them."""
    head = data[max(0, at - 8) : at + 1].rstrip(b" \t\r\n")
    sign = head[-1:]
    return sign if sign and not sign.isalnum() and sign not in b")\"'." else b"\n"


def _component_in_data(data: bytes, element: bytes, terminator: bytes) -> bytes:
    """The one sign that all composites of the data use, or ``b""`` when they do not agree or there are none."""
    signs = {
        found.group("component")
        for found in _COMPOSITES.finditer(data)
        if element in (found.group("e1"), found.group("e2"), found.group("e3"), found.group("e4"))
    }
    signs.discard(element)
    signs.discard(terminator)
    return signs.pop() if len(signs) == 1 else b""


def _text(sign: bytes) -> str:
    return sign.decode("latin-1")


def _show(sign: bytes) -> str:
    return "the newline" if sign == b"\n" else f"'{_text(sign)}'" if sign else "nothing"


def _malformed(index: int, says: str, fix: str, expected: str, found: str, element: str = "ISA") -> IntakeFinding:
    return IntakeFinding(
        rule="INT-0001",
        says=says,
        fix=fix,
        at=Spot(loop="ISA", segment=index, element=element),
        expected=expected,
        found=found,
    )
