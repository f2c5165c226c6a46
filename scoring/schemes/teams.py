"""Standings of teams, delegations and units, with what counted for each and what did not. The rule is a `TeamRule`.

| why a result does not count | |
| --- | --- |
| not_ranked | the entry has no rank in the stage |
| hors_concours | it competed hors concours |
| no_value | it has no value of the node |
| over_most | as many of the team as may take points stand ahead |
| too_few | the team has fewer than the minimum in the stage |
| not_best | better results of the team fill the number that counts |
| stage_dropped | the stage is left out as one of the worst |
"""

import hashlib
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Final

import msgspec

from scoring.decimals import exact_arithmetic, kept, plain
from scoring.entrants.people import Reason
from scoring.schemes.scheme import TeamRule
from scoring.schemes.stage_results import StageResults
from scoring.schemes.team_order import (
    TeamCriterion,
    TeamKey,
    criteria_of,
    key_of,
    medals_of,
    stage_key,
    total_of,
)
from scoring.schemes.team_results import TeamResult, counted_of, stage_results

_NAMES: Final[dict[TeamCriterion, tuple[str, str]]] = {
    "total": ("团体总分", "the total is"),
    "medals": ("奖牌（金/银/铜）", "medals (gold/silver/bronze) are"),
    "places": ("名次", "the places are"),
    "best": ("最好单项成绩", "the best single result is"),
    "time": ("总用时", "the time is"),
}


class TeamRow(msgspec.Struct, frozen=True, kw_only=True):
    """One team. `medals` counts the ranks 1, 2 and 3 among the results that count; `compared` answers `TeamStandings.order`.

    `decided_by` and `against` as in the standings of entries. Medals without points have no total.
    """

    team: str
    rank: int | None
    shared: bool
    total: Decimal | None
    medals: tuple[int, int, int]
    results: tuple[TeamResult, ...]
    compared: tuple[str, ...]
    decided_by: TeamCriterion | None
    against: str | None


class TeamStandings(msgspec.Struct, frozen=True, kw_only=True):
    """The order of the teams by one rule; `input_hash` covers the rule and every stage it looked at."""

    rule: str
    input_hash: str
    order: tuple[TeamCriterion, ...]
    complete: bool
    rows: tuple[TeamRow, ...]


class _Team(msgspec.Struct):
    """A team on its way to a row; without keys it has no rank."""

    name: str
    results: tuple[TeamResult, ...]
    total: Decimal | None
    keys: tuple[TeamKey, ...]

    @property
    def place(self) -> tuple[tuple[Decimal, ...], ...]:
        return tuple(key.ahead for key in self.keys)


def stand_teams(rule: TeamRule, stages: Sequence[StageResults]) -> TeamStandings:
    """The teams from the first to the last, those without a rank behind them. Raises KeyError for an unknown stage."""
    named = {stage.key: stage for stage in stages}
    looked_at = [named[key] for key in rule.stages] if rule.stages else list(stages[-1:])
    with exact_arithmetic():
        by_team: dict[str, dict[str, list[TeamResult]]] = {}
        for stage in looked_at:
            for name, results in stage_results(rule, stage).items():
                by_team.setdefault(name, {stage.key: [] for stage in looked_at})[stage.key] = results
        rows = tuple(_rows(rule, [_team(rule, name, found) for name, found in sorted(by_team.items())]))
    hashes = [(stage.key, stage.standings.input_hash) for stage in looked_at]
    return TeamStandings(
        rule=rule.key,
        input_hash="sha256:"
        + hashlib.sha256(msgspec.json.encode((rule, hashes), order="sorted")).hexdigest(),
        order=criteria_of(rule),
        complete=all(stage.standings.complete for stage in looked_at),
        rows=rows,
    )


def explain_team(standings: TeamStandings, row: TeamRow) -> Reason:
    """Why this team stands where it stands: the criterion and both values."""
    if row.rank is None:
        en = "No rank: too few results count."
        return Reason("not_ranked", "没有名次：计入的成绩不够。", en)
    at = standings.rows.index(row)
    if at == 0:
        return Reason("first", f"第 {row.rank} 名，排在最前。", f"Rank {row.rank}: nobody stands ahead.")
    above = standings.rows[at - 1]
    if row.decided_by is None:
        zh = f"与 {above.team} 并列第 {row.rank} 名：各项排名依据全部相同。"
        return Reason("equal", zh, f"Rank {row.rank}, shared with {above.team}: every criterion is equal.")
    which = standings.order.index(row.decided_by)
    name_zh, name_en = _NAMES[row.decided_by]
    # Whoever stands ahead is known there; the one behind need not be.
    mine, theirs = row.compared[which], above.compared[which]
    zh = (
        f"第 {row.rank} 名，排在 {above.team}（第 {above.rank} 名）之后："
        f"{name_zh}为 {mine or '（无记录）'}，对方为 {theirs}。"
    )
    en = (
        f"Rank {row.rank}, behind {above.team} (rank {above.rank}): "
        f"{name_en} {mine or 'not known'} against {theirs}."
    )
    return Reason("decided", zh, en)


def _team(rule: TeamRule, name: str, found: dict[str, list[TeamResult]]) -> _Team:
    """One team from its results by stage, the worst stages left out."""
    worst_first = sorted(found, key=lambda key: stage_key(rule, counted_of(found[key])), reverse=True)
    dropped = set(worst_first[: rule.drop])
    left = [counted_of(results) for key, results in found.items() if key not in dropped]
    results = tuple(_dropped(each) if key in dropped else each for key, of in found.items() for each in of)
    counted = [each for stage in left for each in stage]
    # Where the lower total is better, a missing stage must not be an advantage.
    if not counted or (rule.better == "lower" and not all(left)):
        return _Team(name, results, None, ())
    order = criteria_of(rule)
    total = None if order[0] == "medals" else kept(total_of(rule, counted))
    return _Team(name, results, total, tuple(key_of(rule, each, counted) for each in order))


def _dropped(result: TeamResult) -> TeamResult:
    return msgspec.structs.replace(result, counts="stage_dropped") if result.counts == "counted" else result


def _rows(rule: TeamRule, teams: list[_Team]) -> Iterator[TeamRow]:
    ranked = sorted((team for team in teams if team.keys), key=lambda team: (team.place, team.name))
    ahead: _Team | None = None
    place = 1
    for _, level in groupby(ranked, key=lambda team: team.place):
        group = list(level)
        decided_by = against = None
        if ahead is not None:
            decided_by, against = _decider(rule, ahead, group[0]), ahead.name
        for team in group:
            yield _row(team, place, len(group) > 1, decided_by, against)
            decided_by = against = None
        place, ahead = place + len(group), group[-1]
    yield from (_row(team, None, False, None, None) for team in teams if not team.keys)


def _decider(rule: TeamRule, ahead: _Team, team: _Team) -> TeamCriterion:
    compared = zip(criteria_of(rule), ahead.keys, team.keys, strict=True)
    return next(name for name, theirs, ours in compared if theirs.ahead != ours.ahead)


def _row(
    team: _Team, rank: int | None, shared: bool, decided_by: TeamCriterion | None, against: str | None
) -> TeamRow:
    return TeamRow(
        team=team.name,
        rank=rank,
        shared=shared,
        total=None if team.total is None else plain(team.total),
        medals=medals_of(counted_of(team.results)),
        results=team.results,
        compared=tuple(key.shown for key in team.keys),
        decided_by=decided_by,
        against=against,
    )
