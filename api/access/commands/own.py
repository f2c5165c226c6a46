"""What somebody changes about their own way in: password and second factor. Never with a token or a PIN."""

from uuid import UUID

from api.access import passwords
from api.access.actor import Actor
from api.access.attempts import count_attempt, forget_attempts
from api.access.authority import require_person
from api.access.events import note_event
from api.access.schemas import ChangePassword, ConfirmTotp, TotpEnrolment
from api.access.second_factor import new_totp_secret, seal, totp_uri, use_code
from api.access.secret_texts import cipher_of
from api.access.sessions import Caller, OpenedSession, open_session
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id
from api.plumbing.problems import Problem, field_error, invalid_fields
from api.plumbing.settings import Settings

OWN_ACCOUNT = """/* access.own_account */
SELECT id, login, password_hash, totp_cipher, totp_confirmed FROM account WHERE id = $1
"""
KEEP_HASH = """/* access.keep_password_hash */
UPDATE account SET password_hash = $2, rev = rev + 1 WHERE id = $1
"""
END_OTHER_SESSIONS = """/* access.end_other_sessions */
UPDATE sign_in_session SET revoked_at = now() WHERE account_id = $1 AND id IS DISTINCT FROM $2 AND revoked_at IS NULL
"""


async def change_password(db: Db, actor: Actor, data: ChangePassword) -> None:
    """Set the actor's password; every other session of theirs ends. Raises invalid_fields, sign_in_locked, person_needed."""
    require_person(actor)
    async with db.reading() as connection:
        account = await connection.fetchrow(OWN_ACCOUNT, actor.account_id)
    assert account is not None
    if account["password_hash"] is not None:
        await count_attempt(db, f"password:{actor.account_id}")
        if not await passwords.matches(account["password_hash"], data.current or ""):
            raise invalid_fields(field_error("/current", "password_wrong"))
        await forget_attempts(db, f"password:{actor.account_id}")
    fault = passwords.password_fault(data.new, account["login"], "/new")
    if fault is not None:
        raise invalid_fields(fault)
    kept = await passwords.hash_secret(data.new)
    async with db.transaction() as connection:
        await connection.execute(KEEP_HASH, actor.account_id, kept)
        await connection.execute(END_OTHER_SESSIONS, actor.account_id, actor.session_id)
        await _note(connection, actor, "password_changed")


# A secret waits unconfirmed until a first code proves it; a confirmed one is only replaced by whoever has just shown it.
KEEP_TOTP = """/* access.keep_totp */
UPDATE account SET totp_cipher = $2, totp_confirmed = false, totp_last_step = NULL, rev = rev + 1
WHERE id = $1 AND (NOT totp_confirmed OR $3)
RETURNING id
"""


async def enrol_totp(db: Db, settings: Settings, actor: Actor, account_id: UUID) -> TotpEnrolment:
    """A new secret for the actor's authenticator program, shown once. Raises not_found, person_needed, totp_needed."""
    _require_own(actor, account_id)
    secret = new_totp_secret()
    async with db.transaction() as connection:
        login = await connection.fetchval("SELECT login FROM account WHERE id = $1", account_id)
        sealed = seal(cipher_of(settings.secret_key), account_id, secret)
        if await connection.fetchval(KEEP_TOTP, account_id, sealed, actor.second_factor) is None:
            raise Problem("totp_needed")
    return TotpEnrolment(secret, totp_uri(secret, login))


CONFIRM_TOTP = """/* access.confirm_totp */
UPDATE account SET totp_confirmed = true, rev = rev + 1 WHERE id = $1 AND totp_cipher = $2 RETURNING id
"""


async def confirm_totp(
    db: Db, caller: Caller, actor: Actor, account_id: UUID, data: ConfirmTotp
) -> OpenedSession:
    """Prove the secret with a first code; a new session begins that has both factors. Raises totp_wrong, totp_not_begun."""
    _require_own(actor, account_id)
    async with db.reading() as connection:
        account = await connection.fetchrow(OWN_ACCOUNT, account_id)
    assert account is not None
    if account["totp_cipher"] is None or account["totp_confirmed"]:
        raise Problem("totp_not_begun")
    await use_code(db, cipher_of(caller.settings.secret_key), account_id, account["totp_cipher"], data.code)
    async with db.transaction() as connection:
        if await connection.fetchval(CONFIRM_TOTP, account_id, account["totp_cipher"]) is None:
            raise Problem("totp_not_begun")
        await connection.execute(END_OTHER_SESSIONS, account_id, actor.session_id)
        await _note(connection, actor, "second_factor_confirmed")
        return await open_session(db, caller, account_id, way="second_factor", second_factor=True)


def _require_own(actor: Actor, account_id: UUID) -> None:
    if actor.account_id != account_id:
        raise Problem("not_found")
    require_person(actor)


async def _note(connection: Connection, actor: Actor, action: str) -> None:
    await note_event(connection, actor.account_id, action, encode_id("account", actor.account_id))
