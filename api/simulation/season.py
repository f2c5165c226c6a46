"""A whole season into an empty database: from the county contests up, contest by contest, through COPY, in one transaction.

Only the contests are kept in memory, never the people: whoever goes up is a number, from which everything else follows. One transaction
means that a season is there or is not: whatever kills the program midway leaves the database as it was.
"""

import resource
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Final

import asyncpg
import msgspec

from api.contests.builtin import load_presets
from api.plumbing.db import APP_ROLE, Connection
from api.plumbing.settings import Settings
from api.simulation.awarding import propose_awards
from api.simulation.closing import CutAt
from api.simulation.contests import ContestWriter, Held, Notice
from api.simulation.dates import base_times, city_times
from api.simulation.entering import Candidate
from api.simulation.final import FinalBuilder
from api.simulation.organisations import Host, Tree, TreeBuilder
from api.simulation.rows import COLUMNS, CopyInto, into
from api.simulation.scaling import ContestPlan
from api.simulation.workshop import Workshop
from scoring import QuotaRule

Progress = Callable[[str, int, int], None]

# Any number, the same in every process: two starts at once build one season, one after the other.
LOCK: Final = 7_100_1001
FIRST_CREW_ACCOUNT: Final = 100
"""Accounts of the demo come before it, so that its links stand in their order."""


PRESETS: Final = """/* simulation.presets */
SELECT code, id::text FROM preset WHERE organisation_id IS NULL ORDER BY version
"""


class Report(msgspec.Struct, frozen=True):
    """What a simulation made, in how many seconds and how much memory (MiB at the highest, of this process)."""

    workers: int
    rows: dict[str, int]
    seconds: float
    peak_memory: float

    @property
    def people_per_second(self) -> float:
        """Workers a second, from the first row to the commit."""
        return self.workers / self.seconds

    def __str__(self) -> str:
        return (
            f"{self.workers:,} workers and {self.rows['mark_revision']:,} marks in {self.seconds:.1f} s: "
            f"{self.people_per_second:,.0f} people/s, at most {self.peak_memory:,.0f} MiB of memory."
        )


class SeasonThereError(Exception):
    """The database has a season already: people of two simulations would have the same numbers."""

    def __init__(self) -> None:
        super().__init__("This database has a season already. Simulate into an empty one (another --data).")


async def simulate(settings: Settings, scale: int, seed: int, progress: Progress) -> Report:
    """Fill an empty database with a finished season. Raises SeasonThereError, ValueError for a scale that no season has."""
    report = await build(settings, scale, seed, progress, live_at=None)
    if report is None:
        raise SeasonThereError
    return report


async def build(
    settings: Settings,
    scale: int,
    seed: int,
    progress: Progress,
    *,
    live_at: datetime | None,
    wrap: Callable[[CopyInto], CopyInto] = lambda copy: copy,
) -> Report | None:
    """The season, or None where one is there. With `live_at` its final is going on at that moment, and the demo's accounts are made.

    `wrap` stands between rows and database, for measuring.
    """
    began = time.monotonic()
    connection = await asyncpg.connect(settings.database_url, server_settings={"role": APP_ROLE})
    try:
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
            if await connection.fetchval("SELECT EXISTS (SELECT FROM season)"):
                return None
            shop = Workshop(settings.secret_key, scale, seed, live_at, wrap(into(connection)))
            await SeasonBuilder(connection, shop).build(progress)
    finally:
        await connection.close()
    await _count_statistics(settings)
    return Report(scale, shop.rows.count, time.monotonic() - began, peak_memory())


def peak_memory() -> float:
    """The most memory that this process has had, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # macOS counts bytes, Linux KiB.
    return peak / 1024 / 1024 if sys.platform == "darwin" else peak / 1024


async def _count_statistics(settings: Settings) -> None:
    """Let the planner know of the new rows at once; it would find out by itself after a minute."""
    connection = await asyncpg.connect(settings.owner_url)
    try:
        await connection.execute("ANALYZE " + ", ".join(COLUMNS))
    finally:
        await connection.close()


class SeasonBuilder:
    """Builds one season inside an open transaction."""

    def __init__(self, connection: Connection, shop: Workshop) -> None:
        self.connection, self.shop = connection, shop
        self.preset_ids: dict[str, str] = {}
        self.up: defaultdict[str, list[Candidate]] = defaultdict(list)

    async def build(self, progress: Progress) -> None:
        """Tier by tier, so that a slot is there before the entry that uses it."""
        tree = await self._foundation()
        final = FinalBuilder(self.shop, tree)
        held = self._contests(tree, final)
        await self.shop.rows.write()
        for number, plan in enumerate(self.shop.plan.base):
            self._base(plan, held, tree)
            progress("county and enterprise contests", number + 1, len(self.shop.plan.base))
            await self.shop.rows.write_if_many()
        await self.shop.rows.write()
        for number, plan in enumerate(self.shop.plan.city):
            self._city(plan, held, final)
            progress("city contests", number + 1, len(self.shop.plan.city))
            await self.shop.rows.write_if_many()
        await self.shop.rows.write()
        final.hold(self.up)
        await self.shop.rows.write()
        await final.seal(self.connection)
        for contest in final.finished():
            await propose_awards(
                self.connection,
                self.shop.rows,
                self.shop.keys,
                self.shop.season_id,
                contest,
                contest.crew.organiser,
            )
        await self.shop.rows.write()
        for contest in (*held.values(), *final.contests()):
            contest.ledger.close()
        await self.shop.rows.write()
        progress("provincial final", 1, 1)

    async def _foundation(self) -> Tree:
        """Presets and trades, organisations with their accounts, the season with its partitions and delegations."""
        await load_presets(self.connection)
        for row in await self.connection.fetch(PRESETS):
            self.preset_ids[row["code"]] = row["id"]
        national = await self.connection.fetchval(
            "SELECT id::text FROM organisation WHERE parent_id IS NULL AND kind = 'national_body' ORDER BY id LIMIT 1"
        )
        counties = {each.region for each in self.shop.plan.base if each.region}
        builder = TreeBuilder(self.shop.rows, self.shop.keys, FIRST_CREW_ACCOUNT)
        tree = builder.build(self.shop.season, counties, national)
        goal = self.shop.season.goal
        self.shop.rows.add(
            "season", self.shop.season_id, tree.province.id, self.shop.season.year, self.shop.season.name_zh, self.shop.season.name_en, goal.province,
            goal.city, goal.base,
        )  # fmt: skip
        builder.delegate(tree, self.shop.season, self.shop.season_id)
        await self.shop.rows.write()
        await self.connection.execute("SELECT open_season_partitions($1::text::uuid)", self.shop.season_id)
        return tree

    def _contests(self, tree: Tree, final: FinalBuilder) -> dict[str, Held]:
        """Every contest of the season, from the top, because each names the one it sends to."""
        writer = ContestWriter(self.shop.rows, self.shop.keys, self.shop.season_id, self.preset_ids)
        final.announce(writer)
        held: dict[str, Held] = {}
        for ordinal, plan in enumerate(self.shop.plan.city):
            held[plan.slug] = self._announce(writer, plan, tree, ordinal, final, held)
        for ordinal, plan in enumerate(self.shop.plan.base):
            held[plan.slug] = self._announce(writer, plan, tree, ordinal, final, held)
        return held

    def _announce(
        self, writer: ContestWriter, plan: ContestPlan, tree: Tree, ordinal: int, final: FinalBuilder, held: dict[str, Held]
    ) -> Held:  # fmt: skip
        host = _host(plan, tree, ordinal)
        above = held[plan.feeds].id if plan.feeds else final.contest_of(plan)
        lead = tree.cities[plan.delegation] if plan.tier == "base" else tree.province
        rules = writer.presets[plan.tier].rules
        places = final.places_of(plan) if plan.tier == "city" else plan.advance
        quota: QuotaRule | None = None
        if rules.quota is not None and places:
            quota = msgspec.structs.replace(rules.quota, places=places)
        filings: tuple[tuple[str, str], ...] = ()
        if plan.tier == "city":
            filings = ((tree.city_hrss[plan.delegation], f"市赛{self.shop.season.year}-{ordinal + 1:03d}"),)
        return writer.write(
            Notice(
                slug=plan.slug,
                tier=plan.tier,
                host=host.id,
                host_name=(host.name_zh, host.name_en),
                lead=(lead.id, lead.name_zh, lead.name_en),
                region=plan.region,
                venue=f"{host.short_name}实训基地",
                name_zh=plan.name_zh,
                name_en=plan.name_en,
                state="finished",
                times=city_times(self.shop.final, ordinal)
                if plan.tier == "city"
                else base_times(self.shop.final, ordinal),
                crew=host.crew,
                trades=(final.trades[plan.trade],),
                rules=msgspec.structs.replace(rules, quota=quota),
                filings=filings,
                next_contest=above,
            )
        )

    def _base(self, plan: ContestPlan, held: dict[str, Held], tree: Tree) -> None:
        """A county's contest: its workers are registered here for the first time."""
        contest = held[plan.slug]
        assert plan.region is not None and plan.feeds is not None, (
            "a base contest has a county and a city contest above"
        )
        firms = tree.counties[plan.region].firms
        delegation = tree.delegations[plan.delegation]
        workers = list(
            self.shop.registry.people(plan.first_worker, plan.workers, firms, plan.trade, delegation)
        )
        self.up[plan.feeds] += self._run(contest, workers, held[plan.feeds].items[0].id, absences=True)

    def _city(self, plan: ContestPlan, held: dict[str, Held], final: FinalBuilder) -> None:
        """A city's contest: whoever went up from the counties."""
        field = self.up.pop(plan.slug)
        self.up[plan.slug] = self._run(held[plan.slug], field, final.item_of(plan))

    def _run(
        self, held: Held, field: list[Candidate], send_to: str | None, *, absences: bool = False
    ) -> list[Candidate]:
        """Entries, marks and result of a contest with one item; gives who goes up."""
        item = held.items[0]
        entrants = self.shop.registry.enter(held, item, field, absences=absences)
        ledger = self.shop.ledger_of(item)
        marked = self.shop.marker.mark(held, item, entrants, held.crew.judges, ledger, held.times.marking)
        quota = held.rules.quota_of(item.code)
        cuts: list[CutAt] = [] if quota is None or quota.places is None else [(quota.places, "rank")]
        return self.shop.closer.close(held, item, entrants, marked, ledger, send_to=send_to, cuts=cuts)


def _host(plan: ContestPlan, tree: Tree, ordinal: int) -> Host:
    """The organisation that holds a contest below the final; an enterprise's is run by the county's people."""
    if plan.tier == "city":
        return tree.cities[plan.delegation]
    assert plan.region is not None, "a base contest has a county"
    county = tree.counties[plan.region]
    if plan.host == "county":
        return county
    key, name = county.firms[ordinal % len(county.firms)]
    return Host(key, name, name, name[:10], county.crew)
