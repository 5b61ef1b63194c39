"""The pages of the rules are those that the rules make."""

from engine.authoring.pages import pages, pages_folder, stale
from engine.rulebook.load import load_rulebook


def test_the_pages_are_current():
    folder = pages_folder()
    assert folder is not None
    assert stale(pages(load_rulebook()), folder) == [], "run cleanclaim rules docs"
