"""What robots are told, and what they write down: one line for each mark that they were told is saved, on disk before they go on."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from uuid import UUID

import msgspec

Way = Literal["http", "browser"]


class Seat(msgspec.Struct, frozen=True):
    """One robot judge: the link's token by which it comes in, its session, and its sheets by station.

    `address` is what the tablet has in the venue's network, told as a proxy in front of the product tells it: sign-ins are limited by
    address, and 200 tablets are not one.
    """

    login: str
    token: str
    session: str
    sheets: dict[int, str]
    address: str

    @property
    def headers(self) -> dict[str, str]:
        """What all requests of this tablet carry."""
        return {"x-forwarded-for": self.address}


class Orders(msgspec.Struct, frozen=True):
    """For one process of robots. It marks until the file `over` is there, and finishes what it has in hand.

    `pace` is the mean rest of a judge between two sendings, in seconds.
    """

    url: str
    log: str
    over: str
    seed: int
    pace: float
    seats: tuple[Seat, ...]

    def are_over(self) -> bool:
        """Whether the rehearsal has ended."""
        return Path(self.over).exists()


class Written(msgspec.Struct, frozen=True):
    """A mark that a robot was told is saved. `at` is when, in seconds of the epoch; `waited` and `last` are seconds from the first and
    from the answered sending; `sendings` counts all. A browser tells neither."""

    op: UUID
    judge: str
    sheet: str
    criterion: str
    value: str
    rev: int
    at: float
    way: Way = "http"
    waited: float | None = None
    last: float | None = None
    sendings: int = 1


class Refused(msgspec.Struct, frozen=True):
    """An answer that no robot should get."""

    refused: str
    judge: str


class Log:
    """The file of one process of robots."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab")

    def write(self, *lines: Written | Refused) -> None:
        """Return when the lines would survive a power cut."""
        self._file.write(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()


def lines_of(path: Path) -> Iterator[Written | Refused]:
    """What a log holds. A last line without its end was never counted as written."""
    if not path.exists():
        return
    for line in path.read_bytes().split(b"\n")[:-1]:
        refused = line.startswith(b'{"refused":')
        yield msgspec.json.decode(line, type=Refused) if refused else msgspec.json.decode(line, type=Written)
