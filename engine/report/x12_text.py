"""X12 segments as text: what a 277CA is written with."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date

ELEMENT, REPETITION, COMPONENT, SEGMENT = "*", "^", ":", "~"
_SENT = re.compile(r"[^A-Z0-9!\"&'()+,\-./;?= @%#$_\[\]{}|<>\\]")


def segment(*elements: str) -> str:
    """One segment, without the empty elements at its end.

    >>> segment("NM1", "QC", "1", "TESTA", "", "")
    'NM1*QC*1*TESTA~'
    """
    return ELEMENT.join(elements).rstrip(ELEMENT) + SEGMENT


def composite(*components: str) -> str:
    """One composite element, without the empty components at its end.

    >>> composite("A7", "21", "")
    'A7:21'
    """
    return COMPONENT.join(components).rstrip(COMPONENT)


def text(value: str, longest: int, otherwise: str = "") -> str:
    r"""A value of a claim as it may be sent: capitals, no delimiters, no letters outside the basic sets, not too long.

    Args:
        value: as read.
        longest: how many characters the element takes.
        otherwise: stands in for a value of which nothing is left.

    >>> text("Ñandú*Clinic", 60), text("\x1b", 60, "0")
    ('NANDU CLINIC', '0')
    """
    plain = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode()
    return " ".join(_SENT.sub(" ", plain.upper()).split())[:longest].strip() or otherwise


def day(value: date) -> str:
    """A date as CCYYMMDD."""
    return f"{value:%Y%m%d}"


def amount(cents: int | None) -> str:
    """Dollars without needless zeros.

    >>> amount(18500), amount(4550), amount(None), amount(-5)
    ('185', '45.5', '0', '-.05')
    """
    value = abs(cents or 0)
    whole, rest = divmod(value, 100)
    fraction = f".{rest:02}".rstrip("0") if rest else ""
    sign = "-" if cents and cents < 0 else ""
    return f"{sign}{whole if whole or not fraction else ''}{fraction}"


def set_of(control: str, version: str, segments: Iterable[str]) -> str:
    """A transaction set with its ST and a SE that counts."""
    body = list(segments)
    head = segment("ST", "277", control, version)
    return "".join((head, *body, segment("SE", str(len(body) + 2), control)))
