"""A real service for a trial: ``cleanclaim serve`` on a free port of loopback, with its own store, gone afterwards."""

from __future__ import annotations

import base64
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import httpx2

ROOT = Path(__file__).parents[3]
TABLES = ROOT / "examples" / "tables"
RECEIVED_ON = "2026-04-15"
X12 = {"Content-Type": "application/edi-x12"}


class Served:
    """The service: its address, its home, its process."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.home = home
        self.environment = environment
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self.port = one.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def variables(self) -> dict[str, str]:
        """The environment of the service and of commands beside it."""
        given = {
            "CLEANCLAIM_DATABASE_URL": f"sqlite:///{self.home}/store.sqlite3",
            "CLEANCLAIM_TABLES": str(TABLES),
            "CLEANCLAIM_CACHE": str(Path(tempfile.gettempdir()) / "cleanclaim-trial-cache"),  # it takes long to make
            "CLEANCLAIM_CONTENT_KEY": base64.b64encode(bytes(range(32))).decode(),
            "CLEANCLAIM_LEASE_SECONDS": "3",
            "CLEANCLAIM_PORT": str(self.port),
            "CLEANCLAIM_RATE_PER_MINUTE": "0",
        }
        return {**os.environ, **given, **self.environment}

    def start(self, seconds: float = 400) -> None:
        """Start it and wait until it is ready."""
        with (self.home / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "engine.cli", "serve"], cwd=ROOT, env=self.variables(), stdout=log, stderr=log
            )
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if httpx2.get(f"{self.url}/readyz", timeout=5).status_code == 200:
                    return
            except httpx2.HTTPError:
                pass
            if self.process.poll() is not None:
                break
            time.sleep(0.2)
        raise RuntimeError((self.home / "log").read_text()[-3000:])

    def workers(self) -> list[int]:
        """The process ids of the workers."""
        found = []
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_text().rpartition(")")[2].split()
                words = path.with_name("cmdline").read_bytes()
            except OSError:
                continue
            if int(fields[1]) == self.process.pid and b"spawn_main" in words:
                found.append(int(path.parent.name))
        return found

    def stop(self) -> float:
        """End it as an operator would; in how many seconds it was gone."""
        began = time.monotonic()
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(90)
        return time.monotonic() - began

    def command(self, *words: str, content: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
        """A command of the command line, in the same environment."""
        return subprocess.run(
            [sys.executable, "-m", "engine.cli", *words],
            cwd=ROOT,
            env=self.variables(),
            input=content,
            capture_output=True,
            check=False,
        )

    def printed(self, content: bytes, form: str = "json") -> bytes:
        """What ``cleanclaim check`` prints for a content."""
        words = ("check", "-", "--format", form, "--received-on", RECEIVED_ON, "--tables", str(TABLES))
        return self.command(*words, content=content).stdout


@contextmanager
def served(**environment: str):
    """A running service."""
    home = Path(tempfile.mkdtemp(prefix="cleanclaim-trial-"))
    one = Served(home, **environment)
    try:
        one.start()
        yield one
    finally:
        one.stop()
        shutil.rmtree(home, ignore_errors=True)
