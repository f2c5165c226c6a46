"""Storing people, and taking them away again."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

import asyncpg
import msgspec

from api.access.actor import Actor, Scope
from api.access.events import note_event
from api.people.identities import PreparedPerson
from api.people.schemas import Erase, ErasureReceipt
from api.plumbing.db import Connection, Db
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem
from api.plumbing.texts import clean_text

MOST_REASON = 200


class PersonRef(msgspec.Struct, frozen=True):
    """A stored person in the version that was given."""

    person_id: UUID
    version_id: UUID


class KnownPerson(msgspec.Struct, frozen=True):
    """What is known of a document: the person and their newest version."""

    person_id: UUID
    version_id: UUID | None
    version: int
    name: str | None
    sex: str | None
    birth_date: date | None
    education: str | None


KNOWN_PEOPLE = """/* people.known_people */
SELECT d.number_index, d.person_id, v.id, coalesce(v.version, 0) AS version, v.name, v.sex, v.birth_date, v.education
FROM person_document d
LEFT JOIN LATERAL (
    SELECT id, version, name, sex, birth_date, education FROM person_version WHERE person_id = d.person_id
    ORDER BY version DESC LIMIT 1
) v ON true
WHERE d.number_index = ANY($1)
"""


async def known_people(connection: Connection, indexes: Iterable[bytes]) -> dict[bytes, KnownPerson]:
    """Who is known already, by the blind index of their document."""
    rows = await connection.fetch(KNOWN_PEOPLE, list(indexes))
    return {row["number_index"]: KnownPerson(*list(row.values())[1:]) for row in rows}


# Person and document in one statement: where the document is known already, or just being entered by somebody else (then this
# waits for them), neither row is made, so that two first registrations of one person end in one person.
ADD_PERSON = """/* people.add_person */
WITH added AS (
    INSERT INTO person_document (person_id, document_type, number_cipher, number_masked, number_index)
    VALUES (uuidv7(), $2, $3, $4, $1)
    ON CONFLICT (number_index) DO NOTHING
    RETURNING person_id
)
INSERT INTO person (id) SELECT person_id FROM added
"""

# In the order of the ids, so that two registrations that share people never wait for each other in a ring.
HOLD_PEOPLE = """/* people.hold_people */
SELECT p.id FROM person p JOIN person_document d ON d.person_id = p.id
WHERE d.number_index = ANY($1) ORDER BY p.id FOR NO KEY UPDATE OF p
"""

ADD_VERSION = """/* people.add_version */
INSERT INTO person_version (id, person_id, version, name, sort_key, sex, birth_date, education, mobile_cipher)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""

# A telephone number is how to reach somebody, not who they are: it is replaced in place.
CHANGE_MOBILE = """/* people.change_mobile */
UPDATE person_version SET mobile_cipher = $2 WHERE id = $1 AND erased_at IS NULL
"""


async def hold_people(connection: Connection, people: Iterable[PreparedPerson]) -> dict[bytes, KnownPerson]:
    """Make sure that every person exists and keep all of them as they are until the transaction ends."""
    by_index = {person.index: person for person in people}
    await connection.executemany(
        ADD_PERSON,
        [
            (p.index, p.document_type, p.number_cipher, p.number_masked)
            for p in sorted(by_index.values(), key=lambda p: p.index)
        ],
    )
    await connection.fetch(HOLD_PEOPLE, list(by_index))
    return await known_people(connection, by_index)


async def store_people(connection: Connection, people: Iterable[PreparedPerson]) -> dict[bytes, PersonRef]:
    """Store people, each once, and give them in the version that says what was given.

    A new version is made when it says something new; what is not given stays as it was known. Raises document_of_another_name when the
    document belongs to somebody with another name and the caller did not say that the name has changed.
    """
    by_index = {person.index: person for person in people}
    known = await hold_people(connection, by_index.values())
    refs: dict[bytes, PersonRef] = {}
    versions: list[tuple[object, ...]] = []
    mobiles: list[tuple[UUID | None, bytes]] = []
    fresh = await new_ids(connection, len(by_index))
    for index, person in by_index.items():
        before = known[index]
        if contradicts(before, person):
            raise Problem("document_of_another_name")
        if says_nothing_new(before, person):
            assert before.version_id is not None
            refs[index] = PersonRef(before.person_id, before.version_id)
            if person.mobile_cipher is not None:
                mobiles.append((before.version_id, person.mobile_cipher))
            continue
        version_id = fresh.pop()
        refs[index] = PersonRef(before.person_id, version_id)
        versions.append(
            (
                version_id, before.person_id, before.version + 1, person.name, person.sort_key,
                person.sex or before.sex, person.birth_date or before.birth_date,
                person.education or before.education, person.mobile_cipher,
            )
        )  # fmt: skip
    await connection.executemany(ADD_VERSION, versions)
    await connection.executemany(CHANGE_MOBILE, mobiles)
    return refs


def contradicts(known: KnownPerson, given: PreparedPerson) -> bool:
    """Whether the document is known under another name, which is a slip or a fraud until somebody vouches for it."""
    return known.name is not None and known.name != given.name and not given.name_changed


def says_nothing_new(known: KnownPerson, given: PreparedPerson) -> bool:
    """Whether the newest version says everything that was given."""
    return (
        known.version_id is not None
        and known.name == given.name
        and given.sex in (None, known.sex)
        and given.birth_date in (None, known.birth_date)
        and given.education in (None, known.education)
    )


async def new_ids(connection: Connection, count: int) -> list[UUID]:
    """Keys made by the database before the rows, for rows that refer to each other."""
    return [row[0] for row in await connection.fetch("SELECT uuidv7() FROM generate_series(1, $1)", count)]


class GivenEmployment(msgspec.Struct, frozen=True, kw_only=True):
    """Where a person works as somebody registers them."""

    organisation_id: UUID | None
    unit_name: str | None
    post: str | None
    front_line: bool | None = None
    union_member: bool | None = None
    public: bool | None = None


CURRENT_EMPLOYMENTS = """/* people.current_employments */
SELECT DISTINCT ON (person_id) id, person_id, organisation_id, unit_name, post, front_line, union_member, public, valid_from
FROM employment WHERE person_id = ANY($1) AND valid_from <= $2 AND (valid_to IS NULL OR valid_to > $2)
ORDER BY person_id, valid_from DESC, id DESC
"""

END_EMPLOYMENT = """/* people.end_employment */
UPDATE employment SET valid_to = $2 WHERE id = $1 AND valid_from < $2
"""

ADD_EMPLOYMENT = """/* people.add_employment */
INSERT INTO employment (id, person_id, organisation_id, unit_name, post, front_line, union_member, public, valid_from)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""


async def store_employments(
    connection: Connection, given: dict[UUID, GivenEmployment], today: date
) -> dict[UUID, UUID]:
    """The employment of each person as of today; a change of unit or post ends the one before it, which history keeps."""
    rows = await connection.fetch(CURRENT_EMPLOYMENTS, list(given), today)
    current = {row["person_id"]: row for row in rows}
    fresh = await new_ids(connection, len(given))
    found: dict[UUID, UUID] = {}
    added: list[tuple[object, ...]] = []
    for person_id, job in given.items():
        row = current.get(person_id)
        if row is not None and _same_employment(row, job):
            found[person_id] = row["id"]
            continue
        found[person_id] = fresh.pop()
        added.append(
            (
                found[person_id], person_id, job.organisation_id, job.unit_name, job.post, job.front_line,
                job.union_member, job.public, today,
            )
        )  # fmt: skip
    ended = [(current[person]["id"], today) for _, person, *_ in added if person in current]
    await connection.executemany(END_EMPLOYMENT, ended)
    await connection.executemany(ADD_EMPLOYMENT, added)
    return found


def _same_employment(row: asyncpg.Record, job: GivenEmployment) -> bool:
    return (
        row["organisation_id"] == job.organisation_id
        and row["unit_name"] == job.unit_name
        and all(
            getattr(job, name) in (None, row[name])
            for name in ("post", "front_line", "union_member", "public")
        )
    )


class GivenLevel(msgspec.Struct, frozen=True):
    """The level a person says they hold in a trade; `rung` counts from 0, the apprentice."""

    trade: str
    rung: int
    certificate_no: str | None


ADD_LEVEL = """/* people.add_level */
INSERT INTO skill_level (person_id, trade_code, level, certificate_no, valid_from)
SELECT $1, $2, $3, $4, $5
WHERE NOT EXISTS (
    SELECT FROM (
        SELECT level, certificate_no FROM skill_level WHERE person_id = $1 AND trade_code = $2 ORDER BY valid_from DESC LIMIT 1
    ) held
    WHERE held.level = $3::smallint AND ($4::text IS NULL OR held.certificate_no = $4)
)
ON CONFLICT (person_id, trade_code, valid_from) DO UPDATE SET level = excluded.level, certificate_no = excluded.certificate_no
"""


async def store_levels(connection: Connection, given: Iterable[tuple[UUID, GivenLevel]], today: date) -> None:
    """Note the levels held as of today, where they differ from what is known."""
    await connection.executemany(
        ADD_LEVEL,
        [(person, level.trade, level.rung, level.certificate_no, today) for person, level in given],
    )


HOSTS_OF_PERSON = """/* people.hosts_of_person */
SELECT DISTINCT c.id, o.path, c.state IN ('published', 'running') AND m.active AS running
FROM entry_member m JOIN entry e ON e.id = m.entry_id JOIN contest c ON c.id = e.contest_id
JOIN organisation o ON o.id = c.host_id
WHERE m.person_id = $1
"""

ERASE_VERSIONS = """/* people.erase_versions */
UPDATE person_version SET name = NULL, sort_key = NULL, sex = NULL, birth_date = NULL, education = NULL, mobile_cipher = NULL,
       erased_at = now()
WHERE person_id = $1
"""

ERASE_DOCUMENT = """/* people.erase_document */
UPDATE person_document SET document_type = NULL, number_cipher = NULL, number_masked = NULL, number_index = NULL
WHERE person_id = $1
"""


async def erase_person(db: Db, actor: Actor, person: str, act: Erase) -> ErasureReceipt:
    """Take away everything personal; entries, marks and ledger stay and name the person's id only.

    Raises person_is_competing while an entry of theirs in an announced or running contest stands: it is withdrawn or ended first.
    """
    person_id = parse_id("person", person)
    async with db.transaction() as connection:
        row = await connection.fetchrow(
            "SELECT erased_at FROM person WHERE id = $1 FOR NO KEY UPDATE", person_id
        )
        hosts = await connection.fetch(HOSTS_OF_PERSON, person_id)
        # Over every contest they were in, or the erasure would reach into another organisation's records.
        if row is None or not hosts:
            raise Problem("not_found")
        for host in hosts:
            actor.require("person.erase", Scope(organisation_path=tuple(host["path"])))
        reason = clean_text(act.reason, "/reason", MOST_REASON)
        if row["erased_at"] is not None:
            raise Problem("person_erased")
        if any(host["running"] for host in hosts):
            raise Problem("person_is_competing")
        versions = int((await connection.execute(ERASE_VERSIONS, person_id)).split()[-1])
        await connection.execute(ERASE_DOCUMENT, person_id)
        await connection.execute(
            "UPDATE skill_level SET certificate_no = NULL WHERE person_id = $1", person_id
        )
        await connection.execute("UPDATE employment SET post = NULL WHERE person_id = $1", person_id)
        at = await connection.fetchval(
            "UPDATE person SET erased_at = now() WHERE id = $1 RETURNING erased_at", person_id
        )
        entries = await connection.fetchval(
            "SELECT count(DISTINCT entry_id) FROM entry_member WHERE person_id = $1", person_id
        )
        await note_event(connection, actor.account_id, "person_erased", person, reason=reason)
    return ErasureReceipt(person, at, versions, entries)
