"""Schemathesis against a running service: every check it has, with a key of every scope.

.venv/bin/python -m pip install '.[trials]'
.venv/bin/python -m tests.bench.api.schema [examples a route] [seed]
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.bench.api.served import served


def main() -> int:
    examples = sys.argv[1] if len(sys.argv) > 1 else "50"
    seed = sys.argv[2] if len(sys.argv) > 2 else "20260415"
    hooks = {"SCHEMATHESIS_HOOKS": "tests.bench.api.schema_hooks"}
    with served() as one:
        scopes = [word for scope in ("check", "rules:read", "rules:write", "audit") for word in ("--scope", scope)]
        key = one.command("keys", "create", "schemathesis", *scopes).stdout.decode().strip()
        words = ["run", f"{one.url}/openapi.json", "--checks", "all", "--max-examples", examples, "--seed", seed]
        words += [
            "--header",
            f"Authorization: Bearer {key}",
            "--request-timeout",
            "120",
            "--max-response-time",
            "60",
        ]
        words += ["--generation-database", "none", "--no-color", *sys.argv[3:]]
        status = subprocess.run(
            [str(Path(sys.executable).parent / "schemathesis"), *words], env={**os.environ, **hooks}, check=False
        ).returncode
        log = (one.home / "log").read_text()
        print(f"answers with 500 in the log: {log.count('request_failed')}")
        return status


if __name__ == "__main__":
    sys.exit(main())
