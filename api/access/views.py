"""From rows to the structs that are shown, each with the columns it reads."""

from uuid import UUID

import asyncpg
import msgspec

from api.access.authority import ID_KIND
from api.access.schemas import AccessEvent, AccountView, DeviceView, GrantView, TokenView
from api.plumbing.db import Connection
from api.plumbing.ids import encode_id

GRANT_COLUMNS = """
SELECT g.id, g.account_id, a.display_name, g.role, g.scope_kind, g.scope_id, g.contest_id, g.blind_layer, g.deputy_of,
       g.support, g.reason, g.valid_from, g.valid_to
FROM access_grant g JOIN account a ON a.id = g.account_id
"""
ACCOUNT_COLUMNS = """
SELECT a.id, a.login, a.display_name, a.locale, a.organisation_id, a.password_hash IS NOT NULL AS has_password,
       a.badge_hash IS NOT NULL AS has_badge, a.totp_confirmed, a.disabled_at IS NOT NULL AS disabled, a.created_at, a.rev
FROM account a
"""
DEVICE_COLUMNS = """
SELECT d.id, d.name, d.contest_id, d.enrolled_at, d.revoked_at IS NOT NULL AS revoked
FROM device d LEFT JOIN contest c ON c.id = d.contest_id LEFT JOIN organisation o ON o.id = c.host_id
"""


async def grant_view(connection: Connection, grant_id: UUID) -> GrantView:
    """A grant that a command has just written."""
    row = await connection.fetchrow(f"/* access.grant_view */ {GRANT_COLUMNS} WHERE g.id = $1", grant_id)
    assert row is not None
    return grant_of(row)


async def account_view(connection: Connection, account_id: UUID) -> AccountView:
    """An account that a command has just written."""
    row = await connection.fetchrow(
        f"/* access.account_view */ {ACCOUNT_COLUMNS} WHERE a.id = $1", account_id
    )
    assert row is not None
    return account_of(row)


async def device_view(connection: Connection, device_id: UUID) -> DeviceView:
    """A device that a command has just written."""
    row = await connection.fetchrow(f"/* access.device_view */ {DEVICE_COLUMNS} WHERE d.id = $1", device_id)
    assert row is not None
    return device_of(row)


def grant_of(row: asyncpg.Record) -> GrantView:
    """A grant as it is shown."""
    return GrantView(
        id=encode_id("grant", row["id"]),
        account_id=encode_id("account", row["account_id"]),
        account_name=row["display_name"],
        role=row["role"],
        scope_kind=row["scope_kind"],
        scope_id=encode_id(ID_KIND[row["scope_kind"]], row["scope_id"]),
        contest_id=_id("contest", row["contest_id"]),
        blind_layer=row["blind_layer"],
        deputy_of=_id("account", row["deputy_of"]),
        support=row["support"],
        reason=row["reason"],
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
    )


def account_of(row: asyncpg.Record) -> AccountView:
    """An account as it is shown: no hash, no cipher."""
    return AccountView(
        id=encode_id("account", row["id"]),
        login=row["login"],
        display_name=row["display_name"],
        locale=row["locale"],
        organisation_id=_id("organisation", row["organisation_id"]),
        has_password=row["has_password"],
        has_badge=row["has_badge"],
        totp_confirmed=row["totp_confirmed"],
        disabled=row["disabled"],
        created_at=row["created_at"],
        rev=row["rev"],
    )


def token_of(row: asyncpg.Record) -> TokenView:
    """A token as it is shown: the token itself is kept nowhere."""
    contests = row["contest_ids"]
    return TokenView(
        id=encode_id("token", row["id"]),
        name=row["name"],
        hint=row["hint"],
        scopes=list(row["scopes"]),
        contest_ids=None if contests is None else [encode_id("contest", contest) for contest in contests],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
    )


def device_of(row: asyncpg.Record) -> DeviceView:
    """A device as it is shown."""
    return DeviceView(
        encode_id("device", row["id"]),
        row["name"],
        _id("contest", row["contest_id"]),
        row["enrolled_at"],
        row["revoked"],
    )


def event_of(row: asyncpg.Record) -> AccessEvent:
    """An event as it is shown."""
    return AccessEvent(
        at=row["at"],
        account_id=_id("account", row["account_id"]),
        account_name=row["display_name"],
        action=row["action"],
        subject=row["subject"],
        details=msgspec.json.decode(row["details"], type=dict[str, str | int | bool | None]),
        request_id=row["request_id"],
    )


def _id(kind: str, value: UUID | None) -> str | None:
    return None if value is None else encode_id(kind, value)
