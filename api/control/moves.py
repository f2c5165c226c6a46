"""What a corrected mark moves: every rank, place in the next tier and award, by scoring's own comparison of before and after.

A place is known by its entry here; who that is, is said only to those who may know (`labelled`).
"""

from collections.abc import Callable
from functools import partial
from uuid import UUID

import msgspec

from api.access.actor import Actor
from api.advancement import queries as advancement
from api.awards.cases import AwardCase, award_case
from api.awards.queries import propose_all
from api.contests.scopes import ItemScope
from api.control.schemas import AwardMoved, Moved, Place, RankMoved, SlotMoved
from api.judging.queries.draws import may_know
from api.plumbing.db import Connection
from api.plumbing.ids import encode_id
from api.results.facts import facts_of_item
from api.results.schemas import shown
from scoring import Mark, SlotProposal, Standings, rank
from scoring.entrants.passing import with_passed
from scoring.schemes.what_if import ContestCase, ItemCase, MarkChange, Picture, RankNow, changed, compare

CONTESTS = """/* control.contests_of_item */
SELECT ci.contest_id, i.code, c.starts_on FROM contest_item ci JOIN item i ON i.id = ci.item_id JOIN contest c ON c.id = ci.contest_id
WHERE ci.item_id = $1 ORDER BY ci.contest_id <> i.contest_id, ci.contest_id
"""

WHO = """/* control.who_is_who */
SELECT e.id, e.number, coalesce(string_agg(v.name, '、' ORDER BY m.position), '') AS name,
       (SELECT a.station FROM attempt_entry ae JOIN attempt a ON a.id = ae.attempt_id AND NOT a.voided
        WHERE ae.entry_id = e.id ORDER BY a.session_id, a.station LIMIT 1) AS station
FROM entry e
LEFT JOIN entry_member m ON m.entry_id = e.id AND m.role = 'contestant'
LEFT JOIN person_version v ON v.id = m.person_version_id
WHERE e.item_id = $1 AND e.state = 'accepted' GROUP BY e.id, e.number
"""


async def moved_by(connection: Connection, item: ItemScope, mark: Mark) -> Moved:
    """What is different once this mark stands; names are entries' ids."""
    facts = await facts_of_item(connection, item.item_id)
    slots = await _slots(connection, item.item_id)
    ranks: tuple[RankMoved, ...] = ()
    taken: tuple[SlotMoved, ...] = ()
    awards: list[AwardMoved] = []
    for row in await connection.fetch(CONTESTS, item.item_id):
        case = await award_case(connection, row["contest_id"], item.season_id, row["starts_on"])
        own = ItemCase(code=row["code"], plan=facts.plan, facts=facts.entries)
        change = MarkChange(item=row["code"], mark=mark)
        after = changed(ContestCase(items=(own,)), change).items[0]
        found = compare(partial(_picture, case, slots), own, after)
        names = {rule.code: (rule.name, rule.name_en or rule.name) for rule in case.rules}
        if not ranks:
            ranks = tuple(
                RankMoved(who=move.entry, before=_place(move.before), after=_place(move.after))
                for move in found.ranks
            )
            taken = tuple(
                SlotMoved(
                    who=move.entry,
                    before=move.before.outcome if move.before else None,
                    after=move.after.outcome if move.after else None,
                )
                for move in found.slots
            )
        awards += [
            AwardMoved(
                name_zh=names[move.rule][0],
                name_en=names[move.rule][1],
                who=move.entry,
                before=move.before.outcome if move.before else None,
                after=move.after.outcome if move.after else None,
            )
            for move in found.awards
            if (move.before and move.before.outcome) != (move.after and move.after.outcome)
        ]
    return Moved(ranks, taken, tuple(dict.fromkeys(awards)))


def _picture(
    case: AwardCase, slots: Callable[[Standings], tuple[SlotProposal, ...]], item: ItemCase
) -> Picture:
    """One item computed afresh among the others as they are."""
    standings = rank(item.plan, item.facts)
    entrants = with_passed(item.plan, standings, case.entrants)
    fields = [
        msgspec.structs.replace(field, items={**field.items, item.code: standings})
        for field in case.fields
        if item.code in field.items
    ]
    awards, _ = propose_all(msgspec.structs.replace(case, fields=tuple(fields), entrants=entrants))
    return Picture(standings={item.code: standings}, slots={item.code: slots(standings)}, awards=awards)


async def _slots(connection: Connection, item_id: UUID) -> Callable[[Standings], tuple[SlotProposal, ...]]:
    way = await advancement.way_up(connection, item_id)
    entrants = {row["id"]: row for row in await connection.fetch(advancement.ENTRANTS, item_id)}
    offered = {row["entry_id"]: row for row in await connection.fetch(advancement.SLOTS, item_id)}

    def proposed(standings: Standings) -> tuple[SlotProposal, ...]:
        if way.rule is None or way.snapshot is None:
            return ()
        now = msgspec.structs.replace(way.snapshot, standings=standings)
        return advancement.propose_slots(msgspec.structs.replace(way, snapshot=now), entrants, offered)

    return proposed


def _place(now: RankNow | None) -> Place | None:
    return None if now is None else Place(now.rank, shown(now.total))


async def labelled(
    connection: Connection, actor: Actor, item: ItemScope, publication: str, moved: Moved
) -> Moved:
    """The same with people in the place of ids: names, or stations while nobody may know who stands there."""
    known = publication != "open" or may_know(actor, item)
    who = {
        encode_id("entry", row["id"]): f"{row['number'] or ''} {row['name']}".strip()
        if known
        else f"{row['station']:02d}"
        if row["station"]
        else "—"
        for row in await connection.fetch(WHO, item.item_id)
    }
    return Moved(
        tuple(msgspec.structs.replace(each, who=who.get(each.who, "—")) for each in moved.ranks),
        tuple(msgspec.structs.replace(each, who=who.get(each.who, "—")) for each in moved.slots),
        tuple(msgspec.structs.replace(each, who=who.get(each.who, "—")) for each in moved.awards),
    )
