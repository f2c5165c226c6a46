"""What a stage came to, for everything that looks over several stages."""

from collections.abc import Iterable

import msgspec

from scoring.evaluation.facts import EntryFacts
from scoring.plans.plan import Plan
from scoring.ranking.standings import Standings, rank


class StageResults(msgspec.Struct, frozen=True, kw_only=True):
    """One stage: its standings, and the facts of the entries that were let into it."""

    key: str
    standings: Standings
    facts: tuple[EntryFacts, ...]


def stand_stage(key: str, plan: Plan, facts: Iterable[EntryFacts]) -> StageResults:
    """Rank one stage. Errors as `rank`."""
    given = tuple(facts)
    return StageResults(key=key, standings=rank(plan, given), facts=given)
