"""The audit log: who did what and when, one chain of rows, never changed, never removed.

A row's digest is the SHA-256 of its own values and of the digest before, so a row that is changed, taken out or put in
breaks the chain from there on. Rows cut off the end leave a chain that holds: note the last digest elsewhere and hand
it to ``cleanclaim audit verify --last``. No row holds claim content: subjects are ids of the store.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping

from msgspec import Struct
from sqlalchemy import Connection, insert, select

from api.store.database import Database, now
from api.store.tables import audit

GENESIS = "0" * 64
_PAGE = 1000


class Entry(Struct, frozen=True):
    """One row."""

    number: int
    at: int
    actor: str
    action: str
    subject: str
    detail: str
    previous: str
    digest: str


class Verified(Struct, frozen=True):
    """What a walk over the chain found; ``broken_at`` is the first row that does not fit, ``because`` says why."""

    rows: int
    last: str
    broken_at: int | None = None
    because: str = ""


def append(
    database: Database, connection: Connection, actor: str, action: str, subject: str = "", **detail: object
) -> None:
    """Add a row inside the transaction of what it tells about: both happen, or neither."""
    database.lock_chain(connection)
    last = connection.execute(select(audit.c.number, audit.c.digest).order_by(audit.c.number.desc()).limit(1)).first()
    number, previous = (last.number + 1, last.digest) if last else (1, GENESIS)
    row = {
        "number": number,
        "at": now(),
        "actor": actor,
        "action": action,
        "subject": subject,
        "detail": json.dumps(detail, sort_keys=True, separators=(",", ":")),
    }
    connection.execute(insert(audit).values(**row, previous=previous, digest=digest_of(row, previous)))


def digest_of(row: Mapping[str, object], previous: str) -> str:
    """The digest of a row."""
    values = [previous, *(row[name] for name in ("number", "at", "actor", "action", "subject", "detail"))]
    return hashlib.sha256(json.dumps(values, separators=(",", ":")).encode()).hexdigest()


def entries(database: Database, after: int = 0, limit: int | None = None) -> Iterator[Entry]:
    """The rows after a number, in order, a page at a time."""
    left = limit
    while left is None or left > 0:
        size = _PAGE if left is None else min(_PAGE, left)
        with database.reading() as connection:
            page = connection.execute(
                select(audit).where(audit.c.number > after).order_by(audit.c.number).limit(size)
            ).all()
        for row in page:
            yield Entry(*row)
        if len(page) < size:
            return
        after = page[-1].number
        left = None if left is None else left - len(page)


def verify(database: Database, last: str = "") -> Verified:
    """Walk the whole chain.

    Args:
        database: the store.
        last: a digest noted earlier; the chain must hold it.
    """
    rows, previous, seen = 0, GENESIS, not last
    for entry in entries(database):
        rows += 1
        values = {name: getattr(entry, name) for name in Entry.__struct_fields__}
        if entry.number != rows:
            return Verified(rows - 1, previous, rows, f"row {rows} is missing, {entry.number} follows")
        if entry.previous != previous:
            return Verified(rows - 1, previous, rows, "it does not name the digest of the row before")
        if entry.digest != digest_of(values, previous):
            return Verified(rows - 1, previous, rows, "its digest is not that of its values")
        previous = entry.digest
        seen = seen or previous == last
    if not seen:
        return Verified(rows, previous, rows + 1, "no row has the digest given with --last: rows were cut off the end")
    return Verified(rows, previous)
