"""An event is held once; several contests may take its results, each with its own field, eligibility and awards (DESIGN 3.10)."""

from datetime import date
from uuid import UUID

import msgspec

from api.access.actor import Actor, Scope
from api.contests.commands.holding import hold_contest
from api.contests.queries.contests import contest_by_id
from api.contests.queries.items import item_by_id
from api.contests.rule_checks import rules_errors
from api.contests.rules import rules_of_contest
from api.contests.schemas import Contest
from api.contests.scopes import ContestScope, ItemScope, contest_scope, item_scope
from api.contests.settled import settled
from api.organisations.references import parse_reference
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id
from api.plumbing.problems import FieldError, Problem, field_error
from api.results.ledger import append_ledger

# Who takes part in what is promised when registration begins and kept from the first day on.
OPEN_STATES = frozenset({"draft", "published"})

CREATE_EVENT = """/* contests.create_event */
INSERT INTO event (season_id, name_zh, name_en, starts_on, ends_on) VALUES ($1, $2, $3, $4, $5) RETURNING id
"""


async def create_event(
    connection: Connection, season_id: UUID, name_zh: str, name_en: str | None, starts_on: date, ends_on: date
) -> UUID:
    """The event of a contest that is held for itself."""
    event_id: UUID = await connection.fetchval(CREATE_EVENT, season_id, name_zh, name_en, starts_on, ends_on)
    return event_id


EVENT_CONTESTS = """/* contests.event_contests */
SELECT c.id, o.path FROM contest c JOIN organisation o ON o.id = c.host_id WHERE c.event_id = $1 AND c.season_id = $2
"""


async def event_to_join(
    connection: Connection, actor: Actor, text: str, season_id: UUID, errors: list[FieldError]
) -> UUID | None:
    """The event of this season that a new contest joins. Only who may change one of its contests adds another."""
    wrong = len(errors)
    event_id = parse_reference("event", text, "/event_id", errors)
    if len(errors) > wrong:
        return None
    rows = await connection.fetch(EVENT_CONTESTS, event_id, season_id)
    scopes = [Scope(organisation_path=tuple(row["path"]), contest_id=row["id"]) for row in rows]
    if not any(actor.may("contest.change", scope) for scope in scopes):
        errors.append(field_error("/event_id", "reference_unknown"))
    return event_id


# The days of an event are those of its contests. Its name is that of its contest while there is one only.
FOLLOW_CONTESTS = """/* contests.follow_contests */
UPDATE event e SET starts_on = n.first_day, ends_on = n.last_day,
       name_zh = CASE WHEN n.contests = 1 THEN n.name_zh ELSE e.name_zh END,
       name_en = CASE WHEN n.contests = 1 THEN n.name_en ELSE e.name_en END
FROM (SELECT count(*) AS contests, min(starts_on) AS first_day, max(ends_on) AS last_day, min(name_zh) AS name_zh,
             min(name_en) AS name_en
      FROM contest WHERE event_id = $1) n
WHERE e.id = $1
"""


async def follow_contests(connection: Connection, event_id: UUID) -> None:
    """Let an event's days and name follow its contests."""
    await connection.execute(FOLLOW_CONTESTS, event_id)


TAKE_ITEM = """/* contests.take_item */
INSERT INTO contest_item (contest_id, item_id) VALUES ($1, $2) ON CONFLICT DO NOTHING
"""

COUNT_TAKING = """/* contests.count_taking */
UPDATE contest SET rev = rev + 1 WHERE id = $1
"""


async def take_item(db: Db, actor: Actor, contest_id: UUID, item_id: UUID, base_rev: int) -> Contest:
    """Let a contest take the results of an item that another contest of the same event runs.

    The actor changes both: names and marks of one host's item are not another host's to fetch. Raises not_found, stale,
    contest_settled, item_of_other_event, item_exists.
    """
    async with db.transaction() as connection:
        found, now, item = await _hold(connection, actor, contest_id, item_id, base_rev)
        if any(each.id == encode_id("item", item_id) for each in now.items):
            return now
        other = await contest_scope(connection, item.contest_id)
        if other.event_id != found.event_id:
            raise Problem("item_of_other_event")
        if item.state == "cancelled":
            raise settled(item.state)
        code = (await item_by_id(connection, item_id)).code
        if any(each.code == code for each in now.items):
            # Rules name items by their codes.
            raise Problem("item_exists")
        await connection.execute(TAKE_ITEM, contest_id, item_id)
        return await _noted(connection, actor, found, item_id, "contest.item_taken")


LET_GO = """/* contests.let_go */
DELETE FROM contest_item WHERE contest_id = $1 AND item_id = $2
"""

ENTERED = """/* contests.entered */
SELECT EXISTS (SELECT FROM entry WHERE contest_id = $1 AND item_id = $2)
"""


async def let_item_go(db: Db, actor: Actor, contest_id: UUID, item_id: UUID, base_rev: int) -> Contest:
    """End the taking. Raises not_found, stale, contest_settled, item_own, entries_exist, item_in_rules."""
    async with db.transaction() as connection:
        found, now, item = await _hold(connection, actor, contest_id, item_id, base_rev)
        if item.contest_id == contest_id:
            raise Problem("item_own")
        if all(each.id != encode_id("item", item_id) for each in now.items):
            raise Problem("not_found")
        if await connection.fetchval(ENTERED, contest_id, item_id):
            raise Problem("entries_exist")
        _, rules = await rules_of_contest(connection, contest_id)
        left = {each.code: each.trade for each in now.items if each.id != encode_id("item", item_id)}
        if any(error.code == "rule_item_unknown" for error in rules_errors(rules, left)):
            raise Problem("item_in_rules")
        await connection.execute(LET_GO, contest_id, item_id)
        return await _noted(connection, actor, found, item_id, "contest.item_let_go")


async def _hold(
    connection: Connection, actor: Actor, contest_id: UUID, item_id: UUID, base_rev: int
) -> tuple[ContestScope, Contest, ItemScope]:
    """Contest and item, with the rights to both, the version and the state checked."""
    found, now = await hold_contest(connection, actor, "contest.change", contest_id, base_rev)
    item = await item_scope(connection, item_id)
    actor.require("item.change", item.scope)
    if found.state not in OPEN_STATES:
        raise settled(found.state)
    return found, now, item


async def _noted(
    connection: Connection, actor: Actor, found: ContestScope, item_id: UUID, act: str
) -> Contest:
    await connection.execute(COUNT_TAKING, found.contest_id)
    payload = msgspec.json.encode({"item": encode_id("item", item_id)}).decode()
    await append_ledger(
        connection, found.season_id, found.contest_id, act, found.contest_id, payload, actor.account_id
    )
    return await contest_by_id(connection, found.contest_id)
