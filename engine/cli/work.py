"""Checking files one after another, or in several processes; results come in the order of the files."""

from __future__ import annotations

import multiprocessing
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from engine.check import Checker
from engine.claim.model import Claim
from engine.cli.inputs import STDIN, reason, shown_name
from engine.cli.setting import Setting, make_checker
from engine.errors import EngineError
from engine.findings.report import ClaimReport, InputFinding


class Unreadable(Struct, frozen=True):
    """A file that could not be opened or read to its end, and why."""

    why: str


Item = tuple[ClaimReport, Claim] | InputFinding | Unreadable
AHEAD = 2
"""Files checked ahead of the one being reported, for each process."""


def one_by_one(checker: Checker, files: Iterable[str]) -> Iterator[tuple[str, Iterator[Item]]]:
    """Each file's name and what comes out of it, as it is read."""
    for path in files:
        yield shown_name(path), check_file(checker, path)


def check_file(checker: Checker, path: str) -> Iterator[Item]:
    """What comes out of one file."""
    try:
        stream: BinaryIO = sys.stdin.buffer if path == STDIN else Path(path).open("rb")  # noqa: SIM115 -- closed below
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        yield Unreadable(reason(error))
        return
    try:
        yield from checker.check_with_claims(stream, shown_name(path))
    except OSError as error:
        yield Unreadable(reason(error))
    finally:
        if path != STDIN:
            stream.close()


def in_processes(chosen: Setting, files: Iterable[str], jobs: int) -> Iterator[tuple[str, Iterator[Item]]]:
    """As :func:`one_by_one`, whole files at a time in ``jobs`` processes."""
    queue = iter(files)
    waiting: deque[tuple[str, Future[list[Item]]]] = deque()
    # Processes are started afresh: the rules engine must not be copied while it runs.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_prepare, initargs=(chosen,))
    try:
        while True:
            for path in islice(queue, jobs * AHEAD - len(waiting)):
                waiting.append((path, pool.submit(_whole_file, path)))
            if not waiting:
                return
            path, future = waiting.popleft()
            yield shown_name(path), iter(future.result())
    except BrokenProcessPool as error:
        raise EngineError("a process of --jobs ended before its work was done", hint="try --jobs 1") from error
    finally:
        pool.shutdown(cancel_futures=True)


_prepared: dict[str, Checker] = {}


def _prepare(chosen: Setting) -> None:
    _prepared["checker"] = make_checker(chosen)


def _whole_file(path: str) -> list[Item]:
    return list(check_file(_prepared["checker"], path))
