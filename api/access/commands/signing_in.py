"""Three ways in: password, one-time link, judge's badge with PIN. A wrong login and a wrong password answer alike, at the same cost."""

from uuid import UUID

import asyncpg

from api.access import passwords
from api.access.attempts import count_attempt, forget_attempts
from api.access.authentication import token_hash
from api.access.schemas import SignIn, SignInByBadge, SignInByLink
from api.access.second_factor import use_code
from api.access.secret_texts import cipher_of
from api.access.sessions import Caller, OpenedSession, open_session
from api.plumbing.db import Db
from api.plumbing.problems import Problem

# A whole venue may sign in from one address when the session begins.
SIGN_INS_PER_ADDRESS = 120
SIGN_INS_PER_LOGIN = 20

ACCOUNT_OF_LOGIN = """/* access.account_of_login */
SELECT id, password_hash, totp_cipher, totp_confirmed FROM account WHERE login = $1 AND disabled_at IS NULL
"""
REHASH = """/* access.rehash */
UPDATE account SET password_hash = $3 WHERE id = $1 AND password_hash = $2
"""


async def sign_in(db: Db, caller: Caller, data: SignIn) -> OpenedSession:
    """Sign in with a password. Raises sign_in_failed, totp_needed, totp_wrong, sign_in_locked, too_many_requests."""
    login = data.login.strip().lower()
    await caller.limiter.spend("sign_in_address", caller.address, SIGN_INS_PER_ADDRESS, 60)
    await caller.limiter.spend("sign_in_login", login, SIGN_INS_PER_LOGIN, 60)
    # By login, known or not: a lock must not tell which logins exist. Only its keyed hash is stored.
    subject = "login:" + cipher_of(caller.settings.secret_key).blind_index("login", login).hex()
    await count_attempt(db, subject)
    async with db.reading() as connection:
        account = await connection.fetchrow(ACCOUNT_OF_LOGIN, login)
    if not await passwords.matches(_kept(account, "password_hash"), data.password) or account is None:
        raise Problem("sign_in_failed")
    await forget_attempts(db, subject)
    second_factor = await _second_factor(db, caller, account, data.totp)
    if passwords.outdated(account["password_hash"]):
        stronger = await passwords.hash_secret(data.password)
        async with db.reading() as connection:
            await connection.execute(REHASH, account["id"], account["password_hash"], stronger)
    return await open_session(db, caller, account["id"], way="password", second_factor=second_factor)


ACCOUNT_OF_LINK = """/* access.account_of_link */
SELECT a.id, a.totp_cipher, a.totp_confirmed, l.reusable, l.target
FROM sign_in_link l JOIN account a ON a.id = l.account_id AND a.disabled_at IS NULL
WHERE l.token_hash = $1 AND l.expires_at > now() AND (l.reusable OR l.used_at IS NULL)
"""
# One statement decides, so that two who hold the same link do not both come in.
USE_LINK = """/* access.use_link */
UPDATE sign_in_link SET used_at = now() WHERE token_hash = $1 AND (reusable OR used_at IS NULL) RETURNING account_id
"""


async def sign_in_by_link(db: Db, caller: Caller, data: SignInByLink) -> OpenedSession:
    """Sign in with a link, which is then used up. Raises link_spent, totp_needed, totp_wrong, too_many_requests.

    Reusable links are the demo's and are refused everywhere else; they stand for both factors, because the demo has no secrets.
    """
    await caller.limiter.spend("sign_in_address", caller.address, SIGN_INS_PER_ADDRESS, 60)
    key = token_hash(data.token)
    async with db.reading() as connection:
        link = await connection.fetchrow(ACCOUNT_OF_LINK, key)
    if link is None or (link["reusable"] and not caller.settings.demo):
        raise Problem("link_spent")
    second_factor = link["reusable"] or await _second_factor(db, caller, link, data.totp)
    async with db.transaction() as connection:
        if await connection.fetchval(USE_LINK, key) is None:
            raise Problem("link_spent")
        return await open_session(
            db, caller, link["id"], way="link", second_factor=second_factor, target=link["target"]
        )


ACCOUNT_OF_BADGE = """/* access.account_of_badge */
SELECT id, pin_hash FROM account WHERE badge_hash = $1 AND disabled_at IS NULL
"""
DEVICE = """/* access.device_of_secret */
SELECT id FROM device WHERE secret_hash = $1 AND revoked_at IS NULL
"""


async def sign_in_by_badge(db: Db, caller: Caller, data: SignInByBadge) -> OpenedSession:
    """Take over a tablet with badge and PIN. Raises device_not_enrolled, badge_failed, sign_in_locked, too_many_requests.

    Four digits count only on a device that an organiser has enrolled; the demo, tried on one's own machine, goes without.
    """
    await caller.limiter.spend("badge_address", caller.address, SIGN_INS_PER_ADDRESS, 60)
    device_id = await _device(db, caller)
    async with db.reading() as connection:
        account = await connection.fetchrow(ACCOUNT_OF_BADGE, token_hash(data.badge))
    subjects = [f"pin:{account['id'] if account else token_hash(data.badge).hex()}"]
    if device_id is not None:
        subjects.append(f"device:{device_id}")
    await count_attempt(db, *subjects)
    if not await passwords.matches(_kept(account, "pin_hash"), data.pin) or account is None:
        raise Problem("badge_failed")
    await forget_attempts(db, *subjects)
    return await open_session(db, caller, account["id"], kind="judge", way="badge", device_id=device_id)


def _kept(account: asyncpg.Record | None, column: str) -> str | None:
    return None if account is None else account[column]


async def _second_factor(db: Db, caller: Caller, account: asyncpg.Record, code: str | None) -> bool:
    """Whether a second factor was shown; an account that has one must show it."""
    if not account["totp_confirmed"]:
        return False
    if code is None:
        raise Problem("totp_needed")
    await use_code(db, cipher_of(caller.settings.secret_key), account["id"], account["totp_cipher"], code)
    return True


async def _device(db: Db, caller: Caller) -> UUID | None:
    async with db.reading() as connection:
        device_id: UUID | None = await connection.fetchval(DEVICE, token_hash(caller.device_secret or ""))
    if device_id is None and not caller.settings.demo:
        raise Problem("device_not_enrolled")
    return device_id
