"""P10 registration form with its check page, P12 a unit's own list."""

from datetime import datetime
from typing import ClassVar, Literal

import msgspec

from frontend.views.common import Choice, FormState, ItemHead, Paging


class MemberRow(msgspec.Struct, frozen=True):
    """One person of a form. `prefix` begins the names of the person's fields; an item of one person has neither prefix nor title."""

    prefix: str
    title: str
    document_number: str = ""
    """Of an entry that is mended: the number as the server masked it."""
    role: Literal["contestant", "leader", "coach"] = "contestant"

    @property
    def optional(self) -> bool:
        """Whether the row may be left empty: contestants there must be, leader and coach come along where there are any."""
        return self.role != "contestant"

    @property
    def fields(self) -> tuple[str, ...]:
        """The person's fields in their order."""
        level = () if self.optional else ("skill_level",)
        return ("name", "document_type", "document_number", "birth_date", "mobile", "post", *level)

    def is_filled(self, values: dict[str, str]) -> bool:
        """Whether the row stands for somebody. The selects always hold something, so that only what was typed counts."""
        typed = ("name", "document_number", "birth_date", "mobile", "post")
        return not self.optional or any(values.get(self.prefix + field, "").strip() for field in typed)


class RegistrationPage(msgspec.Struct, frozen=True):
    """GET and POST /my/reg/{item}; a unit registers one of its people, or a pair or team of them.

    Fields: those of every member row (behind its prefix), delegation, declaration; act = check | submit | change; hidden: key, slot, and
    entry, rev and each row's person where a returned entry is mended (then the number may stay empty: it is known).
    """

    TEMPLATE: ClassVar[str] = "registration/form.html"

    item: ItemHead
    unit: str
    now: datetime
    document_types: tuple[Choice, ...]
    skill_levels: tuple[Choice, ...]
    delegations: tuple[Choice, ...]
    members: tuple[MemberRow, ...] = (MemberRow("", ""),)
    places_left: int | None = None
    closes_at: datetime | None = None
    opens_at: datetime | None = None
    state: Literal["open", "not_yet", "closed", "full"] = "open"
    step: Literal["fill", "check"] = "fill"
    mended: bool = False
    slot: str = ""
    """The place won in the tier below, where one is used."""
    key: str = ""
    form: FormState = FormState()

    @property
    def team(self) -> bool:
        """Whether several people enter together."""
        return len(self.members) > 1

    def text_of(self, field: str, prefix: str = "") -> str:
        """The words of a chosen value, for the check page."""
        value = self.form.value(prefix + field)
        choices = {
            "document_type": self.document_types,
            "skill_level": self.skill_levels,
            "delegation": self.delegations,
        }.get(field, ())
        return next((choice.text for choice in choices if choice.value == value), value)


class RegisteredPage(msgspec.Struct, frozen=True):
    """What follows a registration: receipt and next steps."""

    TEMPLATE: ClassVar[str] = "registration/done.html"

    item: ItemHead
    name: str
    receipt: str
    submitted_at: datetime
    places_left: int | None = None


class UnitEntry(msgspec.Struct, frozen=True):
    entry: str
    name: str
    contest: str
    item: str
    item_url: str
    state: Literal["draft", "submitted", "returned", "approved", "rejected", "withdrawn"]
    state_at: datetime
    reason: str = ""
    fix_url: str | None = None
    rev: int = 0
    may_withdraw: bool = False
    may_pass: bool = False
    """It waits for the unit's own yes."""


class UnitSlot(msgspec.Struct, frozen=True):
    """A place in the next tier that one of the unit's people has won."""

    slot: str
    rev: int
    name: str
    item: str
    won_in: str
    contest: str
    state: Literal["offered", "accepted", "declined", "lapsed", "cancelled"]
    substitute: bool = False
    answer_by: datetime | None = None
    register_url: str | None = None
    """Where an accepted place is used."""


class OpenItem(msgspec.Struct, frozen=True):
    key: str
    name: str
    contest: str
    closes_at: datetime
    places_left: int | None = None


class UnitPage(msgspec.Struct, frozen=True):
    """GET /unit?state=&q=&contest= ; POST /unit/{entry} with act (withdraw | pass) and rev; POST /unit/slots/{slot} with act
    (slot_accept | slot_decline), rev and reason. P12."""

    TEMPLATE: ClassVar[str] = "registration/unit.html"

    unit: str
    now: datetime
    states: tuple[Choice, ...]
    entries: tuple[UnitEntry, ...]
    paging: Paging
    open_items: tuple[OpenItem, ...] = ()
    slots: tuple[UnitSlot, ...] = ()
    one_contest: bool = False
    query: str = ""
    form: FormState = FormState()

    @property
    def tickets(self) -> bool:
        """Whether anything on the page is accepted and has a ticket."""
        return any(entry.state == "approved" for entry in self.entries)
