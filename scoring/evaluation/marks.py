"""A mark: one judge's answer to one criterion for one entry, and whether the plan allows it.

Unset is not zero: a criterion without a mark, or with a `cleared` one, is unanswered. `not_attempted` is an answer.

| code, by precedence | when |
| --- | --- |
| unknown_criterion | the plan has no such criterion on a judge's sheet |
| value_missing | scored, but no value |
| value_not_allowed | not scored, but a value |
| out_of_range | not a finite number, below the minimum or above the maximum |
| too_precise | more decimals than the criterion's step |
| off_step | not minimum + a whole number of steps |
"""

from decimal import Decimal
from functools import lru_cache
from typing import Literal, TypeAlias

import msgspec

from scoring.decimals import exact_arithmetic, is_exact, plain
from scoring.plans.expanding import expand
from scoring.plans.nodes import Imported, Judged, Leaf, Measured, VoidState
from scoring.plans.plan import UNBOUNDED, Plan

MarkState: TypeAlias = Literal["scored", "not_attempted", "cleared"]
AnswerState: TypeAlias = MarkState | VoidState
Rejection: TypeAlias = Literal[
    "unknown_criterion", "value_missing", "value_not_allowed", "out_of_range", "too_precise", "off_step"
]


# Nothing in a mark can lead back to it: left out of cycle collection, which would otherwise walk millions of marks again and again.
class Mark(msgspec.Struct, frozen=True, gc=False):
    """The current answer; earlier revisions are not scoring's business. Raises ValueError if state and value disagree.

    A void state (did_not_finish …) is an answer too: the judge saw that there is no number. In attempt 2 the criterion is `key#2`.
    """

    entry: str
    judge: str
    criterion: str
    state: AnswerState
    value: Decimal | None = None

    def __post_init__(self) -> None:
        if (self.value is not None) is not (self.state == "scored"):
            raise ValueError(f"A {self.state} mark on {self.criterion} cannot have the value {self.value}.")


def check_mark(plan: Plan, criterion: str, state: MarkState, value: Decimal | None) -> Rejection | None:
    """Whether a judge may enter this answer: None, or why not."""
    leaf = _leaves(plan).get(criterion)
    if leaf is None or isinstance(leaf, Imported):
        return "unknown_criterion"
    if state != "scored":
        return None if value is None else "value_not_allowed"
    return "value_missing" if value is None else _check_value(leaf, value)


def check_imported(plan: Plan, key: str, value: Decimal) -> Rejection | None:
    """The same for a mark from outside, such as theory: `key` names an `Imported` leaf."""
    leaf = _leaves(plan).get(key)
    return _check_value(leaf, value) if isinstance(leaf, Imported) else "unknown_criterion"


def _check_value(leaf: Leaf, value: Decimal) -> Rejection | None:
    most = UNBOUNDED if leaf.maximum is None else leaf.maximum
    if not value.is_finite() or not leaf.minimum <= value <= most:
        return "out_of_range"
    if not is_exact(value) or _decimals(value) > max(_decimals(leaf.step), _decimals(leaf.minimum)):
        return "too_precise"
    with exact_arithmetic():
        return "off_step" if (value - leaf.minimum) % leaf.step else None


def _decimals(value: Decimal) -> int:
    exponent = plain(value).as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


@lru_cache(maxsize=256)
def _leaves(plan: Plan) -> dict[str, Leaf]:
    leaves: dict[str, Leaf] = {}
    for place in expand(plan.root):
        if isinstance(place.node, Judged | Measured | Imported):
            leaves[place.key] = leaves[place.node.key] = place.node
    return leaves
