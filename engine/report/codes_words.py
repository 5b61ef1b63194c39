"""The words of code cards: editor flags, notes, fee schedule indicators, unit limits; ours, after the sources named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from engine.reference import mce
from engine.reference.days import iso
from engine.reference.search.document import Window

NOTE_KINDS: Mapping[str, str] = {
    "inclusion_term": "Inclusion terms",
    "includes": "Includes",
    "excludes1": "Excludes1 (never together)",
    "excludes2": "Excludes2 (not included here; may be coded as well)",
    "code_first": "Code first",
    "use_additional": "Use additional code",
    "code_also": "Code also",
    "note": "Note",
    "seventh_note": "7th character",
}
"""Kinds of tabular notes in the order in which they are shown. Source: ICD-10-CM Official Guidelines, section I.A."""

_FLAGS: Mapping[str, str] = {
    "female": "sex: female only",
    "male": "sex: male only",
    "manifestation": "manifestation code: not as principal diagnosis, code the cause first",
    "ecodepdx": "external cause of morbidity: not as principal diagnosis",
    "unacceptable": "unacceptable as principal diagnosis",
    "reqsdx": "as principal diagnosis it needs a secondary diagnosis",
    "qadm": "questionable admission when principal diagnosis",
    "unspecified": "unspecified side or site where the documentation should name it",
    "wrngproc": "wrong procedure performed",
    "noncovered": "non-covered procedure",
    "lcov": "limited coverage",
    "delout": "outcome of delivery",
    "clintrial": "examination in a clinical trial",
    "diabtypeI": "type 1 diabetes, in the coverage edits of pancreas transplants",
    "csect": "cesarean section",
    "vagdel": "vaginal delivery",
    "los": "the length of stay is checked",
    "kidneyxp": "kidney transplant, in the coverage edits of pancreas transplants",
}
"""Source: CMS Medicare Code Editor, definitions manual, version 44."""

_AGES = frozenset({"newborn", "pediatric", "maternity", "adult"})

NOT_APPLICABLE = "the concept does not apply"

INDICATORS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "global_days": ("Global days", {
        "000": "the day of the procedure", "010": "10 days after the procedure",
        "090": "one day before to 90 days after the procedure", "MMM": "maternity: the usual period does not apply",
        "XXX": "the global concept does not apply", "YYY": "set by the contractor",
        "ZZZ": "add-on service, part of the global period of another",
    }),
    "status": ("Status", {
        "A": "active, paid separately when covered", "B": "bundled, never paid separately",
        "C": "priced by the contractor",
        "D": "deleted", "E": "excluded by regulation", "F": "deleted, no grace period", "G": "not valid for Medicare",
        "H": "deleted modifier", "I": "not valid for Medicare, another code is used", "J": "anesthesia service",
        "M": "measurement code, for reporting only", "N": "non-covered", "P": "bundled or excluded",
        "Q": "therapy functional information code", "R": "restricted coverage",
        "T": "paid only when nothing else is paid that day", "X": "excluded by statute",
    }),
    "pctc": ("PC/TC", {
        "0": "physician service: no 26 or TC", "1": "diagnostic test: 26 and TC apply",
        "2": "professional component only",
        "3": "technical component only", "4": "global test only", "5": "incident to a physician: no 26 or TC",
        "6": "laboratory interpretation by a physician: 26 applies", "7": "therapist's service, not paid to some",
        "8": "physician interpretation of a smear or like test", "9": NOT_APPLICABLE,
    }),
    "multiple_procedure": ("Multiple procedures (51)", {
        "0": "no reduction", "1": "standard reduction of before 1995", "2": "standard reduction",
        "3": "endoscopy rules",
        "4": "diagnostic imaging reduction", "5": "therapy reduction", "6": "cardiovascular reduction",
        "7": "ophthalmology reduction", "9": NOT_APPLICABLE,
    }),
    "bilateral": ("Bilateral (50)", {
        "0": "no 150 % for both sides", "1": "150 % for both sides", "2": "already priced for both sides",
        "3": "both sides paid in full", "9": NOT_APPLICABLE,
    }),
    "assistant": ("Assistant at surgery (80, 82, AS)", {
        "0": "not paid unless necessity is documented", "1": "never paid", "2": "may be paid",
        "9": NOT_APPLICABLE,
    }),
    "cosurgeon": ("Co-surgeons (62)", {
        "0": "not permitted", "1": "with documented necessity", "2": "permitted for two specialties",
        "9": NOT_APPLICABLE,
    }),
    "team": ("Team surgery (66)", {
        "0": "not permitted", "1": "with documented necessity, priced by report", "2": "permitted, priced by report",
        "9": NOT_APPLICABLE,
    }),
}  # fmt: skip
"""Columns of the fee schedule: their name and values. Source: CMS, PFS relative value file, attachment A (RVU25D)."""

ADJUDICATION: Mapping[str, str] = {
    "1": "per claim line",
    "2": "per day, absolute: no appeal exceeds it",
    "3": "per day, clinical: more with documented necessity",
}
"""What a medically unlikely edit counts, by its MAI. Source: CMS NCCI policy manual, chapter 1, section V."""

COVERAGE: Mapping[str, str] = {
    "C": "carrier judgment", "D": "special coverage instructions apply", "I": "not payable by Medicare",
    "M": "non-covered by Medicare", "S": "non-covered by Medicare statute",
}  # fmt: skip
"""Coverage codes of HCPCS level II. Source: CMS, HCPCS record layout."""

ADD_ON_TYPES: Mapping[str, str] = {
    "1": "add-on of these primaries", "2": "add-on, primaries set by the contractor", "3": "add-on of these and others",
}  # fmt: skip
"""Types of add-on codes. Source: CMS, NCCI add-on code edits."""

IMPORTS: Mapping[str, str] = {
    "hcpcs": "HCPCS level II file",
    "mue-practitioner": "NCCI MUE file, practitioner services",
    "mue-outpatient": "NCCI MUE file, outpatient hospital services",
    "mue-dme": "NCCI MUE file, DME suppliers",
    "pprrvu": "physician fee schedule relative value file (PPRRVU)",
    "add-on": "NCCI add-on code file",
    "ptp-practitioner": "NCCI PTP files, practitioner services",
    "ptp-outpatient": "NCCI PTP files, outpatient hospital services",
}
"""The file to import for a table that is not loaded."""

STANDINGS: Mapping[str, tuple[str, str]] = {
    "valid": ("valid, billable", "green"),
    "not_billable": ("a heading, not billable: use a longer code", "yellow"),
    "missing_seventh": ("not billable: the 7th character is missing", "yellow"),
    "retired": ("no longer valid", "bold red"),
    "not_yet": ("not valid yet", "bold red"),
    "listed": ("listed in the tables below", "green"),
    "not_loaded": ("not known: the tables that would know are not loaded", "yellow"),
}
"""How a standing is written, and its style."""


def flag_words(name: str, day: int) -> str:
    """A flag of the Medicare Code Editor in words.

    >>> flag_words("maternity", 20000), flag_words("manifestation", 20000)[:18]
    ('age: maternity, 9 to 64 years', 'manifestation code')
    """
    if name in _AGES:
        low, high = mce.ages(cast("mce.AgeGroup", name), day)
        return f"age: {name}, {low} to {high} years" if high else f"age: {name}, 0 years"
    return _FLAGS.get(name) or (
        "non-covered under conditions" if name.startswith("ncov") else f"limited coverage ({name})"
        if name.startswith("lcov") else f"mark {name} of the editor"
    )  # fmt: skip


def window_words(window: Window) -> str:
    """A period in words.

    >>> window_words((16709, None)), window_words((None, 17074))
    ('since 2015-10-01', 'to 2016-09-30')
    """
    first, last = window
    if last is None:
        return "always" if first is None else f"since {iso(first)}"
    return f"to {iso(last)}" if first is None else f"{iso(first)} to {iso(last)}"


def windows_words(windows: Sequence[Window]) -> str:
    """Periods in words."""
    return ", ".join(window_words(window) for window in windows)


def indicator_words(column: str, value: str) -> str:
    """The value of a fee schedule indicator with its meaning; empty when there is none."""
    meaning = INDICATORS[column][1].get(value, "")
    return f"{value}: {meaning}" if meaning else value
