"""Claim: with 2,000 screens on the event stream and one update a second, p99 from the commit of a mark to the byte on the wire is
≤ 150 ms, and 1,000 connections take ≤ 25 MB of the server (PSS).

A judge enters one mark a second over HTTP; the worker stands the item anew; every screen follows the item's public board by SSE. Two
times are taken for each screen and update: from the judge's receipt, which leaves right after the commit, and from the moment the mark
was sent, which is too long by the request itself. The screens are read by one process on the same machine, so its time is in the
numbers. Floor of the same run: the same bytes written by a bare ASGI function to as many connections, from the write to the last reader.

    .venv/bin/python -m benchmarks.stream --screens 2000 --seconds 30
"""

import asyncio
import contextlib
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import click

from api.plumbing.ids import encode_id
from benchmarks.memory import pss_mb
from benchmarks.product import Product, allow_files, load_average, mark_request, percentile, running_product
from benchmarks.serving import uvicorn_server

TARGET_MS, TARGET_MB = 150.0, 25.0
STATIONS = 40

BARE = """
import asyncio, os
readers = set()
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    if scope["path"] == "/tell":
        body = b"id: p-1\\nevent: board\\ndata: " + b"x" * 480 + b"\\n\\n"
        for each in list(readers):
            await each({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
    await send({"type": "http.response.body", "body": b": hello\\n\\n", "more_body": True})
    readers.add(send)
    while (await receive())["type"] != "http.disconnect":
        pass
    readers.discard(send)
"""


class _Screen(asyncio.Protocol):
    """A connection that notes when a board event arrives."""

    def __init__(self, request: bytes, wall: "_Wall") -> None:
        self.request, self.wall = request, wall
        self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        if b"event: board" in data:
            self.wall.arrived.append(time.perf_counter())
        elif b"event: ready" in data or b": hello" in data:
            self.wall.ready += 1

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True


class _Wall:
    """All screens."""

    def __init__(self) -> None:
        self.arrived: list[float] = []
        self.ready = 0
        self.screens: list[_Screen] = []

    async def hang(self, port: int, path: str, count: int) -> None:
        """Connect, a few at a time, and wait until every one has been welcomed."""
        request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n".encode()
        loop = asyncio.get_running_loop()
        for first in range(0, count, 50):
            made = await asyncio.gather(
                *(
                    loop.create_connection(lambda: _Screen(request, self), "127.0.0.1", port)
                    for _ in range(min(50, count - first))
                )
            )
            self.screens += [screen for _, screen in made]
        async with asyncio.timeout(60):
            while self.ready < count:
                await asyncio.sleep(0.05)

    def take_down(self) -> None:
        for screen in self.screens:
            screen.transport.abort()


@click.command(help=__doc__)
@click.option("--screens", default=2000, show_default=True)
@click.option("--seconds", default=30.0, show_default=True)
def main(screens: int, seconds: float) -> None:
    """Run and print."""
    screens, seconds = min(screens, 5000), min(seconds, 300.0)
    allow_files(2 * screens + 500)
    bare = asyncio.run(_bare(screens, min(10, int(seconds))))
    with running_product(STATIONS, 1) as product:
        asyncio.run(_run(product, screens, seconds, bare))


async def _run(product: Product, screens: int, seconds: float, bare: list[float]) -> None:
    before = pss_mb(product.api)
    wall = _Wall()
    await wall.hang(
        product.port, f"/api/v1/public/items/{encode_id('item', product.venue.item)}/events", screens
    )
    from_sending, from_receipt, missed = [], [], 0
    for number in range(int(seconds)):
        began = time.perf_counter()
        wall.arrived.clear()
        sent, received = await _mark(product, number)
        # An update is over for a screen when it has come; a late one counts as a missed one of this second.
        while len(wall.arrived) < screens and time.perf_counter() < began + 1:
            await asyncio.sleep(0.005)
        missed += screens - min(screens, len(wall.arrived))
        from_sending += [each - sent for each in wall.arrived]
        from_receipt += [max(0.0, each - received) for each in wall.arrived]
        await asyncio.sleep(max(0.0, began + 1 - time.perf_counter()))
    memory = (pss_mb(product.api) - before) / screens * 1000
    lost = sum(screen.lost for screen in wall.screens)
    wall.take_down()
    click.echo(
        f"{screens} screens, {int(seconds)} updates, {load_average()}; {missed} not within their second, {lost} connections lost"
    )
    for name, values in (
        ("bare ASGI, write to wire", bare),
        ("from the receipt", from_receipt),
        ("from sending the mark", from_sending),
    ):
        if values:
            shares = "  ".join(
                f"p{share:g} {percentile(values, share / 100) * 1000:7.1f}" for share in (50, 95, 99)
            )
            click.echo(f"{name:<26} {shares} ms")
    p99 = percentile(from_receipt, 0.99) * 1000 if from_receipt else float("inf")
    click.echo(
        f"p99 from commit {p99:.1f} ms, target ≤ {TARGET_MS:g}: {'met' if p99 <= TARGET_MS and not missed else 'MISSED'}"
    )
    if bare:
        click.echo(f"ratio to bare ASGI at p99: {p99 / (percentile(bare, 0.99) * 1000):.2f}")
    click.echo(
        f"{memory:.1f} MB per 1,000 connections, target ≤ {TARGET_MB:g}: {'met' if memory <= TARGET_MB else 'MISSED'}"
    )


async def _mark(product: Product, number: int) -> tuple[float, float]:
    """Enter one mark that changes the board; when it was sent and when its receipt came."""
    robot = product.venue.robots[0]
    sheets = list(robot.sheets.values())
    sheet, rev = sheets[number % len(sheets)], number // len(sheets)
    reader, writer = await asyncio.open_connection("127.0.0.1", product.port)
    sent = time.perf_counter()
    writer.write(mark_request(product.headers[0], sheet, {"J12": str(1 + rev % 3)}, rev))
    head = await reader.readuntil(b"\r\n\r\n")
    received = time.perf_counter()
    assert head.startswith(b"HTTP/1.1 200"), head
    writer.close()
    return sent, received


async def _bare(screens: int, rounds: int) -> list[float]:
    """What it takes to bring an event's bytes to so many connections, without anything of ours."""
    times: list[float] = []
    with _bare_server() as port:
        wall = _Wall()
        await wall.hang(port, "/", screens)
        for _ in range(rounds):
            wall.arrived.clear()
            began = time.perf_counter()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET /tell HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            await reader.read()
            async with asyncio.timeout(10):
                while len(wall.arrived) < screens:
                    await asyncio.sleep(0.005)
            times += [each - began for each in wall.arrived]
            writer.close()
        wall.take_down()
    return times


@contextlib.contextmanager
def _bare_server() -> Iterator[int]:
    with tempfile.TemporaryDirectory(prefix="sbq-bench-") as name:
        Path(name, "bare_stream.py").write_text(BARE)
        with uvicorn_server("bare_stream:app", {}, folder=Path(name)) as port:
            yield port


if __name__ == "__main__":
    main()
