"""Offering places from a final standing, and answering them."""

from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from api.access.actor import Actor
from api.advancement import queries
from api.advancement.schemas import MoveSlot, OfferSlots, SlotList, SlotView
from api.contests.scopes import item_scope
from api.plumbing.calendar import show_deadline
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id, parse_id
from api.plumbing.problems import Problem
from api.plumbing.states import require_transition
from api.plumbing.texts import clean_reason
from api.results.ledger import append_ledger
from api.results.snapshots import lock_board
from scoring import SlotProposal

LONGEST_REASON = 500

ADD_SLOT = """/* advancement.add_slot */
INSERT INTO slot (season_id, from_item_id, to_item_id, snapshot, entry_id, place, kind, substitute_for, answer_by, reasons)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id
"""

SLOT = """/* advancement.slot */
SELECT s.id, s.from_item_id, s.to_item_id, s.entry_id, s.state, s.rev, s.answer_by, s.answer_by < now() AS late, o.path AS unit_path
FROM slot s JOIN entry e ON e.id = s.entry_id LEFT JOIN organisation o ON o.id = e.unit_id
WHERE s.id = $1 FOR NO KEY UPDATE OF s
"""

NOTE_SLOT = """/* advancement.note_slot */
INSERT INTO slot_transition (slot_id, seq, from_state, to_state, reason, by_account)
SELECT $1, coalesce(max(seq), 0) + 1, $2, $3, $4, $5 FROM slot_transition WHERE slot_id = $1
"""


async def offer_slots(db: Db, actor: Actor, item_id: UUID, offer: OfferSlots) -> SlotList:
    """Offer every place the rule gives. Raises result_not_final, no_next_tier, slots_undecided, slots_offered."""
    async with db.transaction() as connection:
        item = await item_scope(connection, item_id)
        actor.require("slot.offer", item.scope)
        _, state, _ = await lock_board(connection, item_id)
        if state not in queries.FINAL:
            raise Problem("result_not_final")
        way = await queries.way_up(connection, item_id)
        if way.rule is None or way.to_item_id is None:
            raise Problem("no_next_tier")
        proposals = await _proposals(connection, item_id, way)
        undecided = sum(proposal.outcome == "open" for proposal in proposals)
        if undecided:
            raise Problem("slots_undecided", count=undecided)
        for proposal in proposals:
            if proposal.outcome == "in":
                await _add(connection, item_id, way, proposal, offer.answer_by)
        payload = msgspec.json.encode({"snapshot": way.snapshot.number if way.snapshot else None})
        await append_ledger(
            connection, way.season_id, item_id, "slots.offered", item_id, payload.decode(), actor.account_id
        )
        return await queries.slot_list(connection, item_id)


async def move_slot(db: Db, actor: Actor, slot_id: UUID, move: MoveSlot, base_rev: int) -> SlotView:
    """Answer a place; one that is given up goes to the next substitute.

    Raises not_found, stale, forbidden_transition, and answer_too_late for a unit after the day until which it had to answer; the
    organiser may still record what came late for a good reason.
    """
    reason = clean_reason(move.reason, LONGEST_REASON)
    async with db.transaction() as connection:
        slot = await connection.fetchrow(SLOT, slot_id)
        if slot is None:
            raise Problem("not_found")
        item = await item_scope(connection, slot["from_item_id"])
        # The unit answers for its own people, the organiser for all of the item.
        of_unit = msgspec.structs.replace(
            item.scope, organisation_path=tuple(slot["unit_path"] or ()), contest_id=None
        )
        if not actor.may("slot.answer", of_unit):
            actor.require("slot.answer", item.scope)
        elif slot["late"] and not actor.may("slot.answer", item.scope):
            until_zh, until_en = (
                show_deadline(slot["answer_by"], item.timezone, locale) for locale in ("zh", "en")
            )
            raise Problem("answer_too_late", until_zh=until_zh, until_en=until_en)
        if slot["rev"] != base_rev:
            raise Problem("stale", current=_view(slot, slot["state"], slot["rev"]))
        require_transition("slot", slot["state"], move.to)
        season_id, _, _ = await lock_board(connection, slot["from_item_id"])
        await connection.execute("UPDATE slot SET state = $2, rev = rev + 1 WHERE id = $1", slot_id, move.to)
        await connection.execute(NOTE_SLOT, slot_id, slot["state"], move.to, reason, actor.account_id)
        payload = msgspec.json.encode({"slot": encode_id("slot", slot_id), "to": move.to, "reason": reason})
        await append_ledger(
            connection,
            season_id,
            slot["from_item_id"],
            "slot." + move.to,
            slot_id,
            payload.decode(),
            actor.account_id,
        )
        substitute = None
        if move.to != "accepted":
            # Whoever follows after the day has no day: the organiser asks them by other ways.
            until = None if slot["late"] else slot["answer_by"]
            substitute = await _offer_substitute(connection, slot["from_item_id"], slot_id, until)
        return _view(slot, move.to, base_rev + 1, substitute)


async def _offer_substitute(
    connection: Connection, item_id: UUID, given_up: UUID, answer_by: datetime | None
) -> UUID | None:
    """The place goes to whoever the rule now lets in and who has no slot yet, if there is anybody."""
    way = await queries.way_up(connection, item_id)
    if way.state not in queries.FINAL:
        return None
    taken = {row["entry_id"] for row in await connection.fetch(queries.SLOTS, item_id)}
    for proposal in await _proposals(connection, item_id, way):
        if proposal.outcome == "in" and parse_id("entry", proposal.entry) not in taken:
            return await _add(connection, item_id, way, proposal, answer_by, given_up)
    return None


async def _proposals(connection: Connection, item_id: UUID, way: queries.WayUp) -> tuple[SlotProposal, ...]:
    entrants = {row["id"]: row for row in await connection.fetch(queries.ENTRANTS, item_id)}
    offered = {row["entry_id"]: row for row in await connection.fetch(queries.SLOTS, item_id)}
    return queries.propose_slots(way, entrants, offered)


async def _add(
    connection: Connection,
    item_id: UUID,
    way: queries.WayUp,
    proposal: SlotProposal,
    answer_by: datetime | None,
    instead_of: UUID | None = None,
) -> UUID:
    assert way.snapshot is not None
    slot_id = await connection.fetchval(
        ADD_SLOT, way.season_id, item_id, way.to_item_id, way.snapshot.number, parse_id("entry", proposal.entry),
        proposal.position or 1, "substitute" if instead_of else _kind(proposal), instead_of, answer_by,
        msgspec.json.encode(proposal.reasons).decode(),
    )  # fmt: skip
    assert isinstance(slot_id, UUID)
    return slot_id


def _kind(proposal: SlotProposal) -> str:
    codes = {reason.code for reason in proposal.reasons}
    return "host" if "host_place" in codes else "quota"


def _view(slot: asyncpg.Record, state: str, rev: int, substitute: UUID | None = None) -> SlotView:
    return SlotView(
        id=encode_id("slot", slot["id"]),
        entry=encode_id("entry", slot["entry_id"]),
        to_item=encode_id("item", slot["to_item_id"]),
        state=state,
        rev=rev,
        substitute=encode_id("slot", substitute) if substitute else None,
    )
