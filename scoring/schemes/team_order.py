"""What teams are compared by: each criterion as numbers that are lower for whoever stands ahead, and as text."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final, Literal, NamedTuple, TypeAlias

from scoring.decimals import plain
from scoring.schemes.scheme import TeamRule
from scoring.schemes.team_results import TeamResult

TeamCriterion: TypeAlias = Literal["total", "medals", "places", "best", "time"]

_NEVER: Final = Decimal("Infinity")


class TeamKey(NamedTuple):
    """One criterion of one team: lower numbers stand ahead; `shown` is empty where the value is not known."""

    ahead: tuple[Decimal, ...]
    shown: str


def criteria_of(rule: TeamRule) -> tuple[TeamCriterion, ...]:
    """The order of the rule: the total, or medals that have no points of their own, then its ties."""
    return ("medals" if rule.of == "medals" and not rule.points else "total", *rule.ties)


def key_of(rule: TeamRule, criterion: TeamCriterion, counted: list[TeamResult]) -> TeamKey:
    """At least one result counts."""
    match criterion:
        case "total":
            return _number(rule, total_of(rule, counted))
        case "medals":
            medals = medals_of(counted)
            return TeamKey(tuple(Decimal(-count) for count in medals), "/".join(map(str, medals)))
        case "places":
            ranks = _ranks(counted)
            # Whoever has one more place after equal ones stands ahead.
            return TeamKey((*map(Decimal, ranks), _NEVER), ", ".join(map(str, ranks)))
        case "best":
            return _best(rule, counted)
        case _:
            return _time(counted)


def stage_key(rule: TeamRule, counted: list[TeamResult]) -> tuple[Decimal, ...]:
    """How good one stage was: lower is better, without a result worst of all."""
    return key_of(rule, criteria_of(rule)[0], counted).ahead if counted else (_NEVER,)


def total_of(rule: TeamRule, counted: list[TeamResult]) -> Decimal:
    """The results that count, added up or averaged."""
    added = sum((each.value for each in counted if each.value is not None), Decimal(0))
    return added if rule.total == "sum" else added / len(counted)


def medals_of(counted: Iterable[TeamResult]) -> tuple[int, int, int]:
    """First, second and third places."""
    ranks = [each.rank for each in counted]
    return ranks.count(1), ranks.count(2), ranks.count(3)


def _number(rule: TeamRule, value: Decimal) -> TeamKey:
    return TeamKey((-value if rule.better == "higher" else value,), f"{plain(value):f}")


def _best(rule: TeamRule, counted: list[TeamResult]) -> TeamKey:
    values = [each.value for each in counted if each.value is not None]
    if values:
        return _number(rule, max(values) if rule.better == "higher" else min(values))
    # Medals without points: the best single result is the best rank.
    return TeamKey((Decimal(_ranks(counted)[0]),), str(_ranks(counted)[0]))


def _time(counted: list[TeamResult]) -> TeamKey:
    times = [each.time for each in counted if each.time is not None]
    if len(times) < len(counted):
        return TeamKey((_NEVER,), "")
    whole = sum(times, Decimal(0))
    return TeamKey((whole,), f"{plain(whole):f}")


def _ranks(counted: list[TeamResult]) -> list[int]:
    return sorted(each.rank for each in counted if each.rank is not None)
