"""Structs of blind numbers, in and out. A code of a seal is in two answers only, and neither is kept for a repeated request."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from api.access.schemas import Code as AuthenticatorCode

Code = Annotated[str, msgspec.Meta(min_length=8, max_length=40)]
Reason = Annotated[str, msgspec.Meta(max_length=1000)]
Secret = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
LayerState = Literal["waiting", "committed", "drawn", "opened"]
Way = Literal["officer", "reserve"]


class CommitLayer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Commit to the next layer of the item. Seed and codes are the server's; there is nothing to choose."""


class DrawLayer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Draw a layer that was committed to: its code, and what those present called, if anything."""

    code: Code
    lot: Annotated[str, msgspec.Meta(max_length=200)] = ""


class ReadLayer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Show the officer's own list once more."""

    code: Code


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The other of two people: who they are, their PIN or password, and a code of their authenticator where the account has one."""

    login: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    secret: Secret
    totp: AuthenticatorCode | None = None


class OpenLayer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Open a layer: its code, the caller's own PIN or password, the second person, and a reason where the reserve envelope is used."""

    code: Code
    secret: Secret
    second: Person
    reason: Reason | None = None


class Layer(msgspec.Struct, frozen=True, kw_only=True):
    """One layer of the current round; with nothing committed only its number and state. `own`: the reader is its officer."""

    layer: int
    state: LayerState
    id: str | None = None
    officer: str | None = None
    own: bool = False
    algorithm: str | None = None
    commitment: str | None = None
    list_hash: str | None = None
    size: int = 0
    committed_at: datetime | None = None
    lot: str = ""
    result_hash: str | None = None
    drawn_at: datetime | None = None
    opened_at: datetime | None = None
    opened_by: str | None = None
    second: str | None = None
    way: Way | None = None
    reason: str | None = None


class Layers(msgspec.Struct, frozen=True, kw_only=True):
    """The layers of an item, the first next to the contestants.

    `next` is the layer that may be drawn or opened now, if any; `open_sessions` and `unsigned` keep it from being opened.
    `decoded` once every place names its entry.
    """

    item: str
    contest: str
    contest_name: str
    contest_name_en: str | None
    name_zh: str
    name_en: str | None
    round: int
    places: int
    open_sessions: int
    unsigned: int
    decoded: bool
    next: int | None
    layers: tuple[Layer, ...]


class BlindItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item with blind numbers that the reader draws or decodes."""

    item: str
    name_zh: str
    name_en: str | None
    contest_name: str
    contest_name_en: str | None
    layers: int
    drawn: int
    opened: int


class CommittedLayer(msgspec.Struct, frozen=True, kw_only=True):
    """A layer and its two codes, shown this once: one for the officer's envelope, one for the reserve envelope."""

    layer: Layer
    code: str
    reserve: str


class LayerLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the list that is signed: the number given out, and whose it is.

    `session` and `station` in the last layer, `entry`, its number and name in the first.
    """

    output: str
    input: str
    session: str | None = None
    station: int | None = None
    number: str | None = None
    name: str | None = None
    delegation: str | None = None


class LayerList(msgspec.Struct, frozen=True, kw_only=True):
    """A layer with all its links: for its officer, and once it is opened for those who decode."""

    layer: Layer
    lines: tuple[LayerLine, ...]
