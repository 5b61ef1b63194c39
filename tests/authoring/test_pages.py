"""The pages of the rules."""

from engine.authoring.markdown import plain
from engine.authoring.pages import pages, stale, write_pages


def test_a_page_says_what_a_reader_asks(rules):
    text = pages(rules.load())["payers/PAY-0001.md"]
    for words in (
        "# PAY-0001: ",
        "| Severity | error: rejected or denied as submitted |",
        "| The remittance would say | `CO-29` |",
        "claim.days_from_last_service_to_receipt is more than the payer's timely_filing_days",
        "**Flagged**: one day late is flagged",
        "**Accepted**: ",
        "| `timely_filing_days` | `acme-ppo` | 2024-07-01 | 90 | amendment 3 |",
        "File: `rules/payers/_base/timely-filing.yaml`",
    ):
        assert words in text


def test_related_rules_are_linked_both_ways(rules):
    rules.units.write_text(rules.units.read_text() + "suppressed_by: [COD-0002]\n")
    made = pages(rules.load())
    assert "(../coding/COD-0002.md)" in made["billing/BIL-0001.md"]
    assert "(../billing/BIL-0001.md)" in made["coding/COD-0002.md"]


def test_the_indexes_list_all(rules):
    made = pages(rules.load())
    assert "| [BIL-0001](BIL-0001.md) | Billed units must be greater than zero | error |" in made["billing/index.md"]
    assert "(billing/index.md) | `BIL-nnnn` | 4 |" in made["index.md"]


def test_only_what_differs_is_written_and_what_is_gone_removed(rules, tmp_path):
    folder = tmp_path / "pages"
    made = pages(rules.load())
    assert write_pages(made, folder) == sorted(made)
    assert stale(made, folder) == []
    (folder / "billing" / "BIL-0999.md").write_text("old")
    (folder / "index.md").write_text("old")
    assert write_pages(made, folder) == ["billing/BIL-0999.md", "index.md"]
    assert stale(made, folder) == []


def test_markdown_is_made_harmless():
    assert plain("a|b *c* <d> [e] _f_ g_h\ni") == r"a\|b \*c\* \<d\> \[e\] \_f\_ g_h i"
