"""The provincial final: held and finished where a season is simulated, in the middle of everything where the demo shows it.

| batch of the demo | its items | what pages show |
| --- | --- | --- |
| early | the second trade, and all after the fourth | finished, final, with award proposals |
| main | the first trade | marking goes on: some sheets signed, some half, some empty; names are shown live |
| main | the third trade | provisional, the notice runs |
| late | the fourth trade | registration is open, entries in every state |
| blind | the last trade of all | one blind layer, drawn; marking is nearly done, then it can be decoded |
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from msgspec import structs

from api.contests.rules import RecheckRule, SpreadRule
from api.plumbing.db import Connection
from api.simulation.accounts import CHIEF, JUDGE, OFFICER, SUPERVISOR, DemoAccounts
from api.simulation.blind import Layer, hold_blind, seal
from api.simulation.closing import CutAt, Published
from api.simulation.contests import ContestWriter, Held, Item, Notice, State
from api.simulation.dates import Times, provincial_times, working_hour
from api.simulation.entering import Candidate
from api.simulation.marking import Done
from api.simulation.organisations import JUDGES, Tree
from api.simulation.practical import TradeRow
from api.simulation.scaling import ContestPlan, TeamPlan
from api.simulation.workshop import Workshop

_AWARD_CUTS: Final[tuple[CutAt, ...]] = (
    (1, "award_rank"),
    (3, "award_rank"),
    (10, "award_rank"),
)
BLIND: Final = "blind"
_FIRST_JUDGE: Final = 20_000
_OPEN_STATES: Final = ("accepted", "at_committee", "at_unit", "accepted", "returned", "at_organiser", "draft")


# How far the judges of a live item may lie apart on one line before they are asked to look again.
_SPREAD: Final = SpreadRule(criterion=Decimal(1))
# All of the first three and a part of the rest: the sample of the provisional item has been checked, that of the live one is to come.
_RECHECK: Final = RecheckRule(top=3)


class Batch(NamedTuple):
    """One contest of the final."""

    name: str
    zh: str
    en: str
    state: State
    times: Times
    trades: tuple[TradeRow, ...]


class FinalBuilder:
    """Writes the final, and tells the tier below how many go up, and where to."""

    def __init__(self, shop: Workshop, tree: Tree) -> None:
        self._shop, self._tree = shop, tree
        self.trades = {trade.code: trade for trade in shop.plan.trades}
        self._teams = {team.city_contest: team for team in shop.plan.teams if team.city_contest}
        self._held: dict[str, Held] = {}
        self._batches_by_name: dict[str, Held] = {}
        self._demo = DemoAccounts(shop.rows, shop.keys)
        self._layer: Layer | None = None

    def announce(self, writer: ContestWriter) -> None:
        """Write the contests with their items."""
        for number, batch in enumerate(self._batches(), 1):
            held = writer.write(self._notice(writer, batch, number))
            if batch.name != BLIND:
                self._held.update({item.trade.code: held for item in held.items})
            self._batches_by_name[batch.name] = held
        if self._shop.live_at is not None:
            self._demo.write(self._tree, self._batches_by_name)

    def contest_of(self, plan: ContestPlan) -> str | None:
        """The contest that a city contest sends to; none where another of the city does."""
        return self._held[plan.trade].id if plan.slug in self._teams else None

    def item_of(self, plan: ContestPlan) -> str | None:
        """The item there."""
        return self._item(plan.trade)[1].id if plan.slug in self._teams else None

    def places_of(self, plan: ContestPlan) -> int:
        """How many go up."""
        team = self._teams.get(plan.slug)
        return team.contestants if team else 0

    def contests(self) -> list[Held]:
        """All batches."""
        return list(self._batches_by_name.values())

    def finished(self) -> list[Held]:
        """The contests in which every result is final."""
        name = "main" if self._shop.live_at is None else "early"
        return [self._batches_by_name[name]]

    def hold(self, up: dict[str, list[Candidate]]) -> None:
        """Enter everyone who has come up, with leader and coach of each team; then mark and publish what has been held."""
        by_trade: defaultdict[str, list[TeamPlan]] = defaultdict(list)
        for team in self._shop.plan.teams:
            by_trade[team.trade].append(team)
        for trade, teams in by_trade.items():
            held, item = self._item(trade)
            field: list[Candidate] = []
            officials: dict[str, tuple[int, ...]] = {}
            for team in teams:
                delegation = self._tree.delegations[team.delegation]
                field += up[team.city_contest] if team.city_contest else self._of_line(team, delegation)
                officials[delegation] = self._officials(team, delegation)
            self._run(held, item, field, officials)
        if self._shop.live_at is not None:
            self._layer = self._run_blind(self._batches_by_name[BLIND], self._shop.live_at)

    async def seal(self, connection: Connection) -> None:
        """What nobody may read without an envelope, once everything else of the blind item is written."""
        if self._layer is not None:
            await seal(connection, self._layer, self._demo.account(SUPERVISOR))

    def _batches(self) -> list[Batch]:
        shop, final = self._shop, self._shop.final
        trades = shop.plan.trades
        name = (
            shop.season.name_zh + shop.season.final_zh,
            f"{shop.season.name_en}, {shop.season.final_en}",
        )
        if shop.live_at is None:
            times = provincial_times(
                final, final + timedelta(2), final - timedelta(45), final - timedelta(20)
            )
            return [Batch("main", *name, "finished", times, trades)]
        main = provincial_times(
            final - timedelta(3), final + timedelta(2), final - timedelta(35), final - timedelta(18)
        )
        early = provincial_times(
            final - timedelta(15), final - timedelta(14), final - timedelta(45), final - timedelta(30)
        )
        late = provincial_times(
            final + timedelta(24), final + timedelta(25), final - timedelta(5), final + timedelta(9)
        )
        return [
            Batch("main", *name, "running", main, (trades[0], trades[2])),
            Batch(
                "late", f"{name[0]}（延后项目）", f"{name[1]}, later trades", "published", late, (trades[3],)
            ),
            Batch(
                "early",
                f"{name[0]}（先行项目）",
                f"{name[1]}, earlier trades",
                "finished",
                early,
                (trades[1], *trades[4:]),
            ),
            Batch(
                BLIND,
                f"{name[0]}（加密评分项目）",
                f"{name[1]}, blind item",
                "running",
                main,
                (shop.season.papers.trades[-1],),
            ),
        ]

    def _notice(self, writer: ContestWriter, batch: Batch, number: int) -> Notice:
        shop, tree = self._shop, self._tree
        year = shop.season.year
        host = tree.province
        return Notice(
            slug=f"{shop.season.code}-final" + ("" if batch.name == "main" else f"-{batch.name}"),
            tier="province",
            host=host.id,
            host_name=(host.name_zh, host.name_en),
            lead=(host.id, host.name_zh, host.name_en),
            region="130000",
            venue="河北省职工实训基地",
            name_zh=batch.zh,
            name_en=batch.en,
            state=batch.state,
            times=batch.times,
            crew=host.crew,
            trades=batch.trades,
            rules=structs.replace(
                writer.presets["province"].rules,
                spread=_SPREAD,
                recheck=_RECHECK if shop.live_at and batch.name == "main" else None,
            ),
            filings=(
                (tree.hrss, f"冀人社赛{year}-{number:03d}"),
                (host.id, f"冀工赛{year}-{number:03d}"),
            ),
            live=shop.plan.trades[0].code if shop.live_at else None,
            blind_layers=1 if batch.name == BLIND else 0,
        )

    def _item(self, trade: str) -> tuple[Held, Item]:
        held = self._held[trade]
        return held, next(item for item in held.items if item.trade.code == trade)

    def _of_line(self, team: TeamPlan, delegation: str) -> list[Candidate]:
        """An industry line names its own workers: it holds no contest below the final."""
        assert team.first_worker is not None, "a team without a city contest brings workers of its own"
        firms = self._tree.cities[team.delegation].firms
        return list(
            self._shop.registry.people(team.first_worker, team.contestants, firms, team.trade, delegation)
        )

    def _officials(self, team: TeamPlan, delegation: str) -> tuple[int, ...]:
        """Leader and coach, who are people of the season behind all of its workers."""
        shop = self._shop
        first = shop.plan.workers + shop.plan.teams.index(team) * team.officials
        sender = self._tree.cities[team.delegation]
        people = shop.registry.people(
            first, team.officials, ((sender.id, sender.name_zh),), team.trade, delegation
        )
        return tuple(candidate.number for candidate in people)

    def _run(
        self, held: Held, item: Item, field: Sequence[Candidate], officials: dict[str, tuple[int, ...]]
    ) -> None:
        shop = self._shop
        place = shop.plan.trades.index(item.trade)
        live = shop.live_at
        if live is not None and place == 3:
            shop.registry.enter(held, item, field, officials=officials, states=_OPEN_STATES)
            shop.closer.announce(item)
            return
        entrants = shop.registry.enter(held, item, field, officials=officials)
        judges, ledger = self._judges(item), shop.ledger_of(item)
        if live is not None and place == 0:
            started = live.replace(microsecond=0) - timedelta(minutes=100)
            judges = (self._demo.account(JUDGE), *judges[1:4], self._demo.account(CHIEF))
            marked = shop.marker.mark(
                held,
                item,
                entrants,
                judges,
                ledger,
                started,
                chief=4,
                progress=_halfway(len(entrants)),
                session_state="running",
            )
            shop.closer.close(held, item, entrants, marked, ledger, published="open", at=live)
            self._demo.write_contestant(
                self._tree, self._batches_by_name, shop.registry.person_id(field[0].number)
            )
            return
        marked = shop.marker.mark(held, item, entrants, judges, ledger, working_hour(held.times.day))
        published: Published = "provisional" if live is not None and place == 2 else "final"
        shop.closer.close(
            held,
            item,
            entrants,
            marked,
            ledger,
            published=published,
            cuts=_AWARD_CUTS,
            checks=self._demo.account(SUPERVISOR) if live else None,
        )

    def _run_blind(self, held: Held, live: datetime) -> Layer:
        judges, account = self._judges(held.items[0]), self._demo.account
        seats = (account(JUDGE), *judges[1:4], account(CHIEF))
        return hold_blind(self._shop, self._tree, held, seats, account(OFFICER), live)

    def _judges(self, item: Item) -> tuple[str, ...]:
        """Five accounts for the panel of an item."""
        first = _FIRST_JUDGE + item.ordinal * JUDGES
        accounts = []
        for number in range(JUDGES):
            key = self._shop.keys.ordered("account", first + number)
            login = f"sim-final-{item.code}-judge-{number + 1}"
            self._shop.rows.add(
                "account", key, login, f"{item.trade.name_zh}裁判{number + 1}", None, self._tree.province.id
            )
            accounts.append(key)
        return tuple(accounts)


def _halfway(field: int) -> Callable[[int, int], Done]:
    """The first third of the stations is signed, the second half marked, the last empty; the first judge has not begun the second."""
    first, second = -(-field // 3), -(-2 * field // 3)

    def done(station: int, judge: int) -> Done:
        if station <= first:
            return Done(-1, "signed")
        if station > second or judge == 0:
            return Done(0, "open")
        return (
            Done(-1, "submitted")
            if judge == 1 and station == first + 1
            else Done(4 + (station + judge) % 5, "open")
        )

    return done
