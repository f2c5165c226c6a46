"""What PostgreSQL and Valkey have in common: begin, wait until ready, know whether alive, end, clear leftovers away."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import psutil

from api.servers.account import Account
from api.servers.folder import DataFolder
from api.servers.processes import Ending, end, living_in

_LOG_LIMIT = 8_000_000


class EngineError(Exception):
    """A server did not start; the text holds the end of its log."""


class Engine:
    """One embedded server of a data folder. Subclasses say how it begins and when it is ready."""

    name: str
    process_name: str
    endings: Sequence[Ending]
    # Crash recovery of PostgreSQL may replay a lot; a server that still works on it is not a failure.
    patience = 600.0

    def __init__(self, folder: DataFolder, account: Account | None) -> None:
        self.folder = folder
        self.account = account
        self.port = 0
        self.process: psutil.Popen | None = None

    def start(self) -> None:
        """Begin the server and wait until it can be used. Raises EngineError."""
        self.begin()
        self.wait_until_ready()

    def begin(self, *, keep_port: bool = False) -> None:
        """Begin the server, after anything of this folder that a killed supervisor left alive has been ended.

        Raises EngineError. With `keep_port` the port stays as it is, because clients already know it.
        """
        self.home = self.folder.home(self.name, self.account)
        self.clear_leftovers()
        self.prepare()
        self.port = self.folder.port(self.name, keep=keep_port)
        self.process = self.launch()

    def wait_until_ready(self) -> None:
        process = self.process
        if process is None:
            raise EngineError(f"{self.name} was not begun.")
        deadline = time.monotonic() + self.patience
        while not self.ready(process):
            if process.poll() is not None:
                raise self.failed("stopped while it started")
            if time.monotonic() > deadline:
                end(process, self.endings)
                raise self.failed(f"was not ready after {self.patience:.0f} s")
            time.sleep(0.02)

    def stop(self) -> None:
        if self.process is not None:
            end(self.process, self.endings)
            self.process = None
            self.clear_leftovers()

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def clear_leftovers(self) -> None:
        """End every server process that works in this home: there is one owner of the folder, and it holds the lock."""
        for process in list(living_in(self.working_folder, self.process_name)):
            end(process, self.endings)

    @property
    def working_folder(self) -> Path:
        return self.home

    def prepare(self) -> None:
        """Make what the first start needs."""

    def launch(self) -> psutil.Popen:
        raise NotImplementedError

    def ready(self, process: psutil.Popen) -> bool:
        raise NotImplementedError

    @contextmanager
    def log(self) -> Iterator[IO[bytes]]:
        """The server's log, opened for appending; one older part is kept."""
        file = self.folder.path / "logs" / f"{self.name}.log"
        if file.exists() and file.stat().st_size > _LOG_LIMIT:
            file.replace(file.with_suffix(".log.1"))
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab") as opened:
            yield opened

    def failed(self, what: str) -> EngineError:
        file = self.folder.path / "logs" / f"{self.name}.log"
        last = file.read_text(errors="replace").splitlines()[-8:]
        return EngineError("\n  ".join([f"{self.name} {what}. The end of {file}:", *last]))
