"""The places in the 837 guides that rules cite, held against the maps of pyx12."""

import re
import xml.etree.ElementTree as ET
from collections import defaultdict
from functools import cache
from importlib import resources
from typing import NamedTuple

import pytest

from engine.rulebook.load import load_rulebook

MAPS = {"X222": "837.5010.X222.A1.xml", "X223": "837Q3.I.5010.X223.A1.xml"}  # pyx12 has no map of X224
LOOP = re.compile(r"\b(?:20|23|24)\d\d[A-Z]{0,2}\b")
QUALIFIED = re.compile(r"\b([A-Z]{2,3}\d?)\*([A-Z0-9]{1,3})\b")
ELEMENT = re.compile(r"\b((?:CLM|NM1|SV1|SV2|DMG|N3|N4|SBR|PAT|CAS|CL1|LIN|CTP|PRV)(?=\d\d\b)|DTP(?=\d\d\b))(\d\d)\b")


class Segment(NamedTuple):
    """A segment of a loop: usage and codes by element, codes of all elements together."""

    usage: dict[str, str]
    codes: frozenset[str]


@cache
def guide(name):
    """The segments of a guide by loop and name."""
    text = (resources.files("pyx12") / "map" / MAPS[name]).read_text(encoding="utf-8")
    found = defaultdict(list)

    def walk(node, loop):
        for child in node:
            if child.tag == "loop":
                walk(child, child.get("xid"))
            elif child.tag == "segment":
                usage, codes = {}, set()
                for element in child.iter():
                    if element.tag == "element":
                        usage[element.get("xid")] = element.findtext("usage")
                        codes |= {code.text for code in element.iter("code")}
                    elif element.tag == "composite":
                        number = int(element.findtext("seq"))
                        usage[f"{child.get('xid')}{number:02}"] = element.findtext("usage")
                found[loop, child.get("xid")].append(Segment(usage, frozenset(codes)))

    walk(ET.fromstring(text), "")  # noqa: S314 -- a file of an installed package
    return found


def cited():
    for rule in load_rulebook().rules:
        for reference in rule.references:
            named = [name for name in MAPS if name in reference.title]
            loops = LOOP.findall(reference.locator)
            if "implementation guide" in reference.title and named and loops:
                yield pytest.param(named, loops, reference.locator, id=f"{rule.id} {reference.locator}")


def segments(names, loops, segment):
    return [
        found
        for name in names
        for (loop, called), several in guide(name).items()
        if called == segment and any(loop.startswith(wanted) for wanted in loops)
        for found in several
    ]


@pytest.mark.parametrize(("names", "loops", "locator"), list(cited()))
def test_what_a_rule_cites_stands_in_the_guide(names, loops, locator):
    known = {loop for name in names for loop, _ in guide(name)}
    assert [loop for loop in loops if not any(found.startswith(loop) for found in known)] == []
    for segment, qualifier in QUALIFIED.findall(locator):
        assert any(qualifier in found.codes for found in segments(names, loops, segment)), f"{segment}*{qualifier}"
    for segment, number in ELEMENT.findall(locator):
        usages = [found.usage.get(f"{segment}{number}") for found in segments(names, loops, segment)]
        assert set(usages) - {None, "N"}, f"{segment}{number} is not used"


def test_an_element_that_is_not_used_is_noticed():
    with pytest.raises(AssertionError, match="CLM10 is not used"):
        test_what_a_rule_cites_stands_in_the_guide(["X223"], ["2300"], "loop 2300 CLM10")
    with pytest.raises(AssertionError, match="REF\\*SY"):
        test_what_a_rule_cites_stands_in_the_guide(["X223"], ["2010AA"], "loop 2010AA REF*SY")
