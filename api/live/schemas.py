"""Structs of the live room."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from api.results.schemas import Board

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
    """What a reader is told: an audience's events of a contest; only those of `items` and of `kinds`, where they are not None."""

    contest: UUID
    audience: Audience
    items: frozenset[UUID] | None = None
    kinds: frozenset[str] | None = None

    def shows(self, kind: str, item: UUID | None) -> bool:
        """Whether an event is for this reader."""
        return (self.items is None or item in self.items) and (self.kinds is None or kind in self.kinds)


def event_id(audience: Audience, seq: int) -> str:
    """The id of an event."""
    return f"{LETTERS[audience]}{seq}"


def since_of(text: str | None, audience: Audience) -> int | None:
    """The number after which a reader wants to go on; None from now on, -1 where the text means nothing here."""
    if not text:
        return None
    number = text.removeprefix(LETTERS[audience])
    return int(number) if number.isascii() and number.isdigit() and len(number) < 19 else -1


Kind = Literal["board", "reveal", "notice"]
ScreenName = Annotated[str, msgspec.Meta(min_length=1, max_length=30)]
NoticeText = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class AddScreen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A screen by its name in the hall, and what it begins with."""

    name: ScreenName
    view: Kind
    item: str | None = None
    notice: NoticeText | None = None


class PointScreen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the screen shows from now on; `reload` lets it fetch its page anew."""

    view: Kind
    item: str | None = None
    notice: NoticeText | None = None
    reload: bool = False


class Screen(msgspec.Struct, frozen=True, kw_only=True):
    """A screen as its keepers see it. `code` is the end of its address; `seen_at` when it last asked."""

    id: str
    name: str
    code: str
    view: Kind
    item: str | None
    notice: str | None
    rev: int
    seen_at: datetime | None


class ScreenMoved(msgspec.Struct, frozen=True):
    """What screens are told: to whom it is said, and whether to fetch the whole page."""

    screen: str
    rev: int
    reload: bool


class StepPart(msgspec.Struct, frozen=True):
    """A part of a total."""

    name: str
    name_en: str
    value: str | None


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One place of a ceremony."""

    rank: int
    shared: bool
    name: str
    delegation: str
    unit: str
    total: str | None
    parts: list[StepPart]
    award: str = ""
    award_en: str = ""


class StartCeremony(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many places are revealed."""

    places: Annotated[int, msgspec.Meta(ge=1, le=100)] = 10


class MoveCeremony(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many steps are revealed: one more, one less, or straight to the first places."""

    position: Annotated[int, msgspec.Meta(ge=0, le=100)]


class Ceremony(msgspec.Struct, frozen=True, kw_only=True):
    """A ceremony. `steps` come in the order of revealing: all of them for whoever runs it, the revealed ones for the hall."""

    id: str
    item: str
    item_name: str
    item_name_en: str
    contest_name: str
    contest_name_en: str
    version: int
    fragment: str
    count: int
    position: int
    rev: int
    steps: list[Step]


class CeremonyMoved(msgspec.Struct, frozen=True):
    """What the hall is told: how far the ceremony is, never whom it reveals."""

    item: str
    position: int
    rev: int


class ScreenShow(msgspec.Struct, frozen=True, kw_only=True):
    """What one screen shows now, cut to what the public may see. `moves` are places gained in the last minute, by entry."""

    id: str
    name: str
    contest: str
    contest_name: str
    contest_name_en: str
    view: Kind
    rev: int
    notice: str | None = None
    board: Board | None = None
    ceremony: Ceremony | None = None
    moves: dict[str, int] = {}
