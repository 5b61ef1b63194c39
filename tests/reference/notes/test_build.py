"""From a small tabular list to the table."""

import pytest

from engine.errors import TableError
from engine.reference.notes.build import build
from engine.reference.notes.lookup import NoteTable, partners

TABULAR = """<ICD10CM.tabular><version>2026</version>
<chapter><name>1</name><desc>First (A00-C99)</desc>
 <excludes2><note>what comes second (Z72-Z87)</note></excludes2>
 <section id="A00-A09"><desc>Block (A00-A09)</desc>
  <diag><name>A00</name><desc>Zero</desc>
   <codeFirst><note>underlying disease, such as:</note><note>one (C43.-)</note><note>gone (C99.9)</note></codeFirst>
   <excludes1><note>melanoma and others (C43-C44)</note><note>all of the block (A00-A09)</note></excludes1>
   <diag><name>A00.0</name><desc>Zero zero</desc>
    <useAdditionalCode>
     <note>code to identify:</note><note>use (Z72.0)</note><note>history (Z87.1)</note>
    </useAdditionalCode>
    <inclusionTerm><note>Nought</note></inclusionTerm>
   </diag>
   <diag><name>A00.1</name><desc>Zero one</desc></diag>
  </diag>
  <diag><name>A01</name><desc>One</desc>
   <sevenChrDef><extension char="A">initial</extension><extension char="S">sequela</extension></sevenChrDef>
   <diag><name>A01.0</name><desc>One zero</desc></diag>
   <diag><name>A01.1</name><desc>One one</desc>
    <sevenChrDef><extension char="1">right</extension></sevenChrDef>
   </diag>
  </diag>
  <diag><name>A09</name><desc>Nine</desc></diag>
 </section>
 <section id="C43-C44"><desc>Skin (C43-C44)</desc>
  <diag><name>C43</name><desc>Melanoma</desc></diag>
  <diag><name>C4A</name><desc>Merkel</desc></diag>
  <diag><name>C44</name><desc>Other</desc></diag>
 </section>
 <section id="C45"><desc>Mesothelioma</desc><diag><name>C45</name><desc>Mesothelioma</desc></diag></section>
</chapter>
<chapter><name>2</name><desc>Second</desc>
 <section id="Z00-Z99"><desc>Status</desc>
  <diag><name>Z72</name><desc>Problems</desc><diag><name>Z72.0</name><desc>Tobacco</desc></diag></diag>
  <diag><name>Z87</name><desc>History</desc><diag><name>Z87.1</name><desc>Digestive</desc></diag></diag>
 </section>
</chapter>
</ICD10CM.tabular>"""


@pytest.fixture
def built():
    return build(TABULAR.encode(), "small.xml")


@pytest.fixture
def table(built):
    return NoteTable(built.text, "small.txt")


def by_wording(notes):
    return {note.wording: note for note in notes}


def test_a_code_carries_the_notes_of_all_nodes_above_it(table):
    assert [(note.node, note.wording) for note in table.notes_for("A000")] == [
        ("A000", "use (Z72.0)"),
        ("A000", "history (Z87.1)"),
        ("A00", "one (C43.-)"),
        ("A00", "melanoma and others (C43-C44)"),
        ("chapter 1", "what comes second (Z72-Z87)"),
    ]


def test_a_note_whose_partners_include_the_code_says_nothing_about_it(table):
    assert "all of the block (A00-A09)" in by_wording(table.notes_on("A00"))
    assert "all of the block (A00-A09)" not in by_wording(table.notes_for("A001"))


def test_a_range_is_meant_in_the_order_of_the_list(table):
    note = by_wording(table.notes_on("A00"))["melanoma and others (C43-C44)"]
    assert partners(note, ["C44", "C4A", "C43", "C45", "C42"]) == ("C44", "C4A", "C43")


def test_an_example_that_is_gone_is_counted_and_leaves_the_list_open(table, built):
    notes = by_wording(table.notes_on("A00"))
    assert notes["gone (C99.9)"].unresolved == "no such code in this tabular list"
    assert (notes["one (C43.-)"].mandatory, notes["one (C43.-)"].open) == (True, True)
    assert built.counts["references_unresolved"] == {"no such code in this tabular list": 1}
    assert [note.wording for note in table.unresolved()] == ["gone (C99.9)"]


def test_a_list_of_situations_does_not_bind(table):
    note = by_wording(table.notes_on("A000"))["use (Z72.0)"]
    assert (note.heading, note.mandatory, note.open, note.order) == ("code to identify:", False, False, "after")
    assert note.spans[0].exact


def test_seventh_characters_come_from_the_nearest_node(table):
    assert table.seventh_characters("A010") == {"A": "initial", "S": "sequela"}
    assert table.seventh_characters("A011") == {"1": "right"}
    assert table.seventh_characters("A000") == {}
    assert table.expand("A01") == ("A010XXA", "A010XXS", "A011XX1")
    assert table.expand("A010XXS") == ("A010XXS",)
    assert table.expand("A000") == ("A000",)
    assert table.expand("X99") == ()


def test_texts_are_kept(table):
    assert [(text.kind, text.wording) for text in table.texts_on("A000")] == [("inclusion_term", "Nought")]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<ICD10CM.tabular>", "no XML"),
        (b"", "no XML"),
        (b"<other/>", "no chapters"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><ICD10CM.tabular>&a;</ICD10CM.tabular>', "document type"),
        ('<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x><x/>'.encode("utf-16"), "UTF-8"),
    ],
)
def test_a_file_that_is_no_tabular_list_is_refused(data, message):
    with pytest.raises(TableError, match=message):
        build(data, "bad.xml")


def test_a_text_of_another_layout_is_refused():
    with pytest.raises(TableError, match="no table of tabular notes"):
        NoteTable("something else", "x.txt")
