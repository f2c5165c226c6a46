"""Whether a plan makes sense: every fault with the path of its node and a sentence in both languages.

| code | the rule |
| --- | --- |
| key_invalid, key_repeated, title_missing | keys are short, plain and unique; every node has a title |
| too_deep, no_parts | at most 32 levels; a combining node has parts, a measured one has bands |
| weights_sum, weight_not_positive | weights are above 0 and add up to 1 or 100 |
| number_unusable, range_empty, not_worth_anything | finite numbers below 10¹² with at most 12 decimals; maximum above minimum and above 0 |
| step_invalid, step_not_dividing, kind_bounds, off_scale | the step divides the range; judgements run 0–3, pass or fail 0–1; benchmarks lie on the scale |
| rounding_digits | 0 to 12 decimals |
| panel_size, panel_drop, panel_plain_below, panel_minimum | drops leave a mark; the minimum is 1 to the size |
| panel_nested, panel_misplaced, leaf_without_panel, imported_below_panel | each judged leaf stands below exactly one panel, an imported one below none |
| tie_unknown, tie_repeated | the ranking order names nodes that exist, each once |
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

import msgspec

from scoring.decimals import exact_arithmetic, is_exact
from scoring.nodes import MAX_DEPTH, Imported, Judged, Leaf, Measured, Node, Sum, WeightedSum, walk
from scoring.panels import Panel
from scoring.plans import Plan, full_mark

_KEY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./-]{0,39}")
_LARGEST: Final = Decimal(10) ** 12
_MOST_DECIMALS: Final = 12
_LARGEST_PANEL: Final = 99
_LONGEST_KEY_SHOWN: Final = 40

_TEXTS: Final = {
    "key_invalid": ("节点编号“{}”须为 1–40 个字母、数字或 _ . / -。", "The key “{}” must be 1 to 40 letters, digits or _ . / -."),
    "key_repeated": ("节点编号“{}”重复使用。", "The key “{}” is used more than once."),
    "title_missing": ("该节点没有名称。", "This node has no title."),
    "too_deep": ("节点层级超过 {} 层。", "The tree is deeper than {} levels."),
    "no_parts": ("该节点没有任何组成部分。", "This node has no parts."),
    "weights_sum": ("各部分权重合计为 {}，应为 1 或 100。", "The weights add up to {}; they must add up to 1 or 100."),
    "weight_not_positive": ("权重 {} 必须大于 0。", "The weight {} must be above 0."),
    "number_unusable": ("数值 {} 无法使用：须小于 10¹²，小数不超过 12 位。", "The number {} cannot be used: it must be below 10¹² with at most 12 decimals."),
    "range_empty": ("最大值 {} 必须大于最小值 {}。", "The maximum {} must be above the minimum {}."),
    "not_worth_anything": ("该节点的满分 {} 必须大于 0。", "The full mark {} of this node must be above 0."),
    "step_invalid": ("步长 {} 必须大于 0。", "The step {} must be above 0."),
    "step_not_dividing": ("步长 {} 不能整除范围 {}。", "The step {} does not divide the range {}."),
    "kind_bounds": ("此类评分项的范围应为 {}–{}。", "A criterion of this kind must run from {} to {}."),
    "off_scale": ("数值 {} 不在该评分项的刻度上。", "The value {} is not on the scale of this criterion."),
    "band_empty": ("公差带下限 {} 高于上限 {}。", "The band begins at {} and ends below it, at {}."),
    "rounding_digits": ("小数位数 {} 应为 0–12。", "The number of decimals {} must be 0 to 12."),
    "panel_size": ("裁判人数 {} 应为 1–99。", "The panel size {} must be 1 to 99."),
    "panel_drop": ("去掉 {} 个最高分和 {} 个最低分后，应至少剩一个分数；取中位数时不去分。", "Dropping {} highest and {} lowest marks must leave a mark, and a median drops none."),
    "panel_plain_below": ("少于 {} 个分数时才取简单平均，去分后将没有分数可用。", "The plain mean applies below {} marks only, so dropping could leave none."),
    "panel_minimum": ("最少裁判人数 {} 应在 1 与裁判人数之间。", "The minimum number of judges {} must be between 1 and the size."),
    "panel_nested": ("裁判组之内不能再设裁判组。", "A panel cannot stand below another panel."),
    "panel_misplaced": ("裁判组之下没有任何评分项。", "There is no criterion below this panel."),
    "leaf_without_panel": ("该评分项不属于任何裁判组。", "This criterion does not belong to any panel."),
    "imported_below_panel": ("导入成绩不能放在裁判组之内。", "An imported mark cannot stand below a panel."),
    "tie_unknown": ("排名依据“{}”不是方案中的节点。", "The ranking criterion “{}” is not a node of the plan."),
    "tie_repeated": ("排名依据“{}”重复。", "The ranking criterion “{}” is named more than once."),
}  # fmt: skip


class PlanFault(msgspec.Struct, frozen=True):
    """One thing wrong with a plan. `path` is the keys from the root, or "ties"."""

    path: str
    code: str
    zh: str
    en: str


def check_plan(plan: Plan) -> tuple[PlanFault, ...]:
    """Everything wrong with the plan, in reading order; empty when it can be used."""
    with exact_arithmetic():
        faults = [*_node_faults(plan), *_tie_faults(plan)]
    return tuple(faults)


def _fault(path: str, code: str, *values: object) -> PlanFault:
    zh, en = _TEXTS[code]
    shown = [str(value)[:_LONGEST_KEY_SHOWN] for value in values]
    return PlanFault(path, code, zh.format(*shown), en.format(*shown))


def _node_faults(plan: Plan) -> Iterator[PlanFault]:
    seen: set[str] = set()
    for above, node in walk(plan.root):
        path = " > ".join(each.key[:_LONGEST_KEY_SHOWN] for each in (*above, node))
        if len(above) >= MAX_DEPTH:
            yield _fault(path, "too_deep", MAX_DEPTH)
            return
        if not _KEY.fullmatch(node.key):
            yield _fault(path, "key_invalid", node.key)
        if node.key in seen:
            yield _fault(path, "key_repeated", node.key)
        seen.add(node.key)
        if not node.title.strip():
            yield _fault(path, "title_missing")
        yield from _own_faults(path, node)
        yield from _panel_faults(path, node, above)


def _own_faults(path: str, node: Node) -> Iterator[PlanFault]:
    if node.rounding is not None and not 0 <= node.rounding.digits <= _MOST_DECIMALS:
        yield _fault(path, "rounding_digits", node.rounding.digits)
    unusable = [number for number in _numbers(node) if not _usable(number)]
    if unusable:
        yield from (_fault(path, "number_unusable", number) for number in unusable)
    elif isinstance(node, WeightedSum):
        yield from _weight_faults(path, node)
    elif isinstance(node, Sum):
        if not node.parts:
            yield _fault(path, "no_parts")
    else:
        yield from _leaf_faults(path, node)


def _numbers(node: Node) -> tuple[Decimal, ...]:
    numbers: list[Decimal | None] = []
    match node:
        case WeightedSum():
            numbers = [part.weight for part in node.parts]
        case Judged():
            numbers = [node.points, node.not_attempted, *(each.value for each in node.benchmarks)]
        case Measured():
            numbers = [number for band in node.bands for number in (band.low, band.high, band.points)]
    if isinstance(node, Judged | Measured | Imported):
        numbers += [node.minimum, node.maximum, node.step]
    return tuple(number for number in numbers if number is not None)


def _usable(number: Decimal) -> bool:
    if not is_exact(number) or abs(number) >= _LARGEST:
        return False
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and -exponent <= _MOST_DECIMALS


def _weight_faults(path: str, node: WeightedSum) -> Iterator[PlanFault]:
    if not node.parts:
        yield _fault(path, "no_parts")
        return
    yield from (_fault(path, "weight_not_positive", part.weight) for part in node.parts if part.weight <= 0)
    whole = sum((part.weight for part in node.parts), Decimal(0))
    if whole not in {Decimal(1), Decimal(100)}:
        yield _fault(path, "weights_sum", whole)


def _leaf_faults(path: str, leaf: Leaf) -> Iterator[PlanFault]:
    span = leaf.maximum - leaf.minimum
    if isinstance(leaf, Measured):
        if not leaf.bands:
            yield _fault(path, "no_parts")
            return
        for band in leaf.bands:
            if band.low is not None and band.high is not None and band.low > band.high:
                yield _fault(path, "band_empty", band.low, band.high)
    if span <= 0:
        yield _fault(path, "range_empty", leaf.maximum, leaf.minimum)
        return
    # The mark is divided by its maximum, and the part by its full mark.
    worth = full_mark(leaf)
    if worth <= 0 or (isinstance(leaf, Judged) and leaf.maximum <= 0):
        yield _fault(path, "not_worth_anything", worth)
    if leaf.step <= 0:
        yield _fault(path, "step_invalid", leaf.step)
        return
    if span % leaf.step:
        yield _fault(path, "step_not_dividing", leaf.step, span)
    if isinstance(leaf, Judged):
        yield from _scale_faults(path, leaf)


def _scale_faults(path: str, leaf: Judged) -> Iterator[PlanFault]:
    top = {"judgement_0_3": Decimal(3), "pass_fail": Decimal(1)}.get(leaf.kind)
    if top is not None and (leaf.minimum, leaf.maximum) != (Decimal(0), top):
        yield _fault(path, "kind_bounds", 0, top)
    if leaf.kind == "deduction" and leaf.minimum != 0:
        yield _fault(path, "kind_bounds", 0, leaf.maximum)
    named = [each.value for each in leaf.benchmarks]
    for value in named if leaf.not_attempted is None else [*named, leaf.not_attempted]:
        if not leaf.minimum <= value <= leaf.maximum or (value - leaf.minimum) % leaf.step:
            yield _fault(path, "off_scale", value)


def _panel_faults(path: str, node: Node, above: tuple[Node, ...]) -> Iterator[PlanFault]:
    below_panel = any(each.panel is not None for each in above)
    if isinstance(node, Imported) and (below_panel or node.panel is not None):
        yield _fault(path, "imported_below_panel")
    elif isinstance(node, Judged | Measured) and not below_panel and node.panel is None:
        yield _fault(path, "leaf_without_panel")
    if node.panel is None:
        return
    if below_panel:
        yield _fault(path, "panel_nested")
    if not any(isinstance(each, Judged | Measured) for _, each in walk(node)):
        yield _fault(path, "panel_misplaced")
    yield from _panel_number_faults(path, node.panel)


def _panel_number_faults(path: str, panel: Panel) -> Iterator[PlanFault]:
    dropped = panel.drop_high + panel.drop_low
    if not 1 <= panel.size <= _LARGEST_PANEL:
        yield _fault(path, "panel_size", panel.size)
    negative = min(panel.drop_high, panel.drop_low) < 0
    if negative or dropped >= panel.size or (dropped > 0 and panel.method == "median"):
        yield _fault(path, "panel_drop", panel.drop_high, panel.drop_low)
    elif 0 < dropped >= panel.plain_below:
        yield _fault(path, "panel_plain_below", panel.plain_below)
    if panel.minimum is not None and not 1 <= panel.minimum <= panel.size:
        yield _fault(path, "panel_minimum", panel.minimum)
    if panel.rounding is not None and not 0 <= panel.rounding.digits <= _MOST_DECIMALS:
        yield _fault(path, "rounding_digits", panel.rounding.digits)


def _tie_faults(plan: Plan) -> Iterator[PlanFault]:
    keys = {node.key for _, node in walk(plan.root)}
    named: set[tuple[str, str]] = set()
    for tie in plan.ties:
        if tie.of == "node" and tie.key not in keys:
            yield _fault("ties", "tie_unknown", tie.key)
        if (tie.of, tie.key) in named:
            yield _fault("ties", "tie_repeated", tie.key)
        named.add((tie.of, tie.key))
