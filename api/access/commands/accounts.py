"""Accounts: made, changed, reset and switched off by those who look after them. Nobody but the holder ever knows a password."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec

from api.access import passwords
from api.access.actor import Actor
from api.access.authentication import token_hash
from api.access.authority import require_charge, require_person, scope_of
from api.access.events import note_event
from api.access.schemas import (
    AccountView,
    Badge,
    ChangeAccount,
    CreateAccount,
    Link,
    MakeBadge,
    MakeLink,
)
from api.access.secret_texts import new_pin, new_token
from api.access.views import account_view
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id, parse_id
from api.plumbing.problems import Problem, field_error, invalid_fields
from api.plumbing.settings import Settings
from api.plumbing.texts import clean_text

LONGEST_DISPLAY_NAME = 60

CREATE_ACCOUNT = """/* access.create_account */
INSERT INTO account (login, display_name, organisation_id, locale, password_hash) VALUES ($1, $2, $3, $4, $5) RETURNING id
"""


async def create_account(db: Db, actor: Actor, data: CreateAccount) -> AccountView:
    """An account without any way in yet; a link or a badge gives it one. Raises not_found, login_taken, invalid_fields."""
    name = clean_text(data.display_name, "/display_name", LONGEST_DISPLAY_NAME)
    organisation_id = parse_id("organisation", data.organisation_id)
    async with db.transaction() as connection:
        actor.require("account.manage", await scope_of(connection, "organisation", organisation_id))
        account_id = await connection.fetchval(
            CREATE_ACCOUNT, data.login, name, organisation_id, data.locale, None
        )
        await _note(connection, actor, "account_created", account_id)
        return await account_view(connection, account_id)


CHANGE_ACCOUNT = """/* access.change_account */
UPDATE account SET display_name = coalesce($3, display_name), locale = coalesce($4, locale),
    disabled_at = CASE WHEN $5::boolean IS NULL THEN disabled_at WHEN $5 THEN coalesce(disabled_at, now()) END, rev = rev + 1
WHERE id = $1 AND rev = $2
RETURNING id
"""


async def change_account(
    db: Db, actor: Actor, account_id: UUID, data: ChangeAccount, base_rev: int
) -> AccountView:
    """Change name or language, or switch off or on. Raises not_found, account_own, account_holds_more, stale."""
    name = (
        None
        if data.display_name is msgspec.UNSET
        else clean_text(data.display_name, "/display_name", LONGEST_DISPLAY_NAME)
    )
    locale = None if data.locale is msgspec.UNSET else data.locale
    disabled = None if data.disabled is msgspec.UNSET else data.disabled
    async with db.transaction() as connection:
        if account_id != actor.account_id or name is not None or disabled is not None:
            await require_charge(connection, actor, account_id)
        if await connection.fetchval(CHANGE_ACCOUNT, account_id, base_rev, name, locale, disabled) is None:
            raise Problem("stale", current=await account_view(connection, account_id))
        await _note(connection, actor, "account_changed", account_id)
        return await account_view(connection, account_id)


SET_BADGE = """/* access.set_badge */
UPDATE account SET badge_hash = $2, pin_hash = $3, rev = rev + 1 WHERE id = $1
"""
END_JUDGE_SESSIONS = """/* access.end_judge_sessions */
UPDATE sign_in_session SET revoked_at = now() WHERE account_id = $1 AND kind = 'judge' AND revoked_at IS NULL
"""


async def make_badge(db: Db, actor: Actor, account_id: UUID, data: MakeBadge) -> Badge:
    """A badge and PIN, shown once; the old badge and what it opened end. Raises not_found, account_own, account_holds_more."""
    badge, pin = new_token("skb_"), data.pin or new_pin()
    async with db.transaction() as connection:
        await require_charge(connection, actor, account_id)
        await connection.execute(SET_BADGE, account_id, token_hash(badge), await passwords.hash_secret(pin))
        await connection.execute(END_JUDGE_SESSIONS, account_id)
        await _note(connection, actor, "badge_made", account_id)
    return Badge(encode_id("account", account_id), badge, pin)


SPEND_LINKS = """/* access.spend_links */
UPDATE sign_in_link SET used_at = now() WHERE account_id = $1 AND used_at IS NULL AND NOT reusable
"""
MAKE_LINK = """/* access.make_link */
INSERT INTO sign_in_link (token_hash, account_id, target, expires_at) VALUES ($1, $2, $3, $4)
"""


async def make_link(db: Db, settings: Settings, actor: Actor, account_id: UUID, data: MakeLink) -> Link:
    """A link that signs the account in once, shown once; older ones end. Raises not_found, account_own, account_holds_more."""
    token, expires_at = new_token(), datetime.now(UTC) + timedelta(hours=data.hours)
    async with db.transaction() as connection:
        await require_charge(connection, actor, account_id)
        # Whoever asks for another link has lost the first one, or has sent it to somebody else.
        await connection.execute(SPEND_LINKS, account_id)
        await connection.execute(MAKE_LINK, token_hash(token), account_id, data.target, expires_at)
        await _note(connection, actor, "link_made", account_id)
    return Link(encode_id("account", account_id), f"{settings.base_url}/login/link/{token}", expires_at)


REMOVE_TOTP = """/* access.remove_totp */
UPDATE account SET totp_cipher = NULL, totp_confirmed = false, totp_last_step = NULL, rev = rev + 1 WHERE id = $1
"""
END_SESSIONS = """/* access.end_sessions */
UPDATE sign_in_session SET revoked_at = now() WHERE account_id = $1 AND revoked_at IS NULL
"""


async def remove_totp(db: Db, actor: Actor, account_id: UUID) -> None:
    """Take away a lost second factor; the account's sessions end. Raises not_found, account_own, account_holds_more."""
    require_person(actor)
    async with db.transaction() as connection:
        await require_charge(connection, actor, account_id)
        await connection.execute(REMOVE_TOTP, account_id)
        await connection.execute(END_SESSIONS, account_id)
        await _note(connection, actor, "second_factor_removed", account_id)


FIRST_ORGANISATION = """/* access.first_organisation */
INSERT INTO organisation (path, kind, name_zh, name_en, short_name) VALUES ('{}', 'national_body', $1, $2, $1) RETURNING id
"""
GRANT_ADMINISTRATOR = """/* access.grant_administrator */
INSERT INTO access_grant (account_id, role, scope_kind, scope_id, reason) VALUES ($1, 'administrator', 'organisation', $2, $3)
"""


async def create_administrator(
    db: Db,
    login: str,
    password: str,
    *,
    display_name: str | None = None,
    organisation_id: UUID | None = None,
) -> str:
    """An administrator of one organisation, or of every root; gives the account's id. For the command line: asks for no right.

    An empty installation gets its first organisation. At the first sign-in the account can only set up its second factor.
    Raises invalid_fields, login_taken, not_found.
    """
    login = login.strip().lower()
    _require_login(login)
    fault = passwords.password_fault(password, login)
    if fault is not None:
        raise invalid_fields(fault)
    name = clean_text(display_name or login, "/display_name", LONGEST_DISPLAY_NAME)
    kept = await passwords.hash_secret(password)
    async with db.transaction() as connection:
        nodes = await _roots(connection) if organisation_id is None else [organisation_id]
        await scope_of(connection, "organisation", nodes[0])
        account_id = await connection.fetchval(CREATE_ACCOUNT, login, name, nodes[0], "zh", kept)
        for node in nodes:
            await connection.execute(GRANT_ADMINISTRATOR, account_id, node, "create-admin")
        await note_event(connection, None, "administrator_created", encode_id("account", account_id))
    return encode_id("account", account_id)


def _require_login(login: str) -> None:
    try:
        msgspec.convert({"login": login, "display_name": "-", "organisation_id": "-"}, CreateAccount)
    except msgspec.ValidationError as error:
        raise invalid_fields(field_error("/login", "login_invalid")) from error


async def _roots(connection: Connection) -> list[UUID]:
    rows = await connection.fetch("SELECT id FROM organisation WHERE parent_id IS NULL ORDER BY id")
    return [row["id"] for row in rows] or [
        await connection.fetchval(FIRST_ORGANISATION, "主办机构", "Head organisation")
    ]


async def _note(connection: Connection, actor: Actor, action: str, account_id: UUID) -> None:
    await note_event(connection, actor.account_id, action, encode_id("account", account_id))
