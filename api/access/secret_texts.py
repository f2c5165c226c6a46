"""Tokens that the product gives out: how they look, and that only their hash stays."""

import base64
import hmac
import secrets
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import TypeVar

import msgspec
from litestar import Response

from api.plumbing.crypto import Cipher, derived_key
from api.plumbing.idempotency import Once

Made = TypeVar("Made", bound=msgspec.Struct)

BYTES = 24
PIN_TOO_PLAIN = frozenset(
    {"0000", "1234", "4321", "1111", "2222", "3333", "4444", "5555", "6666", "7777", "8888", "9999"}
)


@lru_cache(maxsize=4)
def cipher_of(secret_key: str) -> Cipher:
    """The installation's cipher, made once."""
    return Cipher(secret_key)


def new_token(prefix: str = "") -> str:
    """192 random bits as text. The prefix lets a scanner of leaked secrets know it."""
    return prefix + secrets.token_urlsafe(BYTES)


def new_pin() -> str:
    """Four random digits that are nobody's first guess."""
    while (pin := f"{secrets.randbelow(10_000):04d}") in PIN_TOO_PLAIN:
        pass
    return pin


def demo_token(secret_key: str, login: str) -> str:
    """The token of a demo account's reusable link: the same after every start, and nobody's who lacks the key."""
    digest = hmac.digest(derived_key(secret_key, "demo-link"), login.encode(), "sha256")
    return "demo-" + base64.urlsafe_b64encode(digest[:BYTES]).decode()


async def answer_with_secret(
    once: Once,
    act: Callable[[], Awaitable[Made]],
    without_secret: Callable[[Made], Made],
    location: Callable[[msgspec.Struct], str] | None = None,
) -> Response[bytes]:
    """Once.answer for an act whose answer holds a secret: it is shown in the first answer and not kept for a repeat."""
    made: list[Made] = []

    async def kept() -> Made:
        made.append(await act())
        return without_secret(made[0])

    response = await once.answer(kept, location)
    if made:
        response.content = msgspec.json.encode(made[0])
    response.headers["Cache-Control"] = "no-store"
    return response
