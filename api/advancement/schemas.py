"""Structs of the advancement room."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec


class ReasonView(msgspec.Struct, frozen=True):
    """Why: a stable code and one sentence in each language."""

    code: str
    zh: str
    en: str


class SlotRow(msgspec.Struct, frozen=True, kw_only=True):
    """What the rule says of one entry, and its slot once there is one."""

    entry: str
    number: str
    name: str
    delegation: str
    rank: int | None
    total: str | None
    outcome: Literal["in", "substitute", "out", "open"]
    substitute_order: int | None
    reasons: list[ReasonView]
    slot: str | None = None
    state: str | None = None
    rev: int | None = None


class SlotList(msgspec.Struct, frozen=True, kw_only=True):
    """The places from one item to the next tier. `preview`: the standing is not final, nothing is offered yet."""

    item: str
    to_item: str | None
    rule: str
    rule_en: str
    preview: bool
    snapshot: int | None
    rows: list[SlotRow]


class OfferSlots(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Offer the places that the rule gives. `answer_by`: until when each must be answered."""

    answer_by: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class MoveSlot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Answer, let lapse or cancel one place."""

    to: Literal["accepted", "declined", "lapsed", "cancelled"]
    reason: Annotated[str, msgspec.Meta(max_length=500)] | None = None


class SlotView(msgspec.Struct, frozen=True, kw_only=True):
    """One place. `substitute` is the place that was offered to the next in line because of this answer."""

    id: str
    entry: str
    to_item: str
    state: str
    rev: int
    substitute: str | None = None
