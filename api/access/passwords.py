"""Passwords and PINs: what may be one, and how it is kept (argon2id, in threads of its own).

Source: OWASP ASVS 5.0 chapter 6 (length decides, no composition rules, pasting allowed, known passwords blocked) and the OWASP
password storage sheet (argon2id, 19 MiB, two passes, one lane).
"""

import asyncio
import itertools
import re
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from api.plumbing.problems import FieldError, field_error

SHORTEST: Final = 12
LONGEST: Final = 128
COMMON: Final = Path(__file__).parent / "data" / "common_passwords.txt"

HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Two at a time: a storm of sign-ins may cost the wait of those who sign in, never the memory or the marking of the others.
THREADS: Final = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")


def password_fault(password: str, login: str, pointer: str = "/password") -> FieldError | None:
    """Why this may not be the password of `login`, or None."""
    text = unicodedata.normalize("NFC", password)
    if len(text) < SHORTEST:
        return field_error(pointer, "password_short", least=SHORTEST)
    if len(text) > LONGEST:
        return field_error(pointer, "password_long", most=LONGEST)
    if _guessable(text.casefold(), login.casefold()):
        return field_error(pointer, "password_common")
    return None


async def hash_secret(secret: str) -> str:
    """The argon2id hash of a password or PIN; about 30 ms of one core, off the event loop."""
    return await asyncio.get_running_loop().run_in_executor(THREADS, HASHER.hash, _normal(secret))


async def matches(kept: str | None, secret: str) -> bool:
    """Whether `secret` is the one kept. Costs the same work where nothing is kept, so that time tells nobody who has an account."""
    return await asyncio.get_running_loop().run_in_executor(THREADS, _matches, kept, _normal(secret))


def outdated(kept: str) -> bool:
    """Whether the hash was made with weaker parameters than today's; it is then made again at the next sign-in."""
    return HASHER.check_needs_rehash(kept)


def _matches(kept: str | None, secret: str) -> bool:
    try:
        return HASHER.verify(kept or _nobodys_hash(), secret) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys_hash() -> str:
    return HASHER.hash("nobody's password")


def _normal(secret: str) -> str:
    # The same characters typed on another keyboard may arrive composed otherwise.
    return unicodedata.normalize("NFC", secret)


def _guessable(password: str, login: str) -> bool:
    if len(set(password)) < 5 or _is_run(password):
        return True
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", password)
    known = _common()
    return password in known or core in known or core == login or password.replace(login, "").isdigit()


def _is_run(password: str) -> bool:
    """12345678901234, abcdefghijklm, qwertyuiop[]: each character next to the last, up or down, nearly always."""
    rows = ("01234567890123", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop[]asdfghjkl;'zxcvbnm,./")
    near = {pair for row in rows for line in (row, row[::-1]) for pair in itertools.pairwise(line)}
    steps = list(itertools.pairwise(password))
    return sum(step in near for step in steps) >= 0.8 * len(steps)


@cache
def _common() -> frozenset[str]:
    return frozenset(COMMON.read_text("utf-8").split())
