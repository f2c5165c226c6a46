"""Entering people, correcting what was returned, and the rules by which a contest lets people in."""

from collections.abc import Callable
from typing import Literal, TypeVar
from uuid import UUID

import msgspec

from api.access.actor import Actor
from api.people.commands import PersonRef
from api.plumbing.calendar import today_in
from api.plumbing.crypto import Cipher
from api.plumbing.db import Connection, Db
from api.plumbing.ids import parse_id
from api.plumbing.problems import FieldError, Problem, field_error, invalid_fields
from api.plumbing.texts import clean_text
from api.registration.candidates import MOST_UNIT_NAME, Candidate, PreparedMember, Reading, read_members
from api.registration.entering import Asker, Verdict, enter, judge, store_members
from api.registration.held import hold_entry
from api.registration.queries import entry_by_id, rules_view
from api.registration.rooms import (
    ContestRoom,
    DelegationRef,
    ItemRef,
    Target,
    UnitRef,
    contest_room,
    delegations_of_season,
    items_of_contest,
    require_announced,
    unit_by_id,
)
from api.registration.schemas import (
    ChangeEntry,
    EntryDetail,
    RegisterEntry,
    RegistrationRules,
    RegistrationRulesView,
)
from api.registration.scopes import (
    EntryPlace,
    acts_for_host,
    in_office,
    may_pass_unit,
    may_register,
    office_of,
)

T = TypeVar("T")


async def register_entry(
    db: Db, cipher: Cipher, actor: Actor, contest: str, given: RegisterEntry, *, demo: bool = False
) -> EntryDetail:
    """Enter one worker, pair, triple or team. Nothing is written unless everything is right."""
    contest_id = parse_id("contest", contest)
    async with db.transaction() as connection:
        room = await contest_room(connection, contest_id, held=True)
        require_announced(actor, room)
        errors: list[FieldError] = []
        target = await _target(connection, room, given, errors)
        if target is None:
            raise invalid_fields(*errors)
        place = target.place_in(room)
        if not may_register(actor, place):
            raise Problem("not_found")
        room.require_open(room.now)
        reading = reading_of(cipher, room, actor, place, demo=demo)
        members = read_members(reading, target, given.members, errors)
        if errors:
            raise invalid_fields(*errors)
        if not in_office(actor, place):
            await _require_self(connection, actor, members)
        candidate = Candidate(
            item_id=target.item.id,
            delegation_id=target.delegation.id if target.delegation else None,
            unit_id=target.unit.id if target.unit else None,
            unit_name=target.unit.name if target.unit else target.unit_name,
            slot_id=target.slot_id,
            state=first_state(actor, place, given.submit_to),
            members=members,
        )
        asker = Asker(actor.account_id, acts_for_host(actor, place))
        (verdict,) = await judge(connection, room, asker, [candidate], held=True)
        require_fine(verdict)
        (entry_id,) = await enter(connection, room, asker, [candidate])
        return await entry_by_id(connection, actor, entry_id)


async def correct_entry(
    db: Db, cipher: Cipher, actor: Actor, entry: str, base_rev: int, given: ChangeEntry, *, demo: bool = False
) -> EntryDetail:
    """Replace the members of a draft or a returned entry. Also after registration has closed: the review asked for it."""
    async with db.transaction() as connection:
        held = await hold_entry(connection, actor, entry, base_rev)
        if not held.belongs_to(actor):
            raise Problem("not_found")
        if held.state not in ("draft", "returned"):
            raise Problem("entry_not_open")
        room = await contest_room(connection, held.place.contest_id, held=True)
        target = await _target_of(connection, room, held.item_id, held.unit_id, held.unit_name)
        errors: list[FieldError] = []
        own = await _people_of_entry(connection, held.id)
        reading = reading_of(cipher, room, actor, held.place, demo=demo)
        members = tuple(_vouched(m, own) for m in read_members(reading, target, given.members, errors))
        for place, member in enumerate(members):
            if member.kept is not None and member.kept not in own:
                errors.append(field_error(f"/members/{place}/person", "member_unknown"))
        if errors:
            raise invalid_fields(*errors)
        if not in_office(actor, held.place):
            await _require_self(connection, actor, members, held.id)
        candidate = Candidate(
            item_id=held.item_id,
            delegation_id=held.delegation_id,
            unit_id=held.unit_id,
            unit_name=held.unit_name,
            slot_id=None,
            state="draft",
            members=members,
        )
        asker = Asker(actor.account_id, acts_for_host(actor, held.place))
        (verdict,) = await judge(connection, room, asker, [candidate], held=True, but=held.id)
        require_fine(verdict)
        await connection.execute("DELETE FROM entry_member WHERE entry_id = $1", held.id)
        kept = {person: (o.ref, o.employment_id) for person, o in own.items()}
        await store_members(connection, room, [(held.id, held.item_id, members)], kept)
        await connection.execute("UPDATE entry SET rev = rev + 1 WHERE id = $1", held.id)
        return await entry_by_id(connection, actor, held.id)


SET_RULES = """/* registration.set_rules */
INSERT INTO registration_rules (contest_id, minimum_age, one_item_per_person) VALUES ($1, $2, $3)
ON CONFLICT (contest_id) DO UPDATE
SET minimum_age = excluded.minimum_age, one_item_per_person = excluded.one_item_per_person, rev = registration_rules.rev + 1
"""


async def set_rules(
    db: Db, actor: Actor, contest: str, base_rev: int, rules: RegistrationRules
) -> RegistrationRulesView:
    """Who may register from now on; entries made before stay. Rules never set have version 0."""
    contest_id = parse_id("contest", contest)
    async with db.transaction() as connection:
        # Locked as a row that exists, because the rules themselves may not yet.
        await connection.execute("SELECT FROM contest WHERE id = $1 FOR NO KEY UPDATE", contest_id)
        room = await contest_room(connection, contest_id)
        actor.require("contest.change", room.place(contest_id).host)
        if base_rev != room.rules_rev:
            raise Problem("stale", current=rules_view(room))
        if room.state not in ("draft", "published", "running"):
            raise Problem("registration_closed")
        await connection.execute(SET_RULES, contest_id, rules.minimum_age, rules.one_item_per_person)
        return rules_view(await contest_room(connection, contest_id))


def reading_of(cipher: Cipher, room: ContestRoom, actor: Actor, place: EntryPlace, *, demo: bool) -> Reading:
    """By what this actor's members are read."""
    return Reading(
        cipher=cipher,
        room=room,
        today=today_in(room.timezone, room.now),
        demo=demo,
        vouches=office_of(actor).may("entry.review", place.host),
    )


def first_state(
    actor: Actor, place: EntryPlace, asked: Literal["draft", "at_unit", "at_organiser"] | None
) -> Literal["draft", "at_unit", "at_organiser"]:
    """Where the review begins: at the unit, or at the organiser where no unit has an account.

    Who reviews for the unit may pass their own entry on at once. Raises unit_reviews_first, entry_without_unit.
    """
    state = asked or ("at_unit" if place.unit_path else "at_organiser")
    if state == "at_unit" and not place.unit_path:
        raise Problem("entry_without_unit")
    if state == "at_organiser" and not may_pass_unit(actor, place):
        raise Problem("unit_reviews_first")
    return state


def require_fine(verdict: Verdict) -> None:
    """Raise the problem of a verdict; a form sent twice is somebody entered already."""
    if verdict.duplicate_of is not None:
        raise Problem("person_already_entered")
    if verdict.code is not None:
        raise Problem(verdict.code, errors=(field_error(verdict.pointer, verdict.code),))


async def _target(
    connection: Connection, room: ContestRoom, given: RegisterEntry, errors: list[FieldError]
) -> Target | None:
    items = {item.id: item for item in await items_of_contest(connection, room.contest_id)}
    item = _named("item", given.item, items.get, "/item", "item_unknown", errors)
    delegation: DelegationRef | None = None
    if given.delegation is not None:
        known = {d.id: d for d in await delegations_of_season(connection, room.season_id)}
        delegation = _named(
            "delegation", given.delegation, known.get, "/delegation", "delegation_unknown", errors
        )
    unit: UnitRef | None = None
    if given.unit is not None:
        unit_id = _named("organisation", given.unit, lambda found: found, "/unit", "unit_unknown", errors)
        unit = await unit_by_id(connection, unit_id) if unit_id else None
        if unit_id is not None and unit is None:
            errors.append(field_error("/unit", "unit_unknown"))
    name = clean_text(given.unit_name, "/unit_name", MOST_UNIT_NAME, errors) if given.unit_name else None
    slot = (
        _named("slot", given.slot, lambda found: found, "/slot", "slot_of_another", errors)
        if given.slot
        else None
    )
    if item is None or errors:
        return None
    return Target(item=item, delegation=delegation, unit=unit, unit_name=name, slot_id=slot)


def _named(
    kind: str,
    text: str,
    find: Callable[[UUID], T | None],
    pointer: str,
    code: str,
    errors: list[FieldError],
) -> T | None:
    """What an id in the body means; an id of nothing is that field's fault, not the address's."""
    try:
        found = find(parse_id(kind, text))
    except Problem:
        found = None
    if found is None:
        errors.append(field_error(pointer, code))
    return found


async def _target_of(
    connection: Connection, room: ContestRoom, item_id: UUID, unit_id: UUID | None, unit_name: str | None
) -> Target:
    item: ItemRef = next(i for i in await items_of_contest(connection, room.contest_id) if i.id == item_id)
    unit = await unit_by_id(connection, unit_id) if unit_id else None
    return Target(item=item, unit=unit, unit_name=unit_name)


OWN_DOCUMENT = """/* registration.own_document */
SELECT d.number_index
FROM account a
JOIN person_document d ON d.person_id = coalesce(a.person_id, (
    SELECT m.person_id FROM entry e JOIN entry_member m ON m.entry_id = e.id
    WHERE e.created_by = a.id AND e.id IS DISTINCT FROM $2 ORDER BY e.id LIMIT 1))
WHERE a.id = $1
"""


async def _require_self(
    connection: Connection, actor: Actor, members: tuple[PreparedMember, ...], but: UUID | None = None
) -> None:
    """A contestant enters themselves and nobody else: the person behind the account, or whom they entered before."""
    own = await connection.fetchval(OWN_DOCUMENT, actor.account_id, but)
    given = members[0].person
    if len(members) != 1 or (own is not None and given is not None and given.index != own):
        raise Problem("not_yourself")


class _Own(msgspec.Struct, frozen=True, kw_only=True):
    """A member before the correction; `alone` when this entry is all that the person was ever in."""

    ref: PersonRef
    employment_id: UUID | None
    index: bytes | None
    alone: bool


PEOPLE_OF_ENTRY = """/* registration.people_of_entry */
SELECT m.person_id, m.person_version_id, m.employment_id, d.number_index,
       NOT EXISTS (SELECT FROM entry_member o WHERE o.person_id = m.person_id AND o.entry_id <> m.entry_id) AS alone
FROM entry_member m LEFT JOIN person_document d ON d.person_id = m.person_id
WHERE m.entry_id = $1
"""


async def _people_of_entry(connection: Connection, entry_id: UUID) -> dict[UUID, _Own]:
    rows = await connection.fetch(PEOPLE_OF_ENTRY, entry_id)
    return {
        row["person_id"]: _Own(
            ref=PersonRef(row["person_id"], row["person_version_id"]),
            employment_id=row["employment_id"],
            index=row["number_index"],
            alone=row["alone"],
        )
        for row in rows
    }


def _vouched(member: PreparedMember, own: dict[UUID, _Own]) -> PreparedMember:
    """Who is known from this entry only may have their name corrected by whoever mistyped it."""
    if member.person is None or not any(o.alone and o.index == member.person.index for o in own.values()):
        return member
    return msgspec.structs.replace(member, person=msgspec.structs.replace(member.person, name_changed=True))
