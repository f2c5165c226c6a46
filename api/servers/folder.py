"""The data folder: one place for everything of an installation, owned by one supervisor at a time."""

import contextlib
import fcntl
import os
import random
import secrets
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from api.servers.account import OPEN_GROUND, Account, can_enter, give, open_home

# Below the ports that Linux (from 32768) and macOS (from 49152) lend to outgoing connections, so that a remembered port is
# not lost to a browser's connection between two starts.
_PORTS = range(20000, 32000)


class FolderBusyError(Exception):
    """Another program already runs the servers of this data folder."""


class FolderUnusableError(Exception):
    """The data folder cannot be made or written; the text says what to do."""


class DataFolder:
    """Passwords, ports, logs and the homes of the servers. Everything secret in it is readable by its owner only."""

    def __init__(self, path: Path, *, for_tests: bool = False) -> None:
        self.path = path.absolute()
        self.for_tests = for_tests
        try:
            self.path.mkdir(mode=0o711, parents=True, exist_ok=True)
            (self.path / "secrets").mkdir(mode=0o700, exist_ok=True)
            (self.path / "logs").mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise FolderUnusableError(
                f"Data folder {self.path} cannot be used: {error.strerror}. Name another with --data."
            ) from error

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Own the folder. The lock is the kernel's: it ends with the process, however that ends. Raises FolderBusyError."""
        with self.open_private("lock") as lock:
            if not _take(lock):
                holder = (self.path / "lock").read_text() or "?"
                raise FolderBusyError(f"Data folder {self.path} is in use by process {holder}.")
            os.ftruncate(lock, 0)
            os.pwrite(lock, str(os.getpid()).encode(), 0)
            yield

    def secret_file(self, name: str) -> Path:
        """File with a random secret of 256 bits in hexadecimal, made when missing."""
        file = self.path / "secrets" / name
        if not file.exists():
            self.write_private(f"secrets/{name}", secrets.token_hex(32))
        return file

    def secret(self, name: str) -> str:
        return self.secret_file(name).read_text()

    def port(self, name: str, *, keep: bool = False) -> int:
        """The port remembered for a server when it is free (or must be kept), otherwise a free one, from now on remembered."""
        ports = self._ports()
        known = ports.get(name)
        if known and (keep or is_free(known)):
            return known
        ports[name] = free_port()
        self.write_private("ports.json", msgspec.json.encode(ports).decode())
        return ports[name]

    def remembered_port(self, name: str) -> int | None:
        return self._ports().get(name)

    def home(self, name: str, account: Account | None) -> Path:
        """Folder that belongs to the server `name` alone; on open ground, behind a link, where its account cannot come in."""
        place = self.path / name
        if account and not place.exists() and not can_enter(account, self.path):
            target = open_home(self.path, name, account, for_tests=self.for_tests)
            place.unlink(missing_ok=True)
            place.symlink_to(target)
        if place.is_symlink() and not place.resolve().is_relative_to(OPEN_GROUND.resolve()):
            # Root would hand over whatever the link names.
            raise FolderUnusableError(
                f"{place} is a link to a folder that Shibaiqian did not make. Remove it, or name another data folder."
            )
        return give(account, place.resolve())

    def write_private(self, name: str, text: str) -> None:
        """Write a file of mode 0600 whole or not at all, even when the power fails."""
        half = self.path / f"{name}.new"
        descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        half.replace(self.path / name)

    @contextlib.contextmanager
    def open_private(self, name: str) -> Iterator[int]:
        """A descriptor for reading and writing of a file of mode 0600, made when missing and never inherited."""
        try:
            descriptor = os.open(self.path / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except PermissionError as error:
            raise FolderUnusableError(
                f"Data folder {self.path} belongs to another user. Start as that user, or name another with --data."
            ) from error
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def _ports(self) -> dict[str, int]:
        file = self.path / "ports.json"
        return msgspec.json.decode(file.read_bytes(), type=dict[str, int]) if file.exists() else {}


def _take(lock: int) -> bool:
    # Somebody who only asks whether the folder is in use holds the lock for an instant: ask more than once.
    for pause in (0.05, 0.1, 0.2, 0.0):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(pause)
            continue
        return True
    return False


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    for port in random.sample(_PORTS, k=200):
        if is_free(port):
            return port
    raise FolderUnusableError(
        "No free port between 20000 and 32000 on 127.0.0.1. Stop programs that hold them."
    )


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    with socket.socket() as probe:
        # As the servers do: connections of the last run that still fade away do not hold the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True
