import csv
import gzip
import hashlib
import json
import re
import shutil
from importlib import resources

import pytest
import yaml
from msgspec import Struct

from engine.errors import RulebookError
from engine.reference.code_lists import code_list, code_lists
from engine.reference.days import read_day
from engine.reference.lists import facility_kinds, modifier_sides, places
from engine.rulebook.code_sets import read_code_set
from engine.rulebook.load import load_rulebook, shipped_rules
from tools.build_lists import DEFAULT, build

DATA = resources.files("engine.reference") / "data" / "lists"
DIGESTS = json.loads((DATA / "digests.json").read_text())
SCHEMA = shipped_rules() / "code-set.schema.json"
HERE = pytest.mark.skipif(not DEFAULT.is_dir(), reason=f"{DEFAULT} is not here")
RUN = 5

COUNTS = {
    "admission-type": 6,
    "carc": 407,
    "claim-adjustment-group": 5,
    "claim-frequency": 27,
    "claim-status": 759,
    "claim-status-category": 48,
    "cpt-modifiers": 43,
    "delay-reason": 12,
    "discharge-status": 40,
    "filing-indicator": 23,
    "hcpcs-required-revenue": 187,
    "laterality-modifiers": 26,
    "level-ii-modifiers": 381,
    "msp-type": 9,
    "place-of-service": 52,
    "poa": 5,
    "point-of-origin": 14,
    "ptp-bypass-modifiers": 44,
    "rarc": 1171,
    "revenue-category": 95,
    "revenue-code": 539,
    "sex": 3,
    "type-of-bill": 34,
    "type-of-bill-facility": 7,
    "us-states": 62,
}


def test_every_list_is_there_whole():
    assert {name: len(code_list(name).codes) for name in code_lists()} == COUNTS


@pytest.mark.parametrize("name", code_lists())
def test_a_list_is_in_form(name):
    shipped = code_list(name)
    text = (DATA / f"{name}.yaml").read_text(encoding="utf-8")
    content = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 -- builds text only
    assert set(content) - {"ids"} == {"list", "title", "source", "codes"}
    assert content["list"] == shipped.name == name
    assert shipped.title
    assert all(shipped.source.__struct_fields__)
    assert shipped.source.url.startswith("https://")
    assert read_day(shipped.source.as_of)
    written = re.findall(r'^  "?([\w-]+)"?: \{', text, flags=re.MULTILINE)
    assert written == list(content["codes"]), "a code stands twice"
    for code, entry in shipped.entries.items():
        assert re.fullmatch(r"[A-Z0-9]{1,5}", code), code
        assert entry.first_day is None or entry.last_day is None or entry.first_day <= entry.last_day, code
        assert entry.says or "ids" in content, f"{code} has no words"


@pytest.mark.parametrize("name", sorted(DIGESTS))
def test_shipped_numbers_are_what_was_recorded(name):
    content = gzip.decompress((DATA / f"{name}.csv.gz").read_bytes())
    assert hashlib.sha256(content).hexdigest() == DIGESTS[name]["sha256"]
    head, *rows = content.decode().splitlines()
    assert (head, len(rows)) == ("code,from,to", DIGESTS[name]["rows"])
    assert all(re.fullmatch(r"[A-Z0-9]{1,5}(,(\d{4}-\d\d-\d\d)?){2}", row) for row in rows), "numbers and dates only"
    assert len({row.split(",")[0] for row in rows}) == len(rows)


def test_every_file_of_numbers_is_recorded_and_used():
    files = {file.name for file in DATA.iterdir()}
    assert {name.removesuffix(".csv.gz") for name in files if name.endswith(".csv.gz")} == set(DIGESTS)
    for name in DIGESTS:
        assert f"ids: {name}.csv.gz" in (DATA / f"{name}.yaml").read_text()


@HERE
def test_the_numbers_are_rebuilt_the_same(tmp_path):
    assert build(DEFAULT, tmp_path) == DIGESTS
    assert (tmp_path / "digests.json").read_text() == (DATA / "digests.json").read_text()


@pytest.mark.parametrize(
    ("name", "code", "day", "valid"),
    [
        ("place-of-service", "66", "2024-07-31", False),
        ("place-of-service", "66", "2024-08-01", True),
        ("place-of-service", "28", "2026-01-01", False),
        ("level-ii-modifiers", "FS", "2021-12-31", False),
        ("level-ii-modifiers", "FS", "2022-01-01", True),
        ("level-ii-modifiers", "ZA", "2018-04-01", False),
        ("type-of-bill", "33", "2013-10-01", False),
        ("discharge-status", "81", "2013-09-30", False),
        ("revenue-code", "0161", "2022-07-01", True),
        ("revenue-code", "0161", "2022-06-30", False),
        ("hcpcs-required-revenue", "0424", "2026-01-01", True),
        ("hcpcs-required-revenue", "0250", "2026-01-01", False),
        ("carc", "15", "2020-01-01", False),
        ("carc", "306", "2024-01-01", True),
        ("rarc", "M1", "2026-01-01", True),
        ("rarc", "N9999", "2026-01-01", False),
    ],
)
def test_valid_on(name, code, day, valid):
    assert code_list(name).valid_on(code, read_day(day)) is valid


def test_without_a_day_any_code_of_the_list_is_valid():
    assert code_list("type-of-bill").valid_on("33", None)
    assert not code_list("type-of-bill").valid_on("99", None)


def test_an_unknown_list_is_refused():
    with pytest.raises(KeyError):
        code_list("places")
    with pytest.raises(KeyError):
        code_list("../place-of-service")


def test_a_list_cannot_be_changed():
    with pytest.raises(AttributeError):
        code_list("sex").title = "other"
    assert issubclass(type(code_list("sex").entries["F"]), Struct)


def test_lists_agree_with_each_other():
    modifiers = set(code_list("level-ii-modifiers").codes) | set(code_list("cpt-modifiers").codes)
    for name in ("laterality-modifiers", "ptp-bypass-modifiers"):
        assert set(code_list(name).codes) <= modifiers
        for code in code_list(name).codes:
            known = "level-ii-modifiers" if code in code_list("level-ii-modifiers").codes else "cpt-modifiers"
            assert code_list(name).says(code) == code_list(known).says(code)
    categories = set(code_list("revenue-category").codes)
    assert {code[:3] for code in code_list("revenue-code").codes} == categories
    assert {code[:3] for code in code_list("hcpcs-required-revenue").codes} <= categories
    assert {code[0] for code in code_list("type-of-bill").codes} == set(code_list("type-of-bill-facility").codes)
    assert set(facility_kinds()) <= set(code_list("type-of-bill").codes)
    assert set(places()) == set(code_list("place-of-service").codes)
    assert set(modifier_sides().values()) == {"left", "right"}


def test_a_list_is_read_once():
    assert code_list("place-of-service") is code_list("place-of-service")


# --- our own words ---------------------------------------------------------------------------------------------------


def _words(text):
    return re.findall(r"[a-z0-9]+", text.lower())


def _runs(words):
    return {tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}


def _published():
    """Each published row: its file, its code, its text."""
    for path in [*sorted((DEFAULT / "codes").glob("*.csv")), *sorted((DEFAULT / "hcpcs").glob("*modifiers*.csv"))]:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            for code, *texts in csv.reader(lines):
                yield from ((path.stem, code, text) for text in texts)


def _ours():
    for name in code_lists():
        for code, entry in code_list(name).entries.items():
            yield from ((name, code, text) for text in (entry.says, *entry.attributes.values()) if text)


@HERE
def test_no_run_of_five_words_is_the_publishers():
    published = set().union(*(_runs(_words(text)) for _, _, text in _published()))
    assert len(published) > 10_000, "the source is read"
    copied = [(name, code, text) for name, code, text in _ours() if _runs(_words(text)) & published]
    assert copied == []


@HERE
@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("carc", "carc"),
        ("carc", "carc_rarc_2024"),
        ("claim-adjustment-group", "carc_group"),
        ("claim-frequency", "bill_frequency"),
        ("discharge-status", "patient_discharge_status"),
        ("admission-type", "admission_type"),
        ("point-of-origin", "point_of_origin"),
        ("revenue-code", "revenue_codes"),
        ("revenue-category", "revenue_codes"),
        ("type-of-bill", "bill_classification"),
    ],
)
def test_no_text_is_a_publishers_whole_description(name, file):
    """Descriptions of fewer than five words, and the parts of longer ones: ``ROOM & BOARD - WARD - OTHER``."""
    published = {
        tuple(_words(part))
        for stem, _, text in _published()
        if stem == file
        for part in (text, *re.split(r" ?- | -", text))
    }
    same = [(code, text) for listed, code, text in _ours() if listed == name and len(_words(text)) > 1]
    assert [(code, text) for code, text in same if tuple(_words(text)) in published] == []


def test_words_are_few():
    for name, most in (("carc", 8), ("cpt-modifiers", 6), ("level-ii-modifiers", 8), ("claim-status", 8)):
        shipped = code_list(name)
        assert [code for code in shipped.codes if len(_words(shipped.says(code))) > most] == []
    assert not any(code_list("rarc").says(code) for code in code_list("rarc").codes)


# --- code sets that refer to a list ----------------------------------------------------------------------------------


def _read(folder, text):
    path = folder / "example.yaml"
    path.write_text(f"set: example\ntitle: Example\nreferences: [{{title: Manual, locator: all}}]\n{text}")
    return read_code_set(path, "code-sets/example.yaml", SCHEMA)


def test_a_code_set_takes_codes_and_dates_from_a_list(tmp_path):
    found, mistakes = _read(tmp_path, "list: place-of-service\nwhere: {setting: facility}\n")
    assert mistakes == []
    assert found.contains("21")
    assert not found.contains("11")
    assert not found.contains("19", read_day("2015-12-31"))
    assert found.contains("19", read_day("2016-01-01"))


def test_where_takes_several_values_and_members_add(tmp_path):
    text = "list: us-states\nwhere: {kind: [territory, district]}\nmembers:\n  - codes: [ZZ]\n"
    found, mistakes = _read(tmp_path, text)
    assert mistakes == []
    assert [code for code in ("DC", "PR", "ZZ", "NY", "PW") if found.contains(code)] == ["DC", "PR", "ZZ"]


@pytest.mark.parametrize(
    ("text", "message", "line", "hint"),
    [
        ("list: place-of-servic\n", "unknown list place-of-servic", 4, "did you mean place-of-service?"),
        ("list: colours\n", "unknown list colours", 4, "one of admission-type, carc"),
        (
            "list: place-of-service\nwhere: {setting: facilty}\n",
            "list place-of-service has no setting: facilty",
            5,
            "did you mean facility?",
        ),
        (
            "list: place-of-service\nwhere: {kind: state}\n",
            "list place-of-service has no kind: state",
            5,
            "its attributes are setting",
        ),
        (
            "list: sex\nwhere: {kind: x}\n",
            "list sex has no kind: x",
            5,
            "its codes have no attributes: leave out where",
        ),
        ("", "key members is missing", 1, ""),
        ("members: [{codes: [A]}]\nwhere: {kind: state}\n", "'list' is a dependency of 'where'", 1, ""),
        ("list: sex\nwhere: {}\n", "0 entries found", 5, ""),
        ("list: [sex]\n", "found a list", 4, "expected text"),
    ],
)
def test_a_wrong_reference_is_refused_where_it_stands(tmp_path, text, message, line, hint):
    found, mistakes = _read(tmp_path, text)
    assert found is None
    assert [mistake.message for mistake in mistakes] == [message]
    assert mistakes[0].location.startswith(f"code-sets/example.yaml:{line}:")
    assert hint in mistakes[0].hint


def test_a_rulebook_with_a_wrong_reference_does_not_load(tmp_path):
    shutil.copytree(shipped_rules(), tmp_path / "rules")
    path = tmp_path / "rules" / "code-sets" / "us-states.yaml"
    path.write_text(path.read_text().replace("list: us-states", "list: states"))
    with pytest.raises(RulebookError) as caught:
        load_rulebook(shipped=tmp_path / "rules")
    assert any("unknown list states" in str(mistake) for mistake in caught.value.mistakes)


def test_shipped_sets_do_not_copy_a_list():
    sets = load_rulebook().sets
    for name, shipped in (
        ("valid-place-of-service", "place-of-service"),
        ("us-states", "us-states"),
        ("ptp-bypass-modifiers", "ptp-bypass-modifiers"),
        ("frequency-codes-institutional", "claim-frequency"),
    ):
        codes = {code for window in sets[name].windows for code in window.codes}
        assert codes == set(code_list(shipped).codes)
    professional = {code for window in sets["frequency-codes-professional"].windows for code in window.codes}
    assert professional == {"1", "7", "8"}
    in_use = sets["modifiers-in-use"]
    assert all(in_use.contains(code) for code in code_list("level-ii-modifiers").codes)
    assert in_use.contains("25")
    assert in_use.contains("RH")
    assert not in_use.contains("QU")
