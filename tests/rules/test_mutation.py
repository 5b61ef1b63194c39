"""The packs' twins notice what could go wrong in a rule: the gate of CI."""

from functools import lru_cache

import pytest

from engine.authoring.mutation import GOAL, mutate, scores
from engine.rulebook.load import load_rulebook

PACKS = [pack.name for pack in load_rulebook().packs]


@lru_cache(maxsize=1)
def outcomes():
    return list(mutate(load_rulebook()))


@pytest.mark.parametrize("pack", PACKS)
def test_the_twins_of_a_pack_notice_mutants(pack):
    found = [outcome for outcome in outcomes() if outcome.pack == pack]
    survivors = [f"{o.rule} {s.mutant}: needs {s.wanted}" for o in found for s in o.survivors]
    (score,) = scores(found)
    told = "\n".join(survivors)
    assert score.reached, f"{score.percent} % of {score.counted} mutants are noticed, not {GOAL} %\n{told}"


def test_no_mutant_is_wrongly_excused():
    assert [words for outcome in outcomes() for words in outcome.stale] == []
