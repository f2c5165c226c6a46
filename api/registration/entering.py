"""Weighs candidates against what is entered already, and enters them: one by a form, thousands by a file, by the same rules.

The items are locked before anything is counted, so that the last place goes to one of two, and every count is of committed rows.
"""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import asyncpg
import msgspec

from api.people.commands import (
    GivenEmployment,
    GivenLevel,
    PersonRef,
    contradicts,
    known_people,
    new_ids,
    store_employments,
    store_levels,
    store_people,
)
from api.plumbing.calendar import today_in
from api.plumbing.db import Connection
from api.registration.candidates import Candidate, PreparedMember
from api.registration.rooms import ContestRoom


class Asker(msgspec.Struct, frozen=True):
    """Who enters: whose earlier entries count as the same row sent again."""

    account_id: UUID
    for_host: bool


class Verdict(msgspec.Struct, frozen=True):
    """Whether a candidate may enter: the code of what stands in the way, at which field, or the entry it already is."""

    code: str | None = None
    pointer: str = ""
    duplicate_of: UUID | None = None


FINE = Verdict()


class _Taken(msgspec.Struct, frozen=True):
    """An active entry of somebody who competes; entry_id None is one of this very batch."""

    item_id: UUID
    entry_id: UUID | None = None
    contest_id: UUID | None = None
    unit_id: UUID | None = None
    created_by: UUID | None = None


class _Limits(msgspec.Struct, frozen=True):
    capacity: int | None
    per_delegation: int | None


class _Slot(msgspec.Struct, frozen=True):
    to_item_id: UUID
    state: str
    used_by: UUID | None
    contestants: frozenset[bytes]


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """What is entered already, as far as a batch of candidates can meet it; `admit` keeps it up to date with the batch itself."""

    room: ContestRoom
    asker: Asker
    # An entry under correction does not stand in its own way.
    but: UUID | None
    limits: dict[UUID, _Limits]
    places: Counter[tuple[UUID, UUID | None]]
    taken: dict[bytes, list[_Taken]]
    slots: dict[UUID, _Slot]

    def admit(self, candidate: Candidate, contradictory: frozenset[int] = frozenset()) -> Verdict:
        """The verdict on the next candidate; if it may enter, its place is taken."""
        verdict = self._person_verdict(candidate, contradictory) or self._slot_verdict(candidate)
        verdict = verdict or (FINE if candidate.state == "draft" else self._place_verdict(candidate)) or FINE
        if verdict is FINE:
            for index in candidate.contestants:
                self.taken.setdefault(index, []).append(_Taken(candidate.item_id, None, self.room.contest_id))
            if candidate.state != "draft":
                self.places[candidate.item_id, candidate.delegation_id] += 1
        return verdict

    def _person_verdict(self, candidate: Candidate, contradictory: frozenset[int]) -> Verdict | None:
        if contradictory:
            return Verdict("document_of_another_name", f"/members/{min(contradictory)}/document_number")
        same: set[UUID] = set()
        for place, member in enumerate(candidate.members):
            if member.role != "contestant" or member.person is None:
                continue
            for taken in self.taken.get(member.person.index, ()):
                if taken.item_id == candidate.item_id:
                    if taken.entry_id is None or not self._is_ours(taken, candidate):
                        return Verdict("person_already_entered", f"/members/{place}/document_number")
                    same.add(taken.entry_id)
                elif self.room.rules.one_item_per_person and taken.contest_id == self.room.contest_id:
                    return Verdict("one_item_per_person", f"/members/{place}/document_number")
        if not same:
            return None
        (first, *others) = same
        # Members of two entries cannot make one again: this is another team, not the same row sent twice.
        return (
            Verdict("person_already_entered", "/members/0/document_number")
            if others
            else Verdict(duplicate_of=first)
        )

    def _is_ours(self, taken: _Taken, candidate: Candidate) -> bool:
        return (
            self.asker.for_host
            or taken.created_by == self.asker.account_id
            or (taken.unit_id is not None and taken.unit_id == candidate.unit_id)
        )

    def _slot_verdict(self, candidate: Candidate) -> Verdict | None:
        if candidate.slot_id is None:
            return None
        slot = self.slots.get(candidate.slot_id)
        if (
            slot is None
            or slot.to_item_id != candidate.item_id
            or slot.contestants != frozenset(candidate.contestants)
        ):
            return Verdict("slot_of_another", "/slot")
        if slot.state not in ("offered", "accepted"):
            return Verdict("slot_not_open", "/slot")
        return Verdict("slot_already_used", "/slot") if slot.used_by not in (None, self.but) else None

    def _place_verdict(self, candidate: Candidate) -> Verdict | None:
        limits = self.limits[candidate.item_id]
        of_delegation = self.places[candidate.item_id, candidate.delegation_id]
        if candidate.delegation_id is not None and of_delegation >= (
            limits.per_delegation or of_delegation + 1
        ):
            return Verdict("delegation_full", "/delegation")
        if limits.capacity is not None:
            used = sum(n for (item, _), n in self.places.items() if item == candidate.item_id)
            if used >= limits.capacity:
                return Verdict("item_full", "/item")
        return None


LIMITS = """/* registration.limits */
SELECT id, capacity, per_delegation FROM item WHERE id = ANY($1) ORDER BY id
"""

LOCKED = " FOR NO KEY UPDATE"

# Where a person may enter one item only, two entries of one person lock different items: their documents are locked as well.
LOCK_DOCUMENTS = """/* registration.lock_documents */
SELECT pg_advisory_xact_lock(hashtextextended($1::text || encode(n, 'hex'), 0)) FROM unnest($2::bytea[]) AS n ORDER BY n
"""

PLACES = """/* registration.places */
SELECT item_id, delegation_id, count(*) AS n FROM entry
WHERE item_id = ANY($1) AND state NOT IN ('draft', 'refused', 'withdrawn') AND id IS DISTINCT FROM $2
GROUP BY item_id, delegation_id
"""

TAKEN = """/* registration.taken */
SELECT d.number_index, m.item_id, m.entry_id, e.contest_id, e.unit_id, e.created_by
FROM person_document d
JOIN entry_member m ON m.person_id = d.person_id AND m.active AND m.role = 'contestant'
JOIN entry e ON e.id = m.entry_id
WHERE d.number_index = ANY($1) AND (e.contest_id = $2 OR m.item_id = ANY($3)) AND e.id IS DISTINCT FROM $4
"""

SLOTS = """/* registration.slots */
SELECT s.id, s.to_item_id, s.state, used.id AS used_by,
       array_agg(d.number_index) FILTER (WHERE d.number_index IS NOT NULL) AS contestants
FROM slot s
JOIN entry_member m ON m.entry_id = s.entry_id AND m.role = 'contestant'
LEFT JOIN person_document d ON d.person_id = m.person_id
LEFT JOIN entry used ON used.via_slot_id = s.id AND used.state NOT IN ('refused', 'withdrawn')
WHERE s.id = ANY($1) GROUP BY s.id, used.id
"""


async def judge(
    connection: Connection,
    room: ContestRoom,
    asker: Asker,
    candidates: Sequence[Candidate],
    *,
    held: bool,
    but: UUID | None = None,
) -> list[Verdict]:
    """The verdict on each candidate in order. `held` locks the items for a write that follows; a dry run locks nothing."""
    field = await _field(connection, room, asker, candidates, held=held, but=but)
    people = [m.person for c in candidates for m in c.members if m.person is not None]
    known = await known_people(connection, {person.index for person in people})
    # Two rows of one file may give one document two names as well: the first is taken for right.
    names: dict[bytes, str] = {}
    verdicts = []
    for candidate in candidates:
        contradictory = frozenset(
            place
            for place, m in enumerate(candidate.members)
            if m.person is not None
            and (
                (m.person.index in known and contradicts(known[m.person.index], m.person))
                or names.setdefault(m.person.index, m.person.name) != m.person.name
            )
        )
        verdicts.append(field.admit(candidate, contradictory))
    return verdicts


async def _field(
    connection: Connection,
    room: ContestRoom,
    asker: Asker,
    candidates: Sequence[Candidate],
    *,
    held: bool,
    but: UUID | None,
) -> Field:
    items = list({candidate.item_id for candidate in candidates})
    indexes = list({index for candidate in candidates for index in candidate.contestants})
    slots = [candidate.slot_id for candidate in candidates if candidate.slot_id is not None]
    limits = await connection.fetch(LIMITS + (LOCKED if held else ""), items)
    if held and room.rules.one_item_per_person:
        await connection.execute(LOCK_DOCUMENTS, str(room.contest_id), indexes)
    taken: dict[bytes, list[_Taken]] = {}
    for row in await connection.fetch(TAKEN, indexes, room.contest_id, items, but):
        taken.setdefault(row["number_index"], []).append(_Taken(*list(row.values())[1:]))
    places = await connection.fetch(PLACES, items, but)
    slot_rows = await connection.fetch(SLOTS, slots) if slots else []
    return Field(
        room=room,
        asker=asker,
        but=but,
        limits={row["id"]: _Limits(row["capacity"], row["per_delegation"]) for row in limits},
        places=Counter({(row["item_id"], row["delegation_id"]): row["n"] for row in places}),
        taken=taken,
        slots={row["id"]: _slot(row) for row in slot_rows},
    )


def _slot(row: asyncpg.Record) -> _Slot:
    return _Slot(row["to_item_id"], row["state"], row["used_by"], frozenset(row["contestants"] or ()))


ADD_ENTRY = """/* registration.add_entry */
INSERT INTO entry (id, season_id, contest_id, item_id, delegation_id, unit_id, unit_name, state, via_slot_id, created_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""

ADD_MEMBER = """/* registration.add_member */
INSERT INTO entry_member (entry_id, position, item_id, role, person_id, person_version_id, employment_id)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""

ADD_FIRST_STEP = """/* registration.add_first_step */
INSERT INTO entry_transition (entry_id, seq, from_state, to_state, by_account) VALUES ($1, 1, 'draft', $2, $3)
"""


async def enter(
    connection: Connection, room: ContestRoom, asker: Asker, candidates: Sequence[Candidate]
) -> list[UUID]:
    """Enter candidates whose verdict is fine, in the transaction that judged them; gives their ids in the same order."""
    ids = await new_ids(connection, len(candidates))
    rows = [
        (
            entry_id, room.season_id, room.contest_id, c.item_id, c.delegation_id, c.unit_id, c.unit_name, c.state,
            c.slot_id, asker.account_id,
        )
        for entry_id, c in zip(ids, candidates, strict=True)
    ]  # fmt: skip
    await connection.executemany(ADD_ENTRY, rows)
    await store_members(
        connection, room, [(entry, c.item_id, c.members) for entry, c in zip(ids, candidates, strict=True)]
    )
    steps = [
        (entry, c.state, asker.account_id)
        for entry, c in zip(ids, candidates, strict=True)
        if c.state != "draft"
    ]
    await connection.executemany(ADD_FIRST_STEP, steps)
    return ids


async def store_members(
    connection: Connection,
    room: ContestRoom,
    entries: Sequence[tuple[UUID, UUID, Sequence[PreparedMember]]],
    kept: dict[UUID, tuple[PersonRef, UUID | None]] | None = None,
) -> None:
    """Store who the members are, where they work and what level they hold, and put them into their entries.

    `kept` gives version and employment of people who are in the entry already.
    """
    today = today_in(room.timezone, room.now)
    members = [(entry, item, m) for entry, item, given in entries for m in given]
    refs = await store_people(connection, [m.person for _, _, m in members if m.person is not None])
    people = {
        id(m): refs[m.person.index] if m.person is not None else (kept or {})[_kept_id(m)][0]
        for _, _, m in members
    }
    jobs: dict[UUID, GivenEmployment] = {
        people[id(m)].person_id: m.employment for _, _, m in members if m.employment is not None
    }
    employments = await store_employments(connection, jobs, today)
    levels: list[tuple[UUID, GivenLevel]] = [
        (people[id(m)].person_id, m.level) for _, _, m in members if m.level is not None
    ]
    await store_levels(connection, levels, today)
    rows = []
    for entry, item, given in entries:
        for position, m in enumerate(given, start=1):
            ref = people[id(m)]
            before = (kept or {}).get(ref.person_id, (ref, None))[1]
            employment = employments.get(ref.person_id) if m.employment else before
            rows.append((entry, position, item, m.role, ref.person_id, ref.version_id, employment))
    await connection.executemany(ADD_MEMBER, rows)


def _kept_id(member: PreparedMember) -> UUID:
    assert member.kept is not None
    return member.kept
