"""One entry locked for a change, with where it lies and what the actor is to it."""

from uuid import UUID

import msgspec

from api.access.actor import Actor
from api.plumbing.db import Connection
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem
from api.registration.queries import entry_by_id, may_read
from api.registration.schemas import EntryState, Standing
from api.registration.scopes import EntryPlace, competes, in_office


class HeldEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that nobody else changes until the transaction ends."""

    id: UUID
    season_id: UUID
    item_id: UUID
    delegation_id: UUID | None
    unit_id: UUID | None
    unit_name: str | None
    state: EntryState
    standing: Standing
    rev: int
    place: EntryPlace
    own_person: UUID | None

    def belongs_to(self, actor: Actor) -> bool:
        """Whether the actor is on the side that enters: host, unit, delegation, or the contestant."""
        return in_office(actor, self.place) or competes(actor, self.place, self.own_person)


HOLD_ENTRY = """/* registration.hold_entry */
SELECT e.id, e.season_id, e.contest_id, e.item_id, e.delegation_id, e.unit_id, e.unit_name, e.state, e.standing, e.rev,
       e.created_by, host.path AS host_path, unit.path AS unit_path, sender.path AS sender_path,
       (SELECT person_id FROM account WHERE id = $2) AS own_person,
       (SELECT array_agg(person_id) FROM entry_member WHERE entry_id = e.id) AS people
FROM entry e
JOIN contest c ON c.id = e.contest_id
JOIN organisation host ON host.id = c.host_id
LEFT JOIN organisation unit ON unit.id = e.unit_id
LEFT JOIN delegation d ON d.id = e.delegation_id
LEFT JOIN organisation sender ON sender.id = d.organisation_id
WHERE e.id = $1
FOR NO KEY UPDATE OF e
"""


async def hold_entry(connection: Connection, actor: Actor, entry: str, base_rev: int) -> HeldEntry:
    """Lock the entry. Raises not_found where the actor may not even read it, stale where it has changed since."""
    row = await connection.fetchrow(HOLD_ENTRY, parse_id("entry", entry), actor.account_id)
    if row is None:
        raise Problem("not_found")
    held = HeldEntry(
        id=row["id"],
        season_id=row["season_id"],
        item_id=row["item_id"],
        delegation_id=row["delegation_id"],
        unit_id=row["unit_id"],
        unit_name=row["unit_name"],
        state=row["state"],
        standing=row["standing"],
        rev=row["rev"],
        place=EntryPlace(
            contest_id=row["contest_id"],
            item_id=row["item_id"],
            host_path=tuple(row["host_path"]),
            unit_path=tuple(row["unit_path"] or ()),
            sender_path=tuple(row["sender_path"] or ()),
            created_by=row["created_by"],
            people=frozenset(row["people"] or ()),
        ),
        own_person=row["own_person"],
    )
    if not may_read(actor, held.place, held.own_person):
        raise Problem("not_found")
    if held.rev != base_rev:
        raise Problem("stale", current=await entry_by_id(connection, actor, held.id))
    return held
