"""Codes and numbers as the canonical claim holds them: upper case, without the punctuation."""

from __future__ import annotations

import re

SEX = {"m": "male", "f": "female", "u": "unknown", "male": "male", "female": "female", "unknown": "unknown"}
_NDC = re.compile(r"^(\d{4,5})-(\d{3,4})-(\d{1,2})$")
_PUNCTUATION = str.maketrans("", "", ". ")
_SEPARATORS = str.maketrans("", "", "- ")


def code(text: str) -> str:
    """A code: ``m17.11`` is ``M1711``.

    >>> code(" m17.11")
    'M1711'
    """
    return text.translate(_PUNCTUATION).upper()


def plain(text: str) -> str:
    """A number written in groups: ``36-1234567`` is ``361234567``."""
    return text.translate(_SEPARATORS)


def upper(text: str) -> str:
    """Upper case without blanks at the ends."""
    return text.strip().upper()


def ndc(text: str) -> str:
    """A drug number of eleven digits where its hyphens say which group wants a leading zero; else its characters.

    >>> ndc("0002-1433-80"), ndc("50242-060-01"), ndc("60574-4113-1")
    ('00002143380', '50242006001', '60574411301')
    """
    parts = _NDC.match(text.strip())
    if parts is None:
        return plain(text)
    labeler, product, package = parts.groups()
    return labeler.zfill(5) + product.zfill(4) + package.zfill(2)


def sex(text: str) -> str:
    """``male``, ``female`` or ``unknown``; any other code as sent."""
    return SEX.get(text.strip().lower(), text.strip())
