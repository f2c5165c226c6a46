"""The lines of a judge's sheet, and whether an answer fits them. One form per plan and stage, made once."""

import re
from decimal import Decimal
from typing import Final, NamedTuple

from api.judging.chain import REASON
from api.plumbing.problems import FieldError
from api.plumbing.texts import clean_text
from scoring import Criterion, MarkState, Plan, check_mark, criteria
from scoring.plans.nodes import walk

# Strict: no sign but minus, no exponent, no NaN, no leading zeros, and not more digits than scoring holds.
DECIMAL: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,11})(?:\.[0-9]{1,12})?", re.ASCII)
LONGEST_REASON: Final = 60
# Answers repeat (0 to 10 in halves), so that most checks are one look-up; the bound is for hostile input.
REMEMBERED: Final = 20_000


class Answer(NamedTuple):
    """An answer as it is stored, and the code of its refusal, if any."""

    criterion: str
    value: str | None
    refused: str | None


class SheetForm:
    """The criteria at or below one stage's node of a plan."""

    def __init__(self, plan: Plan, node: str) -> None:
        inside = {
            leaf.key for above, leaf in walk(plan.root) if node in (leaf.key, *(each.key for each in above))
        }
        self.plan = plan
        # Below attempts a leaf has one line for each of them: key#1, key#2.
        self.lines: tuple[Criterion, ...] = tuple(
            line for line in criteria(plan) if line.key.partition("#")[0] in inside
        )
        self.numbers = {line.key: number for number, line in enumerate(self.lines, 1)}
        self._answers: dict[tuple[str, MarkState, str | None], Answer] = {}

    def answer(self, criterion: str, state: MarkState, value: str | None) -> Answer:
        """The answer with its value as a decimal text; a criterion that is not on the sheet has no name there."""
        key = (criterion, state, value)
        known = self._answers.get(key)
        if known is None:
            known = self._check(criterion, state, value)
            if len(self._answers) >= REMEMBERED:
                self._answers.clear()
            self._answers[key] = known
        return known

    def _check(self, criterion: str, state: MarkState, text: str | None) -> Answer:
        if criterion not in self.numbers:
            return Answer("", None, "unknown_criterion")
        if state != "scored":
            return Answer(criterion, None, None if text is None else "value_not_allowed")
        if text is not None and not DECIMAL.fullmatch(text):
            return Answer(criterion, None, "decimal_invalid")
        refused = check_mark(self.plan, criterion, state, None if text is None else Decimal(text))
        return Answer(criterion, text, refused)


def packed_reasons(reasons: tuple[str, ...]) -> str | None:
    """The reasons as one text for the database, or None where one of them may not stand there."""
    if not reasons:
        return ""
    errors: list[FieldError] = []
    packed = REASON.join(clean_text(reason, "", LONGEST_REASON, errors) for reason in reasons)
    return None if errors else packed
