"""Public pages on disk: the last good answer of every address, found again after any loss of the database and of this process."""

import asyncio
import contextlib
import hashlib
import os
import time
from pathlib import Path
from typing import Final

import msgspec

MOST_KEPT: Final = 20_000
LARGEST: Final = 4 * 1024 * 1024
# An unchanged page is written again only so often, so that its age on disk is nearly the truth.
SECONDS_BETWEEN_WRITES: Final = 60.0


class Slip(msgspec.Struct, frozen=True):
    """What stands on the first line of a kept file. `at` in seconds of the epoch; `item` whose board it shows, if it is one."""

    key: str
    item: str
    at: float
    headers: list[tuple[str, str]]


class Kept(msgspec.Struct, frozen=True):
    """A kept answer."""

    slip: Slip
    body: bytes


class Shelf:
    """A folder of kept answers with what is needed to find them in memory; bodies stay on disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._slips: dict[str, Slip] = {}
        self._digests: dict[str, bytes] = {}
        for path in folder.glob("*.kept"):
            with contextlib.suppress(OSError, msgspec.DecodeError):
                with path.open("rb") as file:
                    slip = msgspec.json.decode(file.readline(), type=Slip)
                self._slips[slip.key] = slip

    def __len__(self) -> int:
        return len(self._slips)

    def keys_of(self, item: str) -> list[str]:
        """Addresses that show the board of this item."""
        return [key for key, slip in self._slips.items() if slip.item == item]

    async def keep(self, key: str, item: str, headers: list[tuple[str, str]], body: bytes) -> None:
        """Put an answer on the shelf; one that has not changed costs nothing."""
        if len(body) > LARGEST:
            return
        digest = hashlib.sha256(body).digest()
        known = self._slips.get(key)
        if known and self._digests.get(key) == digest and time.time() - known.at < SECONDS_BETWEEN_WRITES:
            return
        slip = Slip(key, item, time.time(), headers)
        self._slips[key], self._digests[key] = slip, digest
        await asyncio.to_thread(self._write, slip, body)
        if len(self._slips) > MOST_KEPT:
            self.drop(min(self._slips, key=lambda each: self._slips[each].at))

    async def find(self, key: str) -> Kept | None:
        """The kept answer of an address."""
        if key not in self._slips:
            return None
        return await asyncio.to_thread(self._read, key)

    def drop(self, key: str) -> None:
        """Take an answer off the shelf: there is no such page any more."""
        if self._slips.pop(key, None):
            self._digests.pop(key, None)
            self._path(key).unlink(missing_ok=True)

    def _write(self, slip: Slip, body: bytes) -> None:
        path = self._path(slip.key)
        unfinished = path.with_suffix(f".{os.getpid()}.new")
        with unfinished.open("wb") as file:
            file.write(msgspec.json.encode(slip) + b"\n" + body)
            file.flush()
            os.fsync(file.fileno())
        # A power cut leaves the old answer or the new one, never half of one.
        unfinished.replace(path)

    def _read(self, key: str) -> Kept | None:
        try:
            line, _, body = self._path(key).read_bytes().partition(b"\n")
            return Kept(msgspec.json.decode(line, type=Slip), body)
        except (OSError, msgspec.DecodeError):
            return None

    def _path(self, key: str) -> Path:
        return self.folder / f"{hashlib.sha256(key.encode()).hexdigest()[:40]}.kept"
