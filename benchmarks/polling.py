"""Claim: 10,000 phones that poll a board cost what the same bytes from a bare ASGI function cost, or little more.

Two parts, each for the product and for the floor in turn:

- without limit: 64 connections ask with the ETag they have and get 304, and without one and get the board; ratio of the rates;
- phones: 10,000 of them ask every `--period` seconds with the ETag they have, each on a new connection where the server has let the
  last one go, while a judge changes the board once a second; share answered within the period, p50 and p99. The floor answers the same requests from memory, with a new ETag each second.

    .venv/bin/python -m benchmarks.polling --phones 10000 --seconds 20
"""

import asyncio
import contextlib
import statistics
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import click
import httpx

from benchmarks.http_load import load
from benchmarks.product import Product, allow_files, load_average, mark_request, percentile, running_product
from benchmarks.serving import uvicorn_server

STATIONS, CLIENTS = 100, 64
TARGET = 0.8

BARE = """
import os, pathlib, time
body = pathlib.Path(os.environ["BARE_BODY"]).read_bytes()
first = int(time.time())
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    tag = b'"%032d"' % (int(time.time()) - first if scope["query_string"] else 0)
    headers = [(b"content-type", b"application/json"), (b"etag", tag), (b"cache-control", b"public, no-cache")]
    for name, value in scope["headers"]:
        if name == b"if-none-match" and value == tag:
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
"""


class _Phone(asyncio.Protocol):
    """A connection that keeps the ETag of what it was given, and begins anew where the server has let it go."""

    def __init__(self, port: int, path: str, latencies: list[float], statuses: dict[int, int]) -> None:
        self.port, self.path, self.latencies, self.statuses = port, path, latencies, statuses
        self.tag, self.head, self.left, self.sent_at = b"", b"", -1, 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        if self.sent_at:
            self._write()

    def ask(self) -> None:
        """Poll, unless the last answer is still awaited."""
        if self.sent_at:
            return
        self.sent_at = time.perf_counter()
        if self.transport.is_closing():
            loop = asyncio.get_running_loop()
            self.coming = loop.create_task(loop.create_connection(lambda: self, "127.0.0.1", self.port))
        else:
            self._write()

    def _write(self) -> None:
        tag = b"If-None-Match: " + self.tag + b"\r\n" if self.tag else b""
        self.transport.write(f"GET {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n".encode() + tag + b"\r\n")

    def data_received(self, data: bytes) -> None:
        if self.left < 0:
            self.head += data
            end = self.head.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self.head[:end].lower()
            self.tag = _field(head, b"etag") or self.tag
            status = int(head[9:12])
            self.statuses[status] = self.statuses.get(status, 0) + 1
            self.left = 0 if status == 304 else int(_field(head, b"content-length") or 0)
            data, self.head = self.head[end + 4 :], b""
        self.left -= len(data)
        if self.left <= 0:
            self.latencies.append(time.perf_counter() - self.sent_at)
            self.left, self.sent_at = -1, 0.0


def _field(head: bytes, name: bytes) -> bytes:
    at = head.find(b"\r\n" + name + b":")
    if at < 0:
        return b""
    end = head.find(b"\r\n", at + 2)
    return head[at + len(name) + 3 : end if end > 0 else None].strip()


@click.command(help=__doc__)
@click.option("--phones", default=10_000, show_default=True)
@click.option("--period", default=10.0, show_default=True, help="Seconds between two polls of a phone.")
@click.option(
    "--seconds",
    default=20.0,
    show_default=True,
    help="Of each part with phones; a quarter of it for each run without limit.",
)
@click.option("--rounds", default=3, show_default=True, help="Of the part without limit.")
def main(phones: int, period: float, seconds: float, rounds: int) -> None:
    """Run and print."""
    phones, seconds = min(phones, 12_000), min(seconds, 120.0)
    allow_files(phones + 1000)
    with running_product(STATIONS, 1) as product, tempfile.TemporaryDirectory(prefix="sbq-bench-") as name:
        asyncio.run(_fill(product))
        body, tag = _settled_board(product)
        with _bare(Path(name), body) as bare:
            bare_tag = httpx.get(f"http://127.0.0.1:{bare}/").headers["etag"]
            click.echo(f"board of {STATIONS} rows, {len(body)} bytes; {load_average()}")
            for words, ours, floor in (("304", tag, bare_tag), ("200", "", "")):
                rates: dict[str, list[float]] = {"product": [], "bare": []}
                for _ in range(rounds):
                    rates["product"].append(_without_limit(product.port, product.board, ours, seconds / 4))
                    rates["bare"].append(_without_limit(bare, "/", floor, seconds / 4))
                _compare(f"without limit, {words}", rates)
            for who, port, path, also in (
                ("product", product.port, product.board, _marking(product)),
                ("bare", bare, "/?moves", None),
            ):
                latencies, statuses, due = asyncio.run(_phones(port, path, phones, period, seconds, also))
                click.echo(
                    f"{phones} phones every {period:g} s, {who:<8} {len(latencies):7d} of {due} answered {statuses}  "
                    f"p50 {percentile(latencies, 0.5) * 1000:7.1f}  p99 {percentile(latencies, 0.99) * 1000:7.1f} ms"
                )


def _compare(words: str, rates: dict[str, list[float]]) -> None:
    ours, floor = (statistics.median(rates[who]) for who in ("product", "bare"))
    met = "met" if ours / floor >= TARGET else "MISSED"
    click.echo(
        f"{words:<20} product {ours:8.0f}/s  bare {floor:8.0f}/s  ratio {ours / floor:.2f}  target ≥ {TARGET:g}  {met}"
    )


async def _fill(product: Product) -> None:
    """Everybody has a mark for everything, so that the board has its whole length."""
    robot = product.venue.robots[0]
    reader, writer = await asyncio.open_connection("127.0.0.1", product.port)
    for number, sheet in enumerate(robot.sheets.values()):
        marks = {f"J{place:02}": str((number + place) % 4) for place in range(1, 13)}
        writer.write(mark_request(product.headers[0], sheet, marks, 0))
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        assert head.startswith(b"http/1.1 200"), head
        await reader.readexactly(int(_field(head, b"content-length")))
    writer.close()


def _settled_board(product: Product) -> tuple[bytes, str]:
    """The board once every entry stands on it."""
    deadline = time.monotonic() + 30
    while True:
        answer = httpx.get(f"http://127.0.0.1:{product.port}{product.board}").raise_for_status()
        if sum(row["complete"] for row in answer.json()["rows"]) == STATIONS:
            return answer.content, answer.headers["etag"]
        assert time.monotonic() < deadline, "the board did not settle"
        time.sleep(0.2)


def _without_limit(port: int, path: str, tag: str, seconds: float) -> float:
    condition = f"If-None-Match: {tag}\r\n" if tag else ""
    request = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n{condition}\r\n".encode()
    )
    result = asyncio.run(load(port, CLIENTS, seconds, lambda _: request))
    assert set(result.statuses) == {304 if tag else 200}, result.statuses
    return result.per_second


Also = Callable[[float], Coroutine[Any, Any, None]]


async def _phones(
    port: int, path: str, count: int, period: float, seconds: float, also: Also | None
) -> tuple[list[float], dict[int, int], int]:
    """Latencies, answers by status, and how many polls were due."""
    latencies: list[float] = []
    statuses: dict[int, int] = {}
    loop = asyncio.get_running_loop()
    phones: list[_Phone] = []
    for first in range(0, count, 100):
        made = await asyncio.gather(
            *(
                loop.create_connection(lambda: _Phone(port, path, latencies, statuses), "127.0.0.1", port)
                for _ in range(min(100, count - first))
            )
        )
        phones += [phone for _, phone in made]
    beside = asyncio.create_task(also(seconds)) if also else None
    began, due = time.perf_counter(), 0
    while (now := time.perf_counter()) < began + seconds:
        wanted = int((now - began) / period * count)
        for number in range(due, wanted):
            phones[number % count].ask()
        due = wanted
        await asyncio.sleep(0.005)
    if beside:
        await beside
    await asyncio.sleep(1)
    for phone in phones:
        phone.transport.abort()
    return latencies, statuses, due


def _marking(product: Product) -> Also:
    """A judge who changes the board once a second."""

    async def mark(seconds: float) -> None:
        robot = product.venue.robots[0]
        sheets = list(robot.sheets.values())
        reader, writer = await asyncio.open_connection("127.0.0.1", product.port)
        for number in range(int(seconds)):
            sheet, rev = sheets[number % len(sheets)], 1 + number // len(sheets)
            writer.write(mark_request(product.headers[0], sheet, {"J12": str((number + rev) % 4)}, rev))
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            await reader.readexactly(int(_field(head, b"content-length")))
            await asyncio.sleep(1)
        writer.close()

    return mark


@contextlib.contextmanager
def _bare(folder: Path, body: bytes) -> Iterator[int]:
    (folder / "board.json").write_bytes(body)
    (folder / "bare_board.py").write_text(BARE)
    with uvicorn_server("bare_board:app", {"BARE_BODY": str(folder / "board.json")}, folder=folder) as port:
        yield port


if __name__ == "__main__":
    main()
