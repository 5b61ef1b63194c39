"""The shipped guide facts: built by the script, complete enough to judge by, and free of names."""

import hashlib
import importlib.util
import json
import re
from pathlib import Path

import pytest

from engine.intake.x12.guide import FOLDER, load_guide
from engine.intake.x12.plan import plan_loops

ROOT = Path(__file__).resolve().parents[3]
CLAIM_TYPES = ("professional", "institutional", "dental")


def digests(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.json*"))}


def test_the_script_writes_what_is_shipped(tmp_path):
    pytest.importorskip("pyx12", reason="the facts are read from pyx12's maps")
    spec = importlib.util.spec_from_file_location("build_guides", ROOT / "tools" / "build_guides.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.main(tmp_path)
    assert digests(tmp_path) == digests(FOLDER)


@pytest.mark.parametrize("file", ["837p.json", "837i.json", "837d.json"])
def test_no_wording_is_shipped(file):
    texts = set()

    def collect(value):
        if isinstance(value, str):
            texts.add(value)
        elif isinstance(value, dict):
            for key, item in value.items():
                collect(key)
                collect(item)
        elif isinstance(value, list):
            for item in value:
                collect(item)

    collect(json.loads((FOLDER / file).read_text()))
    words = {"version", "sizes", "codes", "loops", "children", "segments"}
    assert {text for text in texts - words if not re.fullmatch(r"[A-Z0-9]{0,12}", text)} == set()


@pytest.mark.parametrize(
    ("claim_type", "version", "service"),
    [
        ("professional", "005010X222A1", "SV1"),
        ("institutional", "005010X223A2", "SV2"),
        ("dental", "005010X224A2", "SV3"),
    ],
)
def test_each_claim_type_has_its_guide(claim_type, version, service):
    guide = load_guide(claim_type)
    assert guide.version == version
    assert service in {segment.name for segment in guide.loops["2400"].segments}
    assert {"ST", "1000A", "1000B", "2000A", "2010AA", "2000B", "2010BA", "2010BB", "2000C", "2010CA"} <= set(
        guide.loops
    )


@pytest.mark.parametrize("claim_type", CLAIM_TYPES)
def test_every_child_loop_is_a_loop_of_the_guide(claim_type):
    guide = load_guide(claim_type)
    assert {child.loop for loop in guide.loops.values() for child in loop.children} == set(guide.loops) - {"ST"}


@pytest.mark.parametrize("claim_type", CLAIM_TYPES)
def test_every_element_has_a_size_and_every_code_list_is_used(claim_type):
    guide = load_guide(claim_type)
    used = set()
    for loop in guide.loops.values():
        for segment in loop.segments:
            for element in segment.elements:
                for part in element.parts or (element,):
                    assert part.usage == "N" or part.number in guide.sizes
                    used.add(part.codes)
    assert used - {-1} == set(range(len(guide.codes)))


@pytest.mark.parametrize("claim_type", CLAIM_TYPES)
def test_every_use_of_a_segment_can_be_told_by_its_qualifier(claim_type):
    for loop, plan in plan_loops(load_guide(claim_type).file, "*", ":").items():
        reachable = {use.bit for named in plan.names.values() for uses in named.uses.values() for use in uses}
        assert reachable == {use.bit for use in plan.plans}, loop


def uses(claim_type, loop, name, code):
    guide = load_guide(claim_type)
    named = plan_loops(guide.file, "*", ":")[loop].names[name]
    return guide, named.uses[code if named.at else name]


@pytest.mark.parametrize(
    ("claim_type", "loop", "name", "code", "position", "allowed", "refused"),
    [
        ("professional", "2300", "PWK", "", 2, {"AA", "BM", "EL", "EM", "FT", "FX"}, {"AD"}),
        ("professional", "2000B", "SBR", "", 2, {"18"}, {"19", "01"}),
        ("professional", "2000B", "SBR", "", 9, {"MB", "MC", "CI", "ZZ", "12", "BL"}, {"09", "10"}),
        ("professional", "2300", "CLM", "", 20, {"1", "11", "15"}, {"12"}),
        ("professional", "2010BA", "DMG", "", 3, {"F", "M", "U"}, {"X"}),
        ("professional", "ST", "BHT", "", 6, {"31", "CH", "RP"}, {"TT"}),
        ("professional", "2010AA", "NM1", "", 8, {"XX"}, {"24", "34"}),
        ("professional", "2010BB", "NM1", "", 8, {"PI", "XV"}, {"XX"}),
        ("dental", "2400", "TOO", "", 1, {"JP"}, {"JO"}),
        ("dental", "2310D", "NM1", "", 1, {"DD"}, {"82"}),
    ],
)
def test_code_lists_that_matter(claim_type, loop, name, code, position, allowed, refused):
    guide, (use, *_) = uses(claim_type, loop, name, code)
    codes = set(guide.codes_of(use.fact.elements[position - 1]))
    assert allowed <= codes
    assert not refused & codes


@pytest.mark.parametrize(
    ("loop", "name", "position", "part"),
    [
        ("2300", "CLM", 5, 1),
        ("2300", "CLM", 5, 3),
        ("2010AA", "N4", 2, 0),
        ("2010AA", "N4", 4, 0),
        ("2400", "SV1", 5, 0),
    ],
)
def test_lists_of_other_bodies_are_left_to_the_tables(loop, name, position, part):
    guide, (use, *_) = uses("professional", loop, name, "")
    fact = use.fact.elements[position - 1]
    assert guide.codes_of(fact.parts[part - 1] if part else fact) == ()


def test_a_postal_code_has_3_to_15_characters():
    guide, (use, *_) = uses("professional", "2010AA", "N4", "")
    size = guide.sizes[use.fact.elements[2].number]
    assert (size.least, size.most) == (3, 15)


def test_certificates_of_medical_necessity_have_their_own_attachment_codes():
    guide, (first, second) = uses("professional", "2400", "PWK", "CT")
    assert "AD" not in guide.codes_of(first.fact.elements[1])
    assert "AD" in guide.codes_of(second.fact.elements[1])


@pytest.mark.parametrize(("claim_type", "most"), [("professional", 50), ("institutional", 999), ("dental", 50)])
def test_lines_of_a_claim(claim_type, most):
    children = {child.loop: child.most for child in load_guide(claim_type).loops["2300"].children}
    assert children["2400"] == most


def test_diagnoses_are_required_save_in_dental():
    required = {
        claim_type: {s.usage for s in load_guide(claim_type).loops["2300"].segments if s.name == "HI"}
        for claim_type in CLAIM_TYPES
    }
    assert required == {"professional": {"R", "S"}, "institutional": {"R", "S"}, "dental": {"S"}}
