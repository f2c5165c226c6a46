"""Structs of the awards room."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from api.advancement.schemas import ReasonView

# Five that are the same everywhere, and the items of a rule's own checklist as "check:" and their code.
Question = Annotated[
    str,
    msgspec.Meta(
        pattern="^(worker_status|leader_or_civil_servant|discipline|unit_veto|already_holds|check:[a-z0-9][a-z0-9_-]{0,59})$"
    ),
]
Outcome = Literal["eligible", "needs_person", "not_eligible"]
Decision = Literal["granted", "refused", "returned"]


class DecisionView(msgspec.Struct, frozen=True):
    """What an authority said last."""

    decision: Decision
    reason: str | None
    by: str
    at: datetime
    rev: int


class ProposalRow(msgspec.Struct, frozen=True, kw_only=True):
    """One person and one award. `id` is None in a preview; `outdated`: the result has changed since.

    `facts` are those that the rule rested on, by name; "unknown" is one of them.
    """

    id: str | None
    rule: str
    rule_version: str
    name_zh: str
    name_en: str
    authority: str
    item: str
    item_name: str
    item_name_en: str
    entry: str
    person: str | None
    number: str
    name: str
    delegation: str
    unit: str
    place: int | None
    total: str | None
    outcome: Outcome
    target_level: int | None
    reasons: list[ReasonView]
    facts: dict[str, str] = {}
    outdated: bool = False
    decision: DecisionView | None = None


class AwardPreview(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules say now. `preview`: at least one item is not final; `refused`: rules that cannot be applied, and why."""

    contest: str
    preview: bool
    rows: list[ProposalRow]
    refused: list[ReasonView]


class ProposeAwards(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Take the rules' proposals into a new generation. Nothing to say yet; a body keeps the route open for it."""


class DecideProposal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An authority's decision. `base_rev` is 0 for the first one."""

    decision: Decision
    reason: Annotated[str, msgspec.Meta(max_length=500)] | None = None
    base_rev: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0


class AnswerCheck(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The answer to a checklist question about one person of the contest. Source: DOMAIN 7, exclusions are a checklist.

    To an item of a rule's own checklist (`check:` and its code), yes says that nothing stands against the award.
    """

    person: str
    question: Question
    answer: bool
    note: Annotated[str, msgspec.Meta(max_length=500)] | None = None


class CheckView(msgspec.Struct, frozen=True):
    """One answered question."""

    person: str
    question: Question
    answer: bool
    note: str | None
    rev: int
