"""The organiser's page of a contest's own data, and the page of an item's plan."""

from datetime import date, datetime
from typing import ClassVar, Literal

import msgspec

from frontend.views.common import Choice, ContestHead, FormState, ItemHead, Mark


class OrganiserRow(msgspec.Struct, frozen=True):
    """One organiser, or an empty row for another. Fields: role_{n}, name_{n}, organisation_{n}."""

    number: int
    role: str
    name: str
    organisation: str = ""
    """The organisation of the tree; empty for a committee and the like, which is a name only."""


class FilingLine(msgspec.Struct, frozen=True):
    authority: str
    number: str
    filed_on: date


class ContestMove(msgspec.Struct, frozen=True):
    """A step of the contest's state that is possible now."""

    to: Literal["published", "running", "finished", "archived", "cancelled"]
    needs_reason: bool = False


class ContestInfoPage(msgspec.Struct, frozen=True):
    """GET and POST /org/c/{id}/info.

    act=save: name, name_en, registration_from, registration_until, starts_on, ends_on, notice_days. act=organisers: the rows.
    act=file: authority, number, filed_on. act=entry_rules: minimum_age, one_item. act=move: to, reason. All with rev.
    """

    TEMPLATE: ClassVar[str] = "organiser/contest.html"

    contest: ContestHead
    rev: int
    editable: tuple[str, ...]
    """The fields of act=save that may still change."""
    organisers: tuple[OrganiserRow, ...]
    roles: tuple[Choice, ...]
    filings: tuple[FilingLine, ...]
    authorities: tuple[Choice, ...]
    moves: tuple[ContestMove, ...]
    rules_rev: int
    open: bool = True
    """Organisers and filings may still change."""
    rules_open: bool = True
    """Whether registration may still come: its rules can be changed."""
    may_change: bool = True
    form: FormState = FormState()


class PlanLine(msgspec.Struct, frozen=True):
    """A node of the plan. `notes` are sentences in the reader's language: what it does, panel, rounding, benchmarks.

    `maximum` is None where nothing bounds the node; `weight` is written out: 30%, or ×0.5 of a sum that takes parts as they are.
    """

    key: str
    depth: int
    title: str
    maximum: Mark | None
    weight: str | None = None
    notes: tuple[str, ...] = ()


class PlanPage(msgspec.Struct, frozen=True):
    """GET and POST /org/c/{id}/e/{item}/plan (multipart).

    act=check or act=change with `document` (JSON) or `file`, and rev; act=settings: capacity, per_delegation, live, and
    blind_layers (0 to 3) while nobody has entered.
    """

    TEMPLATE: ClassVar[str] = "organiser/plan.html"

    item: ItemHead
    rev: int
    title: str
    version: str
    at: datetime
    lines: tuple[PlanLine, ...]
    ties: tuple[str, ...]
    compared: str
    document: str
    lives: tuple[Choice, ...]
    layers: tuple[Choice, ...]
    layers_fixed: bool = False
    """Somebody has entered."""
    open: bool = True
    """The contest's state lets the plan change; sheets or marks may still stand against it."""
    may_change: bool = True
    checked: bool = False
    """What was sent is sound; `lines` show it, and nothing has been saved yet."""
    form: FormState = FormState()
