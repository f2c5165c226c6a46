"""The seal of a layer: what it joins can be read by whoever holds one of its two codes, and by nobody else.

A code is 12 characters (60 bits) that the server makes, shows once and forgets; it is written on a slip and put in an envelope.
argon2id makes a key of it, which wraps the layer's own random key; AES-256-GCM under that key seals seed and links. The
installation's secret key takes no part: a copy of the database together with that key opens nothing. A four-digit PIN could not do
this: ten thousand guesses at a stolen database are a matter of minutes (docs/decisions/0018).
Sources: RFC 9106, NIST SP 800-38D.
"""

import asyncio
import secrets
from typing import Final, NamedTuple

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from api.access.passwords import THREADS

SEALING: Final = "argon2id-19m-2/aes-256-gcm:1"
# Crockford's base 32: no letter that is taken for a digit.
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH: Final = 12
GROUP: Final = 4
# As for passwords; the strength is in the 60 bits, and this makes each guess dear.
MEMORY_KIB: Final = 19 * 1024
PASSES: Final = 2
SALT_BYTES: Final = 16
NONCE_BYTES: Final = 12
KEY_BYTES: Final = 32
LIKENESS: Final = str.maketrans("OIL", "011")


class SealBroken(Exception):
    """Not the code of this seal, or bytes that were changed or belong to another layer."""


class Wrapped(NamedTuple):
    """A layer's key under one code: what the database holds."""

    code: str
    bytes: bytes


def new_code() -> str:
    """A code such as K7QF-3M9T-XPA2."""
    text = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return "-".join(text[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def plain_code(text: str) -> str:
    """A code as it was typed: case, spaces and dashes aside, and O, I, L for the digits they look like."""
    return "".join(each for each in text.upper().translate(LIKENESS) if each in ALPHABET)[: LENGTH + 1]


def new_key() -> bytes:
    """The key of a layer."""
    return secrets.token_bytes(KEY_BYTES)


async def wrap(key: bytes, context: str, code: str | None = None) -> Wrapped:
    """The key under a new code; about 30 ms of one core, off the event loop. Only the demo names a code, which everybody may know."""
    code, salt = code or new_code(), secrets.token_bytes(SALT_BYTES)
    return Wrapped(code, salt + seal(await _key_of(code, salt), key, context))


async def unwrap(wrapped: bytes, code: str, context: str) -> bytes:
    """The layer's key. Raises SealBroken for any other code."""
    salt, body = wrapped[:SALT_BYTES], wrapped[SALT_BYTES:]
    return unseal(await _key_of(code, salt), body, context)


def seal(key: bytes, text: bytes, context: str) -> bytes:
    """The cipher of `text`, which can be moved to no other context."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, text, context.encode())


def unseal(key: bytes, cipher: bytes, context: str) -> bytes:
    """The text again. Raises SealBroken."""
    try:
        return AESGCM(key).decrypt(cipher[:NONCE_BYTES], cipher[NONCE_BYTES:], context.encode())
    except (InvalidTag, ValueError) as error:
        raise SealBroken from error


async def _key_of(code: str, salt: bytes) -> bytes:
    return await asyncio.get_running_loop().run_in_executor(THREADS, _derived, plain_code(code), salt)


def _derived(code: str, salt: bytes) -> bytes:
    return hash_secret_raw(code.encode(), salt, PASSES, MEMORY_KIB, 1, KEY_BYTES, Type.ID)
