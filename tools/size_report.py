"""Prints the number of lines of every module and fails when one has outgrown its job.

About 150 lines is usual. A module over the limit is either split or entered in ``EXCUSED`` with its reason.
Run from the root of the repository: ``python tools/size_report.py``.
"""

from __future__ import annotations

import sys
from pathlib import Path

PACKAGES = ("engine", "api")
LIMIT = 400

EXCUSED: dict[str, str] = {}
"""Dotted module name: why it may be longer than the limit."""


def module_sizes(root: Path) -> dict[str, int]:
    """The number of lines of every module below ``root``, by dotted name."""
    sizes = {}
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            sizes[name] = len(path.read_text(encoding="utf-8").splitlines())
    return sizes


def verdict(name: str, lines: int) -> str:
    """KEPT, EXCUSED with the reason, or BROKEN with what to do."""
    if lines <= LIMIT:
        return "BROKEN (no longer long: take it out of EXCUSED)" if name in EXCUSED else "KEPT"
    if name in EXCUSED:
        return f"EXCUSED ({EXCUSED[name]})"
    return f"BROKEN (over {LIMIT} lines: split it, or give a reason in tools/size_report.py)"


def main() -> int:
    """Print the report; status 1 when a module is too long or the table of excuses is stale."""
    sizes = module_sizes(Path.cwd())
    verdicts = {name: verdict(name, lines) for name, lines in sizes.items()}
    verdicts |= {name: "BROKEN (no such module: take it out of EXCUSED)" for name in EXCUSED if name not in sizes}
    width = max((len(name) for name in verdicts), default=0)
    for name, outcome in verdicts.items():
        print(f"{name:<{width}} {sizes.get(name, 0):>5} {outcome}")
    broken = sum(outcome.startswith("BROKEN") for outcome in verdicts.values())
    print(f"\nModules: {len(verdicts) - broken} kept, {broken} broken; {sum(sizes.values())} lines.")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
