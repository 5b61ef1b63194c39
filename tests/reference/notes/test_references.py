"""The grammar: one case for every published form."""

import pytest

from engine.reference.notes.model import Condition
from engine.reference.notes.references import (
    AMBIGUOUS,
    CONDITION_IN_WORDS,
    RUNNING_TEXT,
    SCOPE,
    UNLESS,
    parse,
)

FORMS = {
    # one code, with and without a dash
    "syncope and collapse (R55)": ["R55"],
    "low back strain (S39.012)": ["S39012"],
    "gestational diabetes (O24.4-)": ["O244"],
    "carrier of infectious disease (Z22.-)": ["Z22"],
    "linezolid (T36.8X5)": ["T368X5"],
    "drug (T37.5X5-)": ["T375X5"],
    "malignant pleural effusion (J91.0))": ["J910"],
    "acquired absence of knee joint (Z89.52-": ["Z8952"],
    "electrolyte imbalance (E87.8}": ["E878"],
    "meconium staining (P96.83 )": ["P9683"],
    # categories with letters
    "Merkel cell carcinoma (C4A.-)": ["C4A"],
    "G6PD deficiency (G6PD) without anemia (D75.A)": ["D75A"],
    # lists
    "heart disease (I10, I11.-)": ["I10", "I11"],
    "intestinal infections (A00-A09, B15)": ["A00-A09", "B15"],
    "cerebral hemorrhage (I60.-. I61.-, I62.-)": ["I60", "I61", "I62"],
    "auricular canal (C43.2-,C44.2-)": ["C432", "C442"],
    "acute infections (J00-J06; J20-J22)": ["J00-J06", "J20-J22"],
    "abscess (K50.014, K50.914,)": ["K50014", "K50914"],
    "adverse effects (A00-B99 and T80-T88.6, T88.8)": ["A00-B99", "T80-T886", "T888"],
    # ranges
    "intoxications (T36-T65)": ["T36-T65"],
    "multiple gestation (O30.0- to O30.2-)": ["O300-O302"],
    "rheumatoid arthritis (M05.00 to M05.8A)": ["M0500-M058A"],
    "pancreatitis (K85-K86.-)": ["K85-K86"],
    "vertebral fracture (S12.0--S12.3-)": ["S120-S123"],
    "fracture (S12.0--S12.6.-)": ["S120-S126"],
    "drug dependence (F10.- -F19.-)": ["F10-F19"],
    "apnea (P28.3- - P28.4-)": ["P283-P284"],
    "head injury (S00 - S09)": ["S00-S09"],
    "helminthiasis (B65.0 -B83.9)": ["B650-B839"],
    "eating disorders (F98.2.-F98.3)": ["F982-F983"],
    # several parentheses, words around them
    "for adults (Z68.1-Z68.45) or pediatrics (Z68.5-)": ["Z681-Z6845", "Z685"],
    "code (B95-B97), to identify infectious agent, if known": ["B95-B97"],
    "(T51-T65) to identify toxic agent": ["T51-T65"],
    "syndactyly - code to specified conditions (code to Q70.0- -Q70.3-)": ["Q700-Q703"],
    "tuberculosis, any type in A15 (J65)": ["J65"],
    "endocrine disease, except diabetes (E00-E07, E15-E16)": ["E00-E07", "E15-E16"],
    # outside parentheses
    "conditions classified to A74.-": ["A74"],
    "intestinal obstructions classifiable to P76.-": ["P76"],
    "dementia as classified in F01-F02": ["F01-F02"],
    "code from category O08 to identify any associated complication.": ["O08"],
    "from categories E08, E09 and E13 to further identify any manifestation": ["E08", "E09", "E13"],
    "code(s) from F11-F16 and F18-F19 to identify manifestations": ["F11-F16", "F18-F19"],
    "code from category T31 or T32 to identify extent": ["T31", "T32"],
    "jaw pain R68.84": ["R6884"],
    "injuries classified in subcategories S06.1- to S06.6-, and S06.81- to S06.89-, code to injury": [
        "S061-S066",
        "S0681-S0689",
    ],
    "conditions classifiable to S06.0- to S06.8-code to specified injury": ["S060-S068"],
    # no code
    "code to identify any functional activity": [],
    "vitamin B12 deficiency": [],
    "nephrotic syndrome (with C3 glomerulopathy)": [],
    "current injury - see injury of joint by body region": [],
}

CONDITIONS = {
    "(F10-F19 with .17, .27)": Condition(("17", "27")),
    "(F10-F19, with .17, .27, .97)": Condition(("17", "27", "97")),
    "(F11-F19 with .15. .25, .95)": Condition(("15", "25", "95")),
    "(E08-E13 with .1)": Condition(("1",)),
    "(E08-E13 with .62-)": Condition(("62",)),
    "(E08-E13 with .51-.52)": Condition(("51", "52")),
    "(E08, E09 with final characters .00 or .01)": Condition(("00", "01")),
    "(T36-T50 with fifth or sixth character 5)": Condition(("5",), (5, 6)),
    "(T36-T50 with fifth or six character 5)": Condition(("5",), (5, 6)),
    "(T36-T65 with fifth or sixth character 1-4 or 6)": Condition(("1", "2", "3", "4", "6"), (5, 6)),
    "(T36-T50) with fifth or sixth character 6": Condition(("6",), (5, 6)),
    "(T39.0-, with sixth character 1-4)": Condition(("1", "2", "3", "4"), (6,)),
    "(A37 with fifth-character 1)": Condition(("1",), (5,)),
    "(F10-F19 with 5th character .6)": Condition(("6",), (5,)),
    "(F11-F19 with fifth to sixth characters 51)": Condition(("51",), (5,)),
    "(S42.- with 7th character B or C)": Condition(("B", "C"), (7,)),
    "(S92.-with 7th character B)": Condition(("B",), (7,)),
    "(I69. with final characters -23)": Condition(("23",), final=True),
    "leukemia in remission C91.0-C95.9 with 5th character 1": Condition(("1",), (5,)),
}

PROBLEMS = {
    "open fracture (S52.- with open fracture 7th character)": CONDITION_IN_WORDS,
    "diabetic acidosis - see categories E08-E10, E11, E13 with ketoacidosis": CONDITION_IN_WORDS,
    "cognitive deficits (I69.01-, I69.81- I69.91-)": AMBIGUOUS,
    "chronic diseases (I05-I09) unless rheumatic fever is also present": UNLESS,
    "hypertension (I10) except in pregnancy": UNLESS,
    "code, if applicable, for codes G31.0-G31.83, G31.85-G31.9, to identify:": SCOPE,
    "the code J45.2 may follow the asthma": RUNNING_TEXT,
    "diseases (those of J45.- in childhood)": RUNNING_TEXT,
}


def shown(target):
    return f"{target.low}-{target.high}" if target.high else target.low


@pytest.mark.parametrize("line", FORMS)
def test_every_form_is_read(line):
    parsed = parse(line)
    assert ([shown(target) for target in parsed.targets], parsed.problems) == (FORMS[line], ())


@pytest.mark.parametrize("line", CONDITIONS)
def test_every_condition_is_read(line):
    parsed = parse(line)
    assert parsed.targets
    assert {target.condition for target in parsed.targets} == {CONDITIONS[line]}


@pytest.mark.parametrize("line", PROBLEMS)
def test_what_is_not_understood_has_a_reason_and_no_target(line):
    parsed = parse(line)
    assert parsed.targets == ()
    assert {problem.reason for problem in parsed.problems} == {PROBLEMS[line]}


def test_only_a_code_without_dash_is_whole():
    assert [target.whole for target in parse("gout (M10.00, M1A.-, M10-M11)").targets] == [True, False, False]


def test_a_chapter_is_a_target():
    assert parse("code (Chapter 20) to identify external cause").targets[0].chapter == 20


@pytest.mark.parametrize(
    ("condition", "held", "not_held"),
    [
        # the intent of a poisoning: the sixth character, the fifth where the sixth is a placeholder
        (Condition(("5",), (5, 6)), ["T45515A", "T360X5A", "T36055"], ["T43651A", "T45515"[:5] + "1A"]),
        (Condition(("1", "2", "3", "4"), (5, 6)), ["T6401XA", "T43651A"], ["T38815A", "T360X5A"]),
        (Condition(("B",), (7,)), ["S02101B"], ["S02101A", "S02101"]),
        (Condition(("23",), final=True), ["I69023"], ["I69230"]),
        (Condition(("51",), (5,)), ["F11151"], ["F11150", "F1151"]),
        (Condition(("17", "27")), ["F1017", "F10271"], ["F1097"]),
    ],
)
def test_conditions_hold(condition, held, not_held):
    assert all(condition.holds(code) for code in held)
    assert not any(condition.holds(code) for code in not_held)
