"""A throw-away PostgreSQL server: its own folder, a free port on loopback, gone afterwards."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg

FOLDERS = [Path("/usr/lib/postgresql") / str(version) / "bin" for version in range(30, 12, -1)]


def programs():
    """The folder of initdb and pg_ctl, or ``None``."""
    found = [*FOLDERS, *(Path(folder) for folder in os.get_exec_path())]
    return next((folder for folder in found if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


def system_user():
    """The user that the server runs as: it refuses to run as root. ``None`` when there is none for root to take."""
    if os.getuid():
        return os.getuid(), os.getgid()
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return entry.pw_uid, entry.pw_gid
    return None


class Server:
    """One server; ``url`` is SQLAlchemy's address of its database ``postgres``."""

    def __init__(self, home, port):
        self.home, self.port, self.process = home, port, None
        self.url = f"postgresql+psycopg://cleanclaim@127.0.0.1:{port}/postgres"

    def start(self):
        user, group = system_user()
        data = str(self.home / "data")
        options = ["-c", "listen_addresses=127.0.0.1", "-c", f"port={self.port}", "-c", "fsync=off"]
        options += ["-c", f"unix_socket_directories={self.home}", "-c", "max_connections=60"]
        with (self.home / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(programs() / "postgres"), "-D", data, *options],
                user=user if not os.getuid() else None,
                group=group if not os.getuid() else None,
                stdout=log,
                stderr=log,
            )
        end = time.monotonic() + 30
        while time.monotonic() < end:
            try:
                psycopg.connect(host="127.0.0.1", port=self.port, user="cleanclaim", dbname="postgres").close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError((self.home / "log").read_text())

    def stop(self):
        """At once, as a crash would."""
        if self.process is not None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(20)
            self.process = None


@contextmanager
def throwaway_server():
    """A running server."""
    home = Path(tempfile.mkdtemp(prefix="cleanclaim-pg-"))
    try:
        user, group = system_user()
        os.chown(home, user, group)
        home.chmod(0o700)
        subprocess.run(
            [str(programs() / "initdb"), "-D", str(home / "data"), "-U", "cleanclaim", "-A", "trust", "--no-sync"],
            user=user if not os.getuid() else None,
            group=group if not os.getuid() else None,
            capture_output=True,
            check=True,
        )
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
        server = Server(home, port)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)
