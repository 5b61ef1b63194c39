"""Lines and records out of bytes."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import TableError
from engine.reference.importers import text
from engine.reference.importers.format import BadRow

CELL = st.text(st.sampled_from('ab,"\n é;'), max_size=6)


@given(st.lists(st.lists(CELL, min_size=1, max_size=4), max_size=6), st.sampled_from(",;|"))
def test_records_are_those_of_the_csv_module(rows, delimiter):
    wanted = [row for row in rows if row != [""]]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(wanted)
    got = list(text.records(io.BytesIO(out.getvalue().encode()), delimiter))
    assert [cells for _, cells in got] == wanted


@given(st.binary(max_size=300), st.sampled_from(["", ",", "\t"]))
def test_no_bytes_make_records_raise(data, delimiter):
    for record in text.records(io.BytesIO(data), delimiter):
        assert isinstance(record, BadRow) or record[0] >= 1


def test_records_know_their_first_line():
    got = list(text.records(io.BytesIO(b'a,b\n"x\ny",1\n\nc,d\n')))
    assert [line for line, _ in got] == [1, 2, 5]


def test_an_open_quote_costs_one_line():
    got = list(text.records(io.BytesIO(b'a,b\n"x,1\nc,d\ne,f\n')))
    assert got[1] == BadRow(2, "a quote is opened and not closed, or the file ends in the middle of this row")
    assert got[2:] == [(3, ["c", "d"]), (4, ["e", "f"])]


def test_utf_8_windows_1252_and_neither():
    got = list(text.lines(io.BytesIO(b"\xef\xbb\xbfa\xc3\xa9\r\nb\xe9\nc\x81\nd\0")))
    assert [line for _, line in got[:2]] == ["aé", "bé"]
    assert [text.damage(line) for _, line in got[2:]] == ["is neither UTF-8 nor Windows-1252 text", "holds a NUL byte"]


def test_a_line_without_end_is_refused():
    with pytest.raises(TableError, match="a line of more than"):
        list(text.lines(io.BytesIO(b"x" * (text.LONGEST + (2 << 20)))))


def test_breaks_across_blocks():
    data = (b"x" * ((1 << 20) - 1) + b"\r\n") * 3
    assert [len(line) for _, line in text.lines(io.BytesIO(data))] == [(1 << 20) - 1] * 3
