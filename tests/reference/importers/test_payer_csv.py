"""A payer's own list and its mapping."""

import pytest

from engine.errors import TableError
from engine.reference.days import read_day
from engine.reference.importers.detect import detect

FEES = 'Proc Code;Note;Allowed;Start\nG0001;"a; b";100.00;2026-01-01\nG0002;;7.50;2026-02-30\n;;1;\nG0003;x\n'
MAPPING = """\
table: fee-schedule-acme
edition: "2026"
from: 2026-01-01
delimiter: ";"
columns:
  Proc Code: procedure
  Allowed: amount
  Start: effective_from
always: {payer: acme}
"""


def both(save, mapping=MAPPING, fees=FEES):
    save(name="acme.yaml", data=mapping.encode())
    return save(name="acme.csv", data=fees.encode())


def test_a_list_takes_the_names_of_its_mapping(save, read):
    (got,) = read(both(save))
    assert (got.detected.table, got.detected.edition) == ("fee-schedule-acme", "2026")
    (row,) = got.rows
    assert (row.key, row.first_day) == ("G0001", read_day("20260101"))
    assert got.named() == {"amount": "100.00", "payer": "acme"}
    assert [(bad.line, bad.because) for bad in got.bad] == [
        (3, "'2026-02-30' is no date YYYYMMDD"), (4, "procedure is empty"), (5, "2 cells under 4 columns"),
    ]  # fmt: skip


def test_the_mapping_may_stand_elsewhere(save, read):
    mapping = save(name="other.yaml", data=MAPPING.encode())
    (got,) = read(save(name="list.txt", data=FEES.encode()), mapping=mapping)
    assert len(got.rows) == 1


def test_a_description_without_columns_is_no_mapping(save):
    with pytest.raises(TableError, match="no known format"):
        detect(both(save, "edition: x\nfrom: 2026-01-01\n"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("table: fee-schedule-acme", "table: prior-authorization"), ""),
        (("table: fee-schedule-acme", "table: mue-practitioner"), "must have a column mue_units"),
        (("table: fee-schedule-acme", "table: ../x"), "small letters"),
        (('edition: "2026"', 'editoin: "2026"'), "unknown: editoin"),
        (("from: 2026-01-01", "from: 1.1.2026"), "from: '1.1.2026' is no date"),
        (("from: 2026-01-01", "from: '*'"), "from is open"),
        (('delimiter: ";"', "delimiter: ab"), "delimiter 'ab'"),
        (('delimiter: ";"', "encoding: utf-16"), "encoding 'utf-16'"),
        (("Allowed: amount", "Allowed: procedure"), "named twice"),
        (("  Allowed", "  Fee"), "the list has no column Fee"),
        (("columns:", "columns: ["), "cannot be read"),
        (("columns:", "columns:\n  x: [a]"), "columns is not a list of names"),
    ],
)
def test_mistakes_in_a_mapping(save, read, change, message):
    path = both(save, MAPPING.replace(*change))
    if not message:
        assert len(read(path)[0].rows) == 1
        return
    with pytest.raises(TableError, match=message):
        read(path)


def test_a_declared_encoding_is_held_to(save, read):
    mapping = MAPPING + "encoding: utf-8\n"
    save(name="acme.yaml", data=mapping.encode())
    data = "Proc Code;Note;Allowed;Start\nG0001;é;1;\n".encode("cp1252")
    (got,) = read(save(name="acme.csv", data=data))
    assert [bad.line for bad in got.bad] == [2]
