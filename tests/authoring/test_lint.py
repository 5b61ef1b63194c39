"""Each check finds what it is for, and is quiet otherwise."""

import pytest

from engine.authoring.corpus import Corpus
from engine.authoring.lint.run import CHECKS, lint
from engine.errors import RulebookError

QUIET = {"boundary-without-case", "clinical-fix", "reference-locator", "unused-parameter"}
"""Checks that find something in the small rulebook as it is."""


@pytest.mark.parametrize("check", sorted({check.id for check in CHECKS} - QUIET))
def test_a_sound_rulebook_passes(rules, check):
    assert rules.lint(check) == []


def test_the_same_meaning_on_overlapping_days(rules):
    rules.copy(rules.units, "units-twice", "BIL-0090", ("from: 2013-01-01", "from: 2020-01-01"))
    assert rules.lint("duplicate-meaning") == ["BIL-0090: says the same as BIL-0001 on overlapping days"]
    rules.change(rules.units, ("{from: 2013-01-01}", "{from: 2013-01-01, to: 2019-12-31}"))
    assert rules.lint("duplicate-meaning") == []


def test_a_rule_in_the_shadow_of_another(rules):
    rules.copy(rules.units, "units-negative", "BIL-0090", ("at_most: 0", "at_most: -1"))
    assert rules.lint("shadowed-rule") == ["BIL-0090: BIL-0001 flags all that it flags, at the same place"]


@pytest.mark.parametrize(
    "change",
    [
        ("at_most: 0", "at_most: 1"),
        ("severity: error", "severity: warning"),
        ("at: line.units", "at: line.procedure"),
    ],
)
def test_a_rule_that_says_more_or_else_is_in_no_shadow(rules, change):
    rules.copy(rules.units, "units-negative", "BIL-0090", ("at_most: 0", "at_most: -1"))
    rules.change(rules.units, change)
    found = rules.lint("shadowed-rule")
    assert found == (["BIL-0090: BIL-0001 flags all that it flags, at the same place"] if "1" in change[1] else [])


def test_an_entry_of_unless_takes_a_rule_out_of_the_light(rules):
    special = rules.copy(
        rules.bundling,
        "ptp-special",
        "COD-0090",
        ("    modifier_indicator", "    rationale: present\n    modifier_indicator"),
    )
    assert rules.lint("shadowed-rule") == ["COD-0090: COD-0003 flags all that it flags, at the same place"]
    text = special.read_text()
    special.write_text(text[: text.index("unless:")] + text[text.index("finding:") :])
    assert rules.lint("shadowed-rule") == [], "without the exception it flags more"


def test_suppression(rules):
    other = rules.copy(rules.units, "units-negative", "BIL-0090", ("at_most: 0", "at_most: -1"))
    other.write_text(other.read_text() + "suppressed_by: [BIL-0001]\n")
    assert rules.lint("shadowed-rule") == []
    assert rules.lint("never-reported") == [
        "BIL-0090: BIL-0001 flags all that it flags and silences it: it is never reported"
    ]
    rules.units.write_text(rules.units.read_text() + "suppressed_by: [BIL-0090]\n")
    assert rules.lint("suppression-cycle") == [
        "BIL-0001: suppresses itself: BIL-0001 > BIL-0090 > BIL-0001",
        "BIL-0090: suppresses itself: BIL-0090 > BIL-0001 > BIL-0090",
    ]


def test_a_suppressor_that_cannot_speak(rules):
    rules.units.write_text(rules.units.read_text() + "suppressed_by: [COD-0004]\n")
    assert rules.lint("idle-suppressor") == ["BIL-0001: names COD-0004, which is draft"]


def test_codes_are_looked_up(rules):
    (rules.folder / "code-sets" / "some-diagnoses.yaml").write_text(
        "set: some-diagnoses\ntitle: Some\nreferences: [{title: T, locator: section 1}]\n"
        "members:\n  - codes: [I10, I99999, E11]\n    prefixes: [E1, QQ]\n  - {to: 2024-09-30, codes: [G8101]}\n"
        "  - {from: 2020-10-01, to: 2021-09-30, codes: [U099]}\n"
    )
    path = rules.folder / "coding" / "diagnosis" / "diagnosis-needs-more-characters.yaml"
    rules.change(path, ("  diagnosis:\n", "  diagnosis:\n    code: {not_in_set: some-diagnoses}\n"))
    assert rules.lint("code-not-valid") == [
        "some-diagnoses: E11 is a category: list it under prefixes",
        "some-diagnoses: I99999 does not exist",
        "some-diagnoses: QQ begins no code",
        "some-diagnoses: U099 is not in use on any day of the membership (2021-10-01 to …)",
    ]


def test_what_cannot_be_looked_up_is_said(rules):
    (rules.folder / "code-sets" / "visits.yaml").write_text(
        'set: visits\ntitle: Visits\nreferences: [{title: T, locator: section 1}]\nmembers: [{codes: ["99213"]}]\n'
    )
    rules.change(rules.units, ("    units:", "    procedure: {in_set: visits}\n    units:"))
    report = lint(Corpus(rules.load()), [check for check in CHECKS if check.id == "code-not-valid"])
    assert report.skipped == ("table hcpcs is not loaded: not looked up are visits",)


def test_a_set_that_begins_after_the_rule(rules):
    rules.change(rules.folder / "code-sets" / "ncci-bypass.yaml", ("{codes:", "{from: 2030-01-01, codes:"))
    assert rules.lint("set-begins-late") == ["COD-0003: begins before the first member of ncci-bypass (2030-01-01)"]


def test_remittance_codes_are_active(rules):
    rules.units.write_text(rules.units.read_text() + 'predicts: {group: CO, carc: "15", rarc: [N999]}\n')
    found = rules.lint("remittance-code")
    assert found == ["BIL-0001: CARC 15 ended on 2018-05-01", "BIL-0001: RARC N999 does not exist"]


def test_a_message_that_names_the_member(rules):
    path = rules.folder / "payers" / "_base" / "timely-filing.yaml"
    rules.change(path, ('says: "', 'says: "{claim.subscriber_id} {claim.patient_birth_day} '))
    assert rules.lint("private-message") == [
        "PAY-0001: {claim.subscriber_id} would print what identifies a member",
        "PAY-0001: {claim.patient_birth_day} would print what identifies a member",
    ]


@pytest.mark.parametrize(
    ("fix", "wrong"),
    [
        ("Add the diagnosis.", True),
        ("Append modifier 59.", True),
        ("Bill the other procedure.", True),
        ("Add the diagnosis that the record supports.", False),
        ("Append modifier 59 if the documentation supports it.", False),
        ("Enter the units furnished.", False),
        ("Enter the ZIP code of the address.", False),
        ("Point the line to another of its diagnoses.", False),
    ],
)
def test_a_fix_that_changes_what_was_coded(rules, fix, wrong):
    rules.change(rules.units, ("Enter the units furnished, or remove the line.", fix))
    assert any(found.startswith("BIL-0001: changes what was coded") for found in rules.lint("clinical-fix")) is wrong


def test_a_fix_beside_a_clinical_remedy_names_the_record(rules):
    assert rules.lint("clinical-remedy") == []
    rules.change(rules.bundling, ("or append the modifier that the record supports.", "or look again."))
    (said,) = rules.lint("clinical-remedy")
    assert said.startswith("COD-0003: the remedy changes what was coded, and the fix does not say that the record")


def test_template_texts_are_found(rules):
    rules.change(rules.units, ("why: A service", 'why: "TODO: A service'), ("front door.", 'front door."'))
    assert rules.lint("unfinished")[0].startswith("BIL-0001: still to be written: TODO: A service")


def test_how_texts_are_written(rules):
    rules.change(
        rules.units,
        ("Billed units must be greater than zero", "billed units must be greater than zero."),
        ("remove the line.", "remove the unauthorised line"),
        ("loop 2400 SV104", "somewhere in it"),
        ('"837P implementation guide"', '"The guide"'),
    )
    assert rules.lint("title") == ["BIL-0001: the title ends with a period"]
    assert rules.lint("sentence") == ["BIL-0001: fix does not end with a period"]
    assert rules.lint("spelling") == ["BIL-0001: unauthorised is not American spelling"]
    assert any("somewhere in it" in found for found in rules.lint("reference-locator"))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("severity: error", "severity: info", "severity info with disposition line_rejection"),
        ("line_rejection", "informational", "severity error with disposition informational"),
        ("line_rejection", "suspend", "an error whose disposition is suspend"),
        ("category: units", "category: timely_filing", "SNIP type 2 with category timely_filing"),
    ],
)
def test_heads_that_contradict_themselves(rules, old, new, says):
    rules.change(rules.units, (old, new))
    assert rules.lint("contradiction") == [f"BIL-0001: {says}"]


def test_what_nothing_asks(rules):
    (rules.folder / "code-sets" / "lonely.yaml").write_text(
        "set: lonely\ntitle: Lonely\nreferences: [{title: T, locator: section 1}]\nmembers: [{codes: [A]}]\n"
    )
    assert rules.lint("unused-code-set") == ["lonely: nothing asks the code set lonely"]
    assert "ncci_edition: nothing asks the parameter ncci_edition" in rules.lint("unused-parameter")
    assert not any("timely_filing_days" in found for found in rules.lint("unused-parameter"))


def test_twins_without_the_telling_case(rules):
    assert rules.lint("boundary-without-case") == ["COD-0004: no case tells more_than 3 from more_than 2"]
    twin = rules.bundling.with_name("ptp-modifier-allowed.test.yaml")
    text = twin.read_text()
    rules.change(rules.bundling, ("finding:", "  void:\n    of: claim\n    frequency: {is: void}\nfinding:"))
    twin.write_text(text)
    assert rules.lint("unless-without-case") == ["COD-0003: no case shows what void silences"]


def test_exceptions_need_a_reason_and_a_use(rules):
    path = rules.folder / "lint-exceptions.yaml"
    path.write_text(
        "- {check: clinical-fix, subject: BIL-0002, because: the record decides anyway}\n"
        "- {check: title, subject: BIL-0001, because: it was too long}\n"
    )
    report = lint(Corpus(rules.load()))
    assert report.excused == 1
    assert [f.says for f in report.findings if f.check == "exception"] == [
        "the exception for title of BIL-0001 excuses nothing"
    ]
    path.write_text("- {check: titel, subject: BIL-0001, because: x}\n- {check: title, subject: BIL-0001}\n")
    with pytest.raises(RulebookError) as error:
        lint(Corpus(rules.load()))
    assert "did you mean title?" in str(error.value)
    assert "rules/lint-exceptions.yaml:2:3: an exception has check, subject and because" in str(error.value)


def test_a_finding_reads_like_a_compiler(rules):
    rules.change(rules.units, ("Billed units", "billed units"))
    (found,) = lint(Corpus(rules.load()), [check for check in CHECKS if check.id == "title"]).findings
    assert str(found) == (
        "rules/billing/lines/units-not-positive.yaml:3:1: warning title: the title does not begin with a capital "
        "(one short sentence, no period)"
    )


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("Is this a pneumonia?", "leads to an answer"),
        ("Please document the acuity. What is it?", "leads to an answer"),
        ("Which stage applies, so that we can code it? If it cannot be determined, please say so.", "leads to"),
        ("Which stage applies? It raises the payment. If it cannot be determined, please say so.", "speaks of payment"),
        ("Which stage applies? None or other; the HCC depends on it.", "speaks of payment"),
        ("Which stage applies?", "leaves no way out"),
        ("The stage is open. None, other, or unable to determine.", "asks nothing"),
    ],
)
def test_questions_that_lead_or_speak_of_payment(rules, query, says):
    rules.change(rules.units, ("  fix:", f'  query: "{query}"\n  fix:'))
    found = rules.lint("leading-query")
    assert found
    assert says in " ".join(found)


def test_an_open_question_with_a_way_out_passes(rules):
    query = "Which stage applies at this visit? Other, or unable to determine, are answers too."
    rules.change(rules.units, ("  fix:", f'  query: "{query}"\n  fix:'))
    assert rules.lint("leading-query") == []
