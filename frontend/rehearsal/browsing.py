"""Robot judges who press on the tablet's own pages in a browser; the tablet's outbox does the sending, offline and on.

    python -m frontend.rehearsal.browsing ORDERS.json

What was saved is read from the receipts that the tablet itself keeps. Now and then its network is gone for some seconds.
"""

import asyncio
import contextlib
import os
import shutil
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import msgspec

from frontend.rehearsal.orders import Log, Orders, Refused, Seat, Written

if TYPE_CHECKING:
    from playwright.async_api import Page

ARGUMENTS: Final = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                    "--disable-component-update", "--disable-sync")  # fmt: skip
PROGRAMS: Final = ("chromium", "chromium-browser", "google-chrome", "chrome")
PATIENCE_MS: Final = 8_000
ONE_IN: Final = 12
"""So many sheets are marked between two times without network."""

# One answer as a finger gives it; the page's own script does everything else. Gives how many rows the sheet has.
PRESS: Final = """
([row, choice]) => {
  const rows = document.querySelectorAll(".crit");
  const choices = rows[row]?.querySelectorAll(".pick input") ?? [];
  if (choices.length) choices[choice % choices.length].click();
  return rows.length;
}
"""
KEPT: Final = """
() => new Promise((resolve, reject) => {
  const open = indexedDB.open("shibaiqian-judge");
  open.onerror = () => reject(open.error);
  open.onsuccess = () => {
    const [receipts, outbox] = ["receipts", "outbox"].map((name) => open.result.transaction([name]).objectStore(name).getAll());
    receipts.onsuccess = () => { outbox.onsuccess = () => {
      open.result.close();
      resolve({ receipts: receipts.result, outbox: outbox.result.map(({ status, code }) => ({ status, code })) });
    }; };
  };
})
"""


class Receipt(msgspec.Struct):
    """What the tablet noted when a mark was received."""

    op_id: UUID
    station: int
    criterion: str
    value: str
    rev: int


class _Unsent(msgspec.Struct):
    status: str
    code: str | None = None


class _Kept(msgspec.Struct):
    receipts: list[Receipt]
    outbox: list[_Unsent]


def browser_program() -> str | None:
    """The Chromium that robots can use, if there is one and playwright is installed."""
    if find_spec("playwright") is None:
        return None
    named = os.environ.get("SHIBAIQIAN_CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    return next((found for found in map(shutil.which, PROGRAMS) if found), None)


class Presser:
    """One judge before one tablet."""

    def __init__(self, orders: Orders, seat: Seat, log: Log, page: "Page") -> None:
        self.orders, self.seat, self.log, self.page = orders, seat, log, page
        self.random = Random(f"{orders.seed}/{seat.login}")  # noqa: S311 - no secret
        self.noted: set[UUID] = set()
        self.rows = 0

    async def work(self) -> None:
        """Press until the rehearsal is over and nothing is left on the tablet."""
        await self._go(f"{self.orders.url}/login/link/{self.seat.token}", "body[data-ready]")
        stations, number = list(self.seat.sheets), 0
        while number < len(stations) or not self.orders.are_over():
            station = stations[number] if number < len(stations) else self.random.choice(stations)
            await self._sheet(station, whole=number < len(stations), away=number % ONE_IN == ONE_IN - 1)
            number += 1
            await self._note()
        await self._empty()

    async def _go(self, url: str, ready: str) -> None:
        """A page is asked for until it is there: the server may be gone at this moment."""
        while True:
            with contextlib.suppress(_playwright_error()):
                await self.page.goto(url, timeout=PATIENCE_MS)
                await self.page.wait_for_selector(ready, state="attached", timeout=PATIENCE_MS)
                return
            await asyncio.sleep(0.5)

    async def _sheet(self, station: int, *, whole: bool, away: bool) -> None:
        await self._go(
            f"{self.orders.url}/judge/s/{self.seat.session}/w/{station:02}", "body[data-ready] .crit"
        )
        await self.page.context.set_offline(away)
        row = 0
        self.rows = await self.page.locator(".crit").count()
        while row < self.rows:
            if whole or self.random.random() < 0.4:
                await self.page.evaluate(PRESS, [row, self.random.randrange(16)])
                await asyncio.sleep(self.random.expovariate(1 / self.orders.pace) if self.orders.pace else 0)
            row += 1
        await self.page.context.set_offline(False)

    async def _note(self) -> int:
        """Write down the receipts that are new; gives how much the tablet still holds."""
        kept = msgspec.convert(await self.page.evaluate(KEPT), _Kept)
        fresh = [each for each in kept.receipts if each.op_id not in self.noted]
        self.noted.update(each.op_id for each in fresh)
        self.log.write(*(
            Written(each.op_id, self.seat.login, self.seat.sheets[each.station], each.criterion, each.value, each.rev, time.time(), "browser")
            for each in fresh
        ))  # fmt: skip
        troubled = [each for each in kept.outbox if each.status != "waiting"]
        if troubled:
            self.log.write(*(Refused(f"{each.status} {each.code}", self.seat.login) for each in troubled))
        return len(kept.outbox) - len(troubled)

    async def _empty(self) -> None:
        while await self._note():  # noqa: ASYNC110 - the browser tells when it is asked
            await asyncio.sleep(0.2)


async def run(orders: Orders) -> None:
    """All browser judges, each with a profile of its own in one Chromium."""
    from playwright.async_api import async_playwright

    log = Log(Path(orders.log))
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=browser_program(), args=ARGUMENTS)
        try:
            async with asyncio.TaskGroup() as group:
                for seat in orders.seats:
                    context = await chromium.new_context(
                        viewport={"width": 1024, "height": 768},
                        has_touch=True,
                        locale="zh-CN",
                        extra_http_headers=seat.headers,
                    )
                    group.create_task(Presser(orders, seat, log, await context.new_page()).work())
        finally:
            log.close()
            await chromium.close()


def _playwright_error() -> Any:  # noqa: ANN401 - playwright is there only where a browser is
    from playwright.async_api import Error

    return Error


if __name__ == "__main__":
    asyncio.run(run(msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Orders)))
