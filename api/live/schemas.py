"""Structs of the live room."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

Audience = Literal["public", "unit", "judge", "org"]
# An id of one audience means nothing to another: each has a count of its own.
LETTERS: dict[Audience, str] = {"public": "p", "unit": "u", "judge": "j", "org": "o"}


class Notice(msgspec.Struct, frozen=True):
    """One event as it is sent. `id` is what a reader hands back as Last-Event-ID or `since`."""

    id: str
    type: str
    at: datetime
    data: msgspec.Raw


class View(msgspec.Struct, frozen=True):
    """What a reader is told: an audience's events of a contest; only those of `items`, where it is not None."""

    contest: UUID
    audience: Audience
    items: frozenset[UUID] | None = None


def event_id(audience: Audience, seq: int) -> str:
    """The id of an event."""
    return f"{LETTERS[audience]}{seq}"


def since_of(text: str | None, audience: Audience) -> int | None:
    """The number after which a reader wants to go on; None from now on, -1 where the text means nothing here."""
    if not text:
        return None
    number = text.removeprefix(LETTERS[audience])
    return int(number) if number.isascii() and number.isdigit() and len(number) < 19 else -1
