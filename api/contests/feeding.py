"""What the product can feed a plan with: marks of judges and marks from outside. A plan that needs more is refused.

Without this check such a plan would be sound, and its totals would stay open for ever.
"""

from collections.abc import Iterator
from typing import Final

from api.contests.columns import PLAN_COLUMNS
from scoring import (
    Attempts,
    Carried,
    Chosen,
    Imported,
    Node,
    Parameter,
    Plan,
    PlanFault,
    RankPoints,
    Relative,
)
from scoring.plans.nodes import walk

# What follows from marks by the plan itself; any other state somebody would have to record.
_COMPUTED: Final[frozenset[str]] = frozenset({"invalid", "disqualified", "any"})

_TEXTS: Final = {
    "parameter_not_fed": (
        "本系统不录入参数“{}”，须在方案中写明默认值（default）。",
        "The product records no parameter “{}”; the plan must give it a default.",
    ),
    "carried_not_fed": (
        "本系统的项目只有一个阶段，不能带入阶段“{}”的成绩；请改为外部成绩（imported）。",
        "An item of the product has one stage, so no value of the stage “{}” can be carried; take it in as an imported mark.",
    ),
    "chosen_not_fed": (
        "本系统不录入选手的选择，不能使用 chosen；请改用 best 或各部分之和。",
        "The product does not record what an entrant chose; use best or a sum instead of chosen.",
    ),
    "imported_in_attempts": (
        "外部成绩每人只有一个，不能放在多次试做之内。",
        "There is one imported mark for each entry, so it cannot stand below attempts.",
    ),
    "state_not_fed": (
        "本系统的评分表不录入“{}”状态，void_as 只能写 invalid、disqualified 或 any。",
        "Sheets of the product do not record the state “{}”; void_as can only name invalid, disqualified or any.",
    ),
    "sub_panels_not_fed": (
        "本系统的裁判不分小组，不能使用 sub_panels。",
        "Judges of the product are not seated in sub-panels, so sub_panels cannot be used.",
    ),
    "lot_not_fed": (
        "本系统不为并列另行抽签，名次依据不能使用 lot；请改用 decision。",
        "The product draws no lots for ties; rank by a decision of the chief judge instead.",
    ),
    "column_not_fed": (
        "本系统没有栏目“{}”，可用的有：" + "、".join(PLAN_COLUMNS) + "。",
        "The product has no column “{}”; there are: " + ", ".join(PLAN_COLUMNS) + ".",
    ),
}  # fmt: skip


def unfed(plan: Plan) -> tuple[PlanFault, ...]:
    """What of a sound plan the product cannot feed, in reading order, ties last."""
    return tuple(_faults(plan))


def _faults(plan: Plan) -> Iterator[PlanFault]:
    for above, node in walk(plan.root):
        path = " > ".join(each.key for each in (*above, node))
        for code, value in _of_node(above, node):
            yield _fault(path, code, value)
    if any(tie.of == "lot" for tie in plan.ties):
        yield _fault("ties", "lot_not_fed")
    for name in sorted({tie.key for tie in plan.ties if tie.of == "column"} - set(PLAN_COLUMNS)):
        yield _fault("ties", "column_not_fed", name)


def _of_node(above: tuple[Node, ...], node: Node) -> Iterator[tuple[str, str]]:
    match node:
        case Parameter(default=None):
            yield "parameter_not_fed", node.name
        case Carried():
            yield "carried_not_fed", node.stage
        case Chosen():
            yield "chosen_not_fed", ""
        case Imported() if any(isinstance(each, Attempts) for each in above):
            yield "imported_in_attempts", ""
    for state in sorted(node.void_as.keys() - _COMPUTED):
        yield "state_not_fed", state
    if node.panel is not None and node.panel.method == "sub_panels":
        yield "sub_panels_not_fed", ""
    if isinstance(node, RankPoints | Relative) and node.within and node.within not in PLAN_COLUMNS:
        yield "column_not_fed", node.within


def _fault(path: str, code: str, *values: str) -> PlanFault:
    zh, en = _TEXTS[code]
    return PlanFault(path, code, zh.format(*values), en.format(*values))
