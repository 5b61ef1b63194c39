"""No check finds an error in the shipped rules."""

from engine.authoring.corpus import Corpus
from engine.authoring.lint.run import lint
from engine.rulebook.load import load_rulebook


def test_the_shipped_rules_have_no_lint_errors():
    report = lint(Corpus(load_rulebook()))
    assert [str(finding) for finding in report.findings if finding.severity == "error"] == []
