"""The shapes of answers and of drafts; reports have the shape of the engine's own values (:mod:`api.openapi`)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from api.days import Day
from api.store.batches import Batch


class PackDigest(BaseModel):
    """A pack, its version, and the digest of every byte in it."""

    name: str
    version: str
    digest: str


class Answer(BaseModel):
    """Every answer names the packs that it rests on."""

    packs: list[PackDigest]


class PacksInForce(Answer):
    """The packs in force; `ruleset` covers all rule folders, with code sets and payers."""

    ruleset: str
    generation: int


class BatchState(Answer):
    """How far a batch is: `accepted`, `running`, `done` or `failed`."""

    id: str
    state: str
    accepted_at: datetime
    ended_at: datetime | None
    file: str
    received_on: date
    payer: str
    bytes: int
    claims_done: int
    pieces: int
    problem: str
    results: str

    @classmethod
    def of(cls, batch: Batch) -> BatchState:
        """The state of a batch of the store."""
        setting = batch.setting
        return cls(
            id=batch.id,
            state=batch.state,
            accepted_at=_time(batch.at),
            ended_at=None if batch.ended_at is None else _time(batch.ended_at),
            file=setting.file,
            received_on=date.fromisoformat(setting.received_on),
            payer=setting.payer,
            bytes=batch.bytes,
            claims_done=batch.claims,
            pieces=batch.pieces,
            problem=batch.problem,
            results=f"/v1/claims/batches/{batch.id}/results",
            packs=[PackDigest(**pack) for pack in setting.packs],
        )


class Kept(Answer):
    """How many claims were kept as history, and how many were not because no patient can be told from them.

    `input_findings` are problems outside any claim, as in a report.
    """

    claims: int
    without_patient: int
    input_findings: list[dict[str, Any]]


class RuleSummary(BaseModel):
    """A rule in a list."""

    id: str
    name: str
    title: str
    pack: str
    status: str
    severity: str
    disposition: str
    category: str
    snip: int
    path: str


class RuleList(Answer):
    """Rules, by id."""

    rules: list[RuleSummary]


class RuleShown(Answer, RuleSummary):
    """A rule with what it rests on; `source` and `test` are its files as they were loaded."""

    why: str
    note: str
    replaced_by: str
    applies_to: dict[str, list[str]]
    effective: dict[str, str | None]
    references: list[dict[str, str]]
    predicts: dict[str, Any] | None
    parameters: list[str]
    code_sets: list[str]
    needs: list[str]
    suppressed_by: list[str]
    source: str
    test: str


class DraftIn(BaseModel):
    """A draft: the text of a rule file, and of the test file beside it."""

    model_config = ConfigDict(extra="forbid")

    rule: str = Field(max_length=65_536)
    test: str = Field(default="", max_length=262_144)


class TryIn(BaseModel):
    """A draft, and the claims to try it on: text (X12), or JSON (native or FHIR)."""

    model_config = ConfigDict(extra="forbid")

    rule: str = Field(max_length=65_536)
    claims: str | dict[str, Any] | list[Any]
    received_on: Day = None
    payer: str = Field(default="", max_length=100, pattern=r"^[a-z0-9_-]*$")


class DraftMistake(BaseModel):
    """What keeps a draft from being loaded."""

    at: str
    says: str
    hint: str


class Remark(BaseModel):
    """What a check of `rules lint` says about a draft."""

    check: str
    severity: str
    subject: str
    location: str
    says: str
    hint: str


class CaseOutcome(BaseModel):
    """A case of the draft's test; without problems it passed."""

    name: str
    problems: list[str]


class DraftLinted(Answer):
    """Whether a draft could go into its pack as it is, and what is to be said about it."""

    sound: bool
    mistakes: list[DraftMistake]
    remarks: list[Remark]
    cases: list[CaseOutcome]


class DraftTried(Answer):
    """The report under the draft alone, and how it came out on each claim; no report when it cannot be loaded."""

    mistakes: list[DraftMistake]
    report: dict[str, Any] | None
    explanations: list[dict[str, Any]]


class TablesLoaded(Answer):
    """Reference tables: editions, and what rules ask for in vain. `digest` covers all editions."""

    tables: list[dict[str, Any]]
    missing: list[dict[str, Any]]
    digest: str


class CodeAnswer(Answer):
    """Codes found by words, the best first."""

    query: str
    system: str
    on: date
    corrected: list[dict[str, str]]
    hits: list[dict[str, Any]]


class CodeCards(Answer):
    """What is known of a code."""

    code: str
    cards: list[dict[str, Any]]


class AuditEntry(BaseModel):
    """A row of the audit log; `at` is milliseconds since 1970-01-01 UTC, `detail` is JSON."""

    number: int
    at: int
    actor: str
    action: str
    subject: str
    detail: str
    previous: str
    digest: str


class AuditPage(Answer):
    """Some rows of the audit log."""

    entries: list[AuditEntry]


class Alive(BaseModel):
    """The process answers."""

    status: str


class Ready(Answer):
    """The service can work."""

    status: str
    tables: str
    generation: int
    content_kept: bool
    authentication: str


def _time(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC)
