"""Reading a file part by part gives what reading the whole file gives, whatever the file holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.intake.parts.part import WHOLE, PartReading, kind_of, next_part
from engine.intake.sniff import read

ROOT = Path(__file__).parents[3]
SAMPLES = [
    *sorted((ROOT / "tests" / "claims" / "x12").glob("*.837")),
    ROOT / "examples" / "office-visit.837",
    ROOT / "examples" / "damaged.837",
    ROOT / "tests" / "cli" / "claims" / "damaged.837",
]


def in_parts(path: Path, size: int) -> tuple[list[object], int, int]:
    """What is read, the number of parts, and how often the foreseen state was wrong."""
    kind, total, given_out, parts, wrong = kind_of(path), path.stat().st_size, [], 0, 0
    start, state = 0, b""
    with path.open("rb") as stream:
        while kind != "whole":
            part, foreseen = next_part(stream, kind, start, state, size, total)
            reading = PartReading(path, "name", part)
            items = list(reading.items())
            parts += 1
            if not reading.clean:
                whole = list(PartReading(path, "name", WHOLE).items())
                assert whole[: len(given_out)] == given_out
                return whole, parts, wrong + 1
            given_out += items
            if part.end is None:
                return given_out, parts, wrong
            wrong += foreseen != reading.state
            start, state = part.end, reading.state
    return list(PartReading(path, "name", WHOLE).items()), 1, 0


def whole(path: Path) -> list[object]:
    with path.open("rb") as stream:
        return list(read(stream, "name"))


def split_up(text: str) -> list[list[str]]:
    """The transactions of an X12 file."""
    segments = [segment.strip() for segment in text.split("~") if segment.strip()]
    sets: list[list[str]] = []
    for segment in segments:
        if segment.startswith("ST*"):
            sets.append([])
        if sets and not segment.startswith(("GE*", "IEA*")):
            sets[-1].append(segment)
    return sets


SETS = [one for path in SAMPLES for one in split_up(path.read_text())]
ISA = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260101*1200*^*00501*000000001*0*P*:"


def interchange(sets: list[list[str]], end: str, *, version: str = "005010X222A1") -> str:
    body = [segment for one in sets for segment in one]
    segments = [ISA, f"GS*HC*A*B*20260101*1200*1*X*{version}", *body, f"GE*{len(sets)}*1", "IEA*1*000000001"]
    return "".join(segment + end for segment in segments)


def long_set(one: list[str], copies: int) -> list[str]:
    """A transaction with its subscribers repeated, levels numbered through."""
    first = next(i for i, s in enumerate(one) if s.startswith("HL*"))
    head, tail = one[:first], one[first:-1]
    made, number, provider = head[:], 0, ""
    for _ in range(copies):
        parents = {}
        for segment in tail:
            if segment.startswith("HL*"):
                parts = segment.split("*")
                number += 1
                parents[parts[1]] = str(number)
                parts[1], parts[2] = str(number), parents.get(parts[2], provider)
                segment = "*".join(parts)  # noqa: PLW2901
            made.append(segment)
    trailer = one[-1].split("*")
    return [*made, f"SE*{len(made) + 1}*{trailer[2]}"]


@pytest.mark.parametrize("size", [300, 1000, 5000])
@pytest.mark.parametrize("end", ["~", "~\n", "~\r\n"])
def test_regular_files_are_foreseen(tmp_path, size, end):
    path = tmp_path / "many.837"
    regular = split_up((ROOT / "tests" / "claims" / "x12" / "professional.837").read_text())
    path.write_bytes(interchange(regular * 40, end).encode() * 3)
    found, parts, wrong = in_parts(path, size)
    assert found == whole(path)
    assert parts > 5
    assert wrong == 0


@pytest.mark.parametrize("size", [700, 2000, 9000])
def test_one_transaction_is_cut_between_its_levels(tmp_path, size):
    path = tmp_path / "long.837"
    regular = split_up((ROOT / "tests" / "claims" / "x12" / "professional.837").read_text())[0]
    path.write_bytes(interchange([long_set(regular, 60)], "~\n").encode())
    found, parts, wrong = in_parts(path, size)
    assert found == whole(path)
    assert parts > 3
    assert wrong == 0


damage = st.tuples(
    st.sampled_from(["drop", "double", "swap", "text", "break", "lower", "blank", "wide"]), st.integers(0, 10_000)
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    sets=st.lists(st.sampled_from(SETS), min_size=1, max_size=12),
    copies=st.lists(st.integers(1, 4), min_size=12, max_size=12),
    damages=st.lists(damage, max_size=6),
    end=st.sampled_from(["~", "~\n", "~\r\n"]),
    size=st.integers(200, 6000),
    repeat=st.integers(1, 3),
    version=st.sampled_from(["005010X222A1", "005010X223A2", "004010X098A1", "nothing"]),
)
def test_damaged_files_read_the_same_in_parts(tmp_path_factory, sets, copies, damages, end, size, repeat, version):
    text = (
        interchange(
            [long_set(one, n) if n > 1 else one for one, n in zip(sets, copies, strict=False)], end, version=version
        )
        * repeat
    )
    segments = text.split(end)
    for what, where in damages:
        at = where % len(segments)
        segment = segments[at]
        match what:
            case "drop":
                segments[at] = ""
            case "double":
                segments.insert(at, segment)
            case "swap":
                other = (where // 7) % len(segments)
                segments[at], segments[other] = segments[other], segment
            case "text":
                segments[at] = segment.replace("*", "*é", 1)
            case "break":
                segments[at] = segment[: len(segment) // 2] + "\n" + segment[len(segment) // 2 :]
            case "lower":
                segments[at] = segment[:3].lower() + segment[3:]
            case "blank":
                segments[at] = ""
                segments.insert(at, "")
            case "wide":
                segments[at] = segment + "*" + "x" * 9000
    path = tmp_path_factory.mktemp("parts") / "file.837"
    path.write_bytes(end.join(segments).encode())
    found, _, _ = in_parts(path, size)
    assert found == whole(path)


THREE = (ROOT / "tests" / "claims" / "native" / "three.ndjson").read_bytes().splitlines()
NATIVE = [*THREE, *THREE, b'{"claim_type": "dental", "x": 1}', b"", b"{", b"[]", b"\xff", b"\x0c", b" \x1c\xc2\xa0"]
FHIR = [
    b'{"resourceType":"Claim","id":"a","status":"active"}',
    b'{"resourceType":"Patient","id":"p"}',
    b'{"resourceType":"Basic","id":"p"}',
    b'{"resourceType":"Claim"',
    b"",
    b"\xff\xfe{",
]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    lines=st.lists(st.sampled_from(NATIVE), max_size=30),
    fhir=st.lists(st.sampled_from(FHIR), max_size=30),
    use_fhir=st.booleans(),
    size=st.integers(20, 3000),
)
def test_lines_read_the_same_in_parts(tmp_path_factory, lines, fhir, use_fhir, size):
    path = tmp_path_factory.mktemp("parts") / "file.ndjson"
    path.write_bytes(b"\n".join(fhir if use_fhir else lines))
    found, _, _ = in_parts(path, size)
    assert found == whole(path)


def test_the_corpus_reads_the_same_in_parts():
    corpus = ROOT.parent / "shared" / "corpus" / "x12"
    if not corpus.is_dir():
        pytest.skip(f"the shared corpus is not here: {corpus}")
    files = [path for path in sorted(corpus.glob("837*/*")) if path.stat().st_size > 2000][:40]
    assert files
    for path in files:
        assert in_parts(path, 1500)[0] == whole(path), path.name
