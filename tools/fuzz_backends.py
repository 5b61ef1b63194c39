"""Holds both back ends against the plain evaluator on random rules and random claims.

Run: python tools/fuzz_backends.py SEED COUNT      (COUNT claims; a new rulebook every 25)
Prints the cases run, the matches seen and the differences; each difference with the seed that repeats it.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from engine.backends.compiled import compile_compiled  # noqa: E402
from engine.backends.durable import compile_durable  # noqa: E402
from tests.backends.oracle import Oracle  # noqa: E402
from tests.backends.random_rules import random_condition, random_facts  # noqa: E402

CLAIMS_A_RULEBOOK = 25


def main() -> int:
    """Run and report; exit status 1 when anything differed."""
    seed, cases = int(sys.argv[1]), int(sys.argv[2])
    began = time.perf_counter()
    matches = different = done = 0
    while done < cases:
        rnd = random.Random(f"{seed}/{done}")  # noqa: S311
        conditions = [random_condition(rnd, f"R{number}") for number in range(rnd.choice([1, 5, 20, 60, 150]))]
        evaluators = {"durable": compile_durable(conditions), "compiled": compile_compiled(conditions)}
        oracle = Oracle(conditions)
        for number in range(CLAIMS_A_RULEBOOK):
            facts = random_facts(rnd)
            expected = oracle.run(facts)
            matches += len(expected)
            for name, evaluator in evaluators.items():
                found = evaluator.run(facts)
                if found != expected:
                    different += 1
                    wrong = set(found) ^ set(expected)
                    print(f"{name} differs: random.Random('{seed}/{done}'), claim {number}: {wrong}")
        done += CLAIMS_A_RULEBOOK
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    took = time.perf_counter() - began
    print(f"seed {seed}: {done} cases, {matches} matches, {different} differ, {took:.0f} s, peak {peak} MB")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
