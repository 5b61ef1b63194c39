"""Words as the search compares them: folded to plain lower case, and cut to a stem.

The stemmer is a short list of endings, chosen so that the forms of one medical word meet (diabetes and diabetic,
hypertension and hypertensive, infection and infectious). The index and the question go through the same functions, so
a stem need not be a word.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

STOPPED = frozenset({
    "a", "an", "and", "as", "at", "be", "by", "due", "for", "from", "had", "has", "have", "his", "her", "i", "in",
    "into", "is", "it", "its", "my", "of", "on", "or", "patient", "s", "than", "that", "the", "their", "this", "to",
    "was", "which", "with",
})  # fmt: skip
"""Words that carry no meaning in a description; "without", "not" and "no" do."""

GENERIC = frozenset({
    "unspecified", "nos", "nec", "other", "specified", "elsewhere", "classified", "not", "complication",
    "uncomplicated", "unqualified", "encounter", "initial", "organism", "part", "site", "stage", "type", "disorder",
    "disease", "mellitus", "acute",
})  # fmt: skip
"""Words that a description may have beyond the question without being about something else."""

_WORD = re.compile(r"[a-z0-9]+")
_MANIFESTATION = "classified elsewhere"
"""Of a manifestation; "elsewhere classified", which says little, is another thing, so this becomes one word."""
_LETTER = re.compile(
    r"\b(bipolar|class|factor|grade|group|hemophilia|hepatitis|influenza|stage|type|virus|vitamin) (a|i)\b"
)
"""Where "a" is no article and "i" is a Roman one."""
_POSSESSIVE = re.compile(r"['\u2019\u02bc`](?:s(?![a-z0-9]))?")
_BRITISH = (
    (re.compile(r"^oe"), "e"),
    (re.compile(r"aem(?=i|o|a)"), "em"),
    (re.compile(r"paed"), "ped"),
    (re.compile(r"rrhoe"), "rrhe"),
    (re.compile(r"mour(?=s?$)"), "mor"),
    (re.compile(r"fibre"), "fiber"),
)
_ENDINGS = (
    ("ational", ""), ("ications", ""), ("ication", ""), ("ations", ""), ("ation", ""), ("ative", ""), ("ated", ""),
    ("ating", ""), ("ate", ""), ("ical", ""), ("ious", ""), ("ancy", "an"), ("ance", "an"), ("ant", "an"),
    ("ency", "en"), ("ence", "en"), ("ent", "en"), ("ion", ""), ("ive", ""), ("ing", ""), ("ous", ""), ("ity", ""),
    ("ism", ""), ("al", ""), ("ic", ""), ("ia", ""), ("is", ""), ("es", ""), ("ed", ""), ("y", ""), ("e", ""),
)  # fmt: skip
_SHORTEST_STEM = 4
_SHORTEST_PLURAL = 4


def fold(text: str) -> str:
    """Lower case without accents and possessives.

    >>> fold("Charcôt's joints"), fold("Colles' fracture")
    ('charcot joints', 'colles fracture')
    """
    plain = unicodedata.normalize("NFKD", text.lower())
    return _POSSESSIVE.sub("", "".join([each for each in plain if not unicodedata.combining(each)]))


def tokens(text: str) -> list[str]:
    """The words and numbers of a text, folded, stop words included.

    >>> tokens("Hepatitis A, type I, in a child")
    ['hepatitis', 'lettera', 'type', '1', 'in', 'a', 'child']
    """
    plain = text.lower() if text.isascii() and "'" not in text else fold(text)
    plain = _LETTER.sub(_letter, plain.replace(_MANIFESTATION, "classifiedelsewhere"))
    return _WORD.findall(plain)


def _letter(found: re.Match[str]) -> str:
    return f"{found[1]} {'1' if found[2] == 'i' else 'lettera'}"


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The stem of a folded word.

    >>> [stem(word) for word in ("diabetes", "diabetic", "fractures", "fractured", "oedema", "leg", "biopsies")]
    ['diabet', 'diabet', 'fractur', 'fractur', 'edema', 'leg', 'biops']
    """
    if word[0].isdigit():
        return word
    for pattern, american in _BRITISH:
        word = pattern.sub(american, word)
    if len(word) >= _SHORTEST_PLURAL and word.endswith("s") and word[-2] not in "sui":
        word = word[:-3] + "y" if word.endswith("ies") else word[:-1]
    for ending, left in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: len(word) - len(ending)] + left
    return word


def stems(text: str) -> list[str]:
    """The stems of a text in their order, without stop words.

    >>> stems("Type 2 diabetes with the kidneys")
    ['type', '2', 'diabet', 'kidne']
    """
    return [stem(word) for word in tokens(text) if word not in STOPPED]


GENERIC_STEMS = frozenset(stem(word) for word in GENERIC)
"""The stems of the generic words."""
