"""The errors a caller can meet. Each says where, what was found, and what to do."""

from __future__ import annotations


class CleanclaimError(Exception):
    """Root of every error that this package raises on purpose.

    Args:
        message: what was found, in one sentence.
        location: where: ``path``, ``path:line:column`` or a claim and segment.
        hint: what to do about it.
    """

    def __init__(self, message: str, *, location: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.location = location
        self.hint = hint

    def __str__(self) -> str:
        """One line: location, message, hint."""
        head = f"{self.location}: " if self.location else ""
        tail = f" ({self.hint})" if self.hint else ""
        return f"{head}{self.message}{tail}"


class UsageError(CleanclaimError):
    """The command or call was given arguments that do not make sense together."""


class InputError(CleanclaimError):
    """A file cannot be read as a claim file at all (absent, unreadable, not text)."""


class RuleError(CleanclaimError):
    """One mistake in a rule, payer, pack or code-set file; ``location`` is path:line:column."""


class RulebookError(CleanclaimError):
    """Loading the packs failed; holds every mistake found, not only the first."""

    def __init__(self, mistakes: tuple[RuleError, ...]) -> None:
        count = len(mistakes)
        super().__init__(f"{count} mistake{'s' if count != 1 else ''} in the rule files")
        self.mistakes = mistakes

    def __str__(self) -> str:
        """All mistakes, a line each."""
        return "\n".join([self.message, *(str(mistake) for mistake in self.mistakes)])


class TableError(CleanclaimError):
    """A reference table is absent, unreadable or of an unknown layout."""


class CompileError(CleanclaimError):
    """A rule cannot be compiled for a back end (it does not fit the engine's limits)."""


class EngineError(CleanclaimError):
    """The rules engine failed on one claim; its session is lost and the evaluator must be rebuilt."""


class OutputError(CleanclaimError):
    """Results cannot be written where they should go."""
