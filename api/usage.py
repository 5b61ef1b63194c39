"""Errors of the engine and the store that a caller can mend, as problems."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from api.problems import ProblemError
from api.store.database import Database
from api.store.sealing import SealError
from engine import CleanclaimError, TableError, UsageError


@contextmanager
def usage_as_problem() -> Iterator[None]:
    """An unknown payer is not there; a table that is not loaded, or content that cannot be opened, is a conflict.

    Raises:
        ProblemError: instead of those.
    """
    try:
        yield
    except UsageError as error:
        raise ProblemError("unknown-payer", _said(error)) from None
    except TableError as error:
        raise ProblemError("table-not-loaded", _said(error)) from None
    except SealError as error:
        raise ProblemError("content-not-kept", f"Content {error}.") from None


def content_kept(database: Database, what: str) -> None:
    """Claim content can be kept.

    Raises:
        ProblemError: the service has no content key.
    """
    if database.seal is None:
        detail = f"{what} needs claim content, which is kept only when CLEANCLAIM_CONTENT_KEY is set."
        raise ProblemError("content-not-kept", detail)


def _said(error: CleanclaimError) -> str:
    return error.message + (f" ({error.hint})" if error.hint else "")
