"""The review on three levels: unit → organiser → committee, each of which may pass on, return for correction or refuse."""

from uuid import UUID

import msgspec

from api.access.actor import Actor
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id
from api.plumbing.problems import Problem, field_error, invalid_fields
from api.plumbing.states import require_transition
from api.plumbing.texts import clean_text
from api.registration.candidates import Candidate
from api.registration.commands.registering import require_fine
from api.registration.entering import Asker, judge
from api.registration.held import HeldEntry, hold_entry
from api.registration.queries import entry_by_id, may_step
from api.registration.rooms import ContestRoom, contest_room
from api.registration.rules import contest_number, number_prefix
from api.registration.schemas import EntryDetail, EntryState, EntryTransition
from api.registration.scopes import acts_for_host
from api.results.ledger import append_ledger

MOST_REASON = 200
NEEDS_REASON = ("returned", "refused")
# Decisions that somebody may have to answer for; the steps on the way stand in the entry's own history.
ON_LEDGER = ("accepted", "refused", "withdrawn")

MOVE_ENTRY = """/* registration.move_entry */
UPDATE entry SET state = $2, rev = rev + 1, number = coalesce($3, number) WHERE id = $1
"""

NOTE_STEP = """/* registration.note_step */
INSERT INTO entry_transition (entry_id, seq, from_state, to_state, reason, by_account)
SELECT $1, coalesce(max(seq), 0) + 1, $2, $3, $4, $5 FROM entry_transition WHERE entry_id = $1
"""

FREE_MEMBERS = """/* registration.free_members */
UPDATE entry_member SET active = false WHERE entry_id = $1
"""

IS_DRAWN = """/* registration.is_drawn */
SELECT EXISTS (
    SELECT FROM attempt_entry ae JOIN attempt a ON a.id = ae.attempt_id AND NOT a.voided WHERE ae.entry_id = $1
) OR EXISTS (
    SELECT FROM layer_commitment c JOIN layer_draw d ON d.layer_id = c.id
    WHERE c.item_id = (SELECT item_id FROM entry WHERE id = $1) AND c.layer = 1 AND $2 = ANY (c.inputs)
      AND c.round = (SELECT coalesce(max(number), 1) FROM layer_round WHERE item_id = c.item_id)
)
"""


async def move_entry(db: Db, actor: Actor, entry: str, base_rev: int, step: EntryTransition) -> EntryDetail:
    """One step of the review. Raises forbidden_transition with what is possible instead, reason_needed, and what a level may not do."""
    async with db.transaction() as connection:
        held = await hold_entry(connection, actor, entry, base_rev)
        require_transition("entry", held.state, step.to)
        if not may_step(actor, held.place, held.own_person, held.state, step.to):
            raise Problem("not_your_level")
        reason = clean_text(step.reason, "/reason", MOST_REASON) if step.reason else None
        if step.to in NEEDS_REASON and len(reason or "") < 2:
            raise invalid_fields(field_error("/reason", "reason_needed"))
        room = await contest_room(connection, held.place.contest_id, held=True)
        if room.state not in ("published", "running"):
            raise Problem("registration_closed")
        await _check_step(connection, room, actor, held, step.to)
        number = await _next_number(connection, held.item_id) if step.to == "accepted" else None
        await connection.execute(MOVE_ENTRY, held.id, step.to, number)
        if step.to in ("refused", "withdrawn"):
            await connection.execute(FREE_MEMBERS, held.id)
        await connection.execute(NOTE_STEP, held.id, held.state, step.to, reason, actor.account_id)
        if step.to in ON_LEDGER:
            payload = msgspec.json.encode({"from": held.state, "to": step.to, "number": number}).decode()
            await append_ledger(
                connection,
                held.season_id,
                held.item_id,
                f"entry_{step.to}",
                held.id,
                payload,
                actor.account_id,
            )
        return await entry_by_id(connection, actor, held.id)


async def _check_step(
    connection: Connection, room: ContestRoom, actor: Actor, held: HeldEntry, to: EntryState
) -> None:
    """What a step asks beside the right to take it."""
    if to == "at_unit" and not held.place.unit_path:
        raise Problem("entry_without_unit")
    if held.state == "draft" and to in ("at_unit", "at_organiser"):
        room.require_open(room.now)
        # A draft holds no place: it has to find one now.
        asker = Asker(actor.account_id, acts_for_host(actor, held.place))
        (verdict,) = await judge(connection, room, asker, [_place_of(held, to)], held=True, but=held.id)
        require_fine(verdict)
    if to == "withdrawn" and await connection.fetchval(IS_DRAWN, held.id, encode_id("entry", held.id)):
        raise Problem("entry_is_drawn")


def _place_of(held: HeldEntry, to: EntryState) -> Candidate:
    return Candidate(
        item_id=held.item_id,
        delegation_id=held.delegation_id,
        unit_id=held.unit_id,
        unit_name=held.unit_name,
        slot_id=None,
        state="at_unit" if to == "at_unit" else "at_organiser",
        members=(),
    )


LAST_PLACE = """/* registration.last_place */
SELECT coalesce(max(substring(number FROM '-([0-9]{4,9})$')::integer), 0) FROM entry
WHERE item_id = $1 AND starts_with(number, $2 || '-')
"""


async def _next_number(connection: Connection, item_id: UUID) -> str:
    """The next contest number of the item, which is locked so that two acceptances at once get two numbers. Gaps may stay."""
    code = await connection.fetchval("SELECT code FROM item WHERE id = $1 FOR NO KEY UPDATE", item_id)
    last: int = await connection.fetchval(LAST_PLACE, item_id, number_prefix(code))
    return contest_number(code, last + 1)
