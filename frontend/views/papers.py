"""The paper fallback: sheets typed twice blind and compared."""

from datetime import datetime
from typing import ClassVar, Literal

import msgspec

from frontend.views.common import FormState, ItemHead
from frontend.views.judging import CriterionGroup, JudgeHead


class PaperDifference(msgspec.Struct, frozen=True):
    """A field on which two copies differ; the values are for the chief judge alone."""

    number: str
    title: str
    first: str = ""
    second: str = ""


class PaperLine(msgspec.Struct, frozen=True):
    sheet: str
    station: str
    judge: str
    state: Literal["empty", "one", "differs", "agrees", "transferred"]
    mine: int = 0
    differences: tuple[PaperDifference, ...] = ()


class PaperPage(msgspec.Struct, frozen=True):
    """GET /paper/s/{session}; POST with sheet makes marks of it."""

    TEMPLATE: ClassVar[str] = "judging/paper.html"

    head: JudgeHead
    back: str
    sheets: tuple[PaperLine, ...]
    types: bool = False
    transfers: bool = False
    form: FormState = FormState()

    def count(self, *states: str) -> int:
        return sum(sheet.state in states for sheet in self.sheets)


class PaperCopyPage(msgspec.Struct, frozen=True):
    """GET and POST /paper/s/{session}/{sheet} with mark.{key} for every criterion: always empty, whoever typed it before."""

    TEMPLATE: ClassVar[str] = "judging/paper_copy.html"

    head: JudgeHead
    sheet: str
    station: str
    groups: tuple[CriterionGroup, ...]
    once: str = ""
    form: FormState = FormState()


class PaperSession(msgspec.Struct, frozen=True):
    """A session with the number of its sheets, and of those on which two copies agree."""

    id: str
    name: str
    starts_at: datetime
    state: str
    sheets: int
    agreed: int


class ItemPapersPage(msgspec.Struct, frozen=True):
    """GET /org/c/{id}/e/{item}/paper."""

    TEMPLATE: ClassVar[str] = "organiser/papers.html"

    item: ItemHead
    sessions: tuple[PaperSession, ...] = ()


class BlankSheetsPage(msgspec.Struct, frozen=True):
    """GET /paper/s/{session}/blank: to print, a page for each (station, judge)."""

    TEMPLATE: ClassVar[str] = "judging/blank_sheets.html"

    head: JudgeHead
    contest: str
    plan_version: str
    hash_fragment: str
    sheets: tuple[tuple[str, str], ...]
    groups: tuple[CriterionGroup, ...]
    printed_at: datetime
