import pytest

from engine.authoring.corpus import Corpus
from engine.authoring.lint.run import CHECKS, lint
from engine.rulebook.load import load_rulebook
from tests.cli.small import small_rulebook


class Rules:
    """A copy of the small rulebook that a test may change."""

    def __init__(self, folder):
        self.folder = folder
        self.units = folder / "billing" / "lines" / "units-not-positive.yaml"
        self.bundling = folder / "coding" / "bundling" / "ptp-modifier-allowed.yaml"

    def change(self, path, *pairs):
        text = path.read_text()
        for old, new in pairs:
            assert old in text, old
            text = text.replace(old, new)
        path.write_text(text)

    def copy(self, path, name, rule_id, *pairs):
        """A further rule like the one at ``path``, beside it, with its twin."""
        for ending in (".yaml", ".test.yaml"):
            source = path.with_name(path.stem + ending)
            text = source.read_text()
            own = text.split("\n")[0].split(": ")[1]
            text = text.replace(own, rule_id).replace(f"name: {path.stem}\n", f"name: {name}\n")
            path.with_name(name + ending).write_text(text)
        self.change(path.with_name(f"{name}.yaml"), *pairs)
        return path.with_name(f"{name}.yaml")

    def load(self):
        return load_rulebook()

    def lint(self, check):
        """What one check says, without the place's column."""
        chosen = [each for each in CHECKS if each.id == check]
        assert chosen, check
        return [f"{f.subject}: {f.says}" for f in lint(Corpus(self.load()), chosen).findings]


@pytest.fixture
def rules(tmp_path, monkeypatch):
    folder = small_rulebook(tmp_path)
    monkeypatch.setattr("engine.rulebook.load.shipped_rules", lambda: folder)
    return Rules(folder)
