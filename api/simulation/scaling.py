"""A season at any scale: which contests there are, how many workers enter each, and which teams come to the final.

| figure | rule |
| --- | --- |
| city contests by delegation | in proportion to its counties, largest remainder, at least 1 |
| county contests by delegation | in proportion to its counties, largest remainder, at least its city contests |
| county contests by county | evenly inside the delegation, the first codes get one more |
| trade of a city contest | the i-th of a delegation is in the i-th trade, one on for each delegation up to `SPREAD`, then again from the first |
| county contest → city contest | in turn over the delegation's city contests, so none is without a field |
| teams of the final | a region sends one to each trade in which it held a city contest, an industry line to its own trades |
| contestants of a team | 3; every so often 2, spread evenly, so that the published number of people is met |
| workers | every one enters at a county contest, save the contestants of the industry lines |

A season smaller than full has fewer contests, not emptier ones: about 18 workers to a county contest until all are there.
"""

from collections.abc import Iterator, Sequence
from typing import Final, Literal

import msgspec

from api.organisations.region_data import RegionRow
from api.simulation.figures import Delegation, Season
from api.simulation.practical import TradeRow

SMALLEST: Final = 200
LARGEST: Final = 1_000_000
SPREAD: Final = 4
"""Trades in which the first contests of the delegations begin: so many finals has the smallest season, each with a field."""


class ContestPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A contest below the final, in one trade. Its workers are the people `first_worker` … + `workers` - 1 of the season.

    City contests have `workers` 0: their field is the first `advance` of each contest that `feeds` them. `advance` 0:
    a second contest of the city in the same trade, which sends nobody to the final.
    """

    slug: str
    tier: Literal["city", "base"]
    delegation: str
    region: str | None
    host: Literal["county", "enterprise", "city"]
    trade: str
    name_zh: str
    name_en: str
    feeds: str | None
    first_worker: int
    workers: int
    advance: int


class TeamPlan(msgspec.Struct, frozen=True):
    """A team of the final: its contestants come from `city_contest`, or (industry lines) are workers of their own."""

    delegation: str
    trade: str
    officials: int
    contestants: int
    city_contest: str | None
    first_worker: int | None


class SeasonPlan(msgspec.Struct, frozen=True):
    """A season at one scale. `trades` are those of the final, in order; `workers` counts every worker once."""

    workers: int
    trades: tuple[TradeRow, ...]
    city: tuple[ContestPlan, ...]
    base: tuple[ContestPlan, ...]
    teams: tuple[TeamPlan, ...]

    @property
    def contestants(self) -> int:
        return sum(team.contestants for team in self.teams)

    @property
    def people(self) -> int:
        """Everyone who comes to the final: contestants, leaders and coaches."""
        return self.contestants + sum(team.officials for team in self.teams)


def scale(season: Season, workers: int) -> SeasonPlan:
    """The season with exactly this many workers, the same every time. Raises ValueError outside 200 … 1,000,000."""
    if not SMALLEST <= workers <= LARGEST:
        raise ValueError(f"A season has {SMALLEST:,} to {LARGEST:,} workers, not {workers:,}.")
    cities, bases = _contest_counts(season, workers)
    city = tuple(_city_contests(season, cities))
    places = _team_places(season, city)
    sizes = _team_sizes(season, len(places))
    entered = workers - sum(size for (*_, slug), size in zip(places, sizes, strict=True) if slug is None)
    base = tuple(_base_contests(season, bases, city, entered))
    teams = tuple(_teams(season, places, sizes, entered))
    held = {contest.trade for contest in city}
    return SeasonPlan(workers, tuple(t for t in season.papers.trades if t.code in held), city, base, teams)


def share(total: int, weights: Sequence[int], minimum: Sequence[int]) -> list[int]:
    """Split a whole in proportion to weights by largest remainder, nobody below the minimum; the sum is exact.

    Remainders that are equal go to the earlier part. Raises ValueError when the minima exceed the total.
    """
    if sum(minimum) > total:
        raise ValueError(f"{total} cannot give at least {sum(minimum)}.")
    fixed: set[int] = set()
    while True:
        free = [index for index in range(len(weights)) if index not in fixed]
        parts = list(minimum)
        left = total - sum(minimum[index] for index in fixed)
        whole = sum(weights[index] for index in free)
        for index in free:
            parts[index] = left * weights[index] // whole
        by_remainder = sorted(free, key=lambda index: (-(left * weights[index] % whole), index))
        for index in by_remainder[: total - sum(parts)]:
            parts[index] += 1
        below = {index for index in free if parts[index] < minimum[index]}
        if not below:
            return parts
        fixed |= below


def _contest_counts(season: Season, workers: int) -> tuple[int, int]:
    full = season.published.base_contests * season.chosen.workers_per_base_contest
    part = min(workers, full)
    cities = max(len(season.regions), _nearest(season.published.city_contests * part, full))
    return cities, max(cities, _nearest(season.published.base_contests * part, full))


def _city_contests(season: Season, total: int) -> list[ContestPlan]:
    sizes = [len(season.counties_of(each)) for each in season.regions]
    contests = []
    counts = share(total, sizes, [1] * len(sizes))
    for index, (delegation, held) in enumerate(zip(season.regions, counts, strict=True)):
        for number in range(held):
            trade = season.papers.trades[(number + index % SPREAD) % len(season.papers.trades)]
            contests.append(_city_contest(season, delegation, number + 1, trade))
    return contests


def _city_contest(season: Season, delegation: Delegation, number: int, trade: TradeRow) -> ContestPlan:
    return ContestPlan(
        slug=f"{season.code}-city-{delegation.code}-{number:02}",
        tier="city",
        delegation=delegation.code,
        region=delegation.region,
        host="city",
        trade=trade.code,
        name_zh=f"{season.year}年{delegation.short}职工职业技能大赛第{number}项（{trade.name_zh}）",
        name_en=f"{delegation.name_en} workers' skills contest {season.year}, no. {number}: {trade.name_en}",
        feeds=None,
        first_worker=0,
        workers=0,
        advance=season.chosen.team_contestants if number <= len(season.papers.trades) else 0,
    )


def _base_contests(
    season: Season, total: int, city: Sequence[ContestPlan], workers: int
) -> list[ContestPlan]:
    sizes = [len(season.counties_of(each)) for each in season.regions]
    above = [[each for each in city if each.delegation == region.code] for region in season.regions]
    held = share(total, sizes, [len(each) for each in above])
    # Fields of 4 : 5 : 6, because a season in which all contests are of one size looks made up.
    fields = iter(share(workers, [4 + number % 3 for number in range(total)], [0] * total))
    contests: list[ContestPlan] = []
    first = 0
    for delegation, targets, number_held in zip(season.regions, above, held, strict=True):
        places = _places(season, delegation, number_held)
        for place, (county, number) in enumerate(places):
            field = next(fields)
            contests.append(
                _base_contest(
                    season,
                    county,
                    number,
                    targets[place % len(targets)],
                    first=first,
                    field=field,
                    by_enterprise=len(contests) % season.chosen.enterprise_every == 0,
                )
            )
            first += field
    return contests


def _places(season: Season, delegation: Delegation, total: int) -> list[tuple[RegionRow, int]]:
    """County and number within the county of each contest of a delegation, county by county."""
    counties = season.counties_of(delegation)
    each, more = divmod(total, len(counties))
    return [
        (county, number + 1)
        for index, county in enumerate(counties)
        for number in range(each + (index < more))
    ]


def _base_contest(
    season: Season,
    county: RegionRow,
    number: int,
    target: ContestPlan,
    *,
    first: int,
    field: int,
    by_enterprise: bool,
) -> ContestPlan:
    trade = next(each for each in season.papers.trades if each.code == target.trade)
    return ContestPlan(
        slug=f"{season.code}-base-{county.code}-{number:02}",
        tier="base",
        delegation=target.delegation,
        region=county.code,
        host="enterprise" if by_enterprise else "county",
        trade=target.trade,
        name_zh=f"{season.year}年{county.name_zh}职工职业技能竞赛第{number}项（{trade.name_zh}）",
        name_en=f"{county.name_en} workers' skills contest {season.year}, no. {number}: {trade.name_en}",
        feeds=target.slug,
        first_worker=first,
        workers=field,
        advance=season.chosen.advance_to_city,
    )


def _team_places(season: Season, city: Sequence[ContestPlan]) -> list[tuple[str, str, str | None]]:
    """Trade, delegation and city contest (none for an industry line) of each team of the final."""
    firsts: dict[tuple[str, str], str] = {}
    for contest in city:
        firsts.setdefault((contest.trade, contest.delegation), contest.slug)
    held = {contest.trade for contest in city}
    return [
        (trade.code, each.code, firsts.get((trade.code, each.code)))
        for trade in season.papers.trades
        for each in season.delegations
        if trade.code in held and ((trade.code, each.code) in firsts or trade.code in each.trades)
    ]


def _team_sizes(season: Season, teams: int) -> list[int]:
    """Contestants of each team: as many lack one as in the published figures, spread evenly."""
    whole = season.published.teams * (season.chosen.team_officials + season.chosen.team_contestants)
    short = _nearest(teams * (whole - season.published.people), season.published.teams)
    return [season.chosen.team_contestants - _one_of(place, short, teams) for place in range(teams)]


def _teams(
    season: Season, places: Sequence[tuple[str, str, str | None]], sizes: Sequence[int], entered: int
) -> Iterator[TeamPlan]:
    """The workers of the industry lines are numbered after all who entered at a county contest."""
    following = entered
    for (trade, delegation, slug), size in zip(places, sizes, strict=True):
        own = None if slug else following
        yield TeamPlan(delegation, trade, season.chosen.team_officials, size, slug, own)
        following += 0 if slug else size


def _one_of(place: int, chosen: int, total: int) -> int:
    """1 for `chosen` of `total` places, spread evenly, else 0."""
    return (place + 1) * chosen // total - place * chosen // total


def _nearest(dividend: int, divisor: int) -> int:
    return (2 * dividend + divisor) // (2 * divisor)
