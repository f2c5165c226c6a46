"""Parts that several pages share."""

from datetime import datetime
from typing import Literal

import msgspec

Mark = str
"""A decimal string such as "92.45". Never a Decimal: MiniJinja would make a float of it."""

Tier = Literal["province", "city", "county", "enterprise"]
ContestState = Literal[
    "draft",
    "announced",
    "registration",
    "closed",
    "running",
    "finished",
    "published",
    "awarded",
    "cancelled",
    "archived",
]
PublicationState = Literal["open", "closed", "confirmed", "provisional", "final", "amended", "withdrawn"]


class Choice(msgspec.Struct, frozen=True):
    """One option of a select, radio or check group."""

    value: str
    text: str
    chosen: bool = False


class Paging(msgspec.Struct, frozen=True):
    """Where a list stands. Addresses are without language prefix; None where there is no such page."""

    first: int
    last: int
    total: int | None = None
    next_url: str | None = None
    previous_url: str | None = None


class FieldError(msgspec.Struct, frozen=True):
    """What is wrong with one field, in the reader's language; the same words stand in the summary and at the field."""

    field: str
    text: str


class FormState(msgspec.Struct, frozen=True):
    """What was typed and what is wrong with it, so that nobody types anything twice."""

    values: dict[str, str] = {}
    errors: tuple[FieldError, ...] = ()
    problem: str | None = None
    """A refusal that belongs to no single field."""

    def value(self, field: str) -> str:
        return self.values.get(field, "")

    def error(self, field: str) -> str:
        return next((error.text for error in self.errors if error.field == field), "")


class ContestHead(msgspec.Struct, frozen=True):
    """What the title block of every page inside a contest says."""

    id: str
    slug: str
    name: str
    tier: Tier
    contest_class: str | None = None
    """The filed class as the province writes it, such as 省级一类."""
    state: ContestState = "draft"


class ItemHead(msgspec.Struct, frozen=True):
    """An item inside its contest. `key` is the last part of its addresses."""

    key: str
    name: str
    contest: ContestHead
    stage: str | None = None


class Version(msgspec.Struct, frozen=True):
    """Which published version a page shows: number and the first bytes of its hash, as printed on paper."""

    number: int
    hash_fragment: str
    at: datetime
