"""What the entries of one stage bring to their teams, before stages are added up."""

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Literal, TypeAlias

import msgspec

from scoring.ranking.standings import StandingRow, tied
from scoring.schemes.scheme import TeamRule
from scoring.schemes.stage_results import StageResults

Counts: TypeAlias = Literal[
    "counted", "not_ranked", "hors_concours", "no_value", "over_most", "too_few", "not_best", "stage_dropped"
]


class TeamResult(msgspec.Struct, frozen=True, kw_only=True):
    """One entry in one stage: its award rank, what it brings (None for a medal that is only counted), and whether it counts."""

    stage: str
    entry: str
    rank: int | None
    value: Decimal | None
    time: Decimal | None
    counts: Counts


def stage_results(rule: TeamRule, stage: StageResults) -> dict[str, list[TeamResult]]:
    """The results of each team in this stage, the best first."""
    facts = {each.entry: each for each in stage.facts}
    team_of = {
        entry: team for entry, each in facts.items() if (team := each.columns.get(rule.by, "").strip())
    }
    points = dict(_rank_points(rule, stage, team_of)) if rule.of == "rank_points" else {}
    teams: dict[str, list[TeamResult]] = {}
    for row in stage.standings.rows:
        if row.entry in team_of:
            value, counts = _brought(rule, row, points)
            time = facts[row.entry].times.get(rule.time) if rule.time is not None else None
            result = TeamResult(
                stage=stage.key, entry=row.entry, rank=row.award_rank, value=value, time=time, counts=counts
            )
            teams.setdefault(team_of[row.entry], []).append(result)
    return {team: _chosen(rule, results) for team, results in teams.items()}


def counted_of(results: Iterable[TeamResult]) -> list[TeamResult]:
    """Those that count."""
    return [each for each in results if each.counts == "counted"]


def _brought(
    rule: TeamRule, row: StandingRow, points: dict[str, Decimal | None]
) -> tuple[Decimal | None, Counts]:
    if row.rank is None:
        return None, "not_ranked"
    if row.award_rank is None:
        return None, "hors_concours"
    match rule.of:
        case "value":
            value = row.total if rule.node is None else row.values.get(rule.node)
            return value, "no_value" if value is None else "counted"
        case "rank_points":
            share = points[row.entry]
            return share, "over_most" if share is None else "counted"
        case _:
            if not rule.points:
                return None, "counted"
            return rule.points[row.award_rank - 1] if row.award_rank <= len(
                rule.points
            ) else rule.rest, "counted"


def _rank_points(
    rule: TeamRule, stage: StageResults, team_of: dict[str, str]
) -> Iterator[tuple[str, Decimal | None]]:
    """Points by rank; None for an entry behind as many of its team as may take points."""
    taken: Counter[str] = Counter()
    used = 0
    for group in tied(stage.standings, "award_rank"):
        # Points that pass on move everybody behind up to the first place that is free.
        place = used + 1 if rule.passes_on else group.rank
        for row in group.rows:
            team = team_of.get(row.entry)
            if team is not None and rule.most is not None and taken[team] >= rule.most:
                yield row.entry, None
                continue
            if team is not None:
                taken[team] += 1
            used += 1
            yield row.entry, rule.points[place - 1] if place <= len(rule.points) else rule.rest


def _chosen(rule: TeamRule, results: list[TeamResult]) -> list[TeamResult]:
    """The best results count, if there are enough of them."""
    results = sorted(results, key=lambda each: _order(rule, each))
    able = [each.entry for each in results if each.counts == "counted"]
    if len(able) < rule.minimum:
        return [
            msgspec.structs.replace(each, counts="too_few") if each.counts == "counted" else each
            for each in results
        ]
    best = set(able[: rule.best])
    return [
        msgspec.structs.replace(each, counts="not_best")
        if each.counts == "counted" and each.entry not in best
        else each
        for each in results
    ]


def _order(rule: TeamRule, result: TeamResult) -> tuple[bool, Decimal, int, str]:
    value = result.value or Decimal(0)
    rank = 0 if result.rank is None else result.rank
    return result.counts != "counted", -value if rule.better == "higher" else value, rank, result.entry
