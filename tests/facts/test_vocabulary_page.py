from engine.facts.vocabulary import vocabulary
from tools.build_docs import TARGET, page


def test_the_page_is_current():
    assert TARGET.read_text(encoding="utf-8") == page(), "run python -m tools.build_docs"


def test_the_page_names_every_word():
    text = page()
    for name, kind in vocabulary().items():
        assert f"## {name}\n" in text
        for field in kind.fields:
            assert f"| `{field}` |" in text
