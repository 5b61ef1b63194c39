"""How every command ends: content never makes a traceback, and the exit status is that of the contract."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from typing import ParamSpec

import typer

from engine.errors import CleanclaimError

UNUSABLE = 2
INTERRUPTED = 130
PIPE_CLOSED = 141

P = ParamSpec("P")


def guarded(command: Callable[P, int]) -> Callable[P, None]:
    """A command that returns its exit status, made safe.

    Errors of ours go to standard error and end with 2, Ctrl-C with 130, and a reader that went away (``| head``) with
    141, without a word.
    """

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            status = command(*args, **kwargs)
            sys.stdout.flush()
        except BrokenPipeError:
            _forget_output()
            status = PIPE_CLOSED
        except KeyboardInterrupt:
            status = INTERRUPTED
        except CleanclaimError as error:
            complain(str(error))
            status = UNUSABLE
        raise typer.Exit(status)

    run.__annotations__ = {**command.__annotations__, "return": None}
    return run


def complain(message: str) -> None:
    """A message on standard error."""
    text = "\n".join(line.encode("utf-8", "backslashreplace").decode() for line in message.splitlines())
    typer.echo(f"cleanclaim: {text}", err=True)


def _forget_output() -> None:
    """Nobody reads any more: what is still buffered must not be complained about when the interpreter ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, sys.stdout.fileno())
    except (OSError, ValueError):
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 -- it lives as long as the process
