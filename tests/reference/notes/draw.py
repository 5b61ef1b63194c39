"""Draws the lines of sample_200.yaml: a fixed seed, so many lines of each kind, straight from the published XML.

It does not use the parser. ``python tests/reference/notes/draw.py TABULAR.xml`` (``-``: standard input) prints node,
kind, heading and line.
"""

import random
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

SEED = 20260401
SIZES = {"excludes1": 60, "excludes2": 40, "codeFirst": 35, "useAdditionalCode": 40, "codeAlso": 25}


def lines(root):
    for node in root.iter():
        if node.tag not in {"chapter", "section", "diag"}:
            continue
        name = node.get("id") or node.findtext("name")
        for element in node:
            if element.tag not in SIZES:
                continue
            heading = ""
            for note in element.iter("note"):
                text = " ".join("".join(note.itertext()).split())
                yield name, element.tag, heading, text
                heading = text if text.endswith(":") else heading


def draw(root):
    everything = list(lines(root))
    chance = random.Random(SEED)
    for kind, size in SIZES.items():
        of_kind = [line for line in everything if line[1] == kind and not line[3].endswith(":")]
        picked = set(chance.sample(range(len(of_kind)), size))
        yield from [line for place, line in enumerate(of_kind) if place in picked]


if __name__ == "__main__":
    data = sys.stdin.buffer.read() if sys.argv[1] == "-" else Path(sys.argv[1]).read_bytes()
    for line in draw(ET.fromstring(data)):  # noqa: S314 -- the published list
        sys.stdout.buffer.write(("\t".join(line) + "\n").encode())
