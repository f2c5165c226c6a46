"""The organiser's page of the rules by which a contest's marks are controlled."""

from typing import ClassVar

import msgspec

from frontend.views.common import ContestHead, FormState


class ItemLimits(msgspec.Struct, frozen=True):
    """The limits of one item. Fields: criterion_{code} and sheet_{code}. `more`: criteria with a limit of their own, kept as they are."""

    code: str
    name: str
    more: int = 0


class RulesPage(msgspec.Struct, frozen=True, kw_only=True):
    """GET and POST /org/c/{id}/rules: recheck, top, top_percent, rest_percent, errors_percent, criterion, sheet, years, one_per_unit and the
    items' limits, with rev. Advancement and awards are other parts of the same document and stay as they are."""

    TEMPLATE: ClassVar[str] = "organiser/rules.html"

    contest: ContestHead
    rev: int
    items: tuple[ItemLimits, ...]
    more: int = 0
    now: dict[str, str] = {}
    """What somebody else has saved since the form was shown, by field."""
    may_change: bool = True
    open: bool = True
    form: FormState = FormState()
