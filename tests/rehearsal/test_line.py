"""The bad line of a rehearsal: what each card does to a request, seen from both ends."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from frontend.rehearsal import line as bad_line
from frontend.rehearsal.line import DECK, Cards, Line

BODY = b'{"ops":[]}'
ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfine"


def request(number: int = 0, path: str = "/api/v1/sheets/s/marks:batch") -> bytes:
    return (
        f"POST {path} HTTP/1.1\r\nx-number: {number}\r\nContent-Length: {len(BODY)}\r\n\r\n".encode() + BODY
    )


class Ends:
    """A tablet's connections through the line, and what the server has received."""

    def __init__(self, port: int, line: Line, received: list[bytes]) -> None:
        self.port, self.line, self.received = port, line, received

    async def send(self, number: int = 0, path: str = "/api/v1/sheets/s/marks:batch") -> bytes:
        """What comes back for one request on a connection of its own."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(request(number, path))
        try:
            return await asyncio.wait_for(reader.readexactly(len(ANSWER)), 10)
        except asyncio.IncompleteReadError as error:
            return error.partial
        except ConnectionError:
            return b""
        finally:
            writer.close()

    async def until_received(self, count: int) -> None:
        async with asyncio.timeout(10):
            while len(self.received) < count:
                await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def stretched(*cards: str) -> AsyncIterator[Ends]:
    """A line that draws these cards and then none, before a server that answers everything."""
    received: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while whole := await bad_line._request(reader):
                received.append(whole)
                writer.write(ANSWER)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    line = Line(server.sockets[0].getsockname()[1], seed=1)
    line.marks._left = ["" for _ in range(50)] + list(reversed(cards))
    front = await asyncio.start_server(line.serve, "127.0.0.1", 0)
    async with server, front:
        yield Ends(front.sockets[0].getsockname()[1], line, received)


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Held back and repeated by tenths of a second."""
    monkeypatch.setattr(bad_line, "HELD_SECONDS", (0.2, 0.3))
    monkeypatch.setattr(bad_line, "REPEAT_SECONDS", (0.1, 0.2))


@pytest.mark.parametrize(
    ("card", "comes_back", "arrives"),
    [
        ("", ANSWER, 1),
        ("cut_before", b"", 0),
        ("answer_lost", b"", 1),
        ("doubled", ANSWER, 2),
        ("repeated_late", ANSWER, 2),
        ("held_back", ANSWER, 1),
    ],
)
async def test_a_card_does_what_it_says(card, comes_back, arrives):
    async with stretched(card) as ends:
        back = await ends.send()
        await ends.until_received(arrives)

        assert back == comes_back
        assert ends.received == [request()] * arrives
        assert ends.line.counts[card] == (1 if card else 0)


async def test_a_torn_answer_breaks_off_in_its_middle():
    async with stretched("answer_torn") as ends:
        back = await ends.send()

        assert len(back) < len(ANSWER)
        assert ends.received == [request()]


async def test_a_later_request_overtakes_one_that_is_held_back():
    async with stretched("held_back", "") as ends:
        first = asyncio.create_task(ends.send(1))
        while ends.line.arrived < 1:
            await asyncio.sleep(0.001)
        await asyncio.gather(first, ends.send(2))

        assert ends.received == [request(2), request(1)]
        assert ends.line.counts["overtaken"] == 1


async def test_pages_are_only_late():
    async with stretched(*["cut_before"] * 20) as ends:
        assert [await ends.send(path="/judge") for _ in range(20)] == [ANSWER] * 20


def test_every_card_is_drawn_however_short_the_rehearsal():
    cards = Cards(DECK, Line(1, seed=3).random)

    assert {cards.draw() for _ in range(sum(DECK.values()))} == set(DECK)
