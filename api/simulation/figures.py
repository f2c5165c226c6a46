"""The figures of a season as its data file gives them: who sends teams, what was published, what the demo chose."""

from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from api.organisations.region_data import RegionRow, children_on, regions_on
from api.simulation.practical import Papers, TradeRow, Weights, load_papers, plan_of
from scoring.plans.plan import Plan


class _Data(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What every table of the file shares: a misspelt key is an error, not a default."""


class Goal(_Data, frozen=True):
    """10, 100 and 1,000: what the programme is named after."""

    province: int
    city: int
    base: int


class Published(_Data, frozen=True):
    city_contests: int
    base_contests: int
    workers: int
    trades: int
    teams: int
    people: int


class PanelFigures(_Data, frozen=True):
    size: int
    drop_high: int
    drop_low: int


class Chosen(_Data, frozen=True):
    """What no source gives. `enterprise_every` n: each n-th county contest is held by an enterprise."""

    team_officials: int
    team_contestants: int
    advance_to_city: int
    workers_per_base_contest: int
    enterprise_every: int


class Delegation(_Data, frozen=True, kw_only=True):
    """Who sends teams. A region's `counties` are those named, else all below its code that no other one names."""

    code: str
    kind: Literal["region", "industry"]
    name_zh: str
    name_en: str
    short: str
    region: str | None = None
    counties: tuple[str, ...] = ()
    trades: tuple[str, ...] = ()


class Season(_Data, frozen=True, kw_only=True):
    code: str
    year: int
    name_zh: str
    name_en: str
    final_zh: str
    final_en: str
    final_starts_on: date
    theory_weight: Decimal
    practical_weight: Decimal
    practical_file: str
    goal: Goal
    published: Published
    panel: PanelFigures
    chosen: Chosen
    delegations: tuple[Delegation, ...]

    def __post_init__(self) -> None:
        _check(self)

    @property
    def papers(self) -> Papers:
        return load_papers(self.practical_file)

    @property
    def regions(self) -> tuple[Delegation, ...]:
        return tuple(each for each in self.delegations if each.kind == "region")

    def counties_of(self, delegation: Delegation) -> tuple[RegionRow, ...]:
        """The county-level regions that send through this delegation, by code, as they were at the final."""
        regions = regions_on(self.final_starts_on)
        if delegation.counties:
            return tuple(regions[code] for code in delegation.counties)
        taken = {code for each in self.delegations for code in each.counties}
        below = children_on(delegation.region or "", self.final_starts_on)
        return tuple(row for row in below if row.code not in taken)

    def assessment_plan(self, trade: TradeRow) -> Plan:
        weights = Weights(
            self.theory_weight,
            self.practical_weight,
            self.panel.size,
            self.panel.drop_high,
            self.panel.drop_low,
        )
        return plan_of(self.papers, trade, weights, self.code)


def _check(season: Season) -> None:
    """What the file must keep, so that a mistyped figure is found when it is read and not on a page."""
    trades = [trade.code for trade in season.papers.trades]
    codes = [each.code for each in season.delegations]
    unknown = sorted({code for each in season.delegations for code in each.trades} - set(trades))
    counties = [row.code for each in season.regions for row in season.counties_of(each)]
    rules = (
        (
            season.theory_weight + season.practical_weight == 100,
            "theory_weight and practical_weight must make 100",
        ),
        (len(set(codes)) == len(codes), "a delegation is named twice"),
        (len(trades) == season.published.trades, f"{len(trades)} trades are described"),
        (not unknown, f"unknown trades {unknown}"),
        (len(set(counties)) == len(counties), "a county sends with two delegations"),
        (all(season.counties_of(each) for each in season.regions), "a delegation has no county"),
        (season.panel.drop_high + season.panel.drop_low < season.panel.size, "the panel drops every judge"),
    )
    for holds, fault in rules:
        if not holds:
            raise ValueError(fault)
