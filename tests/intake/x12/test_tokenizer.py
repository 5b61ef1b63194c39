"""Bytes to segments: every tolerance, and that nothing raises, hangs or is lost."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import BILLING, CLAIM, GS, HEADER, ISA, SUBSCRIBER, whole, wrap

from engine.intake.x12.segments import Segment, Separators
from engine.intake.x12.separators import find_start
from engine.intake.x12.tokenizer import LIMIT, Batch, read_batches

BOM = b"\xef\xbb\xbf"


class Dribble(io.RawIOBase):
    """A stream that gives a few bytes a read, as pipes do."""

    def __init__(self, data: bytes, step: int) -> None:
        self.data, self.step, self.at = data, step, 0

    def readable(self) -> bool:
        return True

    def read(self, _size: int = -1) -> bytes:
        chunk = self.data[self.at : self.at + self.step]
        self.at += self.step
        return chunk


def tokens(data: bytes) -> tuple[list[Segment], list[Batch]]:
    batches = list(read_batches(io.BytesIO(data)))
    return [segment for batch in batches for segment in batch.segments], batches


def said(batches: list[Batch]) -> list[tuple[str, int | None]]:
    return [(finding.rule, finding.at.segment) for batch in batches for finding in batch.findings]


def test_a_right_file_gives_every_segment_and_no_finding():
    data = whole()
    segments, batches = tokens(data)
    assert [s.name for s in segments[:4]] == ["ISA", "GS", "ST", "BHT"]
    assert [s.index for s in segments] == list(range(len(segments)))
    assert said(batches) == []
    assert batches[0].separators == Separators("*", ":", "^", "~")


def test_segments_that_say_the_same_share_their_text():
    first, second = (s.text for s in tokens(whole() + whole())[0] if s.name == "CLM")
    assert first is second


def test_a_long_segment_is_not_kept():
    data = whole().replace(b"DTP*472", b"NTE*ADD*" + b"A" * 300 + b"~\nDTP*472")
    first, second = (s.text for s in tokens(data + data)[0] if s.name == "NTE")
    assert first is not second
    assert first.elements == second.elements


def test_latin_1_is_read_where_utf_8_fails():
    segments, _ = tokens(whole().replace(b"RIVERA", b"RIV\xc9RA"))
    assert any("RIVÉRA" in s.elements for s in segments)


@pytest.mark.parametrize("end", ["~", "~\n", "~\r\n", "\n", "\r\n", "  ~ \n\n  ", "'", "\x1c", "!\n"])
def test_terminators_and_blanks_round_segments(end: str):
    data = wrap([*HEADER, *BILLING, *SUBSCRIBER, *CLAIM], end=end)
    if end.startswith(" "):  # blanks before the terminator of ISA would move it
        data = data.replace(ISA.encode() + b"  ~", ISA.encode() + b"~", 1)
    segments, batches = tokens(data)
    assert [s.name for s in segments] == [s.name for s in tokens(whole())[0]]
    assert said(batches) == []


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"  \r\n\n", b"\n\n\n"])
def test_marks_and_blanks_before_isa_are_passed_over(before: bytes):
    segments, batches = tokens(before + whole())
    assert segments[0].name == "ISA"
    assert said(batches) == []


def test_junk_before_isa_is_reported_however_long():
    for size in (10, 70_000, 300_000):
        segments, batches = tokens(b"junk line\n" * (size // 10) + whole())
        assert segments[0].name == "ISA"
        assert said(batches) == [("INT-0001", 0)]


def test_other_separators():
    data = whole().replace(b"*", b"|").replace(b"^", b"#").replace(b":", b">")
    segments, batches = tokens(data)
    assert batches[0].separators == Separators("|", ">", "#", "~")
    assert said(batches) == []
    assert segments[0].get(16) == ">"


def test_each_interchange_brings_its_own_separators():
    one = whole()
    two = whole().replace(b"*", b"|").replace(b"~\n", b"'").replace(b":", b">")
    batches = list(read_batches(io.BytesIO(one + two + one)))
    kinds = [batch.separators.element + batch.separators.component + batch.separators.terminator for batch in batches]
    assert list(dict.fromkeys(kinds)) == ["*:~", "|>'"]
    names = [s.name for batch in batches for s in batch.texts]
    assert names == [s.name for s in tokens(one)[0]] * 3


@pytest.mark.parametrize("cut", [ISA.replace("CLINICNORTH    ", "CLINICNORTH"), ISA.replace("*ZZ*", "*ZZ   *")])
def test_isa_of_another_length(cut: str):
    segments, batches = tokens(whole().replace(ISA.encode(), cut.encode()))
    assert batches[0].separators == Separators("*", ":", "^", "~")
    assert said(batches) == [("INT-0001", 0)]
    assert str(len(cut) + 1) in batches[0].findings[0].says
    assert segments[1].name == "GS"


def test_isa_shorter_with_newline_as_terminator():
    data = wrap([*HEADER, *BILLING, *SUBSCRIBER, *CLAIM], isa=ISA.replace("CLINICNORTH    ", "CLINIC"), end="\n")
    segments, batches = tokens(data)
    assert [s.name for s in segments[:3]] == ["ISA", "GS", "ST"]
    assert batches[0].separators.terminator == "\n"
    assert said(batches) == [("INT-0001", 0)]


def test_isa16_that_the_data_contradicts():
    data = whole().replace(b"*T*:~", b"*T*>~")
    _, batches = tokens(data)
    assert batches[0].separators.component == ":"
    assert said(batches) == [("INT-0001", 0)]
    assert batches[0].findings[0].at.element == "ISA16"
    assert batches[0].findings[0].found == "'>'"


def test_isa16_missing():
    _, batches = tokens(whole().replace(b"*T*:~", b"*T*~"))
    assert batches[0].separators == Separators("*", ":", "^", "~")


def test_repetition_of_4010_is_no_letter():
    _, batches = tokens(whole().replace(b"*^*00501*", b"*U*00401*"))
    assert batches[0].separators.repetition == "^"


@pytest.mark.parametrize("first", [1, 2, 3])
def test_no_isa(first: int):
    data = b"~\n".join(whole().split(b"~\n")[first:])
    segments, batches = tokens(data)
    assert segments[0].name in {"GS", "ST", "BHT"}
    assert batches[0].separators == Separators("*", ":", "^", "~")
    assert said(batches)[0] == ("INT-0001", 0)


def test_a_bare_claim():
    segments, batches = tokens(b"CLM|1|100|||11>B>1~HI|ABK>J020~LX|1~SV1|HC>99213|100|UN|1~")
    assert [s.name for s in segments] == ["CLM", "HI", "LX", "SV1"]
    assert batches[0].separators == Separators("|", ">", "^", "~")


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "INT-0017"),
        (b" \r\n\n", "INT-0017"),
        (b'{"a": 1}', "INT-0001"),
        (b"\xef\xbb\xbf", "INT-0017"),
        (b"\0" * 200_000, "INT-0017"),
        (b"x" * 200_000, "INT-0001"),
    ],
)
def test_nothing_to_read(data: bytes, rule: str):
    segments, batches = tokens(data)
    assert segments == []
    assert [r for r, _ in said(batches)] == [rule]


def test_a_cut_tail_is_given_and_reported():
    segments, batches = tokens(whole()[:-120])
    assert said(batches) == [("INT-0017", len(segments) - 1)]


def test_last_segment_without_terminator_is_a_warning_when_it_is_iea():
    _, batches = tokens(whole()[:-2])
    finding = batches[-1].findings[0]
    assert (finding.rule, finding.severity) == ("INT-0017", "warning")


def test_forgotten_terminators_are_put_back_at_line_ends():
    segments, batches = tokens(whole().replace(b"UN*1***1~\n", b"UN*1***1\n").replace(b"0930*CH~\n", b"0930*CH\r\n"))
    assert [s.name for s in segments] == [s.name for s in tokens(whole())[0]]
    assert [r for r, _ in said(batches)] == ["INT-0001", "INT-0001"]


def test_lines_broken_inside_segments_are_joined():
    data = whole().replace(b"~\n", b"~")
    wrapped = b"\r\n".join(data[at : at + 80] for at in range(0, len(data), 80))
    segments, batches = tokens(wrapped.replace(b"\r\n", b"", 1))
    assert ["*".join(s.elements) for s in segments] == ["*".join(s.elements) for s in tokens(data)[0]]
    assert {r for r, _ in said(batches)} == {"INT-0014"}


def test_terminator_that_ends_nothing():
    data = wrap([*HEADER, *BILLING, *SUBSCRIBER, *CLAIM], end="\n").replace(ISA.encode() + b"\n", ISA.encode() + b"~\n")
    segments, batches = tokens(data)
    assert [s.name for s in segments] == [s.name for s in tokens(whole())[0]]
    assert "INT-0001" in {r for r, _ in said(batches)}


def test_a_segment_without_end_is_skipped_and_reading_goes_on():
    data = whole().replace(b"DTP*472", b"NTE*ADD*" + b"A" * (3 * LIMIT) + b"~\nDTP*472")
    segments, batches = tokens(data)
    assert max(len("*".join(s.elements)) for s in segments) < LIMIT
    assert [s.name for s in segments][-4:] == ["DTP", "SE", "GE", "IEA"]
    assert [r for r, _ in said(batches)] == ["INT-0001"]


@pytest.mark.parametrize(
    "junk", [b"ISA", b"ISA*", b"ISA*~", b"~", b"*", b"\n", b"GS*", b"~ISA*00*", b" ", b"ISA*\n", b"ST*837~"]
)
def test_repetitious_junk_comes_to_an_end(junk: bytes):
    """Time that grew with the square of the junk would run into the time limit of every test."""
    segments, _ = tokens(ISA.encode() + b"~" + junk * (400_000 // len(junk)))
    assert segments[0].name == "ISA"


@pytest.mark.parametrize("step", [1, 7, 1000, 16384, 16385])
def test_small_reads_change_nothing(step: int):
    data = whole() * 3
    dribbled = [text.body for b in read_batches(Dribble(data, step)) for text in b.texts]  # type: ignore[arg-type]
    assert dribbled == [s.text.body for s in tokens(data)[0]]


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=600))
def test_any_bytes_at_all(data: bytes):
    tokens(data)
    tokens(ISA.encode() + b"~" + data)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 700), st.binary(max_size=12), st.integers(0, 40))
def test_damage_anywhere(at: int, inserted: bytes, cut: int):
    data = whole()
    damaged = data[:at] + inserted + data[at + cut :]
    segments, batches = tokens(damaged)
    assert [s.index for s in segments] == list(range(len(segments)))
    places = [index for _, index in said(batches)]
    assert all(index is not None and 0 <= index <= len(segments) for index in places)
    start = find_start(damaged.removeprefix(BOM))
    if start is None:
        assert not segments
        return
    before, rest = damaged.removeprefix(BOM)[: start[0]], damaged.removeprefix(BOM)[start[0] :]
    assert not solid(before) or "INT-0001" in {rule for rule, _ in said(batches)}
    assert left_over(solid(rest), batches) == b""


def left_over(rest: bytes, batches: list[Batch]) -> bytes:
    """What stands after the last segment, given that terminators and blanks alone stand between two of them."""
    for batch in batches:
        mark = solid(batch.separators.terminator.encode("latin-1"))
        for text in batch.texts:
            rest = bare(rest, mark)
            written = [solid(text.body.encode(name, "replace")) for name in ("utf-8", "latin-1")]
            assert rest.startswith(tuple(written))
            rest = rest[len(next(each for each in written if rest.startswith(each))) :]
        rest = bare(rest, mark)
    return rest


def solid(data: bytes) -> bytes:
    return data.translate(None, b" \t\r\n\0\x1a")


def bare(data: bytes, mark: bytes) -> bytes:
    return data.lstrip(mark) if mark else data


def test_group_header_is_known():
    assert GS.startswith("GS*HC")
