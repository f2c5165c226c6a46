"""Claim: a spread over the limit is in the control room ≤ 1 s after the last judge has submitted, a raised hand ≤ 2 s after it was raised,
and a screen shows ≤ 200 ms later what it is told to show (UX.md J10, J12, O12).

An organiser follows the contest's event stream as the control room does, and at each event asks for the room again; a screen follows
what the public is told of it. Times are from the receipt of what the judge or organiser did to the answer that shows it. Floor of the same
run: the same room fetched with nothing to wait for.

    .venv/bin/python -m benchmarks.notices --times 30
"""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import click
import httpx

from api.access.authentication import token_hash
from api.plumbing.ids import encode_id
from benchmarks.product import Product, load_average, mark_request, percentile, running_product
from benchmarks.readers import read_answer

JUDGES = 5
TARGETS = {
    "spread in the control room": 1.0,
    "hand in the control room": 2.0,
    "screen told what to show": 0.2,
}
RULES = '{"spread": {"criterion": "1"}}'


class Office:
    """An organiser of the venue's contest, signed in."""

    def __init__(self, product: Product, contest: UUID, token: str) -> None:
        self.contest = encode_id("contest", contest)
        self.client = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{product.port}", cookies={"sbq_session": token}, timeout=30
        )

    async def ask(self, method: str, path: str, body: object = None, **headers: str) -> Any:
        """The answer's JSON. Raises for anything but success."""
        headers = {"Idempotency-Key": secrets.token_hex(8), **headers} if method == "POST" else headers
        answer = await self.client.request(method, f"/api/v1{path}", json=body, headers=headers)
        return answer.raise_for_status().json()


@asynccontextmanager
async def office(product: Product) -> AsyncIterator[Office]:
    """The contest gets a limit of spread, and somebody who may look."""
    connection = await asyncpg.connect(product.settings.owner_url)
    contest = await connection.fetchval("SELECT contest_id FROM item WHERE id = $1", product.venue.item)
    await connection.execute(
        "INSERT INTO contest_rules (contest_id, revision, document, hash) "
        "SELECT $1, coalesce(max(revision), 0) + 1, $2, '\\x00' FROM contest_rules WHERE contest_id = $1",
        contest, RULES,
    )  # fmt: skip
    account = await connection.fetchval(
        "INSERT INTO account (login, display_name) VALUES ('bench-office', '组委会') RETURNING id"
    )
    await connection.execute(
        "INSERT INTO access_grant (account_id, role, scope_kind, scope_id, contest_id) VALUES ($1, 'organiser', 'contest', $2, $2)",
        account, contest,
    )  # fmt: skip
    token = secrets.token_urlsafe(24)
    await connection.execute(
        "INSERT INTO sign_in_session (token_hash, account_id, kind, second_factor, expires_at) "
        "VALUES ($1, $2, 'browser', true, now() + interval '1 hour')",
        token_hash(token), account,
    )  # fmt: skip
    await connection.close()
    found = Office(product, contest, token)
    async with found.client:
        found.client.headers["X-CSRF-Token"] = (await found.ask("GET", "/me"))["csrf_token"]
        yield found


class Follower:
    """Someone who looks again at every event of a stream."""

    def __init__(self, client: httpx.AsyncClient, path: str) -> None:
        self.client, self.path = client, path
        self.events: asyncio.Queue[None] = asyncio.Queue()

    async def follow(self) -> None:
        """Read the stream until cancelled."""
        async with self.client.stream("GET", f"/api/v1{self.path}") as answer:
            answer.raise_for_status()
            async for line in answer.aiter_lines():
                if line.startswith("event:"):
                    self.events.put_nowait(None)

    async def until(self, shows: Callable[[], Awaitable[bool]]) -> float:
        """Seconds until a look after an event shows it."""
        began = time.perf_counter()
        async with asyncio.timeout(20):
            while True:
                await self.events.get()
                while not self.events.empty():
                    self.events.get_nowait()
                if await shows():
                    return time.perf_counter() - began


class Judges:
    """The panel, marking over HTTP."""

    def __init__(self, product: Product) -> None:
        self.product = product

    async def submit_apart(self, station: int) -> None:
        """All mark a station and submit; on the first line the last one lies three steps from the others."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.product.port)
        for number, robot in enumerate(self.product.venue.robots):
            marks = {f"J{line:02}": "2" for line in range(2, 13)} | {
                "J01": "3" if number == JUDGES - 1 else "0"
            }
            sheet = robot.sheets[station]
            writer.write(mark_request(self.product.headers[number], sheet, marks, 0))
            assert b'"rejected"' not in await read_answer(reader)
            await self._post(
                reader,
                writer,
                number,
                f"/sheets/{sheet}/transitions",
                f'{{"to":"submitted","seq":{len(marks)}}}',
            )
        writer.close()

    async def raise_hand(self, station: int) -> None:
        """The first judge raises a hand."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.product.port)
        body = f'{{"kind":"equipment","occurred_at":"2021-03-01T14:31:07+08:00","station":{station}}}'
        session = self.product.venue.robots[0].session
        await self._post(reader, writer, 0, f"/sessions/{session}/incidents", body)
        writer.close()

    async def _post(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, judge: int, path: str, body: str
    ) -> None:
        writer.write(
            f"POST /api/v1{path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{self.product.headers[judge]}Content-Type: application/json\r\n"
            f"Idempotency-Key: {uuid4()}\r\nContent-Length: {len(body.encode())}\r\n\r\n{body}".encode()
        )
        await read_answer(reader, 201 if path.endswith("/incidents") else 200)


async def measure(product: Product, times: int) -> tuple[dict[str, list[float]], list[float]]:
    """Seconds of each claim, and of the bare fetch."""
    found: dict[str, list[float]] = {name: [] for name in TARGETS}
    judges, session = Judges(product), product.venue.robots[0].session
    async with (
        office(product) as desk,
        httpx.AsyncClient(base_url=desk.client.base_url, timeout=30) as anybody,
    ):

        async def room() -> Any:
            return await desk.ask("GET", f"/sessions/{session}/control")

        floor = [await _timed(room) for _ in range(times)]
        screen = await desk.ask(
            "POST",
            f"/contests/{desk.contest}/screens",
            {"name": "一号屏", "view": "notice", "notice": "开始"},
        )
        control = Follower(desk.client, f"/contests/{desk.contest}/events")
        hall = Follower(anybody, f"/contests/{desk.contest}/events")
        following = [asyncio.create_task(each.follow()) for each in (control, hall)]
        await asyncio.sleep(1)
        try:
            for turn in range(1, times + 1):
                flagged, raised, text = _flagged(room, turn), _raised(room, turn), f"第{turn}次"
                await judges.submit_apart(turn)
                found["spread in the control room"].append(await control.until(flagged))
                await judges.raise_hand(turn)
                found["hand in the control room"].append(await control.until(raised))
                body = {"view": "notice", "notice": text}
                screen = await desk.ask(
                    "PATCH", f"/screens/{screen['id']}", body, **{"If-Match": f'"r{screen["rev"]}"'}
                )
                found["screen told what to show"].append(await hall.until(_shown(desk, screen["code"], text)))
        finally:
            for task in following:
                task.cancel()
            await asyncio.gather(*following, return_exceptions=True)
    return found, floor


async def _timed(act: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await act()
    return time.perf_counter() - began


def _flagged(room: Callable[[], Awaitable[Any]], station: int) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return any(each["station"] == station and each["spreads"] for each in (await room())["stations"])

    return look


def _raised(room: Callable[[], Awaitable[Any]], station: int) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return any(each["station"] == station and each["hands"] for each in (await room())["stations"])

    return look


def _shown(desk: Office, code: str, text: str) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        shown = await desk.ask("GET", f"/public/screens/{code}")
        return bool(shown["notice"] == text)

    return look


@click.command(help=__doc__)
@click.option("--times", default=30, show_default=True, type=click.IntRange(2, 100))
def main(times: int) -> None:
    """Measure and print."""
    with running_product(times, JUDGES) as product:
        found, floor = asyncio.run(measure(product, times))
    base = percentile(floor, 0.5)
    click.echo(
        f"{times} times each; the room fetched with nothing new: {base * 1000:.0f} ms in the median; {load_average()}"
    )
    for name, target in TARGETS.items():
        worst = percentile(found[name], 0.95)
        verdict = "met" if worst <= target else "MISSED"
        click.echo(
            f"{name:<28} median {percentile(found[name], 0.5) * 1000:6.0f} ms   p95 {worst * 1000:6.0f} ms   "
            f"ratio of the median {percentile(found[name], 0.5) / base:5.1f}   target ≤ {target * 1000:.0f} ms: {verdict}"
        )


if __name__ == "__main__":
    main()
