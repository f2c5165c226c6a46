"""Entries, cut to what the reader may see: the host's all, a unit's and a delegation's own, a contestant's own."""

from uuid import UUID

import asyncpg
import msgspec

from api.access.actor import Actor
from api.people.schemas import LEVELS, DocumentType
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id, parse_id
from api.plumbing.paging import Page, decode_cursor, page_of
from api.plumbing.problems import Problem
from api.plumbing.states import MACHINES
from api.registration.rooms import ContestRoom, contest_room, require_announced
from api.registration.schemas import (
    EntryDetail,
    EntryEvent,
    EntryRow,
    EntryState,
    ItemPlaces,
    MemberView,
    RegistrationRulesView,
    Role,
)
from api.registration.scopes import (
    EntryPlace,
    acts_for_host,
    acts_for_sender,
    competes,
    in_office,
    may_pass_unit,
    office_of,
)

ENTRY_COLUMNS = """
SELECT e.id, e.rev, e.contest_id, c.name_zh AS contest_name, e.item_id, i.name_zh AS item_name, e.number, e.state, e.standing,
       e.hors_concours, e.delegation_id, e.unit_id, e.via_slot_id, e.created_by, d.short_name AS delegation,
       coalesce(unit.short_name, e.unit_name) AS unit, coalesce(t.at, e.created_at) AS state_at, t.reason,
       host.path AS host_path, unit.path AS unit_path, sender.path AS sender_path, m.members
FROM entry e
JOIN contest c ON c.id = e.contest_id
JOIN item i ON i.id = e.item_id
JOIN organisation host ON host.id = c.host_id
LEFT JOIN organisation unit ON unit.id = e.unit_id
LEFT JOIN delegation d ON d.id = e.delegation_id
LEFT JOIN organisation sender ON sender.id = d.organisation_id
LEFT JOIN LATERAL (
    SELECT at, reason FROM entry_transition WHERE entry_id = e.id ORDER BY seq DESC LIMIT 1
) t ON true
LEFT JOIN LATERAL (
    SELECT json_agg(json_build_array(m.person_id, m.role, v.name, doc.document_type, doc.number_masked,
                                     coalesce(o.name_zh, w.unit_name), w.post, s.level) ORDER BY m.position) AS members
    FROM entry_member m
    JOIN person_version v ON v.id = m.person_version_id
    LEFT JOIN person_document doc ON doc.person_id = m.person_id
    LEFT JOIN employment w ON w.id = m.employment_id
    LEFT JOIN organisation o ON o.id = w.organisation_id
    -- The level as it was on the contest's first day: a later promotion changes no history.
    LEFT JOIN LATERAL (
        SELECT level FROM skill_level WHERE person_id = m.person_id AND trade_code = i.trade_code
        AND valid_from <= greatest(c.starts_on, (e.created_at AT TIME ZONE c.timezone)::date) ORDER BY valid_from DESC LIMIT 1
    ) s ON true
    WHERE m.entry_id = e.id
) m ON true
"""

ENTRY = f"""/* registration.entry */ {ENTRY_COLUMNS} WHERE e.id = $1"""

HISTORY = """/* registration.history */
SELECT 'state' AS kind, t.from_state AS before, t.to_state AS after, t.reason, a.display_name AS by, t.at, t.seq
FROM entry_transition t LEFT JOIN account a ON a.id = t.by_account WHERE t.entry_id = $1
UNION ALL
SELECT 'standing', s.from_standing, s.to_standing, s.reason, a.display_name, s.at, s.seq
FROM entry_standing_change s LEFT JOIN account a ON a.id = s.by_account WHERE s.entry_id = $1
ORDER BY at, kind DESC, seq
"""


class _Member(msgspec.Struct, array_like=True):
    person: UUID
    role: Role
    name: str | None
    document_type: DocumentType | None
    document_number: str | None
    unit: str | None
    post: str | None
    level: int | None


async def show_entry(db: Db, actor: Actor, entry: str) -> EntryDetail:
    """One entry with its history."""
    async with db.reading() as connection:
        return await entry_by_id(connection, actor, parse_id("entry", entry))


async def entry_by_id(connection: Connection, actor: Actor, entry_id: UUID) -> EntryDetail:
    """One entry with its history. Raises not_found for one that the actor may not see."""
    row = await connection.fetchrow(ENTRY, entry_id)
    if row is None:
        raise Problem("not_found")
    own = await own_person(connection, actor)
    place = _place(row)
    if not may_read(actor, place, own):
        raise Problem("not_found")
    history = await connection.fetch(HISTORY, entry_id)
    state: EntryState = row["state"]
    mine = in_office(actor, place) or competes(actor, place, own)
    return EntryDetail(
        **msgspec.structs.asdict(_entry_row(row)),
        delegation_id=encode_id("delegation", row["delegation_id"]) if row["delegation_id"] else None,
        unit_id=encode_id("organisation", row["unit_id"]) if row["unit_id"] else None,
        slot=encode_id("slot", row["via_slot_id"]) if row["via_slot_id"] else None,
        history=tuple(
            EntryEvent(
                kind=h["kind"],
                before=h["before"],
                after=h["after"],
                reason=h["reason"],
                by=h["by"],
                at=h["at"],
            )
            for h in history
        ),
        possible=possible_steps(actor, place, own, state),
        may_correct=mine and state in ("draft", "returned"),
    )


def may_read(actor: Actor, place: EntryPlace, own: UUID | None) -> bool:
    """Whether the actor may see an entry that lies there."""
    return (
        acts_for_host(actor, place, "entry.read")
        or acts_for_sender(actor, place, "entry.read")
        or competes(actor, place, own)
    )


def may_step(
    actor: Actor, place: EntryPlace, own: UUID | None, before: EntryState, after: EntryState
) -> bool:
    """Whether the actor may take this step: who entered submits and withdraws, each level decides what lies with it."""
    if before in ("draft", "returned") and after == "at_organiser" and not may_pass_unit(actor, place):
        return False
    if after == "withdrawn" or before in ("draft", "returned"):
        return in_office(actor, place) or competes(actor, place, own)
    if before == "at_unit":
        return acts_for_sender(actor, place, "entry.review_unit")
    return office_of(actor).may("entry.review", place.host)


def possible_steps(
    actor: Actor, place: EntryPlace, own: UUID | None, state: EntryState
) -> tuple[EntryState, ...]:
    """The steps the actor may take from this state."""
    steps: list[EntryState] = [
        after  # type: ignore[misc]
        for after in MACHINES["entry"][state]
        if not (after == "at_unit" and not place.unit_path) and may_step(actor, place, own, state, after)  # type: ignore[arg-type]
    ]
    return tuple(steps)


async def own_person(connection: Connection, actor: Actor) -> UUID | None:
    """The person behind the account, where it is known."""
    found: UUID | None = await connection.fetchval(
        "SELECT person_id FROM account WHERE id = $1", actor.account_id
    )
    return found


class EntryFilter(msgspec.Struct, frozen=True, kw_only=True):
    """What a list is cut down to. `text` is found in names, contest numbers and units, never in document numbers."""

    contest: str | None = None
    states: tuple[EntryState, ...] = ()
    item: str | None = None
    delegation: str | None = None
    unit: str | None = None
    text: str = ""


# Who may see what, as one condition: $1 organisations, $2 contests, $3 items, $4 account, $5 own person, $6 contests of the token.
VISIBLE = """
    (host.path && $1::uuid[] OR unit.path && $1::uuid[] OR sender.path && $1::uuid[] OR e.contest_id = ANY($2) OR e.item_id = ANY($3)
     OR e.created_by = $4
     OR EXISTS (SELECT FROM entry_member own WHERE own.entry_id = e.id AND own.person_id = $5))
    AND ($6::uuid[] IS NULL OR e.contest_id = ANY($6))
"""

FILTERED = """
    AND ($7::uuid IS NULL OR e.contest_id = $7) AND ($8::uuid IS NULL OR e.item_id = $8)
    AND ($9::uuid IS NULL OR e.delegation_id = $9) AND ($10::uuid IS NULL OR e.unit_id = $10)
    AND ($11 = '' OR e.number ILIKE $11 OR unit.name_zh ILIKE $11 OR e.unit_name ILIKE $11 OR EXISTS (
        SELECT FROM entry_member n JOIN person_version nv ON nv.id = n.person_version_id
        WHERE n.entry_id = e.id AND nv.name ILIKE $11))
"""

ENTRIES = f"""/* registration.entries */ {ENTRY_COLUMNS}
WHERE {VISIBLE} {FILTERED} AND (cardinality($12::text[]) = 0 OR e.state = ANY($12)) AND ($13::uuid IS NULL OR e.id > $13)
ORDER BY e.id LIMIT $14
"""

COUNTS = f"""/* registration.entry_counts */
SELECT e.state, count(*) AS n
FROM entry e
JOIN contest c ON c.id = e.contest_id
JOIN organisation host ON host.id = c.host_id
LEFT JOIN organisation unit ON unit.id = e.unit_id
LEFT JOIN delegation d ON d.id = e.delegation_id
LEFT JOIN organisation sender ON sender.id = d.organisation_id
WHERE {VISIBLE} {FILTERED}
GROUP BY e.state
"""  # noqa: S608 - built from the constants above


async def list_entries(
    db: Db, actor: Actor, wanted: EntryFilter, limit: int = 100, cursor: str | None = None
) -> Page[EntryRow]:
    """Entries in the order they came in; over all contests where the filter names none."""
    key = decode_cursor(cursor, 1)
    after = parse_id("entry", key[0]) if key else None
    async with db.reading() as connection:
        values = await _filter_values(connection, actor, wanted)
        rows = await connection.fetch(ENTRIES, *values, list(wanted.states), after, limit + 1)
    entries = [_entry_row(row) for row in rows]
    return page_of(entries, limit, [[entry.id] for entry in entries])


async def count_entries(db: Db, actor: Actor, wanted: EntryFilter) -> dict[EntryState, int]:
    """Entries per state, for the tabs of a list; the filter's own states are not looked at."""
    async with db.reading() as connection:
        values = await _filter_values(connection, actor, wanted)
        rows = await connection.fetch(COUNTS, *values)
    return {row["state"]: row["n"] for row in rows}


PLACES_LEFT = """/* registration.places_left */
SELECT i.contest_id, i.capacity,
       (SELECT count(*) FROM entry e WHERE e.item_id = i.id AND e.state NOT IN ('draft', 'refused', 'withdrawn')) AS used
FROM item i WHERE i.id = $1
"""


async def places_of_item(db: Db, actor: Actor, item: str) -> ItemPlaces:
    """Whether an item can be entered now, until when, and how many places are left."""
    async with db.reading() as connection:
        row = await connection.fetchrow(PLACES_LEFT, parse_id("item", item))
        if row is None:
            raise Problem("not_found")
        room = await contest_room(connection, row["contest_id"])
    require_announced(actor, room)
    left = None if row["capacity"] is None else max(0, row["capacity"] - row["used"])
    window = room.window(room.now)
    return ItemPlaces(
        item=item,
        state="full" if window == "open" and left == 0 else window,
        opens_at=room.opens_at,
        closes_at=room.closes_at,
        places_left=left,
        minimum_age=room.rules.minimum_age,
    )


async def rules_of_registration(db: Db, actor: Actor, contest: str) -> RegistrationRulesView:
    """Who may register in a contest."""
    async with db.reading() as connection:
        room = await contest_room(connection, parse_id("contest", contest))
    require_announced(actor, room)
    return rules_view(room)


def rules_view(room: ContestRoom) -> RegistrationRulesView:
    """The rules as they go out."""
    return RegistrationRulesView(
        contest=encode_id("contest", room.contest_id),
        rev=room.rules_rev,
        minimum_age=room.rules.minimum_age,
        one_item_per_person=room.rules.one_item_per_person,
    )


async def _filter_values(connection: Connection, actor: Actor, wanted: EntryFilter) -> list[object]:
    reach = office_of(actor).reach("entry.read")
    if "\x00" in wanted.text:
        raise Problem("invalid_parameter")
    # Literal text: a name is not a pattern.
    text = wanted.text.strip()[:60].replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    competing = "contestant" in actor.roles()
    return [
        reach.organisations, reach.contests, reach.items,
        actor.account_id if competing else None, await own_person(connection, actor) if competing else None,
        reach.token_contests, _id("contest", wanted.contest), _id("item", wanted.item),
        _id("delegation", wanted.delegation), _id("organisation", wanted.unit), f"%{text}%" if text else "",
    ]  # fmt: skip


def _id(kind: str, text: str | None) -> UUID | None:
    return parse_id(kind, text) if text else None


def _place(row: asyncpg.Record) -> EntryPlace:
    members = msgspec.json.decode(row["members"] or "[]", type=list[_Member])
    return EntryPlace(
        contest_id=row["contest_id"],
        item_id=row["item_id"],
        host_path=tuple(row["host_path"]),
        unit_path=tuple(row["unit_path"] or ()),
        sender_path=tuple(row["sender_path"] or ()),
        created_by=row["created_by"],
        people=frozenset(member.person for member in members),
    )


def _entry_row(row: asyncpg.Record) -> EntryRow:
    members = msgspec.json.decode(row["members"] or "[]", type=list[_Member])
    return EntryRow(
        id=encode_id("entry", row["id"]),
        rev=row["rev"],
        contest=encode_id("contest", row["contest_id"]),
        contest_name=row["contest_name"],
        item=encode_id("item", row["item_id"]),
        item_name=row["item_name"],
        number=row["number"],
        state=row["state"],
        standing=row["standing"],
        delegation=row["delegation"],
        unit=row["unit"],
        members=tuple(
            MemberView(
                person=encode_id("person", m.person),
                role=m.role,
                name=m.name,
                document_type=m.document_type,
                document_number=m.document_number,
                unit=m.unit,
                post=m.post,
                skill_level=None if m.level is None else LEVELS[m.level],
            )
            for m in members
        ),
        state_at=row["state_at"],
        reason=row["reason"],
        hors_concours=row["hors_concours"],
    )
