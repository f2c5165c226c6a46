"""The contests of a season with everything that stands before the first entry: items, plans, stages, rules, filings, organisers."""

import hashlib
from datetime import timedelta
from itertools import pairwise
from typing import Final, Literal, NamedTuple

import msgspec

from api.contests.builtin import builtin_presets
from api.contests.presets import PresetDocument
from api.contests.rules import ContestRules
from api.contests.stages import stages_of
from api.simulation.chains import Ledger, Payload
from api.simulation.dates import Times, midnight
from api.simulation.keys import Keys
from api.simulation.organisations import Crew
from api.simulation.people import Scale, scale_of
from api.simulation.practical import TradeRow
from api.simulation.rows import Rows
from scoring import Plan, criteria, plan_hash

State = Literal["published", "running", "finished"]
_ON_THE_WAY: Final = ("draft", "published", "running", "finished")


class Paper(NamedTuple):
    """The plan of one trade as it is stored, and the lines that a judge marks."""

    id: str
    plan: Plan
    lines: tuple[Scale, ...]


class Item(NamedTuple):
    """An item of a contest with the keys that its facts name. `ordinal` counts the items of the season."""

    ordinal: int
    id: str
    code: str
    trade: TradeRow
    paper: Paper
    theory_stage: str
    practical_stage: str


class Held(NamedTuple):
    """A contest as the rest of the season needs it. `judged_by` are accounts, `send_to` is the item that its first ones go to."""

    id: str
    slug: str
    tier: str
    times: Times
    crew: Crew
    rules: ContestRules
    items: tuple[Item, ...]
    ledger: Ledger


class Notice(NamedTuple):
    """What the notice of a contest says of it: who, where, when."""

    slug: str
    tier: Literal["province", "city", "base"]
    host: str
    host_name: tuple[str, str]
    lead: tuple[str, str, str]
    region: str | None
    venue: str
    name_zh: str
    name_en: str
    state: State
    times: Times
    crew: Crew
    trades: tuple[TradeRow, ...]
    rules: ContestRules
    filings: tuple[tuple[str, str], ...] = ()
    next_contest: str | None = None
    blind_layers: int = 0
    # The code of the trade whose marks are shown with names while they come in.
    live: str | None = None


class ContestWriter:
    """Writes contests; numbers contests and items as they come."""

    def __init__(self, rows: Rows, keys: Keys, season_id: str, preset_ids: dict[str, str]) -> None:
        self._rows, self._keys, self._season_id, self._preset_ids = rows, keys, season_id, preset_ids
        self.presets: dict[str, PresetDocument] = {each.tier: each for each in builtin_presets()}
        self._papers: dict[str, Paper] = {}
        self._contests = self._items = 0

    def write(self, notice: Notice) -> Held:
        """One contest with its items."""
        keys, add, times = self._keys, self._rows.add, notice.times
        preset = self.presets[notice.tier]
        event, contest = keys.ordered("event", self._contests), keys.ordered("contest", self._contests)
        self._contests += 1
        add(
            "event",
            event,
            self._season_id,
            notice.name_zh,
            notice.name_en,
            notice.venue,
            times.day,
            times.last_day,
        )
        add(
            "contest", contest, self._season_id, event, notice.slug, notice.tier, preset.class_code, notice.host, notice.region,
            notice.next_contest, notice.name_zh, notice.name_en, notice.state, times.opens, times.closes, times.day, times.last_day,
            self._preset_ids[preset.code], times.opens - timedelta(10),
        )  # fmt: skip
        add("contest_organiser", contest, "lead", 1, *notice.lead)
        add("contest_organiser", contest, "host", 1, notice.host, *notice.host_name)
        for authority, number in notice.filings:
            add("contest_filing", contest, authority, number, times.day - timedelta(30))
        document = msgspec.json.encode(notice.rules, order="sorted")
        digest = hashlib.sha256(document).digest()
        add(
            "contest_rules",
            contest,
            1,
            document.decode(),
            digest,
            notice.crew.organiser,
            times.opens - timedelta(9),
        )
        ledger = Ledger(self._rows, keys, self._season_id, contest)
        payload: Payload = {"revision": 1, "hash": digest.hex()}
        ledger.append("contest.rules", contest, payload, notice.crew.organiser, times.opens - timedelta(9))
        self._history(contest, notice, ledger)
        items = tuple(
            self._item(contest, event, trade, place, notice) for place, trade in enumerate(notice.trades, 1)
        )
        return Held(contest, notice.slug, notice.tier, times, notice.crew, notice.rules, items, ledger)

    def _history(self, contest: str, notice: Notice, ledger: Ledger) -> None:
        times = notice.times
        moments = (
            times.opens - timedelta(1),
            times.marking - timedelta(1),
            midnight(times.last_day) + timedelta(10),
        )
        way = _ON_THE_WAY[: _ON_THE_WAY.index(notice.state) + 1]
        for seq, ((before, after), at) in enumerate(zip(pairwise(way), moments, strict=False), 1):
            self._rows.add("contest_transition", contest, seq, before, after, notice.crew.organiser, at)
            ledger.append(
                f"contest.{after}", contest, {"from": before, "reason": None}, notice.crew.organiser, at
            )

    def _item(self, contest: str, event: str, trade: TradeRow, place: int, notice: Notice) -> Item:
        keys, ordinal = self._keys, self._items
        self._items += 1
        paper = self._paper(trade, notice.crew.organiser)
        of_preset = self.presets[notice.tier].item(trade.code.replace("_", "-"))
        assert of_preset is not None, f"the preset of the tier has no {trade.code}"
        item = Item(
            ordinal, keys.ordered("item", ordinal), of_preset.code, trade, paper, keys.ordered("stage", 2 * ordinal),
            keys.ordered("stage", 2 * ordinal + 1),
        )  # fmt: skip
        self._rows.add(
            "item", item.id, self._season_id, event, contest, trade.code, item.code, trade.name_zh, trade.name_en, "individual", 1,
            of_preset.min_field, of_preset.capacity, of_preset.per_delegation, notice.blind_layers, "by_name" if trade.code == notice.live else "progress", paper.id, place,
        )  # fmt: skip
        self._rows.add("contest_item", contest, item.id)
        for position, (key, stage) in enumerate(
            zip((item.theory_stage, item.practical_stage), stages_of(paper.plan), strict=True), 1
        ):
            self._rows.add(
                "stage",
                key,
                self._season_id,
                item.id,
                position,
                stage.kind,
                stage.node,
                stage.name_zh,
                stage.name_en,
            )
        return item

    def _paper(self, trade: TradeRow, account: str) -> Paper:
        """The plan of a trade, the same at all tiers and stored once."""
        known = self._papers.get(trade.code)
        if known is None:
            item = self.presets["province"].item(trade.code.replace("_", "-"))
            assert item is not None, f"the provincial preset has no {trade.code}"
            # By its code and not by its turn: processes remember plans by their keys.
            key = self._keys.scattered("plan", 0, int.from_bytes(trade.code.encode()))
            known = self._papers[trade.code] = Paper(
                key, item.plan, tuple(map(scale_of, criteria(item.plan)))
            )
            digest = bytes.fromhex(plan_hash(item.plan).removeprefix("sha256:"))
            document = msgspec.json.encode(item.plan).decode()
            self._rows.add("plan_version", key, self._season_id, item.plan.code, digest, document, account)
        return known
