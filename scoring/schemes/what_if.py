"""What one correction moves, before it is published: every rank, slot and award that is different afterwards.

Pure: the case is what is known, the change is what would be known, and nothing is written down.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TypeAlias, TypeVar

import msgspec

from scoring.advancement import QuotaRule, SlotOutcome, SlotProposal, select
from scoring.awards import AwardField, AwardOutcome, AwardProposal, AwardRule, propose
from scoring.entrants.passing import with_passed
from scoring.entrants.people import Entrant, Level
from scoring.evaluation.facts import EntryFacts
from scoring.evaluation.marks import Mark
from scoring.plans.plan import Plan
from scoring.ranking.standings import StandingRow, Standings, rank

C = TypeVar("C")
V = TypeVar("V")


class ItemCase(msgspec.Struct, frozen=True, kw_only=True):
    """One item with everything its ranks and slots follow from."""

    code: str
    plan: Plan
    facts: tuple[EntryFacts, ...]
    quota: QuotaRule | None = None


class ContestCase(msgspec.Struct, frozen=True, kw_only=True):
    """A contest before or after a correction. The standings of `fields` are filled in by the code of their items.

    Without `fields` each item is a field of its own. `on` is the day by which offered places are judged.
    """

    items: tuple[ItemCase, ...]
    awards: tuple[AwardRule, ...] = ()
    fields: tuple["FieldCase", ...] = ()
    entrants: tuple[Entrant, ...] = ()
    on: str | None = None


class FieldCase(msgspec.Struct, frozen=True, kw_only=True):
    """A field of awards by the codes of its items; `field` has no standings yet."""

    field: AwardField
    items: tuple[str, ...]


class MarkChange(msgspec.Struct, frozen=True, kw_only=True):
    """One mark as it would be: it takes the place of the same judge's mark on the same criterion, or is new."""

    item: str
    mark: Mark


class FactsChange(msgspec.Struct, frozen=True, kw_only=True):
    """Everything known of one entry of an item, as it would be: a state, a time, an imported mark."""

    item: str
    facts: EntryFacts


class EntrantChange(msgspec.Struct, frozen=True, kw_only=True):
    """What would be known of an entrant: a level, a check, an answer."""

    entrant: Entrant


Change: TypeAlias = MarkChange | FactsChange | EntrantChange


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """What follows from a case: standings and slots by item, and awards."""

    standings: dict[str, Standings]
    slots: dict[str, tuple[SlotProposal, ...]] = {}
    awards: tuple[AwardProposal, ...] = ()


class RankNow(msgspec.Struct, frozen=True):
    """Where an entry stands."""

    rank: int | None
    award_rank: int | None
    shared: bool
    total: Decimal | None


class SlotNow(msgspec.Struct, frozen=True):
    """What the quota rule says of an entry."""

    outcome: SlotOutcome
    substitute_order: int | None


class AwardNow(msgspec.Struct, frozen=True):
    """What an award rule says of a person."""

    outcome: AwardOutcome
    level_target: Level | None


class RankMove(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that stands elsewhere, or has another total. None: it is not there."""

    item: str
    entry: str
    before: RankNow | None
    after: RankNow | None


class SlotMove(msgspec.Struct, frozen=True, kw_only=True):
    """An entry whose slot is another. None: it is not there."""

    item: str
    entry: str
    before: SlotNow | None
    after: SlotNow | None


class AwardMove(msgspec.Struct, frozen=True, kw_only=True):
    """A person whose award is another. None: not in line for it."""

    rule: str
    field: str
    entry: str
    person: str | None
    before: AwardNow | None
    after: AwardNow | None


class WhatIf(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that moves; empty where a change changes nothing that is published."""

    ranks: tuple[RankMove, ...]
    slots: tuple[SlotMove, ...]
    awards: tuple[AwardMove, ...]


def what_if(case: ContestCase, change: Change) -> WhatIf:
    """What the change would move. Raises KeyError for an item that the case does not have; else as rank and propose."""
    return compare(picture_of, case, changed(case, change))


def compare(compute: Callable[[C], Picture], before: C, after: C) -> WhatIf:
    """The same for anything from which a picture can be computed: a scheme of several stages, say."""
    return moves(compute(before), compute(after))


def picture_of(case: ContestCase) -> Picture:
    """Ranks, slots and awards of a case as they are now."""
    standings = {item.code: rank(item.plan, item.facts) for item in case.items}
    entrants = case.entrants
    for item in case.items:
        entrants = with_passed(item.plan, standings[item.code], entrants)
    slots = {
        item.code: select(
            item.quota, standings[item.code], _of(case, standings[item.code], entrants), on=case.on
        )
        for item in case.items
        if item.quota is not None
    }
    fields = [
        msgspec.structs.replace(each.field, items={code: standings[code] for code in each.items})
        for each in case.fields
    ] or [
        AwardField(kind="item", code=code, name=code, items={code: standing})
        for code, standing in standings.items()
    ]
    return Picture(standings=standings, slots=slots, awards=propose(case.awards, fields, entrants))


def _of(case: ContestCase, standings: Standings, entrants: tuple[Entrant, ...]) -> tuple[Entrant, ...]:
    """The entrants of one item. Of several items nobody can say to which a seed without a result belongs."""
    entries = {row.entry for row in standings.rows}
    return entrants if len(case.items) == 1 else tuple(each for each in entrants if each.entry in entries)


def changed(case: ContestCase, change: Change) -> ContestCase:
    """The case with this change. Raises KeyError for an item it does not have."""
    match change:
        case EntrantChange():
            return _put(case, entrants=_placed(case.entrants, change.entrant, lambda each: each.entry))
        case FactsChange():
            item = _item(case, change.item)
            facts = _placed(item.facts, change.facts, lambda each: each.entry)
        case _:
            item = _item(case, change.item)
            facts = tuple(_marked(each, change.mark) for each in item.facts)
    new = msgspec.structs.replace(item, facts=facts)
    return _put(case, items=_placed(case.items, new, lambda each: each.code))


def _put(case: ContestCase, **fields: object) -> ContestCase:
    return msgspec.structs.replace(case, **fields)


def _item(case: ContestCase, code: str) -> ItemCase:
    return {item.code: item for item in case.items}[code]


def _marked(facts: EntryFacts, mark: Mark) -> EntryFacts:
    if facts.entry != mark.entry:
        return facts
    return msgspec.structs.replace(
        facts, marks=_placed(facts.marks, mark, lambda each: f"{each.judge} {each.criterion}")
    )


def _placed(values: tuple[V, ...], new: V, key: Callable[[V], str]) -> tuple[V, ...]:
    """The values with the new one in the place of the one with the same key, or at the end."""
    place = key(new)
    if all(key(each) != place for each in values):
        return (*values, new)
    return tuple(new if key(each) == place else each for each in values)


def moves(before: Picture, after: Picture) -> WhatIf:
    """Every rank, slot and award that differs between two pictures, in order of item, rule and entry."""
    return WhatIf(
        ranks=tuple(
            RankMove(item=item, entry=entry, before=old, after=new)
            for (item, entry), old, new in _differences(_ranks(before), _ranks(after))
        ),
        slots=tuple(
            SlotMove(item=item, entry=entry, before=old, after=new)
            for (item, entry), old, new in _differences(_slots(before), _slots(after))
        ),
        awards=tuple(
            AwardMove(rule=rule, field=field, entry=entry, person=person or None, before=old, after=new)
            for (rule, field, entry, person), old, new in _differences(_awards(before), _awards(after))
        ),
    )


K = TypeVar("K", bound=tuple[str, ...])


def _differences(before: Mapping[K, V], after: Mapping[K, V]) -> list[tuple[K, V | None, V | None]]:
    keys = sorted({*before, *after})
    return [(key, before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key)]


def _ranks(picture: Picture) -> dict[tuple[str, str], RankNow]:
    def now(row: StandingRow) -> RankNow:
        return RankNow(row.rank, row.award_rank, row.shared, row.total)

    return {(item, row.entry): now(row) for item, each in picture.standings.items() for row in each.rows}


def _slots(picture: Picture) -> dict[tuple[str, str], SlotNow]:
    return {
        (item, slot.entry): SlotNow(slot.outcome, slot.substitute_order)
        for item, slots in picture.slots.items()
        for slot in slots
    }


def _awards(picture: Picture) -> dict[tuple[str, str, str, str], AwardNow]:
    return {
        (each.rule, each.field, each.entry, each.person or ""): AwardNow(each.outcome, each.level_target)
        for each in picture.awards
    }
