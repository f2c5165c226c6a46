"""The second factor: time-based codes (RFC 6238), each good once."""

import hmac
import time
from uuid import UUID

import pyotp

from api.access.attempts import count_attempt, forget_attempts
from api.plumbing.crypto import Cipher
from api.plumbing.db import Db
from api.plumbing.problems import Problem

STEP_SECONDS = 30
# One step to either side: clocks of phones are a little off, and typing takes time.
STEPS_AROUND = (0, -1, 1)

# One statement decides, so that the same code sent twice at once signs in once.
USE_STEP = """/* access.use_totp_step */
UPDATE account SET totp_last_step = $2 WHERE id = $1 AND (totp_last_step IS NULL OR totp_last_step < $2) RETURNING id
"""


def new_totp_secret() -> str:
    """160 random bits in base 32, as authenticator programs take them."""
    return pyotp.random_base32()


def totp_uri(secret: str, login: str) -> str:
    """What the QR code for an authenticator program holds."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name="Shibaiqian")


def seal(cipher: Cipher, account_id: UUID, secret: str) -> bytes:
    """The secret as it is stored; it opens only for this account."""
    return cipher.encrypt(secret, _context(account_id))


async def use_code(db: Db, cipher: Cipher, account_id: UUID, sealed: bytes, code: str) -> None:
    """Take one code. Raises totp_wrong for a wrong or used one, sign_in_locked after five."""
    subject = f"totp:{account_id}"
    await count_attempt(db, subject)
    step = _step_of(cipher.decrypt(sealed, _context(account_id)), code)
    if step is None:
        raise Problem("totp_wrong")
    async with db.reading() as connection:
        if await connection.fetchval(USE_STEP, account_id, step) is None:
            raise Problem("totp_wrong")
    await forget_attempts(db, subject)


def _step_of(secret: str, code: str) -> int | None:
    """The time step that `code` belongs to, or None."""
    totp = pyotp.TOTP(secret)
    now = int(time.time()) // STEP_SECONDS
    for around in STEPS_AROUND:
        if hmac.compare_digest(totp.generate_otp(now + around), code):
            return now + around
    return None


def _context(account_id: UUID) -> str:
    return f"account.totp:{account_id}"
