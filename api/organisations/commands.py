"""Acts on the tree of organisations and on a season's delegations."""

from datetime import date
from uuid import UUID

import msgspec
from msgspec import UNSET

from api.access.actor import Actor, Scope
from api.organisations.queries import COLUMNS, delegation_of, organisation_of, visible_organisations
from api.organisations.references import parse_reference
from api.organisations.schemas import (
    ChangeOrganisation,
    CreateDelegation,
    CreateOrganisation,
    Delegation,
    Organisation,
)
from api.people.documents import DocumentFault, read_credit_code
from api.plumbing.calendar import parse_day
from api.plumbing.db import Connection, Db
from api.plumbing.ids import parse_id
from api.plumbing.problems import FieldError, Problem, field_error, invalid_fields
from api.plumbing.texts import clean_text

LONGEST_NAME = 100
LONGEST_SHORT_NAME = 16
FIRST_DAY = date(1949, 10, 1)

_CREDIT_FAULTS = {
    "credit_length": ("须为18位。", "It must have 18 characters."),
    "credit_character": ("含有不使用的字符。", "It holds a character that is not in use."),
    "credit_check_character": ("校验码不符。", "The check character does not fit."),
}

PATH_OF_ORGANISATION = """/* organisations.path_of_organisation */
SELECT path FROM organisation WHERE id = $1
"""

CREATE_ORGANISATION = f"""/* organisations.create_organisation */
INSERT INTO organisation AS o (parent_id, path, kind, tier, region_code, name_zh, name_en, short_name, credit_code, valid_from)
VALUES ($1, '{{}}', $2, $3, $4, $5, $6, $7, $8, $9)
RETURNING {COLUMNS}
"""  # noqa: S608 - built from constants


async def create_organisation(db: Db, actor: Actor, data: CreateOrganisation) -> Organisation:
    """Add a node below another. Raises not_found, invalid_fields, organisation_exists, credit_code_taken, region_unknown."""
    parent = parse_id("organisation", data.parent_id)
    async with db.transaction() as connection:
        actor.require("organisation.manage", await organisation_scope(connection, parent))
        errors: list[FieldError] = []
        values = (
            parent,
            data.kind,
            data.tier,
            data.region_code,
            clean_text(data.name_zh, "/name_zh", LONGEST_NAME, errors),
            _optional(data.name_en, "/name_en", errors),
            clean_text(data.short_name, "/short_name", LONGEST_SHORT_NAME, errors),
            _credit_code(data.credit_code, errors),
            parse_day(data.valid_from, "/valid_from", errors) if data.valid_from else FIRST_DAY,
        )
        if errors:
            raise invalid_fields(*errors)
        row = await connection.fetchrow(CREATE_ORGANISATION, *values)
    assert row is not None
    return organisation_of(row)


HOLD_ORGANISATION = f"""/* organisations.hold_organisation */
SELECT {COLUMNS} FROM organisation o WHERE o.id = $1 FOR UPDATE
"""  # noqa: S608 - built from constants

CHANGE_ORGANISATION = f"""/* organisations.change_organisation */
UPDATE organisation AS o SET name_zh = $2, name_en = $3, short_name = $4, region_code = $5, credit_code = $6, valid_to = $7,
       rev = rev + 1
WHERE o.id = $1
RETURNING {COLUMNS}
"""  # noqa: S608 - built from constants


async def change_organisation(
    db: Db, actor: Actor, organisation_id: UUID, data: ChangeOrganisation, base_rev: int
) -> Organisation:
    """Change what is given. Raises not_found, stale, invalid_fields, and the codes of `create_organisation`."""
    async with db.transaction() as connection:
        row = await connection.fetchrow(HOLD_ORGANISATION, organisation_id)
        actor.require("organisation.manage", Scope(organisation_path=tuple(row["path"]) if row else ()))
        assert row is not None
        now = organisation_of(row)
        if now.rev != base_rev:
            raise Problem("stale", current=now)
        new = _changed(now, data)
        row = await connection.fetchrow(
            CHANGE_ORGANISATION, organisation_id, new.name_zh, new.name_en, new.short_name, new.region_code, new.credit_code,
            new.valid_to,
        )  # fmt: skip
    assert row is not None
    return organisation_of(row)


SEASON_PATH = """/* organisations.season_path */
SELECT o.path FROM season s JOIN organisation o ON o.id = s.organisation_id WHERE s.id = $1
"""

CREATE_DELEGATION = """/* organisations.create_delegation */
INSERT INTO delegation (season_id, kind, name_zh, name_en, short_name, organisation_id, region_code, position)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
RETURNING id, season_id, kind, name_zh, name_en, short_name, organisation_id, region_code, position
"""


async def create_delegation(db: Db, actor: Actor, season_id: UUID, data: CreateDelegation) -> Delegation:
    """Let somebody send teams in a season. Raises not_found, invalid_fields, delegation_exists, region_unknown."""
    async with db.transaction() as connection:
        path = await connection.fetchval(SEASON_PATH, season_id)
        actor.require("season.change", Scope(organisation_path=tuple(path or ())))
        errors: list[FieldError] = []
        name_zh = clean_text(data.name_zh, "/name_zh", 60, errors)
        name_en = _optional(data.name_en, "/name_en", errors)
        short_name = clean_text(data.short_name, "/short_name", LONGEST_SHORT_NAME, errors)
        sender = await _sender(connection, actor, data.organisation_id, errors)
        if errors:
            raise invalid_fields(*errors)
        row = await connection.fetchrow(
            CREATE_DELEGATION, season_id, data.kind, name_zh, name_en, short_name, sender, data.region_code, data.position
        )  # fmt: skip
    assert row is not None
    return delegation_of(row)


async def organisation_scope(connection: Connection, organisation_id: UUID) -> Scope:
    """The scope of a node; of no node a scope that nobody reaches, so that "absent" and "not yours" answer alike."""
    path = await connection.fetchval(PATH_OF_ORGANISATION, organisation_id)
    return Scope(organisation_path=tuple(path or ()))


def _changed(now: Organisation, data: ChangeOrganisation) -> Organisation:
    errors: list[FieldError] = []
    given: dict[str, object] = {}
    if data.name_zh is not UNSET:
        given["name_zh"] = clean_text(data.name_zh, "/name_zh", LONGEST_NAME, errors)
    if data.name_en is not UNSET:
        given["name_en"] = _optional(data.name_en, "/name_en", errors)
    if data.short_name is not UNSET:
        given["short_name"] = clean_text(data.short_name, "/short_name", LONGEST_SHORT_NAME, errors)
    if data.region_code is not UNSET:
        given["region_code"] = data.region_code
    if data.credit_code is not UNSET:
        given["credit_code"] = _credit_code(data.credit_code, errors)
    if data.valid_to is not UNSET:
        given["valid_to"] = parse_day(data.valid_to, "/valid_to", errors) if data.valid_to else None
    new = msgspec.structs.replace(now, **given)
    if not errors and new.valid_to is not None and new.valid_to <= new.valid_from:
        errors.append(field_error("/valid_to", "period_empty"))
    if errors:
        raise invalid_fields(*errors)
    return new


def _optional(text: str | None, pointer: str, errors: list[FieldError]) -> str | None:
    return None if text is None else clean_text(text, pointer, LONGEST_NAME, errors)


def _credit_code(text: str | None, errors: list[FieldError]) -> str | None:
    if text is None:
        return None
    code = read_credit_code(text)
    if isinstance(code, DocumentFault):
        zh, en = _CREDIT_FAULTS[code.code]
        errors.append(field_error("/credit_code", "credit_code_invalid", reason_zh=zh, reason_en=en))
        return None
    return code


async def _sender(
    connection: Connection, actor: Actor, text: str | None, errors: list[FieldError]
) -> UUID | None:
    if text is None:
        return None
    found = parse_reference("organisation", text, "/organisation_id", errors)
    if not errors and found not in await visible_organisations(connection, actor, [found]):
        errors.append(field_error("/organisation_id", "reference_unknown"))
    return found
