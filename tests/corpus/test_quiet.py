"""The quiet corpus: claims that are right. A finding on one of them is a false one, of which the rule is to be cured.

A finding that must stand for now is an exception in ``quiet/MANIFEST.yaml`` with its reason; one that no longer occurs
fails, so that the list cannot grow old.
"""

import io
import logging
import re
from collections import Counter
from datetime import date
from functools import lru_cache
from pathlib import Path
from shutil import copy

import pytest
import yaml

from engine.backends.durable import compile_durable
from engine.check import Checker
from engine.findings.report import ClaimReport
from engine.intake.reading import ReadClaim
from engine.intake.sniff import read
from engine.reference.catalog import Tables
from engine.rulebook.load import load_rulebook
from tests.corpus.full_tables import SOURCE, full_tables

QUIET = Path(__file__).with_name("quiet")
EXAMPLE_TABLES = Path(__file__).resolve().parents[2] / "examples" / "tables"
ENTRIES = {each["file"]: each for each in yaml.safe_load((QUIET / "MANIFEST.yaml").read_text("utf-8"))["claims"]}
FEWEST = 64
X12 = sorted(name for name in ENTRIES if name.endswith(".837"))
# pyx12 knows the maps by these names only, and has no dental one; x12sdk reads the same two forms.
LATER_ERRATA = {"005010X222A2": "005010X222A1", "005010X223A3": "005010X223A2"}
JUDGED = [name for name in X12 if not name.startswith("dental/")]
# C A AN N A AN N A A N N, without the letters S L O I B Z
LETTER = "AC-HJKMNP-RT-Y"
MBI = re.compile(rf"[1-9][{LETTER}][0-9{LETTER}]\d[{LETTER}][0-9{LETTER}]\d[{LETTER}]{{2}}\d{{2}}")


@lru_cache
def claims(name):
    """The claims of a file; structural problems would be findings of the check."""
    with (QUIET / name).open("rb") as stream:
        return [item.claim for item in read(stream, name) if isinstance(item, ReadClaim)]


def everyone():
    return [(name, claim) for name in ENTRIES for claim in claims(name)]


@pytest.fixture(scope="session")
def table_sets(tmp_path_factory):
    """The settings a user may have: no imported table, the examples', the publishers' at full size."""

    @lru_cache
    def made(which):
        if which == "shipped":
            return Tables.load()
        if which == "full":
            return full_tables({line.procedure for _, claim in everyone() for line in claim.lines})
        # hcpcs of the examples holds a dozen codes: by it every other code is unknown, as its description says
        folder = tmp_path_factory.mktemp("tables")
        for path in EXAMPLE_TABLES.iterdir():
            if not path.name.startswith("hcpcs."):
                copy(path, folder)
        return Tables.load([folder])

    return made


@pytest.fixture(scope="session")
def checker(table_sets):
    rulebook = load_rulebook()

    @lru_cache
    def made(which, received_on):
        return Checker(rulebook, table_sets(which), compile_durable, engine="durable", received_on=received_on)

    return made


full = pytest.param(
    "full",
    marks=[
        pytest.mark.corpus,
        pytest.mark.skipif(
            not SOURCE.is_dir(), reason="the publishers' tables are kept outside the repository (../shared)"
        ),
    ],
)


@pytest.mark.parametrize("which", ["shipped", "examples", full])
@pytest.mark.parametrize("name", ENTRIES)
def test_no_error_and_no_warning(name, which, checker):
    entry = ENTRIES[name]
    reports = list(checker(which, entry["received_on"]).check(io.BytesIO((QUIET / name).read_bytes()), name))
    assert [type(report) for report in reports] == [ClaimReport] * entry["claims"]
    assert {(report.claim_type, report.payer) for report in reports} == {(entry["claim_type"], entry["payer"])}
    excepted = {each["rule"] for each in entry.get("exceptions", ()) if which in each.get("under", [which])}
    found = [
        (report.claim_id, finding.rule, finding.at.words(), finding.says)
        for report in reports
        for finding in report.findings
        if finding.severity != "info"
    ]
    assert [each for each in found if each[1] not in excepted] == []
    assert excepted - {rule for _, rule, *_ in found} == set(), "an exception that no longer occurs"


def test_every_file_is_described_and_there():
    there = {path.relative_to(QUIET).as_posix() for path in QUIET.rglob("*.*") if path.name != "MANIFEST.yaml"}
    assert set(ENTRIES) == there
    assert len(everyone()) >= FEWEST


def test_every_exception_says_why():
    for name, entry in ENTRIES.items():
        for each in entry.get("exceptions", ()):
            assert each["because"].strip(), (name, each)


def test_the_corpus_is_varied():
    kinds = Counter(claim.claim_type for _, claim in everyone())
    assert min(kinds["professional"], kinds["institutional"], kinds["dental"]) >= 10
    assert {name.split("/")[0] for name in ENTRIES} == {"professional", "institutional", "dental", "fhir", "native"}
    billed = {line.procedure for _, claim in everyone() for line in claim.lines}
    assert len(billed) >= 120
    assert len({entry["payer"] for entry in ENTRIES.values()}) >= 9


def test_control_numbers_are_unique():
    counted = Counter(claim.patient_control_number for _, claim in everyone())
    assert [number for number, times in counted.items() if times > 1] == []


def test_people_are_invented():
    for name, claim in everyone():
        people = [claim.patient, *(other for other in claim.providers if other.entity == "person")]
        assert [each.last_name for each in people if not each.last_name.endswith("TEST")] == [], name
        groups = [other for other in claim.providers if other.entity == "organization" and other.last_name]
        assert [each.last_name for each in groups if not each.last_name.startswith("TESTQ ")] == [], name


def test_numbers_have_the_form_of_real_ones():
    luhn = pytest.importorskip("stdnum.luhn")
    for name, claim in everyone():
        assert all(luhn.is_valid("80840" + each.npi) for each in claim.providers if each.npi), name
        billing = next(each for each in claim.providers if each.role == "billing")
        assert re.fullmatch(r"\d{9}", billing.tax_id), name
        assert re.fullmatch(r"\d{9}", billing.address.postal_code), name
        if ENTRIES[name]["payer"] in ("medicare", "medicare-dme"):
            assert MBI.fullmatch(claim.subscriber.member_id), name


@pytest.mark.parametrize("name", JUDGED)
def test_pyx12_passes(name, tmp_path, caplog):
    pyx12 = pytest.importorskip("pyx12.x12n_document")
    params = pytest.importorskip("pyx12.params")
    text = (QUIET / name).read_text("ascii")
    for later, known in LATER_ERRATA.items():
        text = text.replace(later, known)
    path = tmp_path / "claim.837"
    path.write_text(text, "ascii")
    with caplog.at_level(logging.ERROR, "pyx12"):
        passed = pyx12.x12n_document(params.params(), str(path), None, None, None)
    assert passed, caplog.text


@pytest.mark.parametrize("name", JUDGED)
def test_x12sdk_reads(name):
    sdk = pytest.importorskip("x12sdk.io")
    with sdk.X12ModelReader(str(QUIET / name)) as models:
        if "x12sdk" in ENTRIES[name]:
            with pytest.raises(ValueError, match="validation error"):
                list(models.models())
            return
        theirs = [claim for model in models.models() for claim in model.claims()]
    assert [round(float(other.charge) * 100) for other in theirs] == [one.total_charge_cents for one in claims(name)]


def test_services_fall_in_the_half_year_that_the_corpus_is_about():
    for name, claim in everyone():
        days = [line.service_day for line in claim.lines if line.service_day]
        days += [day for day in (claim.statement_from_day, claim.statement_to_day) if day]
        assert days, name
        assert date(2025, 10, 1) <= min(days) <= max(days) <= date(2026, 3, 31), name
