"""Whether a plan makes sense: every fault with the path of its node and a sentence in both languages.

| code | the rule |
| --- | --- |
| key_invalid, key_repeated, title_missing, name_missing | keys are short, plain and unique; every node has a title; names are not empty |
| too_deep, too_large, no_parts | at most 32 levels and 20,000 nodes with all attempts; a combining node has parts, a table has rows |
| weights_sum, weight_not_positive, unbounded | out of 100, weights are above 0 and add up to 1 or 100, and every part has a full mark |
| number_unusable, range_empty, limit_empty, not_worth_anything | finite numbers below 10¹² with at most 12 decimals; maximum above minimum and above 0 |
| step_invalid, step_not_dividing, kind_bounds, off_scale, band_empty | the step divides the range; judgements run 0–3, pass or fail 0–1; named values lie on the scale |
| rounding_digits, rounding_step, rounding_missing | 0 to 12 decimals, enough for the step |
| count_range, attempts_of, attempts_nested | counts leave something and are there; attempts do not stand below attempts |
| points_order, power_exponent, power_bracket, every_not_positive, divides_by_zero, line_out_of_reach | formulas that can be computed, lines that can be reached |
| ref_unknown, ref_cycle, ref_crosses_panel | a ref names a node of the plan and does not lead back to itself |
| panel_size, panel_drop, panel_plain_below, panel_minimum | drops leave a mark; the minimum is 1 to the size |
| panel_middle, panel_spread, panel_each, panel_field | each method has what it needs and nothing else |
| panel_nested, panel_misplaced, imported_below_panel, field_below_panel | a panel stands above criteria, below no other panel, and above nothing that comes from elsewhere |
| tie_unknown, tie_repeated, tie_no_parts, tie_no_marks, tie_up_to, tie_counted | the ranking order names nodes that exist, each once, and that have what is compared |

A leaf that is marked and has no panel at or above it is marked by one judge.
"""

import re
from collections.abc import Iterator
from typing import Final

from scoring.decimals import exact_arithmetic
from scoring.plans.counting import counting
from scoring.plans.expanding import Place, attempt_homes, expand
from scoring.plans.faults import LONGEST_SHOWN, PlanFault, fault
from scoring.plans.node_checks import own_faults
from scoring.plans.nodes import MAX_DEPTH, Attempts, Judged, Measured, Node, children, walk
from scoring.plans.panel_checks import panel_faults
from scoring.plans.plan import Plan, Tie
from scoring.plans.reach_checks import reach_faults, ref_faults

__all__ = ["PlanFault", "check_plan"]

_KEY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./-]{0,39}")
_MOST_PLACES: Final = 20_000


def check_plan(plan: Plan) -> tuple[PlanFault, ...]:
    """Everything wrong with the plan, in reading order; empty when it can be used."""
    with exact_arithmetic():
        faults = list(_node_faults(plan))
        if not any(each.code == "too_deep" for each in faults):
            places = _bounded(plan)
            if places is None:
                faults.append(fault(plan.root.key[:LONGEST_SHOWN], "too_large", _MOST_PLACES))
            else:
                faults += ref_faults(plan.root, places)
                if not faults:
                    faults += reach_faults(plan.root, places)
            faults += _tie_faults(plan, places or [])
    return tuple(faults)


def _node_faults(plan: Plan) -> Iterator[PlanFault]:
    seen: set[str] = set()
    for above, node in walk(plan.root):
        path = " > ".join(each.key[:LONGEST_SHOWN] for each in (*above, node))
        if len(above) >= MAX_DEPTH:
            yield fault(path, "too_deep", MAX_DEPTH)
            return
        if not _KEY.fullmatch(node.key):
            yield fault(path, "key_invalid", node.key)
        if node.key in seen:
            yield fault(path, "key_repeated", node.key)
        seen.add(node.key)
        if not node.title.strip():
            yield fault(path, "title_missing")
        if isinstance(node, Attempts) and any(isinstance(each, Attempts) for each in above):
            yield fault(path, "attempts_nested")
        yield from own_faults(path, node)
        yield from panel_faults(path, node, above)


def _bounded(plan: Plan) -> list[Place] | None:
    """Every place, or None where there are too many."""
    places: list[Place] = []
    for place in expand(plan.root):
        if len(places) >= _MOST_PLACES:
            return None
        places.append(place)
    return places


def _tie_faults(plan: Plan, places: list[Place]) -> Iterator[PlanFault]:
    nodes = {node.key: node for _, node in walk(plan.root)}
    keys = {place.key for place in places} or set(nodes)
    inside = attempt_homes(plan.root)
    named: set[tuple[str, str]] = set()
    for tie in plan.ties:
        if tie.of == "node" and tie.key not in keys:
            yield fault("ties", "tie_unknown", tie.key)
        if tie.of in {"highest_mark", "countback"}:
            yield from _source_faults(tie, nodes, inside)
        if tie.counted and (tie.of != "countback" or (tie.key in nodes and counting(nodes[tie.key]) is None)):
            yield fault("ties", "tie_counted", tie.key)
        if tie.up_to is not None and tie.up_to < 1:
            yield fault("ties", "tie_up_to", tie.up_to)
        if (tie.of, tie.key) in named:
            yield fault("ties", "tie_repeated", tie.key)
        named.add((tie.of, tie.key))


def _source_faults(tie: Tie, nodes: dict[str, Node], inside: dict[str, str]) -> Iterator[PlanFault]:
    node = nodes.get(tie.key)
    if node is None:
        yield fault("ties", "tie_unknown", tie.key)
    elif tie.of == "countback" and (not children(node) or tie.key in inside):
        yield fault("ties", "tie_no_parts", tie.key)
    elif tie.of == "highest_mark" and not any(isinstance(each, Judged | Measured) for _, each in walk(node)):
        yield fault("ties", "tie_no_marks", tie.key)
