"""A case may say after which changes its rule is quiet."""

import pytest

from engine.authoring.twins import run_twins

REMOVED = "If the record supports it, remove line 2 (93005)."
APPENDED = "If the record supports it, append modifier 59 (or XS) to line 2."


@pytest.mark.parametrize(
    ("passes_if", "problems"),
    [
        ([REMOVED, APPENDED], []),
        ([REMOVED], [f"passes if: {APPENDED!r}"]),
        (
            ["Do nothing."],
            ["expected to pass if: 'Do nothing.'", f"passes if: {REMOVED!r}", f"passes if: {APPENDED!r}"],
        ),
    ],
)
def test_changes_that_pass_are_all_named(rules, passes_if, problems):
    twin = rules.bundling.with_name("ptp-modifier-allowed.test.yaml")
    rules.change(twin, ("    expect: [{", f"    passes_if: {passes_if!r}\n    expect: [{{"))
    (result, *quiet) = run_twins(rules.load(), ["COD-0003"])
    assert list(result.problems) == problems
    assert all(not each.problems for each in quiet)
