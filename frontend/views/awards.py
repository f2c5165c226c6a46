"""SA1: the list an award authority decides from, with a reason for every yes and every no."""

from datetime import datetime
from typing import ClassVar, Literal

import msgspec

from frontend.views.common import FormState, Mark, Paging

Outcome = Literal["eligible", "needs_person", "not_eligible"]


class BatchLine(msgspec.Struct, frozen=True):
    id: str
    award: str
    source: str
    submitted_at: datetime
    candidates: int
    to_decide: int


class BatchListPage(msgspec.Struct, frozen=True):
    """GET /award."""

    TEMPLATE: ClassVar[str] = "awards/batches.html"

    authority: str
    batches: tuple[BatchLine, ...]


class AwardTab(msgspec.Struct, frozen=True):
    outcome: Outcome
    count: int
    chosen: bool = False


class Candidate(msgspec.Struct, frozen=True):
    """One line: the reason in words first, the number of the rule second."""

    decision: str
    rank: int
    name: str
    item: str
    delegation: str
    reason: str
    rule: str
    decided: Literal["granted", "returned", "refused"] | None = None
    chosen: bool = False


class Fact(msgspec.Struct, frozen=True):
    """One line of a dossier. `attention` marks the line that the question is about."""

    label: str
    value: str
    detail: str = ""
    attention: bool = False
    document_url: str | None = None
    reveal_url: str | None = None
    """Where a masked number is shown in full; every look is logged."""


class Check(msgspec.Struct, frozen=True):
    """A question of the checklist. `answer` None: nobody has said. POST to `url` with question and answer = yes | no."""

    question: str
    text: str
    answer: bool | None
    url: str


class Dossier(msgspec.Struct, frozen=True):
    """POST /award/{batch}/{decision} with act (grant | return | refuse), rev and reason."""

    decision: str
    rev: int
    rank: int
    name: str
    item: str
    total: Mark
    field: int
    facts: tuple[Fact, ...]
    question: str = ""
    checks: tuple[Check, ...] = ()
    decided: Literal["granted", "returned", "refused"] | None = None
    decided_at: datetime | None = None
    decided_by: str = ""
    undo_until: datetime | None = None


class AwardListPage(msgspec.Struct, frozen=True):
    """GET /award/{batch}?tab=&who= ; `awards/_dossier.html` is the panel that a click on a line swaps."""

    TEMPLATE: ClassVar[str] = "awards/list.html"
    DOSSIER: ClassVar[str] = "awards/_dossier.html"

    batch: str
    award: str
    title: str
    source: str
    submitted_at: datetime
    candidates: int
    hash_fragment: str
    preview: bool
    """The result is not final: nothing can be decided yet."""
    rule: str
    tabs: tuple[AwardTab, ...]
    rows: tuple[Candidate, ...]
    paging: Paging
    dossier: Dossier | None = None
    changes: tuple[str, ...] = ()
    form: FormState = FormState()

    @property
    def tab(self) -> Outcome:
        return next(tab.outcome for tab in self.tabs if tab.chosen)
