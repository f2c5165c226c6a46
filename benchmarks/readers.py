"""Claim: with 32 readers on the public board the judges' p99 grows to no more than 1.5 times, and a confirmed mark is on the public board
within 1 s.

Forty tablets send a batch of twelve every two seconds (more than any venue), and the worker stands the item anew all the time. Floor: the
same tablets without a reader, in the same run, before and after. Then with 32 readers who ask once a second each, then with 32 who ask
again as soon as they are answered. The readers run in a process of their own. For the second claim somebody enters a mark by hand and
looks at the board until it has it, in each of the three situations.

    .venv/bin/python -m benchmarks.readers --seconds 15
"""

import asyncio
import multiprocessing
import time
from datetime import datetime

import click
import msgspec

from benchmarks.http_load import load
from benchmarks.product import Product, load_average, mark_request, percentile, running_product

JUDGES, STATIONS, READERS = 40, 10, 32
REST = 2.0
MOST_TIMES, MOST_SECONDS = 1.5, 1.0


class Tablets:
    """Forty judges who send whole sheets; what each sheet's next revision is."""

    def __init__(self, product: Product) -> None:
        self.product = product
        # The last judge is the one who looks at the board.
        self.robots = product.venue.robots[:-1]
        self.sheets = [list(robot.sheets.values()) for robot in self.robots]
        self.sent = [0] * len(self.robots)

    async def work(self, seconds: float) -> list[float]:
        """Latencies of all batches within so many seconds."""
        latencies: list[float] = []
        ends = time.perf_counter() + seconds
        await asyncio.gather(*(self._one(number, ends, latencies) for number in range(len(self.robots))))
        return latencies

    async def _one(self, number: int, ends: float, latencies: list[float]) -> None:
        await asyncio.sleep(REST * number / len(self.robots))
        reader, writer = await asyncio.open_connection("127.0.0.1", self.product.port)
        while time.perf_counter() < ends:
            turn = self.sent[number]
            self.sent[number] += 1
            sheet, rev = self.sheets[number][turn % STATIONS], turn // STATIONS
            marks = {f"J{place:02}": str((turn + place + rev) % 4) for place in range(1, 13)}
            began = time.perf_counter()
            writer.write(mark_request(self.product.headers[number], sheet, marks, rev))
            body = await read_answer(reader)
            latencies.append(time.perf_counter() - began)
            assert body.count(b'"accepted"') == 12, body[:300]
            await asyncio.sleep(max(0.0, REST - (time.perf_counter() - began)))
        writer.close()


class Looker:
    """One judge who marks and then asks for the board until the mark has moved it."""

    def __init__(self, product: Product) -> None:
        self.product, self.sent = product, 0
        self.sheet = next(iter(product.venue.robots[-1].sheets.values()))

    async def work(self, seconds: float) -> list[float]:
        """Seconds from the receipt until a board built from a later standing is shown, for a mark every second and a half."""
        delays: list[float] = []
        reader, writer = await asyncio.open_connection("127.0.0.1", self.product.port)
        ends = time.perf_counter() + seconds
        while time.perf_counter() < ends:
            # The receipt says when the mark was received; the board says when its standing was made.
            writer.write(
                mark_request(self.product.headers[-1], self.sheet, {"J12": str(1 + self.sent % 3)}, self.sent)
            )
            self.sent += 1
            receipt = await read_answer(reader)
            at = time.perf_counter()
            received = datetime.fromisoformat(msgspec.json.decode(receipt)["results"][0]["received_at"])
            while True:
                writer.write(f"GET {self.product.board} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
                shown = msgspec.json.decode(await read_answer(reader))["at"]
                if shown and datetime.fromisoformat(shown) > received:
                    break
                assert time.perf_counter() < at + 20, "the mark never came to the board"
                await asyncio.sleep(0.02)
            delays.append(time.perf_counter() - at)
            await asyncio.sleep(1.5)
        writer.close()
        return delays


async def read_answer(reader: asyncio.StreamReader, status: int = 200) -> bytes:
    """The body of one answer; anything but `status` is an error."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    assert head.startswith(f"http/1.1 {status}".encode()), head
    at = head.index(b"\r\ncontent-length:")
    return await reader.readexactly(int(head[at + 17 : head.index(b"\r\n", at + 2)]))


@click.command(help=__doc__)
@click.option("--seconds", default=15.0, show_default=True, help="Of each situation.")
def main(seconds: float) -> None:
    """Run and print."""
    seconds = min(seconds, 100.0)
    with running_product(STATIONS, JUDGES + 1) as product:
        tablets, looker = Tablets(product), Looker(product)
        found: dict[str, tuple[list[float], list[float]]] = {}
        for situation, limit in (
            ("no reader", None),
            ("32, one a second", 1.0),
            ("32, no limit", 0.0),
            ("no reader again", None),
        ):
            found[situation] = _situation(product, tablets, looker, seconds, limit)
        floor = percentile([*found["no reader"][0], *found["no reader again"][0]], 0.99)
        click.echo(f"{JUDGES} tablets, a batch of 12 each {REST:g} s; {load_average()}")
        for situation, (latencies, delays) in found.items():
            p99 = percentile(latencies, 0.99)
            click.echo(
                f"{situation:<17} {len(latencies):5d} batches  p50 {percentile(latencies, 0.5) * 1000:6.1f}  "
                f"p95 {percentile(latencies, 0.95) * 1000:6.1f}  p99 {p99 * 1000:6.1f} ms  × {p99 / floor:.2f}"
                f"{_met(p99 / floor <= MOST_TIMES) if 'no reader' not in situation else ''}"
                f"   on the board after {max(delays) * 1000:5.0f} ms at most{_met(max(delays) <= MOST_SECONDS)}"
            )
        p95 = percentile(found["no reader"][0], 0.95) * 1000
        click.echo(f"batches of 12 under {JUDGES} tablets: p95 {p95:.1f} ms, target ≤ 80{_met(p95 <= 80)}")


def _situation(
    product: Product, tablets: Tablets, looker: Looker, seconds: float, limit: float | None
) -> tuple[list[float], list[float]]:
    reading = None
    if limit is not None:
        reading = multiprocessing.get_context("spawn").Process(
            target=_read, args=(product.port, product.board, limit, seconds)
        )
        reading.start()
        # A fresh interpreter takes its time.
        time.sleep(1.5)

    async def work() -> tuple[list[float], list[float]]:
        latencies, delays = await asyncio.gather(tablets.work(seconds), looker.work(seconds))
        return latencies, delays

    try:
        return asyncio.run(work())
    finally:
        if reading:
            reading.join(60)
            reading.kill()


def _read(port: int, path: str, rest: float, seconds: float) -> None:
    """Thirty-two readers for so long; `rest` seconds between two questions of one, 0 for none."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()

    async def slow(number: int, ends: float) -> None:
        await asyncio.sleep(rest * number / READERS)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < ends:
            writer.write(request)
            await read_answer(reader)
            await asyncio.sleep(rest)
        writer.close()

    async def all_slow() -> None:
        ends = time.perf_counter() + seconds + 1
        await asyncio.gather(*(slow(number, ends) for number in range(READERS)))

    asyncio.run(all_slow() if rest else load(port, READERS, seconds + 1, lambda _: request))  # type: ignore[arg-type]


def _met(held: bool) -> str:
    return " met" if held else " MISSED"


if __name__ == "__main__":
    main()
