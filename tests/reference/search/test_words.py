"""Words, synonyms, corrections."""

import pytest

from engine.reference.search.question import read_question
from engine.reference.search.synonyms import key, synonyms
from engine.reference.search.vocabulary import Vocabulary
from engine.reference.search.words import fold, stem, stems


@pytest.mark.parametrize(
    "words",
    [
        ("diabetes", "diabetic"), ("hypertension", "hypertensive"), ("infection", "infectious", "infected"),
        ("fracture", "fractures", "fractured"), ("ulcer", "ulcers", "ulceration"), ("anemia", "anaemia", "anemic"),
        ("kidney", "kidneys"), ("allergy", "allergic", "allergies"), ("tumor", "tumours"), ("dependence", "dependent"),
    ],
)  # fmt: skip
def test_forms_of_a_word_meet(words):
    assert len({stem(word) for word in words}) == 1


@pytest.mark.parametrize("words", [("renal", "rent"), ("hip", "hips1"), ("arm", "army"), ("uterus", "utter")])
def test_other_words_do_not(words):
    assert len({stem(word) for word in words}) == len(words)


def test_text_is_folded():
    assert fold("Ménière's") == "meniere"
    assert stems("Fracture of the LEFT wrist") == ["fractur", "left", "wrist"]


def test_every_synonym_has_a_meaning_that_the_index_knows(search):
    known = Vocabulary(search._connection)
    strange = [
        (typed, meant)
        for typed, meant in synonyms().meanings.items()
        if not any(all(known.knows(each) for each in phrase) for phrase in (typed, *meant))
    ]
    assert strange == []


def test_phrases_are_read_before_words(search):
    question = read_question("r/o heart attack", Vocabulary(search._connection), "icd10cm")
    (group,) = question.groups
    assert group.typed == "heart attack"
    assert ("acute", "myocard", "infarct") in [tuple(m.stems) for m in group.meanings] or len(group.meanings) > 1
    assert key("heart attack") in synonyms().meanings
