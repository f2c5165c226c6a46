"""From a form or a row to a candidate: an entry whose people are checked and encrypted, not yet weighed against the others."""

from datetime import date
from typing import Literal
from uuid import UUID

import msgspec

from api.people.commands import GivenEmployment, GivenLevel
from api.people.identities import PreparedPerson, prepare_person
from api.people.schemas import LEVELS, IdentityInput
from api.plumbing.crypto import Cipher
from api.plumbing.ids import parse_id
from api.plumbing.problems import FieldError, Problem, field_error
from api.plumbing.texts import clean_text
from api.registration.rooms import ContestRoom, Target
from api.registration.rules import full_years
from api.registration.schemas import MemberInput, Role

MOST_UNIT_NAME = 100
MOST_POST = 40
MOST_CERTIFICATE = 40


class PreparedMember(msgspec.Struct, frozen=True, kw_only=True):
    """One member; `kept` is somebody who is in the entry already, otherwise `person` says who it is."""

    role: Role
    person: PreparedPerson | None
    kept: UUID | None = None
    employment: GivenEmployment | None = None
    level: GivenLevel | None = None


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """An entry to be made."""

    item_id: UUID
    delegation_id: UUID | None
    unit_id: UUID | None
    unit_name: str | None
    slot_id: UUID | None
    state: Literal["draft", "at_unit", "at_organiser"]
    members: tuple[PreparedMember, ...]

    @property
    def contestants(self) -> tuple[bytes, ...]:
        """Document indexes of those who compete."""
        return tuple(m.person.index for m in self.members if m.role == "contestant" and m.person is not None)


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What members are read by. `vouches` says whether the reader may vouch for a changed name, `vouched` for whom it is."""

    cipher: Cipher
    room: ContestRoom
    today: date
    demo: bool
    vouches: bool = False


def read_members(
    reading: Reading, target: Target, given: tuple[MemberInput, ...], errors: list[FieldError]
) -> tuple[PreparedMember, ...]:
    """The members of an entry to this target; every fault is added to `errors` with its place."""
    members = [_member(reading, target, one, f"/members/{place}", errors) for place, one in enumerate(given)]
    seen: set[tuple[str, bytes | UUID | None]] = set()
    for place, member in enumerate(members):
        if member is None:
            continue
        key = (member.role, member.person.index if member.person else member.kept)
        if key in seen:
            errors.append(field_error(f"/members/{place}/document_number", "person_twice_in_entry"))
        seen.add(key)
    contestants = sum(one.role == "contestant" for one in given)
    if contestants != target.item.team_size:
        errors.append(
            field_error("/members", "wrong_team_size", needed=target.item.team_size, given=contestants)
        )
    return tuple(member for member in members if member is not None)


def _member(
    reading: Reading, target: Target, given: MemberInput, pointer: str, errors: list[FieldError]
) -> PreparedMember | None:
    person: PreparedPerson | None = None
    kept: UUID | None = None
    if given.person is not None and not given.document_number:
        kept = person_id_of(given.person, f"{pointer}/person", errors)
    else:
        identity = IdentityInput(
            name=given.name,
            document_type=given.document_type,
            document_number=given.document_number,
            sex=given.sex,
            birth_date=given.birth_date,
            education=given.education,
            mobile=given.mobile,
        )
        person = prepare_person(
            reading.cipher, identity, pointer, errors, today=reading.today, demo=reading.demo,
            name_changed=reading.vouches and given.name_changed,
        )  # fmt: skip
        if person is not None and given.role == "contestant":
            _check_age(reading, person, pointer, errors)
    employment = _employment(target, given, pointer, errors)
    level = _level(target, given, pointer, errors)
    if person is None and kept is None:
        return None
    return PreparedMember(role=given.role, person=person, kept=kept, employment=employment, level=level)


def person_id_of(text: str, pointer: str, errors: list[FieldError]) -> UUID | None:
    """The id of a person in an entry."""
    try:
        return parse_id("person", text)
    except Problem:
        errors.append(field_error(pointer, "member_unknown"))
        return None


def _check_age(reading: Reading, person: PreparedPerson, pointer: str, errors: list[FieldError]) -> None:
    minimum = reading.room.rules.minimum_age
    if minimum is None:
        return
    if person.birth_date is None:
        errors.append(field_error(f"{pointer}/birth_date", "birth_date_needed", age=minimum))
    elif full_years(person.birth_date, reading.room.starts_on) < minimum:
        place = "birth_date" if person.document_type != "id_card" else "document_number"
        errors.append(field_error(f"{pointer}/{place}", "under_age", age=minimum))


def _employment(
    target: Target, given: MemberInput, pointer: str, errors: list[FieldError]
) -> GivenEmployment | None:
    post = clean_text(given.post, f"{pointer}/post", MOST_POST, errors) if given.post else None
    if target.unit is None and target.unit_name is None:
        return None
    return GivenEmployment(
        organisation_id=target.unit.id if target.unit else None,
        unit_name=None if target.unit else target.unit_name,
        post=post,
        front_line=given.front_line,
        union_member=given.union_member,
        public=given.public,
    )


def _level(target: Target, given: MemberInput, pointer: str, errors: list[FieldError]) -> GivenLevel | None:
    number = given.certificate_no
    certificate = (
        clean_text(number, f"{pointer}/certificate_no", MOST_CERTIFICATE, errors) if number else None
    )
    if given.skill_level is None:
        return None
    return GivenLevel(target.item.trade, LEVELS.index(given.skill_level), certificate)
