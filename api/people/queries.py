"""Who a person is, cut to those who meet them in an entry; and the full number, against a reason that is kept."""

from uuid import UUID

import asyncpg
import msgspec

from api.access.actor import Actor, Scope
from api.access.events import note_event
from api.people.commands import MOST_REASON
from api.people.documents import mask_number
from api.people.identities import read_mobile, read_number
from api.people.schemas import (
    LEVELS,
    EmploymentView,
    PersonView,
    Reveal,
    RevealedDocument,
    SkillLevelView,
)
from api.plumbing.crypto import Cipher
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id, parse_id
from api.plumbing.problems import Problem
from api.plumbing.texts import clean_text

PLACES_OF_PERSON = """/* people.places_of_person */
SELECT e.contest_id, e.item_id, host.path AS host_path, unit.path AS unit_path, sender.path AS sender_path,
       e.created_by
FROM entry_member m
JOIN entry e ON e.id = m.entry_id
JOIN contest c ON c.id = e.contest_id
JOIN organisation host ON host.id = c.host_id
LEFT JOIN organisation unit ON unit.id = e.unit_id
LEFT JOIN delegation d ON d.id = e.delegation_id
LEFT JOIN organisation sender ON sender.id = d.organisation_id
WHERE m.person_id = $1
ORDER BY e.id DESC
"""

PERSON = """/* people.person */
SELECT p.id, p.erased_at, v.name, v.sex, v.birth_date, v.education, v.mobile_cipher,
       d.document_type, d.number_masked, d.number_cipher, d.number_index, a.id AS account_id
FROM person p
LEFT JOIN LATERAL (SELECT * FROM person_version WHERE person_id = p.id ORDER BY version DESC LIMIT 1) v ON true
LEFT JOIN person_document d ON d.person_id = p.id
LEFT JOIN account a ON a.person_id = p.id AND a.id = $2
WHERE p.id = $1
"""

EMPLOYMENTS = """/* people.employments */
SELECT coalesce(o.name_zh, m.unit_name) AS unit, m.post, m.front_line, m.union_member, m.public, m.valid_from, m.valid_to
FROM employment m LEFT JOIN organisation o ON o.id = m.organisation_id
WHERE m.person_id = $1 ORDER BY m.valid_from DESC, m.id DESC
"""

SKILL_LEVELS = """/* people.skill_levels */
SELECT trade_code, level, valid_from, certificate_no FROM skill_level WHERE person_id = $1 ORDER BY trade_code, valid_from DESC
"""


async def person_by_id(db: Db, cipher: Cipher, actor: Actor, person: str) -> PersonView:
    """A person as the newest version says, number and mobile masked. Raises not_found for whom the actor meets in no entry."""
    person_id = parse_id("person", person)
    async with db.reading() as connection:
        row = await connection.fetchrow(PERSON, person_id, actor.account_id)
        if row is None:
            raise Problem("not_found")
        if row["account_id"] is None:
            await _require_meeting(connection, actor, "entry.read", person_id)
        employments = await connection.fetch(EMPLOYMENTS, person_id)
        levels = await connection.fetch(SKILL_LEVELS, person_id)
    mobile = row["mobile_cipher"] and mask_number(
        read_mobile(cipher, row["mobile_cipher"], row["number_index"])
    )
    return PersonView(
        id=person,
        name=row["name"],
        sex=row["sex"],
        birth_date=row["birth_date"],
        education=row["education"],
        document_type=row["document_type"],
        document_number=row["number_masked"],
        mobile=mobile,
        employments=tuple(
            EmploymentView(
                unit=e["unit"],
                post=e["post"],
                front_line=e["front_line"],
                union_member=e["union_member"],
                public=e["public"],
                since=e["valid_from"],
                until=e["valid_to"],
            )
            for e in employments
        ),
        skill_levels=tuple(
            SkillLevelView(x["trade_code"], LEVELS[x["level"]], x["valid_from"], x["certificate_no"])
            for x in levels
        ),
        erased_at=row["erased_at"],
    )


async def reveal_document(db: Db, cipher: Cipher, actor: Actor, person: str, act: Reveal) -> RevealedDocument:
    """The document number in full, and a line in the access log that says who saw it, when and why, in the same transaction."""
    person_id = parse_id("person", person)
    async with db.transaction() as connection:
        row = await connection.fetchrow(PERSON, person_id, actor.account_id)
        if row is None:
            raise Problem("not_found")
        contest_id = await _require_meeting(connection, actor, "person.reveal", person_id)
        reason = clean_text(act.reason, "/reason", MOST_REASON)
        if row["number_cipher"] is None:
            raise Problem("person_erased")
        await note_event(connection, actor.account_id, "document_revealed", person, contest_id, reason=reason)
    number = read_number(cipher, row["number_cipher"], row["number_index"])
    return RevealedDocument(encode_id("person", person_id), row["document_type"], number)


async def _require_meeting(connection: Connection, actor: Actor, right: str, person_id: UUID) -> UUID:
    """The contest in which the actor meets the person under this right; only its host's people may see numbers in full."""
    for row in await connection.fetch(PLACES_OF_PERSON, person_id):
        if _meets(actor, right, row):
            found: UUID = row["contest_id"]
            return found
    raise Problem("not_found")


def _meets(actor: Actor, right: str, row: asyncpg.Record) -> bool:
    if row["created_by"] == actor.account_id and right == "entry.read":
        return True
    # A contestant's grant shows their own entries only.
    office = msgspec.structs.replace(actor, grants=tuple(g for g in actor.grants if g.role != "contestant"))
    paths = ("host_path",) if right == "person.reveal" else ("host_path", "unit_path", "sender_path")
    return any(
        office.may(
            right,
            Scope(organisation_path=tuple(row[path]), contest_id=row["contest_id"], item_id=row["item_id"]),
        )
        for path in paths
        if row[path]
    )
