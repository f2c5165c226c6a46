"""The bad line between tablets and server: a proxy that knows where a request ends, so that it can spoil requests one by one.

    python -m frontend.rehearsal.line PORT UPSTREAM_PORT SEED COUNTS.json

| what happens to marks on their way | how many of 40 |
| --- | --- |
| cut before the server has the request | 2 |
| cut after it, the answer is lost | 2 |
| cut in the middle of the answer | 2 |
| sent twice at once | 3 |
| sent once more, seconds later, after newer ones | 2 |
| held back for up to two seconds, so that later ones overtake it | 3 |

Every request and answer is late by up to 40 ms besides. Other calls of the API are cut now and then; pages are only late. The cards are
drawn from a shuffled deck: each thing happens, however short the rehearsal is.
"""

import asyncio
import contextlib
import signal
import sys
from collections import Counter
from pathlib import Path
from random import Random
from typing import Final

import msgspec
import uvloop

DECK: Final = {
    "cut_before": 2,
    "answer_lost": 2,
    "answer_torn": 2,
    "doubled": 3,
    "repeated_late": 2,
    "held_back": 3,
    "": 26,
}
CALLS: Final = {"cut_before": 1, "answer_lost": 1, "": 38}
LATE_SECONDS: Final = 0.04
HELD_SECONDS: Final = (0.2, 2.0)
REPEAT_SECONDS: Final = (1.0, 8.0)
MARKS: Final = b"/marks:batch "
LARGEST: Final = 1 << 20


class Cards:
    """A deck that is shuffled anew when it is used up."""

    def __init__(self, deck: dict[str, int], random: Random) -> None:
        self._deck, self._random, self._left = deck, random, list[str]()

    def draw(self) -> str:
        if not self._left:
            self._left = [name for name, count in self._deck.items() for _ in range(count)]
            self._random.shuffle(self._left)
        return self._left.pop()


class Line:
    """The proxy. `counts` says how often which thing happened; `overtaken` counts marks that arrived before earlier ones."""

    def __init__(self, upstream: int, seed: int) -> None:
        self.upstream, self.random = upstream, Random(seed)  # noqa: S311 - no secret
        self.marks, self.calls = Cards(DECK, self.random), Cards(CALLS, self.random)
        self.counts: Counter[str] = Counter()
        self.arrived = self.latest = 0
        self._repeats: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of a tablet."""
        self.counts["connections"] += 1
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self.upstream)
            wire = _Wire(self, writer, up_reader)
            answers = asyncio.create_task(wire.carry_answers())
            try:
                while request := await _request(reader):
                    if not await self._carry(request, up_writer, wire):
                        break
            finally:
                answers.cancel()
                up_writer.transport.abort()
        writer.transport.abort()

    async def _carry(self, request: bytes, upstream: asyncio.StreamWriter, wire: "_Wire") -> bool:
        """Bring one request to the server, or not; false ends the connection."""
        head = request[: request.index(b"\r\n")]
        is_marks = MARKS in head
        card = self.marks.draw() if is_marks else self.calls.draw() if b" /api/" in head else ""
        self.counts["requests"] += 1
        self.arrived += 1
        number = self.arrived
        if card:
            self.counts[card] += 1
        await asyncio.sleep(self.random.uniform(0, LATE_SECONDS))
        if card == "cut_before":
            return False
        if card == "held_back":
            await asyncio.sleep(self.random.uniform(*HELD_SECONDS))
        if is_marks:
            self.counts["marks"] += 1
            self.counts["overtaken"] += number < self.latest
            self.latest = max(self.latest, number)
        wire.spoil = card if card in ("answer_lost", "answer_torn") else ""
        upstream.write(request)
        await upstream.drain()
        if card in ("doubled", "repeated_late"):
            self._repeat(request, 0 if card == "doubled" else self.random.uniform(*REPEAT_SECONDS))
        return True

    def _repeat(self, request: bytes, later: float) -> None:
        task = asyncio.create_task(self._send_again(request, later))
        self._repeats.add(task)
        task.add_done_callback(self._repeats.discard)

    async def _send_again(self, request: bytes, later: float) -> None:
        """The same bytes on a connection of their own; nobody hears the answer."""
        await asyncio.sleep(later)
        with contextlib.suppress(OSError, TimeoutError):
            reader, writer = await asyncio.open_connection("127.0.0.1", self.upstream)
            try:
                writer.write(request)
                await asyncio.wait_for(reader.read(1), 10)
            finally:
                writer.transport.abort()


class _Wire:
    """The way back of one connection. `spoil` is what happens to the next answer."""

    def __init__(self, line: Line, tablet: asyncio.StreamWriter, server: asyncio.StreamReader) -> None:
        self.line, self.tablet, self.server = line, tablet, server
        self.spoil = ""

    async def carry_answers(self) -> None:
        with contextlib.suppress(OSError):
            while data := await self.server.read(65_536):
                if self.spoil == "answer_lost":
                    break
                await asyncio.sleep(self.line.random.uniform(0, LATE_SECONDS))
                if self.spoil == "answer_torn":
                    self.tablet.write(data[: len(data) // 2])
                    await self.tablet.drain()
                    break
                self.tablet.write(data)
                await self.tablet.drain()
            else:
                self.tablet.close()
                return
        self.tablet.transport.abort()


async def _request(reader: asyncio.StreamReader) -> bytes:
    """One whole request; empty where the tablet sends no more. Browsers and robots give every body a length."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""
    at = head.lower().find(b"\r\ncontent-length:")
    length = 0 if at < 0 else int(head[at + 17 : head.index(b"\r\n", at + 2)])
    return head + (await reader.readexactly(length) if length else b"")


async def run(port: int, upstream: int, seed: int) -> dict[str, int]:
    """Carry until SIGTERM; what happened."""
    line, over = Line(upstream, seed), asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, over.set)
    server = await asyncio.start_server(line.serve, "127.0.0.1", port, limit=LARGEST)
    await over.wait()
    server.close()
    return dict(line.counts)


if __name__ == "__main__":
    happened = uvloop.run(run(*map(int, sys.argv[1:4])))
    Path(sys.argv[4]).write_bytes(msgspec.json.encode(happened))
