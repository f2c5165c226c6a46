"""Once more, before somebody answers for something: the PIN of who came in by badge, and two people at one screen."""

import re
from typing import Final
from uuid import UUID

from api.access import passwords
from api.access.actor import Actor
from api.access.attempts import count_attempt, forget_attempts
from api.access.authentication import token_hash
from api.access.commands.signing_in import DEVICE, SIGN_INS_PER_ADDRESS
from api.access.second_factor import use_code
from api.access.secret_texts import cipher_of
from api.access.sessions import Caller
from api.plumbing.db import Db
from api.plumbing.problems import Problem, field_error, invalid_fields

PIN_OF_SESSION = """/* access.pin_of_session */
SELECT a.pin_hash, s.device_id FROM sign_in_session s JOIN account a ON a.id = s.account_id WHERE s.id = $1
"""


def asks_pin(actor: Actor) -> bool:
    """Whether there is a PIN to ask for: a password or a link has none."""
    return actor.session_kind == "judge"


async def confirm_pin(db: Db, actor: Actor, pin: str | None) -> None:
    """Ask who came in by badge for the PIN again; wrong ones count as at the door. Raises pin_wrong, sign_in_locked."""
    if not asks_pin(actor):
        return
    async with db.reading() as connection:
        kept = await connection.fetchrow(PIN_OF_SESSION, actor.session_id)
    device: UUID | None = kept["device_id"] if kept else None
    subjects = [f"pin:{actor.account_id}", *([f"device:{device}"] if device else [])]
    await count_attempt(db, *subjects)
    if not await passwords.matches(kept["pin_hash"] if kept else None, pin or ""):
        raise Problem("pin_wrong")
    await forget_attempts(db, *subjects)


PIN: Final = re.compile(r"[0-9]{4}")
PERSON = """/* access.person_of_login */
SELECT id, pin_hash, password_hash FROM account WHERE (login = $1 OR id = $2) AND disabled_at IS NULL
"""


async def confirm_person(
    db: Db, caller: Caller, secret: str, *, login: str | None = None, account_id: UUID | None = None
) -> UUID:
    """Whose PIN or password this is; unknown logins and wrong secrets answer alike and count as at the door.

    As there, four digits count only on an enrolled device. Raises presence_failed, device_not_enrolled, sign_in_locked.
    """
    await caller.limiter.spend("presence_address", caller.address, SIGN_INS_PER_ADDRESS, 60)
    name = (login or "").strip().lower()
    async with db.reading() as connection:
        person = await connection.fetchrow(PERSON, name, account_id)
        device = await connection.fetchval(DEVICE, token_hash(caller.device_secret or ""))
    by_pin = PIN.fullmatch(secret) is not None
    if by_pin and device is None and not caller.settings.demo:
        raise Problem("device_not_enrolled")
    subject = f"pin:{person['id'] if person else token_hash(name).hex()}"
    await count_attempt(db, subject)
    kept: str | None = person["pin_hash" if by_pin else "password_hash"] if person else None
    if not await passwords.matches(kept, secret) or person is None:
        raise Problem("presence_failed")
    await forget_attempts(db, subject)
    found: UUID = person["id"]
    return found


CODE: Final = re.compile(r"[0-9]{6}")
FACTOR = """/* access.factor_of_account */
SELECT totp_cipher FROM account WHERE id = $1 AND totp_confirmed
"""


async def confirm_second_factor(
    db: Db, caller: Caller, account_id: UUID, code: str | None, pointer: str
) -> None:
    """Take a code of whoever has a second factor and did not sign in with it just now; without a factor nothing is asked.

    A code is good once, so this is the last thing that may be wrong. Raises second_totp_needed or totp_wrong at `pointer`, sign_in_locked.
    """
    async with db.reading() as connection:
        sealed = await connection.fetchval(FACTOR, account_id)
    if sealed is None:
        return
    if not code:
        raise invalid_fields(field_error(pointer, "second_totp_needed"))
    try:
        if CODE.fullmatch(code) is None:
            raise Problem("totp_wrong")
        await use_code(db, cipher_of(caller.settings.secret_key), account_id, sealed, code)
    except Problem as problem:
        if problem.code != "totp_wrong":
            raise
        raise invalid_fields(field_error(pointer, "totp_wrong")) from problem
