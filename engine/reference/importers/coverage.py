"""Medicare Coverage Database: the download of current billing and coding articles, a zip of CSV files inside a zip.

Source: CMS, Medicare Coverage Database downloads (``current_article.zip``) and its data dictionary. Two tables come of
it: which articles name a procedure, of which contractors and states; and which diagnoses an article lists as covered or
not. Groups are kept as numbered: the database does not say which group of diagnoses goes with which group of
procedures, the articles' paragraphs do. Descriptions are not imported.
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import BinaryIO, NamedTuple, cast

from engine.errors import TableError
from engine.reference.days import EPOCH
from engine.reference.importers import notices
from engine.reference.importers.bounded import AGAIN, DAMAGED, Bounded
from engine.reference.importers.columns import POLICY
from engine.reference.importers.editions import dated
from engine.reference.importers.format import UNKNOWN_DAY, BadRow, Detected, Head, Parsed, Read, Void
from engine.reference.importers.open import LISTING
from engine.reference.importers.text import Record, places, records

_NEEDED = (
    "article", "article_x_hcpc_code", "article_x_icd10_covered", "article_x_icd10_noncovered", "article_x_contractor",
    "contractor", "contractor_jurisdiction", "state_lookup",
)  # fmt: skip
_MEMBER = re.compile(r"(\d{4})-(\d\d)-(\d\d) (?:.*/)?([^/]+)\.csv", re.IGNORECASE)
_ARTICLE = ("article_id", "article_version")
_ENDS = ("article_end_date", "date_retired")
_CONTRACTOR = ("contractor_id", "contractor_type_id", "contractor_version")
_PROCEDURE = re.compile(r"[0-9A-Z]{5}")
_DIAGNOSIS = re.compile(r"[A-Z][0-9A][0-9A-Z]\.?[0-9A-Z]{0,4}")
_NONE_LISTED = "XX000"  # "not applicable"
_FIRST_ZIP_YEAR = 1980  # the year of members whose writer gave none
_PARTS = {"DN": "NY", "QN": "NY", "UN": "NY", "EM": "MO", "WM": "MO", "NF": "CA", "SF": "CA"}
"""The database splits some states between contractors: New York, Missouri, California."""

_Key = tuple[str, ...]


class _Article(NamedTuple):
    number: str
    title: str
    first_day: int | None
    last_day: int | None


class Coverage:
    """The articles of the Medicare Coverage Database.

    Args:
        table: ``coverage-policy`` (by procedure) or ``coverage-diagnosis`` (by ``article|diagnosis``).
    """

    page = notices.COVERAGE_PAGE

    def __init__(self, table: str) -> None:
        self.tables = (table,)
        self._table = table
        what = "procedures" if table == "coverage-policy" else "diagnoses"
        self.name = f"Medicare Coverage Database articles (zip), {what}"
        self.columns = POLICY if table == "coverage-policy" else ("covered", "group", "asterisk")

    def detect(self, head: Head) -> Detected | None:
        """By the members of the zip. The edition is the day of the newest one, on which CMS made the download."""
        if not head.start.startswith(LISTING):
            return None
        found = [match for line in head.start.decode("utf-8", "replace").splitlines() if (match := _MEMBER.match(line))]
        if not {match[4].lower() for match in found} >= set(_NEEDED):
            return None
        made = max(match[0][:10] for match in found)
        first = date.fromisoformat(made).toordinal() - EPOCH if int(made[:4]) > _FIRST_ZIP_YEAR else None
        return Detected(
            table=self._table,
            edition="" if first is None else made,
            first_day=UNKNOWN_DAY if first is None else first,
            source=f"CMS Medicare Coverage Database, {head.name}",
            page=self.page,
            licence=notices.AMA_ADA_AHA,
        )

    def rows(self, stream: BinaryIO, detected: Detected) -> Iterator[Read]:  # noqa: ARG002 -- the interface
        """The rows, in force while their article is.

        Raises:
            TableError: the zip is damaged, or a member lacks a column.
        """
        try:
            archive = zipfile.ZipFile(stream)
        except DAMAGED as error:
            raise TableError(f"a damaged zip: {error}", hint=AGAIN) from error
        with archive:
            articles: dict[_Key, _Article] = {}
            yield from _articles(archive, articles)
            if self._table == "coverage-policy":
                yield from _procedures(archive, articles)
            else:
                for covered in (True, False):
                    yield from _diagnoses(archive, articles, covered=covered)


def _articles(archive: zipfile.ZipFile, into: dict[_Key, _Article]) -> Iterator[BadRow]:
    names = (*_ARTICLE, "display_id", "title", "article_eff_date", *_ENDS)
    for record in _read(archive, "article", names):
        if isinstance(record, BadRow):
            yield record
            continue
        line, (number, version, shown, title, first, *ends) = record
        try:
            last = min((day for text in ends if (day := dated(text[:10])) is not None), default=None)
            into[number, version] = _Article(shown or f"A{number}", " ".join(title.split()), dated(first[:10]), last)
        except ValueError as error:
            yield BadRow(line, f"article.csv: {error}")


def _procedures(archive: zipfile.ZipFile, articles: Mapping[_Key, _Article]) -> Iterator[Read]:
    member = "article_x_hcpc_code"
    counts = [_counts(archive, f"article_x_icd10_{word}") for word in ("covered", "noncovered")]
    numbers, states = _jurisdictions(archive)
    seen: set[int] = set()
    for record in _read(archive, member, (*_ARTICLE, "hcpc_code_id", "hcpc_code_group")):
        if isinstance(record, BadRow):
            yield record
            continue
        if wrong := _wrong(member, record, articles, _PROCEDURE, seen):
            yield wrong
            continue
        number, version, code, group = record[1]
        key, article = (number, version), articles[number, version]
        served = [" ".join(sorted(found.get(key, ()))) for found in (numbers, states)]
        values = (article.number, version, group, article.title, *served, *[str(count[key]) for count in counts])
        yield Parsed(code, values, article.first_day, article.last_day)


def _diagnoses(archive: zipfile.ZipFile, articles: Mapping[_Key, _Article], *, covered: bool) -> Iterator[Read]:
    word = "covered" if covered else "noncovered"
    member = f"article_x_icd10_{word}"
    names = [*_ARTICLE, "icd10_code_id", f"icd10_{word}_group", *(["asterisk"] if covered else [])]
    seen: set[int] = set()
    shared: dict[_Key, _Key] = {}
    for record in _read(archive, member, names):
        if isinstance(record, BadRow):
            yield record
            continue
        if wrong := _wrong(member, record, articles, _DIAGNOSIS, seen):
            yield wrong
            continue
        number, version, code, *about = record[1]
        article = articles[number, version]
        values = ("Y", *about) if covered else ("N", *about, "")
        key = f"{article.number}|{code.replace('.', '')}"
        yield Parsed(key, shared.setdefault(values, values), article.first_day, article.last_day)


def _wrong(
    member: str, record: Record, articles: Mapping[_Key, _Article], shape: re.Pattern[str], seen: set[int]
) -> BadRow | Void | None:
    """Why a row cannot be used, if it cannot: its third cell is the code."""
    line, cells = record
    number, version, code = cells[:3]
    if code in {"", _NONE_LISTED}:
        return Void(line, "the article lists no codes here")
    if not shape.fullmatch(code):
        return BadRow(line, f"{member}.csv: {code!r} is no code of its kind")
    if (number, version) not in articles:
        return BadRow(line, f"{member}.csv: article {number} version {version} is not in article.csv")
    mark = hash(tuple(cells))
    if mark in seen:
        return BadRow(line, f"{member}.csv: {code} stands further up in the same group of article {number}")
    seen.add(mark)
    return None


def _counts(archive: zipfile.ZipFile, member: str) -> Counter[_Key]:
    names = (*_ARTICLE, "icd10_code_id")
    return Counter((n, version) for n, version, code in _good(archive, member, names) if code not in {"", _NONE_LISTED})


def _jurisdictions(archive: zipfile.ZipFile) -> tuple[dict[_Key, set[str]], dict[_Key, set[str]]]:
    """The contractor numbers and the states of each article."""
    listed = _good(archive, "contractor", (*_CONTRACTOR, "contractor_number"))
    number_of = {tuple(ids): number for *ids, number in listed}
    state_of = {cells[0]: cells[1] for cells in _good(archive, "state_lookup", ("state_id", "state_abbrev"))}
    served: dict[_Key, set[str]] = {}
    for *ids, state_id, ended in _good(archive, "contractor_jurisdiction", (*_CONTRACTOR, "state_id", "term_date")):
        state = state_of.get(state_id, "")
        if state and not ended:
            served.setdefault(tuple(ids), set()).add(_PARTS.get(state, state))
    numbers: dict[_Key, set[str]] = {}
    states: dict[_Key, set[str]] = {}
    for article, version, *ids in _good(archive, "article_x_contractor", (*_ARTICLE, *_CONTRACTOR)):
        if number := number_of.get(tuple(ids)):
            numbers.setdefault((article, version), set()).add(number)
        states.setdefault((article, version), set()).update(served.get(tuple(ids), ()))
    return numbers, states


def _good(archive: zipfile.ZipFile, table: str, names: Sequence[str]) -> Iterator[list[str]]:
    """The named cells of the records of a member that only explains others."""
    return (record[1] for record in _read(archive, table, names) if not isinstance(record, BadRow))


def _read(archive: zipfile.ZipFile, table: str, names: Sequence[str]) -> Iterator[Record | BadRow]:
    """The named cells of a member's records.

    Raises:
        TableError: it is not there or lacks one of the columns.
    """
    member = next((name for name in archive.namelist() if name.lower().rpartition("/")[2] == f"{table}.csv"), None)
    if member is None:
        raise TableError(f"no {table}.csv in the zip")
    where: list[int] | None = None
    packed = archive.getinfo(member).compress_size
    try:
        raw = cast("BinaryIO", archive.open(member))
    except DAMAGED as error:
        raise TableError(f"a damaged zip: {error}", location=member, hint=AGAIN) from error
    with Bounded.over(raw, packed, member) as stream:
        for record in records(stream):
            if isinstance(record, BadRow):
                yield BadRow(record.line, f"{table}.csv: {record.because}")
            elif where is None:
                where = places(record[1], names, f"{table}.csv")
            elif len(record[1]) <= max(where):
                yield BadRow(record[0], f"{table}.csv: {len(record[1])} cells where {max(where) + 1} belong")
            else:
                yield record[0], [record[1][place].strip() for place in where]
