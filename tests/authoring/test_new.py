"""A new rule: found, loaded, its own tests pass, and lint says what is left to write."""

import pytest

from engine.authoring.new import new_rule
from engine.authoring.twins import run_twins
from engine.errors import UsageError
from engine.rulebook.load import load_rulebook


@pytest.mark.parametrize("subject", ["claim", "encounter"])
def test_a_new_rule_loads_and_passes_its_own_tests(rules, subject):
    made = new_rule(rules.load(), "BIL", "new-edit", "lines", site=None, subject=subject)
    assert made.rule == rules.folder / "billing" / "lines" / "new-edit.yaml"
    rulebook = rules.load()
    assert rulebook.rule(made.id).status == "draft"
    assert all(not result.problems for result in run_twins(rulebook, [made.id]))
    assert len(rules.lint("unfinished")) > 5


def test_the_next_id_follows_those_of_the_topic_and_is_never_one_that_was_named(rules):
    assert new_rule(rules.load(), "BIL", "one", "lines", site=None).id == "BIL-0005"
    assert new_rule(rules.load(), "BIL", "two", "elsewhere", site=None).id == "BIL-0006"
    rules.change(rules.units, ("why: A service", "why: It was BIL-0007 once. A service"))
    assert new_rule(rules.load(), "BIL", "three", "elsewhere", site=None).id == "BIL-0008"


def test_two_new_rules_do_not_have_the_same_meaning(rules):
    new_rule(rules.load(), "COD", "one", "", site=None)
    new_rule(rules.load(), "COD", "two", "", site=None)
    assert len(rules.load().rules) == 11


def test_an_id_may_be_asked_for(rules):
    assert new_rule(rules.load(), "cod", "one", "units", site=None, wanted="COD-0400").id == "COD-0400"


@pytest.mark.parametrize(
    ("prefix", "name", "wanted", "message"),
    [
        ("BLI", "one", "", "no pack has the prefix BLI (did you mean BIL?)"),
        ("BIL", "One_rule", "", "'One_rule' is not a rule name"),
        ("BIL", "units-not-positive", "", "rule units-not-positive exists in pack billing"),
        ("BIL", "one", "BIL-0001", "BIL-0001 is taken"),
        ("BIL", "one", "COD-0400", "COD-0400 is no id of pack billing"),
    ],
)
def test_what_cannot_be_is_refused(rules, prefix, name, wanted, message):
    with pytest.raises(UsageError) as error:
        new_rule(rules.load(), prefix, name, "", site=None, wanted=wanted)
    assert message in str(error.value)


@pytest.mark.usefixtures("rules")
def test_a_rule_of_a_site(tmp_path):
    pack = tmp_path / "mine" / "site"
    pack.mkdir(parents=True)
    (pack / "pack.yaml").write_text('pack: site\ntitle: S\nowner: me\nversion: "1"\nprefix: SIT\n')
    made = new_rule(load_rulebook((tmp_path / "mine",)), "SIT", "one", "", site=tmp_path / "mine")
    assert (made.id, made.rule) == ("SIT-0001", pack / "one.yaml")
