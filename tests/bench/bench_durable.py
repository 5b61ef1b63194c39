"""Speed and memory of the durable back end on synthetic claims, in one process.

Run: python tests/bench/bench_durable.py [--claims 100000] [--rules 50 200 400]

A claim has six lines, four diagnoses and what enrichment adds. Of the rules most ask for a code set that few claims
have, some for a number, some join two facts, some have an absence; with 400 rules a claim has three matches.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from engine.backends.durable import compile_durable
from engine.facts.fact import Fact
from engine.rulebook.form import Condition, Pattern, Ref, Test

SETS = 150
MEMORY_STEP = 10_000


def rule(rnd, number):
    line = Pattern("line", "line", (Test(f"procedure#set-{rnd.randrange(SETS)}", "eq", value=True),))
    shape = number % 8
    name = f"R{number:04}"
    if shape < 3:
        return Condition(name, (line,))
    if shape == 3:
        return Condition(name, (Pattern("line", "line", (Test("units", "gt", 900 + number),)),))
    if shape == 4:
        return Condition(name, (Pattern("claim", "claim", (Test(f"flag-{number}?", "eq", value=True),)),))
    if shape == 5:
        diagnosis = Test(f"code#set-{rnd.randrange(SETS)}", "eq", value=True)
        return Condition(name, (line,), (Pattern("dx", "diagnosis", (diagnosis,)),))
    if shape == 6:
        modifier = Test("line_number", "eq", Ref("line", "number")), Test("code", "eq", f"M{number % 40}")
        return Condition(name, (line,), (Pattern("modifier", "line_modifier", modifier),))
    other = Test("day", "eq", Ref("line", "day")), Test(f"procedure#set-{rnd.randrange(SETS)}", "eq", value=True)
    return Condition(name, (line, Pattern("other", "line", other)))


def claim(rnd):
    facts = [
        Fact("claim", {"type": "professional", "charge": rnd.randrange(100_000), "frequency": "original", "days": 20})
    ]
    for number in range(1, 7):
        values = {
            "number": number,
            "units": rnd.randint(1, 4),
            "day": 19_000 + rnd.randrange(3),
            "procedure": str(rnd.randint(99201, 99499)),
        }
        values |= {
            "charge": rnd.randrange(50_000),
            "place_of_service": "11",
            "age": rnd.randrange(90),
            "revenue": "0300",
        }
        if rnd.random() < 0.3:
            values[f"procedure#set-{rnd.randrange(SETS)}"] = True
        facts.append(Fact("line", values, line=number))
        if rnd.random() < 0.5:
            facts.append(Fact("line_modifier", {"line_number": number, "code": f"M{rnd.randrange(40)}"}, line=number))
    facts += [
        Fact("diagnosis", {"number": n, "code": f"E11{n}", f"code#set-{rnd.randrange(SETS)}": True})
        for n in range(1, 5)
    ]
    return facts


def resident():
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 2**20


def measure(rules, claims, *, say=print):
    """(claims a second, resident MB at each step)."""
    rnd = random.Random(7)
    pool = [claim(rnd) for _ in range(500)]
    evaluator = compile_durable([rule(rnd, number) for number in range(rules)])
    memory, matches = [], 0
    began = time.perf_counter()
    for number in range(claims):
        if number % MEMORY_STEP == 0:
            memory.append(resident())
        matches += len(evaluator.run(pool[number % len(pool)]))
    speed = claims / (time.perf_counter() - began)
    memory.append(resident())
    trail = " ".join(f"{one:.1f}" for one in memory)
    say(f"{rules} rules: {speed:.0f} claims/s, {matches / claims:.2f} matches a claim, MB each {MEMORY_STEP}: {trail}")
    return speed, memory


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--claims", type=int, default=100_000)
    arguments.add_argument("--rules", type=int, nargs="*", default=[50, 200, 400])
    given = arguments.parse_args()
    for rules in given.rules:
        measure(rules, given.claims)


if __name__ == "__main__":
    main()
