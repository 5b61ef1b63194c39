"""``encounter score`` and ``check --encounter`` as their users meet them."""

import json

import pytest

from tests.cli.small import ROOT

SOUND = ROOT / "tests" / "claims" / "encounters" / "office.json"
FLAWED = ROOT / "examples-encounters" / "office-visit.json"


@pytest.fixture
def shipped(run, monkeypatch):
    """Runs a command under the shipped rules."""
    monkeypatch.setattr("engine.rulebook.load.shipped_rules", lambda: ROOT / "rules")
    return run


def test_a_sound_encounter_ends_with_0(shipped):
    result = shipped("encounter", "score", SOUND)
    assert result.exit_code == 0
    assert "RELEASE  Encounter E-1  score 100 of 100" in result.output


def test_a_flawed_one_shows_levels_findings_questions_and_score(shipped):
    result = shipped("encounter", "score", FLAWED, "--received-on", "2026-04-15")
    assert result.exit_code == 1
    for words in (
        "HOLD  Encounter ENC-2041  score 65 of 100",
        "99215   3         2     3     moderate  34/40    99214        99214    99214      +1",
        "Coding accuracy  45 of 100",
        "ERROR  COD-1001 em-level-above-documentation  -30",
        "Questions to the provider (2)",
        "Score:   50 % of accuracy 45 + 20 % of completeness 80 + 30 % of documentation 90 = 65.",
    ):
        assert words in result.output


def test_json_holds_the_same(shipped):
    result = shipped("encounter", "score", FLAWED, "--format", "json", "--fail-on", "never")
    assert result.exit_code == 0
    report = json.loads(result.output)
    (encounter,) = report["encounters"]
    assert report["tool"]["name"] == "cleanclaim"
    assert (encounter["advice"], encounter["scores"]["overall"]) == ("hold", 65)
    assert encounter["levels"][0]["supported"] == "99214"
    assert sum(f["points"] for f in encounter["scores"]["factors"] if f["dimension"] == "accuracy") == 55


def test_warnings_fail_when_asked(shipped, tmp_path):
    encounter = json.loads(SOUND.read_text())
    encounter["record"]["scribed"] = False
    encounter["record"]["chief_complaint"] = True
    encounter["charges"][0]["modifiers"] = ["25"]
    encounter["record"]["separate_visit_work"] = False
    path = tmp_path / "e.json"
    path.write_text(json.dumps(encounter))
    assert shipped("encounter", "score", path).exit_code == 0
    assert shipped("encounter", "score", path, "--fail-on", "warning").exit_code == 1


@pytest.mark.parametrize("content", [b"", b"ISA*00*", b'{"claims": []}', b"{"])
def test_unusable_input_ends_with_2(shipped, tmp_path, content):
    path = tmp_path / "bad"
    path.write_bytes(content)
    result = shipped("encounter", "score", path)
    assert result.exit_code == 2 if content != b'{"claims": []}' else result.exit_code in (0, 1)


def test_a_file_that_is_not_there_ends_with_2_and_the_others_are_scored(shipped, tmp_path):
    result = shipped("encounter", "score", tmp_path / "missing", SOUND)
    assert result.exit_code == 2
    assert "RELEASE  Encounter E-1" in result.output


def test_standard_input(shipped):
    assert "RELEASE" in shipped("encounter", "score", "-", stdin=SOUND.read_bytes()).output


def test_a_claim_is_held_against_its_encounter(shipped, tmp_path):
    encounter = json.loads(SOUND.read_text())
    encounter["claim_id"] = "PCN0001"
    record = tmp_path / "record.json"
    record.write_text(json.dumps(encounter))
    claim = ROOT / "tests" / "claims" / "professional" / "minimal.json"
    alone = json.loads(shipped("check", claim, "--format", "ndjson").output)
    held = json.loads(shipped("check", claim, "--format", "ndjson", "--encounter", record).output)
    reasons = {n["rule"]: n["because"] for n in alone["coverage"]["not_evaluated"]}
    assert reasons["COD-1202"] == "no encounter was given"
    assert not [f for f in alone["findings"] if f["rule"].startswith("COD-12")]
    assert "COD-1202" in [f["rule"] for f in held["findings"]]


def test_encounters_of_other_claims_are_not_taken_for_none(shipped, tmp_path):
    record = tmp_path / "record.json"
    record.write_text(json.dumps(json.loads(SOUND.read_text()) | {"claim_id": "OTHER", "pages": 3}))
    claim = ROOT / "tests" / "claims" / "professional" / "minimal.json"
    result = shipped("check", claim, "--format", "ndjson", "--encounter", record)
    reasons = {n["rule"]: n["because"] for n in json.loads(result.stdout)["coverage"]["not_evaluated"]}
    assert reasons["COD-1202"] == "none of the encounters given is this claim's"
    assert '$.pages: "pages" is not a key of the format' in " ".join(result.stderr.split())


def test_the_sample_in_the_documentation_is_as_printed(shipped, monkeypatch):
    monkeypatch.chdir(ROOT)
    printed = shipped("encounter", "score", FLAWED.relative_to(ROOT), "--received-on", "2026-04-15").output
    page = (ROOT / "docs" / "encounters.md").read_text(encoding="utf-8")
    assert printed.partition("rules judged")[0].rpartition("\n")[0] in page
