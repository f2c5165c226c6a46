"""P10 registration form with its check page, P12 a unit's own list."""

from datetime import datetime
from typing import ClassVar, Literal

import msgspec

from frontend.views.common import Choice, FormState, ItemHead, Paging


class RegistrationPage(msgspec.Struct, frozen=True):
    """GET and POST /my/reg/{item}; a unit registers one of its people.

    Fields: name, document_type, document_number, mobile, post, skill_level, delegation, declaration; act = check | submit | change;
    hidden: key, and entry, rev and person where a returned entry is mended (then the number may stay empty: it is known).
    """

    TEMPLATE: ClassVar[str] = "registration/form.html"

    item: ItemHead
    unit: str
    now: datetime
    document_types: tuple[Choice, ...]
    skill_levels: tuple[Choice, ...]
    delegations: tuple[Choice, ...]
    places_left: int | None = None
    closes_at: datetime | None = None
    opens_at: datetime | None = None
    state: Literal["open", "not_yet", "closed", "full", "team"] = "open"
    """A team of several people comes in by file or API."""
    step: Literal["fill", "check"] = "fill"
    mended: bool = False
    document_number: str = ""
    """Of an entry that is mended: its number as the server masked it."""
    key: str = ""
    form: FormState = FormState()

    def text_of(self, field: str) -> str:
        """The words of a chosen value, for the check page."""
        value = self.form.value(field)
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


class OpenItem(msgspec.Struct, frozen=True):
    key: str
    name: str
    contest: str
    closes_at: datetime
    places_left: int | None = None


class UnitPage(msgspec.Struct, frozen=True):
    """GET /unit?state=&q= ; POST /unit/{entry} with act (withdraw | pass) and rev. P12."""

    TEMPLATE: ClassVar[str] = "registration/unit.html"

    unit: str
    now: datetime
    states: tuple[Choice, ...]
    entries: tuple[UnitEntry, ...]
    paging: Paging
    open_items: tuple[OpenItem, ...] = ()
    query: str = ""
    form: FormState = FormState()
