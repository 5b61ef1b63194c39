"""A linked rule: everything that is needed to run it and to speak about it."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from engine.facts.vocabulary import FieldType
from engine.rulebook.form import Condition

Status = Literal["draft", "testing", "stable", "retired"]
Severity = Literal["error", "warning", "info"]
Disposition = Literal[
    "claim_rejection",
    "return_to_provider",
    "claim_denial",
    "line_rejection",
    "line_denial",
    "suspend",
    "documentation_request",
    "informational",
    "hold",
    "query_provider",
    "coder_review",
]
"""What the payer would do; of a rule about encounters what the coder should do: hold the draft, ask, look again."""

Subject = Literal["claim", "encounter"]
Dimension = Literal["accuracy", "completeness", "documentation"]
"""What a finding about an encounter counts against: codes that are wrong, codes that are missing, the record."""

ENCOUNTER_DISPOSITIONS: tuple[Disposition, ...] = ("hold", "query_provider", "coder_review", "informational")


class Applies(Struct, frozen=True, kw_only=True):
    """Which claims, or encounters, a rule is about; an empty tuple means no restriction.

    A rule about encounters names no claim types.
    """

    subject: Subject = "claim"
    claim_types: tuple[str, ...] = ()
    payer_kinds: tuple[str, ...] = ()
    payers: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()


class Citation(Struct, frozen=True, omit_defaults=True):
    """A source: title, locator (chapter, section, table, element), url."""

    title: str
    locator: str
    url: str = ""


class Predicts(Struct, frozen=True):
    """What the remittance would say: claim adjustment group, CARC, RARCs."""

    group: str
    carc: str
    rarc: tuple[str, ...] = ()


class Slot(Struct, frozen=True):
    """A ``{name.field}`` in a message; ``type`` says how the value is printed."""

    name: str
    field: str
    type: FieldType = "text"


Template = tuple[str | Slot, ...]


Operation = Literal[
    "append_modifier",
    "remove_modifier",
    "replace_modifier",
    "put_modifier_first",
    "remove_line",
    "remove_repeats",
    "point_to_listed_diagnoses",
    "set",
    "leave_out",
]


class Remedy(Struct, frozen=True, kw_only=True):
    """One mechanical change, made where the finding lies.

    ``values`` are tried in order (modifiers to append, or to put in another's place); ``value`` is what is written, or
    the modifier that the change is about, as text or out of a matched fact. A ``clinical`` change is one that only the
    record can justify.
    """

    operation: Operation
    values: tuple[str, ...] = ()
    value: str | Slot = ""
    clinical: bool = True


class At(Struct, frozen=True):
    """Where a finding lies.

    On the fact bound to ``name`` itself, or on the ``part`` whose number is in ``name.number``.
    """

    name: str
    field: str
    part: Literal["", "line", "diagnosis", "provider"] = ""
    number: str = ""


class Reads(Struct, frozen=True):
    """One field that the rule's condition reads.

    The pattern's name, its kind, the field, and whether absence is asked about.
    """

    name: str
    kind: str
    field: str
    about_absence: bool = False


class Rule(Struct, frozen=True, kw_only=True):
    """A rule of a pack. ``effective_from`` and ``effective_to`` are days since 1970-01-01, both included.

    ``snip`` is 0 and ``dimension`` given on a rule about encounters. ``query`` is what to ask the provider.
    """

    id: str
    name: str
    title: str
    status: Status
    severity: Severity
    disposition: Disposition
    category: str
    snip: int
    pack: str
    path: str
    why: str
    note: str = ""
    replaced_by: str = ""
    applies: Applies
    effective_from: int
    effective_to: int | None = None
    references: tuple[Citation, ...]
    condition: Condition
    kinds: dict[str, str]
    reads: tuple[Reads, ...]
    at: At
    says: Template
    fix: Template
    query: Template = ()
    dimension: Dimension | None = None
    parameters: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    predicts: Predicts | None = None
    suppressed_by: tuple[str, ...] = ()
    remedies: tuple[Remedy, ...] = ()


class Pack(Struct, frozen=True, kw_only=True):
    """A pack: its folder's name, and the digest of every byte in it."""

    name: str
    title: str
    owner: str
    version: str
    prefix: str
    digest: str = ""


class ParameterValue(Struct, frozen=True, kw_only=True):
    """A value of a parameter from a day on; ``payer`` is where it was written."""

    first_day: int
    last_day: int | None = None
    values: tuple[str | int | bool, ...]
    because: str
    payer: str


class Override(Struct, frozen=True, kw_only=True):
    """A payer's change to a rule: another severity or disposition, or off; until a day, with a reason."""

    rule: str
    because: str
    off: bool = False
    severity: Severity | None = None
    disposition: Disposition | None = None
    until: int | None = None
    payer: str = ""


class Payer(Struct, frozen=True, kw_only=True):
    """A payer with all it inherits: ``lineage`` is itself first, ``_base`` last."""

    slug: str
    title: str
    kind: str
    lineage: tuple[str, ...]
    payer_ids: tuple[str, ...] = ()
    filing_indicators: tuple[str, ...] = ()
    claim_types: tuple[str, ...] = ()
    parameters: dict[str, tuple[ParameterValue, ...]] = {}
    overrides: dict[str, Override] = {}
