"""The organiser's page of the rules by which a contest's marks are controlled."""

from typing import ClassVar

import msgspec

from frontend.views.common import ContestHead, FormState


class CriterionLimit(msgspec.Struct, frozen=True):
    """One criterion that may have a limit of its own. `field`: limit:{item's code}:{key}."""

    field: str
    name: str


class ItemLimits(msgspec.Struct, frozen=True):
    """The limits of one item. Fields: criterion_{code}, sheet_{code}, and one for each criterion of its sheet."""

    code: str
    name: str
    criteria: tuple[CriterionLimit, ...] = ()


class RulesPage(msgspec.Struct, frozen=True, kw_only=True):
    """GET and POST /org/c/{id}/rules: recheck, top, top_percent, rest_percent, errors_percent, criterion, sheet, years, one_per_unit and the
    items' limits, with rev. Advancement and awards are other parts of the same document and stay as they are."""

    TEMPLATE: ClassVar[str] = "organiser/rules.html"

    contest: ContestHead
    rev: int
    items: tuple[ItemLimits, ...]
    criteria: tuple[CriterionLimit, ...] = ()
    """Criteria, by key in whichever item, with a limit for the whole contest."""
    now: dict[str, str] = {}
    """What somebody else has saved since the form was shown, by field."""
    may_change: bool = True
    open: bool = True
    form: FormState = FormState()

    @property
    def limited(self) -> tuple[str, ...]:
        """The fields of criteria that have a limit."""
        return tuple(name for name, text in self.form.values.items() if name.startswith("limit:") and text)
