"""Robot judges over HTTP: several in one process, each with several sendings in flight.

    python -m frontend.rehearsal.robots ORDERS.json

Each signs in, takes its session along, marks what is open on its sheets, then looks at it again and corrects, until the rehearsal is
over. As on a tablet an operation keeps its number for ever and is sent until it is answered; one that is late is sent again while the
first is still on its way.
"""

import asyncio
import sys
import time
from collections import deque
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple, TypeAlias
from uuid import UUID, uuid4

import httpx
import msgspec
import uvloop

from frontend.rehearsal.orders import Log, Orders, Refused, Seat, Written
from scoring import Criterion

HANDS: Final = 3
"""Sendings of one judge at the same time, each of a sheet's criteria that no other holds."""
MOST_MARKS: Final = 6
IMPATIENCE: Final = 1.0
"""Seconds without an answer after which the same is sent again."""
TIMEOUT: Final = 10.0
RESTS: Final = (0.1, 0.2, 0.4, 0.8, 1.6)
"""Seconds after the first, second … failure in a row, more or less."""
Asking: TypeAlias = Callable[[], Coroutine[Any, Any, httpx.Response]]
TAKEN: Final = frozenset({"accepted", "duplicate"})


class _Session(msgspec.Struct):
    csrf_token: str


class _Line(msgspec.Struct):
    rule: Criterion


class _Mark(msgspec.Struct):
    rev: int


class _Sheet(msgspec.Struct):
    sheet: str
    marks: dict[str, _Mark]


class _Pack(msgspec.Struct):
    lines: list[_Line]
    sheets: list[_Sheet]


class _Result(msgspec.Struct):
    op_id: UUID
    status: str
    rev: int | None = None
    code: str | None = None


class _Receipt(msgspec.Struct):
    results: list[_Result]


class Cell(NamedTuple):
    """One criterion of one sheet."""

    sheet: str
    criterion: str


class Operation(NamedTuple):
    """A mark on its way."""

    op_id: UUID
    cell: Cell
    value: str
    base_rev: int


class Judge:
    """One robot. What it was told is saved is in the log before it counts."""

    def __init__(self, orders: Orders, seat: Seat, log: Log) -> None:
        self.orders, self.seat, self.log = orders, seat, log
        self.random = Random(f"{orders.seed}/{seat.login}")  # noqa: S311 - no secret
        self.client = httpx.AsyncClient(base_url=orders.url, timeout=TIMEOUT, headers=seat.headers)
        self.rules: dict[str, Criterion] = {}
        self.revs: dict[Cell, int] = {}
        self.open: deque[Cell] = deque()
        self.marked: list[Cell] = []
        self.flying: set[asyncio.Task[httpx.Response | None]] = set()

    async def work(self) -> None:
        """From the link to the last answer."""
        try:
            await self._come_in()
            async with asyncio.TaskGroup() as hands:
                for _ in range(HANDS):
                    hands.create_task(self._hand())
            await asyncio.gather(*self.flying, return_exceptions=True)
        finally:
            await self.client.aclose()

    async def _come_in(self) -> None:
        answer = await self._until_answered(
            lambda: self.client.post("/api/v1/sign-in/link", json={"token": self.seat.token})
        )
        self.client.headers["x-csrf-token"] = msgspec.json.decode(answer.content, type=_Session).csrf_token
        answer = await self._until_answered(
            lambda: self.client.get(f"/api/v1/sessions/{self.seat.session}/pack")
        )
        pack = msgspec.json.decode(answer.content, type=_Pack)
        self.rules = {line.rule.key: line.rule for line in pack.lines}
        for sheet in pack.sheets:
            for key in self.rules:
                cell = Cell(sheet.sheet, key)
                self.revs[cell] = sheet.marks[key].rev if key in sheet.marks else 0
                self.open.append(cell)

    async def _until_answered(self, ask: Asking) -> httpx.Response:
        failures = 0
        while (answer := await self._ask(ask())) is None:
            await self._rest(failures)
            failures += 1
        return answer

    async def _rest(self, failures: int) -> None:
        await asyncio.sleep(RESTS[min(failures, len(RESTS) - 1)] * self.random.uniform(0.7, 1.3))

    async def _ask(self, asking: Coroutine[Any, Any, httpx.Response]) -> httpx.Response | None:
        """The answer; None where it was lost, or tells to come again."""
        try:
            answer = await asking
        except httpx.TransportError:
            return None
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            await asyncio.sleep(float(answer.headers.get("retry-after", "1")))
            return None
        return None if answer.status_code >= 500 else answer

    async def _hand(self) -> None:
        while self.open or not self.orders.are_over():
            batch = self._pick()
            if batch:
                await self._send(batch)
            await asyncio.sleep(
                self.random.expovariate(1 / (HANDS * self.orders.pace)) if self.orders.pace else 0
            )

    def _pick(self) -> list[Operation]:
        """Criteria of one sheet: those still open in their order, else some that are marked, to correct them. Nobody else holds them."""
        count = self.random.randint(1, MOST_MARKS)
        if self.open:
            sheet = self.open[0].sheet
            cells: list[Cell] = []
            while self.open and self.open[0].sheet == sheet and len(cells) < count:
                cells.append(self.open.popleft())
        elif self.marked:
            sheet = self.random.choice(self.marked).sheet
            cells = [cell for cell in self.marked if cell.sheet == sheet]
            cells = self.random.sample(cells, min(count, len(cells)))
            for cell in cells:
                self.marked.remove(cell)
        else:
            return []
        return [Operation(uuid4(), cell, self._value(cell), self.revs[cell]) for cell in cells]

    def _value(self, cell: Cell) -> str:
        rule = self.rules[cell.criterion]
        step = rule.step or Decimal(1)
        return format(
            rule.minimum + step * self.random.randint(0, int((rule.maximum - rule.minimum) / step)), "f"
        )

    async def _send(self, batch: list[Operation]) -> None:
        """Send until it is answered, and write down what the answer says."""
        sheet = batch[0].cell.sheet
        operations = [
            {"op_id": str(op.op_id), "criterion": op.cell.criterion, "state": "scored", "value": op.value, "base_rev": op.base_rev,
             "entered_at": datetime.now(UTC).isoformat()}
            for op in batch
        ]  # fmt: skip
        body = msgspec.json.encode({"ops": operations})
        began = time.time()
        answer, sendings = await self._insist(f"/api/v1/sheets/{sheet}/marks:batch", body)
        at = time.time()
        if answer.status_code != httpx.codes.OK:
            self.log.write(Refused(f"{answer.status_code} {answer.text[:200]}", self.seat.login))
            return
        results = {each.op_id: each for each in msgspec.json.decode(answer.content, type=_Receipt).results}
        for op in batch:
            result = results.get(op.op_id)
            if result is None or result.status not in TAKEN or result.rev is None:
                self.log.write(Refused(f"{op.op_id}: {result}", self.seat.login))
                continue
            self.log.write(
                Written(
                    op.op_id, self.seat.login, sheet, op.cell.criterion, op.value, result.rev, at, waited=at - began,
                    last=answer.elapsed.total_seconds(), sendings=sendings,
                )
            )  # fmt: skip
            self.revs[op.cell] = result.rev
            self.marked.append(op.cell)

    async def _insist(self, path: str, body: bytes) -> tuple[httpx.Response, int]:
        """The first good answer, and how often it was sent. Late ones go on by themselves: the server sees them all."""
        sendings, failures, waiting = 0, 0, set[asyncio.Task[httpx.Response | None]]()
        while True:
            headers = {"content-type": "application/json"}
            sending = asyncio.create_task(self._ask(self.client.post(path, content=body, headers=headers)))
            sendings += 1
            waiting.add(sending)
            self.flying.add(sending)
            sending.add_done_callback(self.flying.discard)
            done, waiting = await asyncio.wait(
                waiting, timeout=IMPATIENCE, return_when=asyncio.FIRST_COMPLETED
            )
            for task in done:
                if (answer := task.result()) is not None:
                    return answer, sendings
                await self._rest(failures)
                failures += 1


async def run(orders: Orders) -> None:
    """All judges of this process."""
    log = Log(Path(orders.log))
    try:
        async with asyncio.TaskGroup() as group:
            for seat in orders.seats:
                group.create_task(Judge(orders, seat, log).work())
    finally:
        log.close()


if __name__ == "__main__":
    uvloop.run(run(msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Orders)))
