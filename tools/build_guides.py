"""Write ``engine/intake/x12/guides/*.json`` from the package maps of pyx12 and ``guides_dental.yaml``.

Only facts are carried over: ids, usage, repeats, lengths, types, the codes a guide itself lists, relational notes.
No name or description of a loop, segment, element or code is read. pyx12 has no dental map, so that guide is the
professional one with the hand-written differences of ``guides_dental.yaml``.

Usage: ``python tools/build_guides.py [OUTPUT_FOLDER]``. Two runs write the same bytes.
"""

from __future__ import annotations

import copy
import gzip
import importlib.util
import json
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import yaml

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "engine" / "intake" / "x12" / "guides"
MAPS = {"837p": "837.5010.X222.A1.xml", "837i": "837Q3.I.5010.X223.A1.xml"}
VERSIONS = {"837p": "005010X222A1", "837i": "005010X223A2", "837d": "005010X224A2"}
GZIP_ABOVE = 100_000

# Where pyx12 differs from the guide: (guide, loop, segment, qualifier, position, codes the guide has as well).
ADDED_CODES = [
    ("837p", "ST", "BHT", "0019", 6, ["31"]),
    ("837i", "ST", "BHT", "0019", 6, ["31"]),
]
# A person who is the subscriber has a member number; ``element_checks`` lets a subscriber that is no person go without.
REQUIRED = [("837i", "2010BA", "NM1", (8, 9))]
# Elements whose list in pyx12 belongs to a body outside the guide, or is better judged as a number.
WITHOUT_CODES = {"1328", "1331", "1325", "156", "26", "100", "1034"}
NOT_IN_LOOPS = {"ISA", "GS", "GE", "IEA", "TA1", "SE"}

Guide = dict[str, Any]


def pyx12_maps() -> Path | None:
    """The folder of pyx12's maps, or ``None`` where pyx12 is not installed."""
    found = importlib.util.find_spec("pyx12")
    return Path(found.origin).parent / "map" if found and found.origin else None


def main(target: Path = TARGET) -> None:
    """Write the three guides into ``target``."""
    target.mkdir(parents=True, exist_ok=True)
    for name, guide in build().items():
        text = as_text(guide)
        path = target / f"{name}.json"
        if len(text) > GZIP_ABOVE:
            (target / f"{name}.json.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))
        else:
            path.write_text(text)


def build() -> dict[str, Guide]:
    """The three guides by name."""
    maps = pyx12_maps()
    if maps is None:
        raise SystemExit("pyx12 is not installed: pip install pyx12==4.0.0")
    sizes = {
        e.get("ele_num", ""): [e.get("data_type", ""), int(e.get("min_len", "0")), int(e.get("max_len", "0"))]
        for e in ET.parse(maps / "dataele.xml").getroot()  # noqa: S314 - an installed package's own file
    }
    guides = {name: from_map(maps / file) for name, file in MAPS.items()}
    for name, loop, segment, qualifier, position, codes in ADDED_CODES:
        for fact in guides[name]["loops"][loop]["segments"]:
            if fact["id"] == segment and qualifier in fact["elements"][0].get("codes", []):
                element = fact["elements"][position - 1]
                element["codes"] = sorted({*element["codes"], *codes})
    for guide in guides.values():
        allow_either_child_code(guide)
    for name, loop, segment, positions in REQUIRED:
        for fact in guides[name]["loops"][loop]["segments"]:
            for position in positions if fact["id"] == segment else ():
                fact["elements"][position - 1]["usage"] = "R"
    differences = yaml.safe_load((ROOT / "tools" / "guides_dental.yaml").read_text())
    guides["837d"] = dental(guides["837p"], differences)
    return {name: packed(guide, name, sizes) for name, guide in sorted(guides.items())}


def from_map(path: Path) -> Guide:
    """One guide as pyx12's map has it."""
    guide: Guide = {"loops": {}}
    root = ET.parse(path).getroot()  # noqa: S314 - an installed package's own file
    transaction = next(loop for loop in root.iter("loop") if loop.get("xid") == "ST_LOOP")
    read_loop(transaction, "ST", guide)
    return guide


def allow_either_child_code(guide: Guide) -> None:
    """HL04 is 0 or 1 in form; whether it is true is a matter of the hierarchy (INT-0013)."""
    for loop in guide["loops"].values():
        for segment in loop["segments"]:
            if segment["id"] == "HL":
                segment["elements"][3]["codes"] = ["0", "1"]


def read_loop(loop: ET.Element, loop_id: str, guide: Guide) -> None:
    """Add ``loop`` and what is inside it; a loop met twice (2300) is the same loop."""
    entry = guide["loops"].setdefault(loop_id, {"children": [], "segments": []})
    if entry["segments"]:
        return
    for part in members(loop):
        if part.tag == "segment" and part.get("xid") not in NOT_IN_LOOPS:
            entry["segments"].append(read_segment(part))
        elif part.tag == "loop":
            child = part.get("xid", "")
            entry["children"].append([child, part.findtext("usage"), repeat(part.findtext("repeat"))])
            read_loop(part, child, guide)


def members(loop: ET.Element) -> list[ET.Element]:
    """The segments and loops directly inside ``loop``; pyx12's wrappers are not loops of the guide."""
    found: list[ET.Element] = []
    for part in loop:
        if part.tag == "loop" and part.get("type") == "wrapper":
            found.extend(members(part))
        elif part.tag in {"segment", "loop"}:
            found.append(part)
    return found


def repeat(text: str | None) -> int:
    """A repeat count; 0 is without limit."""
    return int(text) if text and text.isdigit() else 0


def read_segment(segment: ET.Element) -> dict[str, Any]:
    """One segment's facts."""
    return {
        "id": segment.get("xid"),
        "usage": segment.findtext("usage"),
        "max": repeat(segment.findtext("max_use")),
        "pos": int(segment.findtext("pos") or 0),
        "elements": [read_element(e) for e in segment if e.tag in {"element", "composite"}],
        "notes": [s.text for s in segment.findall("syntax")],
    }


def read_element(element: ET.Element) -> dict[str, Any]:
    """One element's facts; a composite has ``parts``."""
    fact: dict[str, Any] = {"usage": element.findtext("usage"), "number": element.findtext("data_ele")}
    if fact["usage"] == "N":
        return {"usage": "N"}
    if element.tag == "composite":
        fact["parts"] = [read_element(e) for e in element if e.tag == "element"]
        return fact
    listed = element.find("valid_codes")
    if listed is not None and not listed.get("external") and fact["number"] not in WITHOUT_CODES:
        codes = sorted({c.text for c in listed.findall("code") if c.text})
        if codes:
            fact["codes"] = codes
    return fact


def dental(professional: Guide, differences: dict[str, Any]) -> Guide:
    """The professional guide with the loops that ``differences`` names replaced, changed or removed."""
    guide = copy.deepcopy(professional)
    for loop_id in differences["remove_loops"]:
        del guide["loops"][loop_id]
    for loop_id, source in differences["copy_loops"].items():
        guide["loops"][loop_id] = copy.deepcopy(professional["loops"][source])
    for key, entry in differences["loops"].items():
        loop_id = str(key)
        loop = guide["loops"].setdefault(loop_id, {"children": [], "segments": []})
        if "children" in entry:
            loop["children"] = [list(child) for child in entry["children"]]
        removed = set(entry.get("remove", []))
        loop["segments"] = [s for s in loop["segments"] if not removed & names(s)]
        added = [compact_segment(text) for text in entry.get("add", [])]
        loop["segments"] = sorted([*loop["segments"], *added], key=lambda s: s["pos"])
        for change in entry.get("change", []):
            apply(loop, change)
    return guide


def names(segment: dict[str, Any]) -> set[str]:
    """What a difference file may call a segment: ``CLM``, or ``DTP*431`` by its first codes."""
    first = segment["elements"][0]
    first = first["parts"][0] if first.get("parts") else first
    return {segment["id"], *(f"{segment['id']}*{code}" for code in first.get("codes", []))}


def apply(loop: dict[str, Any], change: dict[str, Any]) -> None:
    """Change one segment: ``usage``, ``max``, or ``elements`` by position in the compact notation."""
    hits = [s for s in loop["segments"] if change["segment"] in names(s)]
    if not hits:
        raise SystemExit(f"guides_dental.yaml: no segment {change['segment']}")
    for segment in hits:
        segment.update({key: change[key] for key in ("usage", "max", "notes") if key in change})
        for position, text in change.get("elements", {}).items():
            segment["elements"][int(position) - 1] = compact_element(text)


def compact_segment(text: str) -> dict[str, Any]:
    """``DTP S 1 1350 | R:374=439 R:1250=D8 R:1251 | R0203`` as facts."""
    head, body, *notes = (part.strip() for part in text.split("|"))
    name, usage, most, position = head.split()
    return {
        "id": name,
        "usage": usage,
        "max": int(most),
        "pos": int(position),
        "elements": [compact_element(e) for e in body.split()],
        "notes": notes[0].split() if notes else [],
    }


def compact_element(text: str) -> dict[str, Any]:
    """``N``, ``R:374=439,441``, or a composite ``R:C003(R:235=AD;R:234;S:1339)``."""
    if text == "N":
        return {"usage": "N"}
    usage, _, rest = text.partition(":")
    if "(" in rest:
        number, _, inner = rest.rstrip(")").partition("(")
        return {"usage": usage, "number": number, "parts": [compact_element(part) for part in inner.split(";")]}
    number, _, codes = rest.partition("=")
    fact: dict[str, Any] = {"usage": usage, "number": number}
    return {**fact, "codes": sorted(codes.split(","))} if codes else fact


def packed(guide: Guide, name: str, sizes: dict[str, list[Any]]) -> Guide:
    """The shipped form: arrays, each code list once, sizes of the elements in use."""
    pool: dict[tuple[str, ...], int] = {}
    used: set[str] = set()

    def pack(fact: dict[str, Any]) -> list[Any]:
        if fact["usage"] == "N":
            return ["N"]
        if "parts" in fact:
            return [fact["usage"], "", -1, [pack(part) for part in fact["parts"]]]
        used.add(fact["number"])
        codes = fact.get("codes")
        row = [fact["usage"], fact["number"]]
        return [*row, pool.setdefault(tuple(codes), len(pool))] if codes else row

    loops = {
        loop_id: {
            "children": entry["children"],
            "segments": [
                [s["id"], s["usage"], s["max"], s["pos"], [pack(e) for e in s["elements"]], s["notes"]]
                for s in entry["segments"]
            ],
        }
        for loop_id, entry in guide["loops"].items()
    }
    return {
        "version": VERSIONS[name],
        "sizes": {number: sizes[number] for number in sorted(used)},
        "codes": [list(codes) for codes in pool],
        "loops": loops,
    }


def compact(value: object) -> str:
    """JSON without blanks."""
    return json.dumps(value, separators=(",", ":"))


def as_text(guide: Guide) -> str:
    """JSON with one segment a line, so that a difference can be read."""
    lines = ["{", f'"version":{json.dumps(guide["version"])},', f'"sizes":{compact(guide["sizes"])},']
    lines.append('"codes":[')
    lines.append(",\n".join(compact(codes) for codes in guide["codes"]))
    lines.append('],\n"loops":{')
    loops = []
    for loop_id, entry in guide["loops"].items():
        segments = ",\n  ".join(compact(s) for s in entry["segments"])
        children = compact(entry["children"])
        loops.append(f'"{loop_id}":{{"children":{children},"segments":[\n  {segments}]}}')
    lines.append(",\n".join(loops))
    lines.append("}}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET)
