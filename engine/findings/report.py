"""The report: what the command line prints, the service answers and files hold (field names are the contract)."""

from __future__ import annotations

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from engine.claim.model import Source
from engine.rulebook.rule import Citation, Predicts

Verdict = Literal["clean", "review", "will_deny", "will_reject"]
Plain = str | int | bool


class X12At(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Loop, segment index (the file's first segment is 0) and element of X12."""

    loop: str = ""
    segment: int | None = None
    element: str = ""


class FindingAt(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a finding lies: part and field of the claim; and where that stands in X12, FHIR and on the paper form.

    ``path`` is the place in a native encounter.
    """

    line: int | None = None
    diagnosis: int | None = None
    provider: str = ""
    part: str = ""
    field: str = ""
    x12: X12At | None = None
    fhir: str = ""
    form: str = ""
    path: str = ""

    def words(self) -> str:
        """The place in words, as rule tests write it.

        >>> FindingAt(line=1, field="units").words()
        'line 1 units'
        """
        if self.provider:
            head = f"{self.provider} provider" + (f" line {self.line}" if self.line else "")
        elif self.diagnosis is not None:
            head = f"diagnosis {self.diagnosis}"
        elif self.line is not None:
            head = f"line {self.line}"
        else:
            head = self.part or "claim"
        return f"{head} {self.field}".strip()


class UsedParameter(Struct, frozen=True, kw_only=True):
    """A parameter that a finding rests on, and where its value is from."""

    name: str
    value: Plain
    payer: str
    since: str
    because: str


class Finding(Struct, frozen=True, kw_only=True):
    """One finding. ``status`` testing means a shadow finding: shown, but without effect on score and verdict.

    ``query`` is what to ask the provider, ``dimension`` what a finding about an encounter counts against.
    """

    rule: str
    name: str
    severity: Literal["error", "warning", "info"]
    disposition: str
    category: str
    snip: int
    status: Literal["stable", "testing"]
    pack: str
    at: FindingAt
    says: str
    fix: str
    why: str = ""
    predicts: Predicts | None = None
    cents_at_risk: int = 0
    references: tuple[Citation, ...] = ()
    matched: dict[str, dict[str, Plain]] = {}
    parameters: tuple[UsedParameter, ...] = ()
    changed_because: str | UnsetType = UNSET
    query: str | UnsetType = UNSET
    dimension: str | UnsetType = UNSET


class NotEvaluated(Struct, frozen=True, order=True):
    """A rule that could not be judged, and why. No data is never a pass; in order of the rules' ids."""

    rule: str
    because: str


class Coverage(Struct, frozen=True):
    """How many rules were judged (found or passed), which were not, and remarks about the tables that answered."""

    evaluated: int = 0
    not_evaluated: tuple[NotEvaluated, ...] = ()
    remarks: tuple[str, ...] = ()


class Factor(Struct, frozen=True):
    """One factor of the score: a finding's rule and place, and its denial likelihood in percent."""

    rule: str
    at: str
    percent: int


class Suppressed(Struct, frozen=True):
    """A finding left out because another at the same place says more."""

    rule: str
    at: str
    by: str


class ClaimReport(Struct, frozen=True, kw_only=True):
    """What is to be said about one claim."""

    claim_id: str
    claim_type: str
    payer: str
    source: Source
    verdict: Verdict
    score: int
    charge_cents: int | None
    cents_at_risk: int
    findings: tuple[Finding, ...] = ()
    coverage: Coverage = Coverage()
    factors: tuple[Factor, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()


class InputAt(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where in the input a problem outside any claim lies."""

    x12: X12At | None = None
    path: str = ""


class InputFinding(Struct, frozen=True, kw_only=True):
    """A problem of the file that lies in no claim."""

    rule: str
    severity: Literal["error", "warning", "info"]
    says: str
    fix: str
    source: Source
    at: InputAt = InputAt()
    snip: int = 1
    name: str = ""


class PackStatement(Struct, frozen=True):
    """Which pack, in which version, with which digest."""

    name: str
    version: str
    digest: str


class Tool(Struct, frozen=True, kw_only=True):
    """What made the report."""

    name: str
    version: str
    engine: str
    packs: tuple[PackStatement, ...]
    tables: tuple[dict[str, str | None], ...] = ()


class Report(Struct, frozen=True, kw_only=True):
    """The whole answer for some input."""

    tool: Tool
    claims: tuple[ClaimReport, ...] = ()
    input_findings: tuple[InputFinding, ...] = ()
