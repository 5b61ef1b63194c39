"""A rulebook of nine rules that belongs to these tests, so that no change of the shipped rules changes them."""

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
OFFICE = ROOT / "tests" / "cli" / "claims" / "office-visit.837"
DAMAGED = ROOT / "tests" / "cli" / "claims" / "damaged.837"
CLEAN = ROOT / "tests" / "claims" / "professional" / "minimal.json"
RECEIVED_ON = "2026-04-15"


def small_rulebook(home: Path) -> Path:
    """The rules of ``tests/cli/rulebook`` with the schemas of the shipped ones, as a folder ``rules``."""
    folder = home / "rules"
    shutil.copytree(ROOT / "tests" / "cli" / "rulebook", folder)
    for schema in (ROOT / "rules").glob("*.schema.json"):
        shutil.copy(schema, folder)
    return folder


def small_tables(home: Path) -> Path:
    """Two rows of two tables, as a folder of imported tables."""
    folder = home / "tables"
    folder.mkdir()
    rows = {
        "mue-practitioner": "procedure,mue_units,mai,rationale\n85025,2,3,x\n",
        "ptp-practitioner": "column_one,column_two,modifier_indicator,rationale\n93000,93005,1,x\n",
    }
    for name, text in rows.items():
        (folder / f"{name}.csv").write_text(text)
        (folder / f"{name}.yaml").write_text("edition: sample\nfrom: 2020-01-01\nsource: invented\n")
    return folder
