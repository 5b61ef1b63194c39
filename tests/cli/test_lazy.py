"""The commands' modules are imported when they are called, and the help says of each what the command says itself."""

import subprocess
import sys

import pytest

from engine.cli.lazy import COMMANDS, load


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_the_list_says_what_the_command_says(name):
    said = " ".join((load(name).help or "").split("\n\n")[0].split())
    assert said.startswith(COMMANDS[name].rstrip("."))


@pytest.mark.parametrize(
    ("arguments", "absent"),
    [
        (["--help"], ["engine.check", "engine.intake", "engine.reference", "engine.rulebook", "durable"]),
        (["codes", "search", "--help"], ["engine.check", "engine.intake", "engine.backends", "durable"]),
    ],
)
def test_a_start_imports_no_other_command(arguments, absent):
    program = (
        "import sys\nfrom engine.cli import main\ntry:\n    main()\nexcept SystemExit:\n    pass\n"
        "print('|'.join(sorted(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True)
    assert "Usage:" in done.stdout
    loaded = set(done.stderr.strip().split("|"))
    assert [name for name in absent if name in loaded] == []
