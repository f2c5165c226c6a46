"""Cursor paging: a page names where the next one begins; a cursor lives 24 hours."""

import base64
import binascii
import time
from typing import Generic, TypeVar

import msgspec

from api.plumbing.problems import Problem

T = TypeVar("T")

CURSOR_SECONDS = 24 * 3600
DEFAULT_LIMIT = 100
MAX_LIMIT = 500


class Page(msgspec.Struct, Generic[T], frozen=True):
    """One page of a list."""

    data: list[T]
    next_cursor: str | None = None
    has_more: bool = False


class _Cursor(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    issued: int
    key: list[str]


def encode_cursor(key: list[str], now: float | None = None) -> str:
    """A cursor after the row whose sort key is `key`."""
    packed = msgspec.json.encode(_Cursor(int(time.time() if now is None else now), key))
    return base64.urlsafe_b64encode(packed).decode("ascii").rstrip("=")


def decode_cursor(text: str | None, length: int) -> list[str] | None:
    """The sort key inside a cursor, or None for the first page. Raises invalid_parameter or cursor_expired."""
    if text is None:
        return None
    try:
        cursor = msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=_Cursor)
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise Problem("invalid_parameter") from error
    if len(cursor.key) != length:
        raise Problem("invalid_parameter")
    if time.time() - cursor.issued > CURSOR_SECONDS:
        raise Problem("cursor_expired")
    return cursor.key


def page_of(rows: list[T], limit: int, keys: list[list[str]]) -> Page[T]:
    """A page from up to `limit + 1` rows; `keys` are the sort keys of the rows, in the same order."""
    more = len(rows) > limit
    return Page(rows[:limit], encode_cursor(keys[limit - 1]) if more else None, more)
