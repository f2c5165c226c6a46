"""Whether a panel makes sense: where it stands, and the numbers its method needs."""

from collections.abc import Iterator
from typing import Final

from scoring.plans.faults import PlanFault, fault
from scoring.plans.nodes import Carried, Imported, Judged, Measured, Node, RankPoints, Relative, walk
from scoring.plans.panels import Panel

_LARGEST: Final = 99
_DROPPING: Final = frozenset({"mean", "trimmed_mean", "sum"})
_FILLED: Final = frozenset({"mean", "trimmed_mean", "sum", "median", "middle"})
_AGREEING: Final = frozenset({"majority", "consensus"})


def panel_faults(path: str, node: Node, above: tuple[Node, ...]) -> Iterator[PlanFault]:
    """The node's own panel, and what may not stand below one."""
    below_panel = any(each.panel is not None for each in above)
    if isinstance(node, Imported | Carried) and (below_panel or node.panel is not None):
        yield fault(path, "imported_below_panel")
    if isinstance(node, RankPoints | Relative) and (below_panel or node.panel is not None):
        yield fault(path, "field_below_panel")
    if node.panel is None:
        return
    if below_panel:
        yield fault(path, "panel_nested")
    if not any(isinstance(each, Judged | Measured) for _, each in walk(node)):
        yield fault(path, "panel_misplaced")
    yield from rule_faults(path, node.panel)


def rule_faults(path: str, panel: Panel) -> Iterator[PlanFault]:
    """The numbers of the rule, and of the rule of its sub-panels."""
    if not 1 <= panel.size <= _LARGEST:
        yield fault(path, "panel_size", panel.size)
    yield from _drop_faults(path, panel)
    if panel.minimum is not None and not 1 <= panel.minimum <= panel.size:
        yield fault(path, "panel_minimum", panel.minimum)
    yield from _method_faults(path, panel)
    yield from (fault(path, "panel_field", name, panel.method) for name in _foreign(panel))


def _drop_faults(path: str, panel: Panel) -> Iterator[PlanFault]:
    dropped = panel.drop_high + panel.drop_low
    negative = min(panel.drop_high, panel.drop_low) < 0
    if negative or dropped >= panel.size > 0 or (dropped > 0 and panel.method == "median"):
        yield fault(path, "panel_drop", panel.drop_high, panel.drop_low)
    elif 0 < dropped >= panel.plain_below:
        yield fault(path, "panel_plain_below", panel.plain_below, dropped + 1)


def _method_faults(path: str, panel: Panel) -> Iterator[PlanFault]:
    method = panel.method
    if method == "middle" and (panel.middle is None or not 1 <= panel.middle <= panel.size):
        yield fault(path, "panel_middle", panel.middle)
    if method in _AGREEING and (panel.spread is None or panel.spread < 0):
        yield fault(path, "panel_spread", panel.spread)
    if method == "sub_panels":
        each = panel.each
        if (
            each is None
            or each.size < 1
            or panel.size % each.size
            or each.each is not None
            or each.fill != "none"
            or each.method == "sub_panels"
        ):
            yield fault(path, "panel_each")
        else:
            yield from rule_faults(path, each)


def _foreign(panel: Panel) -> Iterator[str]:
    """Fields that the method does not know."""
    method = panel.method
    if method not in _DROPPING and method != "median":
        yield from (name for name in ("drop_high", "drop_low") if getattr(panel, name))
    if method != "middle":
        if panel.middle is not None:
            yield "middle"
        if panel.uneven != "high":
            yield "uneven"
        if panel.total != "mean":
            yield "total"
    if method not in _AGREEING and panel.spread is not None:
        yield "spread"
    if method != "sub_panels" and panel.each is not None:
        yield "each"
    if method not in _FILLED and panel.fill != "none" and method != "sub_panels":
        yield "fill"
    if method == "sub_panels" and panel.fill != "none":
        yield "fill"
