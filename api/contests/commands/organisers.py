"""Who holds a contest, and with whom it is filed."""

from uuid import UUID

import msgspec

from api.access.actor import Actor
from api.contests.commands.holding import hold_contest
from api.contests.queries.contests import contest_by_id
from api.contests.schemas import Contest, FileContest, Filing, NameOrganiser, NameOrganisers
from api.contests.settled import settled
from api.organisations.queries import visible_organisations
from api.organisations.references import parse_reference
from api.organisations.schemas import Organisation
from api.plumbing.calendar import parse_day
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id
from api.plumbing.problems import FieldError, field_error, invalid_fields
from api.plumbing.texts import clean_text
from api.results.ledger import append_ledger

# Until the first mark is published; certificates name the organisers.
OPEN_STATES = frozenset({"draft", "published", "running"})

DROP_ORGANISERS = """/* contests.drop_organisers */
DELETE FROM contest_organiser WHERE contest_id = $1
"""

ADD_ORGANISERS = """/* contests.add_organisers */
INSERT INTO contest_organiser (contest_id, role, position, organisation_id, name_zh, name_en)
SELECT $1, role, row_number() OVER (PARTITION BY role ORDER BY ordinality), organisation_id, name_zh, name_en
FROM unnest($2::text[], $3::uuid[], $4::text[], $5::text[]) WITH ORDINALITY AS o (role, organisation_id, name_zh, name_en)
"""

COUNT_CHANGE = """/* contests.count_change */
UPDATE contest SET rev = rev + 1 WHERE id = $1
"""


async def name_organisers(
    db: Db, actor: Actor, contest_id: UUID, data: NameOrganisers, base_rev: int
) -> Contest:
    """Put these organisers in the place of the present ones. Raises not_found, stale, contest_settled, invalid_fields."""
    async with db.transaction() as connection:
        found, _ = await hold_contest(connection, actor, "contest.change", contest_id, base_rev)
        if found.state not in OPEN_STATES:
            raise settled(found.state)
        errors: list[FieldError] = []
        leads = sum(organiser.role == "lead" for organiser in data.organisers)
        if leads != 1:
            errors.append(field_error("/organisers", "one_lead_organiser", count=leads))
        rows = await _rows(connection, actor, data.organisers, errors)
        if errors:
            raise invalid_fields(*errors)
        await connection.execute(DROP_ORGANISERS, contest_id)
        await connection.execute(ADD_ORGANISERS, contest_id, *(list(column) for column in zip(*rows, strict=True)))  # fmt: skip
        await connection.execute(COUNT_CHANGE, contest_id)
        payload = msgspec.json.encode({"organisers": [[row[0], row[2]] for row in rows]}).decode()
        await append_ledger(
            connection, found.season_id, contest_id, "contest.organisers", contest_id, payload, actor.account_id
        )  # fmt: skip
        return await contest_by_id(connection, contest_id)


ADD_FILING = """/* contests.add_filing */
INSERT INTO contest_filing (contest_id, authority_id, number, filed_on) VALUES ($1, $2, $3, $4)
"""


async def file_contest(db: Db, actor: Actor, contest_id: UUID, data: FileContest) -> Filing:
    """Record a filing with one authority. Raises not_found, contest_settled, invalid_fields, filing_exists, filing_number_taken."""
    async with db.transaction() as connection:
        found, contest = await hold_contest(connection, actor, "contest.change", contest_id, None)
        if found.state not in OPEN_STATES:
            raise settled(found.state)
        errors: list[FieldError] = []
        number = clean_text(data.number, "/number", 60, errors)
        filed_on = parse_day(data.filed_on, "/filed_on", errors)
        authority = parse_reference("organisation", data.authority_id, "/authority_id", errors)
        if errors:
            raise invalid_fields(*errors)
        if filed_on >= contest.starts_on:
            errors.append(field_error("/filed_on", "filing_late", starts_on=contest.starts_on.isoformat()))
        office = (await visible_organisations(connection, actor, [authority])).get(authority)
        if office is None or office.kind == "enterprise":
            errors.append(field_error("/authority_id", "reference_unknown"))
        if errors or office is None:
            raise invalid_fields(*errors)
        await connection.execute(ADD_FILING, contest_id, authority, number, filed_on)
        await connection.execute(COUNT_CHANGE, contest_id)
        payload = msgspec.json.encode(
            {"authority": office.id, "number": number, "filed_on": filed_on}
        ).decode()
        await append_ledger(
            connection, found.season_id, contest_id, "contest.filed", contest_id, payload, actor.account_id
        )
    return Filing(
        authority_id=encode_id("organisation", authority),
        authority_zh=office.name_zh,
        number=number,
        filed_on=filed_on,
    )


async def _rows(
    connection: Connection, actor: Actor, organisers: tuple[NameOrganiser, ...], errors: list[FieldError]
) -> list[tuple[str, UUID | None, str, str | None]]:
    """Role, organisation and names of each; a name that is not given is the organisation's."""
    keys = [
        parse_reference("organisation", each.organisation_id, f"/organisers/{place}/organisation_id", errors)
        if each.organisation_id is not None
        else None
        for place, each in enumerate(organisers)
    ]
    known = await visible_organisations(connection, actor, [key for key in keys if key is not None])
    rows: list[tuple[str, UUID | None, str, str | None]] = []
    for place, (each, key) in enumerate(zip(organisers, keys, strict=True)):
        at = f"/organisers/{place}"
        office = known.get(key) if key is not None else None
        if key is not None and office is None:
            if not any(error.pointer == f"{at}/organisation_id" for error in errors):
                errors.append(field_error(f"{at}/organisation_id", "reference_unknown"))
            continue
        name_zh, name_en = _names(each, office, at, errors)
        rows.append((each.role, key, name_zh, name_en))
    return rows


def _names(
    each: NameOrganiser, office: Organisation | None, at: str, errors: list[FieldError]
) -> tuple[str, str | None]:
    if each.name_zh is None and office is None:
        errors.append(field_error(f"{at}/name_zh", "organiser_nameless"))
        return "", None
    own_zh, own_en = (office.name_zh, office.name_en) if office else ("", None)
    name_zh = clean_text(each.name_zh, f"{at}/name_zh", 100, errors) if each.name_zh is not None else own_zh
    name_en = clean_text(each.name_en, f"{at}/name_en", 100, errors) if each.name_en is not None else own_en
    return name_zh, name_en
