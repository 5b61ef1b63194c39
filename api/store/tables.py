"""The tables of the store. ``migrations/`` makes them; a test holds the two equal on both databases.

Times are milliseconds since 1970-01-01 UTC. What is ``sealed`` is encrypted (:mod:`api.store.sealing`).
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text

metadata = MetaData()

AUTO = BigInteger().with_variant(Integer, "sqlite")
"""A number that counts up by itself: SQLite does that for INTEGER alone."""

keys = Table(
    "api_keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    Column("revoked_at", BigInteger),
)

rulesets = Table(
    "rulesets",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("packs", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)
"""The rule folders as they were loaded, packed, so that every worker and every later explanation has the same bytes."""

generations = Table(
    "generations",
    metadata,
    Column("number", AUTO, primary_key=True, autoincrement=True),
    Column("ruleset", Text, ForeignKey("rulesets.digest"), nullable=False),
    Column("at", BigInteger, nullable=False),
)
"""Which rule folders are in force: the last row."""

checks = Table(
    "checks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("setting", Text, nullable=False),
    Column("ruleset", Text, nullable=False),
    Column("claims", Integer, nullable=False),
    Column("content", LargeBinary),
    Column("report", LargeBinary, nullable=False),
    Column("sealed", Boolean, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Index("checks_expires_at", "expires_at"),
)

batches = Table(
    "batches",
    metadata,
    Column("id", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("setting", Text, nullable=False),
    Column("ruleset", Text, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("claims", Integer, nullable=False),
    Column("pieces", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("problem", Text, nullable=False),
    Column("leased_by", Text, nullable=False),
    Column("leased_until", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("expires_at", BigInteger, nullable=False),
    Index("batches_state", "state", "leased_until"),
    Index("batches_expires_at", "expires_at"),
)

batch_parts = Table(
    "batch_parts",
    metadata,
    Column("batch", Text, ForeignKey("batches.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
"""The uploaded bytes, sealed, in order."""

batch_results = Table(
    "batch_results",
    metadata,
    Column("batch", Text, ForeignKey("batches.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("first_claim", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
)
"""Lines of the NDJSON report, sealed, in order: each piece is written together with the batch's progress."""

history = Table(
    "history",
    metadata,
    Column("id", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

history_keys = Table(
    "history_keys",
    metadata,
    Column("key", Text, primary_key=True),
    Column("history", Text, ForeignKey("history.id", ondelete="CASCADE"), primary_key=True),
)
"""Whose claim it is, as a keyed hash: without the content key nobody can tell."""

rates = Table(
    "rates",
    metadata,
    Column("who", Text, primary_key=True),
    Column("minute", BigInteger, primary_key=True),
    Column("requests", Integer, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("digest", Text, nullable=False),
)
"""Append-only: triggers refuse UPDATE and DELETE, and each row's digest covers the row before."""
