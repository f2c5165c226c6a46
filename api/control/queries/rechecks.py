"""The sample, how far it is, and what was found."""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

import asyncpg
import msgspec

from api.access.actor import Actor
from api.access.persons import accounts_of_person
from api.contests.rules import RecheckRule, rules_of_contest
from api.contests.scopes import ItemScope, item_scope
from api.control.gates import CheckedEntry, checked_entries
from api.control.schemas import CheckLine, Recheck, Rechecks
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id

UNSUBMITTED = """/* control.unsubmitted_sheets */
SELECT count(*) FROM sheet s JOIN attempt a ON a.id = s.attempt_id AND NOT a.voided
LEFT JOIN attempt_entry ae ON ae.attempt_id = a.id LEFT JOIN entry e ON e.id = ae.entry_id
WHERE s.item_id = $1 AND s.state = 'open' AND (e.id IS NULL OR e.standing = 'present' AND e.state = 'accepted')
"""

RECHECK = """/* control.recheck */
SELECT r.id, r.season_id, r.item_id, r.number, r.snapshot, r.rule::text AS rule, r.algorithm, r.seed, r.at, a.display_name AS by
FROM recheck r JOIN account a ON a.id = r.by_account
WHERE r.item_id = $1 OR r.id = $2 ORDER BY r.number DESC LIMIT 1
"""

PLACES = """/* control.places_of_entries */
SELECT e.id AS entry_id, e.number, a.id AS attempt_id, a.station, js.id AS session_id, js.name_zh AS session, js.position,
       array_remove(array_agg(s.id ORDER BY j.code), NULL) AS sheets,
       bool_or(EXISTS (SELECT FROM mark_revision m WHERE m.season_id = s.season_id AND m.sheet_id = s.id AND m.account_id = ANY ($2::uuid[]))
               OR s.account_id = ANY ($2::uuid[])) AS mine
FROM entry e
LEFT JOIN attempt_entry ae ON ae.entry_id = e.id AND EXISTS (SELECT FROM attempt x WHERE x.id = ae.attempt_id AND NOT x.voided)
LEFT JOIN attempt a ON a.id = ae.attempt_id
LEFT JOIN judging_session js ON js.id = a.session_id
LEFT JOIN sheet s ON s.attempt_id = a.id
LEFT JOIN judge j ON j.id = s.judge_id
WHERE e.id = ANY ($1::uuid[])
GROUP BY e.id, e.number, a.id, a.station, js.id, js.name_zh, js.position ORDER BY js.position NULLS LAST, a.station, e.number
"""


async def has_recheck(connection: Connection, item_id: UUID) -> bool:
    """Whether a sample was ever drawn: it stays to be read when the rule goes."""
    return await connection.fetchrow(RECHECK, item_id, None) is not None


async def rechecks_of_item(db: Db, actor: Actor, item_id: UUID) -> Rechecks:
    """The sample and how far it is. Raises not_found."""
    async with db.reading() as connection:
        item = await item_scope(connection, item_id)
        actor.require("recheck.read", item.scope)
        return await recheck_state(connection, actor, item)


async def recheck_state(connection: Connection, actor: Actor, item: ItemScope) -> Rechecks:
    """The same for whoever has been let at it."""
    row = await connection.fetchrow(RECHECK, item.item_id, None)
    rule = (await rules_of_contest(connection, item.contest_id))[1].recheck
    waiting = int(await connection.fetchval(UNSUBMITTED, item.item_id))
    return Rechecks(
        item=encode_id("item", item.item_id),
        required=rule is not None,
        ready=not waiting,
        current=await _recheck(connection, actor, row) if row else None,
    )


async def _recheck(connection: Connection, actor: Actor, row: asyncpg.Record) -> Recheck:
    rule = msgspec.json.decode(row["rule"], type=RecheckRule)
    entries = await checked_entries(connection, row["id"], row["season_id"], row["item_id"])
    errors, of = entries_with_errors(entries), len(entries)
    rate = (Decimal(errors * 100) / of if of else Decimal(0)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return Recheck(
        id=encode_id("recheck", row["id"]),
        number=row["number"],
        snapshot=row["snapshot"],
        algorithm=row["algorithm"],
        seed=row["seed"].hex(),
        at=row["at"],
        by=row["by"],
        everything=any(each.because == "all" for each in entries),
        checked=sum(not each.open for each in entries),
        of=of,
        errors=errors,
        rate=format(rate, "f"),
        limit=format(rule.errors_percent.normalize(), "f"),
        done=all(not each.open for each in entries),
        entries=tuple(await lines_of(connection, actor, row)),
    )


async def lines_of(connection: Connection, actor: Actor, row: asyncpg.Record) -> list[CheckLine]:
    """Every entry of the sample, in the order of the stations."""
    entries = {
        each.entry_id: each
        for each in await checked_entries(connection, row["id"], row["season_id"], row["item_id"])
    }
    places: defaultdict[UUID, list[asyncpg.Record]] = defaultdict(list)
    # Marks of another account of the same person are their own, too.
    own = await accounts_of_person(connection, actor.account_id)
    for place in await connection.fetch(PLACES, list(entries), own):
        places[place["entry_id"]].append(place)
    return [_line(entries[entry_id], found) for entry_id, found in places.items()]


def _line(entry: CheckedEntry, places: list[asyncpg.Record]) -> CheckLine:
    """An entry of several stages is known by its first station; its sheets are those of all."""
    first = places[0]
    station = first["station"]
    return CheckLine(
        key=encode_id("attempt", first["attempt_id"]) if station else encode_id("entry", entry.entry_id),
        session_id=encode_id("session", first["session_id"]) if first["session_id"] else None,
        session=first["session"] or "",
        station=station,
        number="" if station else first["number"] or "",
        sheets=tuple(encode_id("sheet", sheet) for place in places for sheet in place["sheets"] or ()),
        because=entry.because,  # type: ignore[arg-type]
        open=entry.open,
        outcome=entry.outcome,  # type: ignore[arg-type]
        errors=entry.errors,
        facts=entry.facts,
        mine=any(place["mine"] for place in places),
        note=entry.note,
        by=entry.by,
        at=entry.at,  # type: ignore[arg-type]
    )


def entries_with_errors(entries: list[CheckedEntry]) -> int:
    """In how many entries an error was ever found."""
    return sum(each.errors > 0 for each in entries)
