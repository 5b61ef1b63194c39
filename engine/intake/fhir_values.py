"""FHIR data types read with care: a cursor that knows its path, and reports what has the wrong shape."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

from engine.intake.json_text import printable, shown
from engine.intake.reading import IntakeFinding, Spot

MOST_CENTS = 15
MOST_QUANTITY = 12
_DAY = re.compile(r"^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}).*)?$")
_PART_OF_DAY = re.compile(r"^\d{4}(-\d{2})?$")

Severity = Literal["error", "warning", "info"]


class Report:
    """Collects the findings of one claim, each problem once."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], IntakeFinding] = {}

    def add(self, finding: IntakeFinding) -> None:
        """Keeps ``finding`` unless the same was said of the same place."""
        self._found.setdefault((finding.at.path, finding.says), finding)

    def __iter__(self) -> Iterator[IntakeFinding]:
        """The findings in the order they were made."""
        return iter(self._found.values())


class Cursor:
    """A JSON object of a FHIR resource, its path (``Claim.item[0]``) and the report it speaks to.

    ``private``: it says who a person is; messages then do not show values.
    """

    __slots__ = ("path", "private", "report", "value")

    def __init__(self, value: dict[str, Any], path: str, report: Report, *, private: bool = False) -> None:
        self.value = value
        self.path = path
        self.report = report
        self.private = private

    def _inner(self, value: dict[str, Any], key: str) -> Cursor:
        return Cursor(value, f"{self.path}.{key}", self.report, private=self.private)

    def say(
        self,
        key: str,
        says: str,
        *,
        expected: str,
        found: str = "",
        severity: Severity = "error",
        fix: str = "",
    ) -> None:
        """Reports a problem at ``key`` of this object (at the object itself when ``key`` is empty)."""
        path = f"{self.path}.{key}" if key else self.path
        finding = IntakeFinding(
            rule="INT-0016",
            says=says,
            fix=fix or f"Send {expected}.",
            at=Spot(path=path),
            severity=severity,
            expected=expected,
            found=found,
        )
        self.report.add(finding)

    def _wrong(self, key: str, value: Any, expected: str) -> None:  # noqa: ANN401
        found = shown(value)
        if self.private and not isinstance(value, dict | list):
            found = "a value"
        self.say(key, f"{key} is {found}, which is not {expected}.", expected=expected, found=found)

    def has(self, key: str) -> bool:
        """Does the object carry ``key`` with a value?"""
        return self.value.get(key) is not None

    def text(self, key: str) -> str:
        """A string, without blanks at its ends; a number is read as text and reported."""
        value = self.value.get(key)
        if value is None:
            return ""
        if isinstance(value, str):
            return value.strip()
        self._wrong(key, value, "text")
        return str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else ""

    def integer(self, key: str) -> int | None:
        """A whole number; digits in quotes are read and reported."""
        value = self.value.get(key)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        self._wrong(key, value, "a whole number")
        return _digits(value)

    def flag(self, key: str) -> bool | None:
        """A boolean."""
        value = self.value.get(key)
        if value is None or isinstance(value, bool):
            return value
        self._wrong(key, value, "true or false")
        return None

    def number(self, key: str, most: int = MOST_QUANTITY) -> Decimal | None:
        """A number with at most ``most`` digits before the point; a number in quotes is read and reported."""
        value = self.value.get(key)
        if value is None:
            return None
        number = _decimal(value)
        if number is None or isinstance(value, str):
            self._wrong(key, value, "a number")
        if number is None:
            return None
        if number.adjusted() >= most:
            self._wrong(key, value, f"a number of at most {most} digits")
            return None
        return number

    def child(self, key: str) -> Cursor | None:
        """The object at ``key``; a list of one is taken for the object, and reported."""
        value = self.value.get(key)
        if value is None:
            return None
        if isinstance(value, dict):
            return self._inner(value, key)
        self._wrong(key, value, "an object")
        if isinstance(value, list) and value and isinstance(value[0], dict):
            return self._inner(value[0], f"{key}[0]")
        return None

    def children(self, key: str) -> list[Cursor]:
        """The objects in the list at ``key``; a single object is taken for a list of one, and reported."""
        value = self.value.get(key)
        if value is None:
            return []
        if isinstance(value, dict):
            self._wrong(key, value, "a list")
            return [self._inner(value, key)]
        if not isinstance(value, list):
            self._wrong(key, value, "a list")
            return []
        found = []
        for index, item in enumerate(value):
            if isinstance(item, dict):
                found.append(self._inner(item, f"{key}[{index}]"))
            else:
                self._wrong(f"{key}[{index}]", item, "an object")
        return found

    def integers(self, key: str) -> list[tuple[int, str]]:
        """The whole numbers in the list at ``key``, each with its key (``diagnosisSequence[0]``)."""
        value = self.value.get(key)
        if value is None:
            return []
        items = value if isinstance(value, list) else [value]
        if items is not value:
            self._wrong(key, value, "a list")
        found = []
        for index, item in enumerate(items):
            place = f"{key}[{index}]"
            number = item if isinstance(item, int) and not isinstance(item, bool) else _digits(item)
            if number is None or isinstance(item, str):
                self._wrong(place, item, "a whole number")
            if number is not None:
                found.append((number, place))
        return found

    def texts(self, key: str) -> list[str]:
        """The strings in the list at ``key``."""
        value = self.value.get(key)
        items = value if isinstance(value, list) else [] if value is None else [value]
        return [item.strip() for item in items if isinstance(item, str)]

    def day(self, key: str) -> date | None:
        """The day of a ``date`` or ``dateTime``, as written (no time zone is applied)."""
        return self.moment(key)[0]

    def moment(self, key: str) -> tuple[date | None, str]:
        """The day, and the time as HHMM where there is one."""
        value = self.value.get(key)
        if value is None:
            return None, ""
        parts = _DAY.match(value.strip()) if isinstance(value, str) else None
        if parts is not None:
            try:
                return date(int(parts[1]), int(parts[2]), int(parts[3])), (parts[4] or "") + (parts[5] or "")
            except ValueError:
                pass
        if isinstance(value, str) and _PART_OF_DAY.match(value.strip()):
            self._wrong(key, value, "a date with its day (YYYY-MM-DD)")
        else:
            self._wrong(key, value, "a date (YYYY-MM-DD)")
        return None, ""

    def period(self, key: str) -> tuple[date | None, date | None]:
        """First and last day of a Period."""
        period = self.child(key)
        return (None, None) if period is None else (period.day("start"), period.day("end"))

    def cents(self, key: str) -> int | None:
        """A Money in cents. Another currency, or a fraction of a cent, is reported (and rounded half up)."""
        money = self.child(key)
        if money is None:
            return None
        amount = money.number("value", MOST_CENTS - 2)
        if amount is None:
            if not money.has("value"):
                money.say("value", f"{key} has no value.", expected="an amount", found="nothing")
            return None
        currency = money.text("currency")
        if currency not in ("", "USD"):
            money.say("currency", f"The currency is {shown(currency)}.", expected="USD", found=printable(currency))
        return money.in_cents(amount, "value")

    def in_cents(self, amount: Decimal, key: str) -> int | None:
        """``amount`` in cents; a fraction of a cent is reported at ``key`` and rounded half up."""
        if amount.adjusted() >= MOST_CENTS - 2:
            self._wrong(key, amount, f"an amount of at most {MOST_CENTS} digits")
            return None
        exact = amount * 100
        cents = int(exact.to_integral_value(ROUND_HALF_UP))
        if cents != exact:
            says = f"{printable(str(amount))} is not a whole number of cents; it was read as {cents} cents."
            self.say(key, says, expected="an amount in whole cents", found=printable(str(amount)), severity="warning")
        return cents

    def codings(self, key: str) -> list[Cursor]:
        """The codings of a CodeableConcept (a Coding alone is taken for one)."""
        concept = self.child(key)
        return [] if concept is None else concept.own_codings()

    def own_codings(self) -> list[Cursor]:
        """The codings of this CodeableConcept."""
        return [self] if "code" in self.value and "coding" not in self.value else self.children("coding")

    def code(self, key: str) -> str:
        """The first code of a CodeableConcept, whatever its system."""
        return next((code for coding in self.codings(key) if (code := coding.text("code"))), "")


def system(coding: Cursor) -> str:
    """The system of a coding or identifier without scheme, last slash and case: ``hl7.org/fhir/sid/us-npi``."""
    uri = coding.text("system").lower().rstrip("/")
    return uri.split("://", 1)[-1]


def _decimal(value: Any) -> Decimal | None:  # noqa: ANN401
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,30}(\.\d{1,30})?", value.strip()):
        return Decimal(value.strip())
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    return value if isinstance(value, Decimal) and value.is_finite() else None


def _digits(value: Any) -> int | None:  # noqa: ANN401
    return int(value) if isinstance(value, str) and re.fullmatch(r"\s*\d{1,9}\s*", value) else None
