"""Generators of plans over every kind of node, and of facts that fit them: marked in full, half marked, with states and choices."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import msgspec
from hypothesis import assume
from hypothesis import strategies as st

from scoring import (
    Attempts,
    Band,
    Bands,
    Best,
    Bonus,
    Carried,
    Chosen,
    Constant,
    Deviation,
    DropWorst,
    EntryFacts,
    Imported,
    Judged,
    Limit,
    Linear,
    Mark,
    Maximum,
    Mean,
    Measured,
    Median,
    Minimum,
    Node,
    Panel,
    Parameter,
    Part,
    PassLine,
    Penalty,
    Piecewise,
    Plan,
    Point,
    Power,
    Product,
    Quotient,
    RankPoints,
    Ref,
    Relative,
    Rounded,
    Rounding,
    Sum,
    Veto,
    WeightedSum,
    check_plan,
    criteria,
    evaluate,
)

D = Decimal
LEAVES = ("judged", "measured", "banded", "imported", "carried", "parameter", "constant", "ref")
SHEET_LEAVES = ("judged", "measured", "banded", "parameter", "constant")
MONOTONE = (
    "sum",
    "mean",
    "weighted",
    "as_is",
    "minimum",
    "maximum",
    "median",
    "best",
    "drop_worst",
    "rounded",
    "limit",
    "piecewise",
    "linear",
)
OTHERS = (
    "product",
    "quotient",
    "veto",
    "chosen",
    "attempts",
    "bands",
    "power",
    "deviation",
    "penalty",
    "bonus",
    "pass_line",
    "falling",
)
FIELD = ("rank_points", "relative")
ROUNDINGS = (
    None,
    Rounding(),
    Rounding(digits=0, mode="down"),
    Rounding(digits=1, step=D("0.5"), mode="half_even"),
)
STATES = ("did_not_start", "did_not_finish", "invalid", "passed", "absent", "withdrew", "disqualified")
VOID_AS: tuple[dict[Any, Decimal], ...] = (
    {},
    {},
    {},
    {"any": D(0)},
    {"did_not_finish": D(-1)},
    {"invalid": D(2)},
)

small = st.integers(-4, 8).map(D)


class _Grower:
    """Draws a tree with keys n0, n1 …; `panel` while it stands below one, `copies` below attempts."""

    def __init__(self, draw: st.DrawFn, kinds: Sequence[str], leaves: Sequence[str], plain: bool) -> None:
        self.draw, self.kinds, self.leaves, self.plain = draw, kinds, leaves, plain
        self.keys: list[str] = []

    def pick(self, options: Sequence[Any]) -> Any:
        return self.draw(st.sampled_from(options))

    def named(self, rounded: bool = True) -> dict[str, Any]:
        key = f"n{len(self.keys)}"
        self.keys.append(key)
        named: dict[str, Any] = {"key": key, "title": key}
        if not self.plain:
            named |= {"void_as": self.pick(VOID_AS), "rounding": self.pick(ROUNDINGS) if rounded else None}
        return named

    def tree(self, depth: int, panel: bool = False, copies: bool = False) -> Node:
        named = self.named()
        if not panel and depth > 0 and self.pick((False, False, True)):
            node = self.inner(named, depth, True, copies)
            return msgspec.structs.replace(node, panel=self.panel())
        if depth == 0 or self.pick((False, False, True)):
            return self.leaf(named, panel)
        return self.inner(named, depth, panel, copies)

    def panel(self) -> Panel:
        drops = {
            "drop_high": 1,
            "drop_low": 1,
            "rounding": None if self.plain else self.pick((None, Rounding())),
        }
        panels = [Panel(size=1), Panel(size=2), Panel(size=3, method="median"), Panel(size=3, **drops), Panel(size=3, method="sum", **drops),
                  Panel(size=3, method="sum", fill="mean"), Panel(size=4, method="middle", middle=1, total="sum", uneven="low"),
                  Panel(size=2, method="sub_panels", each=Panel(size=1)), Panel(size=3, minimum=2)]  # fmt: skip
        if not self.plain:
            panels += [
                Panel(size=3, method="majority", spread=D(1)),
                Panel(size=2, method="consensus", spread=D(5)),
            ]
        return self.pick(panels)

    def leaf(self, named: dict[str, Any], panel: bool) -> Node:
        leaves = [leaf for leaf in self.leaves if not panel or leaf in SHEET_LEAVES]
        match self.pick(leaves):
            case "judged":
                return Judged(
                    **named,
                    minimum=self.pick((D(0), D(0), D(-5))),
                    maximum=D(10),
                    points=self.pick((None, None, D(3))),
                )
            case "measured":
                return Measured(**named, step=D(1), maximum=self.pick((None, D(20))))
            case "banded":
                return Measured(
                    **named,
                    step=D(1),
                    maximum=D(9),
                    bands=(Band(high=D(3), points=D(4)), Band(low=D(2), high=D(6), points=D(7))),
                )
            case "imported":
                return Imported(**named, maximum=D(10), step=D(1))
            case "carried":
                return Carried(**named, stage="earlier", maximum=self.pick((None, D(10))))
            case "parameter":
                return Parameter(
                    **named, default=self.pick((None, D(2))), minimum=D(-2), maximum=self.pick((None, D(4)))
                )
            case "constant":
                return Constant(**named, value=self.draw(small))
            case _:
                return Ref(**named, of=self.pick(self.keys))

    def parts(self, depth: int, panel: bool, copies: bool, least: int = 1) -> tuple[Node, ...]:
        return tuple(self.tree(depth - 1, panel, copies) for _ in range(self.draw(st.integers(least, 3))))

    def inner(self, named: dict[str, Any], depth: int, panel: bool, copies: bool) -> Node:
        kinds = [
            kind
            for kind in self.kinds
            if not (panel and kind in FIELD) and not (copies and kind == "attempts")
        ]
        kind = self.pick(kinds)
        if kind in {
            "sum",
            "mean",
            "product",
            "median",
            "minimum",
            "maximum",
            "best",
            "drop_worst",
            "chosen",
            "weighted",
            "as_is",
            "veto",
        }:
            return self.several(kind, named, self.parts(depth, panel, copies, 2))
        if kind == "quotient":
            return Quotient(
                **named, part=self.tree(depth - 1, panel, copies), by=self.tree(depth - 1, panel, copies)
            )
        return self.single(kind, named, self.tree(depth - 1, panel, copies or kind == "attempts"))

    def several(self, kind: str, named: dict[str, Any], parts: tuple[Node, ...]) -> Node:
        better = "higher" if self.plain else self.pick(("higher", "lower"))
        count = self.draw(st.integers(1, len(parts) - 1))
        total = self.pick(("sum", "mean"))
        match kind:
            case "weighted":
                weights = (D("0.5"), D("0.5")) if len(parts) == 2 else (D(20), D(30), D(50))
                return WeightedSum(
                    **named, parts=tuple(Part(weight=w, node=n) for w, n in zip(weights, parts, strict=True))
                )
            case "as_is":
                low = D("0.5") if self.plain else D("-0.5")
                return WeightedSum(
                    **named,
                    scale="as_is",
                    parts=tuple(Part(weight=self.pick((low, D(2))), node=n) for n in parts),
                )
            case "veto":
                return Veto(**named, part=parts[0], vetoes=parts[1:], value=self.pick((None, D(0))))
            case "median":
                return Median(**named, parts=parts, better=better)
            case "best":
                return Best(
                    **named,
                    parts=parts,
                    better=better,
                    count=count,
                    total=total,
                    short=self.pick(("void", "fewer")),
                )
            case "drop_worst":
                return DropWorst(**named, parts=parts, better=better, count=count, total=total)
            case "chosen":
                return Chosen(**named, parts=parts, count=count)
            case _:
                kinds: dict[str, Any] = {
                    "sum": Sum,
                    "mean": Mean,
                    "product": Product,
                    "minimum": Minimum,
                    "maximum": Maximum,
                }
                return kinds[kind](**named, parts=parts)

    def single(self, kind: str, named: dict[str, Any], part: Node) -> Node:
        better = "higher" if self.plain else self.pick(("higher", "lower"))
        count = self.pick(("exact", "started", "full"))
        match kind:
            case "attempts":
                take, of = self.pick(
                    (
                        ("best", None),
                        ("last", None),
                        ("sum", None),
                        ("mean", None),
                        ("median", None),
                        ("best_sum", 2),
                        ("best_mean", 2),
                        ("middle_mean", 1),
                    )
                )
                return Attempts(**named, part=part, count=3, take=take, of=of, better=better)
            case "rounded":
                return Rounded(**(named | {"rounding": Rounding(digits=1)}), part=part)
            case "linear":
                return Linear(
                    **named, part=part, per_unit=D(3), reference=D(2), every=D(2), count=count, base=D(1)
                )
            case "falling":
                return Linear(**named, part=part, per_unit=D(-2), count=count)
            case "piecewise":
                return Piecewise(
                    **named,
                    part=part,
                    points=(
                        Point(at=D(0), points=D(0)),
                        Point(at=D(4), points=D(6)),
                        Point(at=D(9), points=D(6 if self.plain else 2)),
                    ),
                )
            case "bands":
                return Bands(
                    **named,
                    part=part,
                    bands=(Band(high=D(2), points=D(5)), Band(low=D(4), points=D(-3))),
                    otherwise=D(1),
                )
            case "power":
                return Power(
                    **named,
                    part=part,
                    a=self.pick((D(2), D(-1))),
                    b=D(1),
                    c=self.pick((D("1.5"), D(20))),
                    form=self.pick(("above", "below")),
                )
            case "deviation":
                return Deviation(**named, part=part, target=D(4))
            case "penalty":
                return Penalty(**named, part=part, each=D("0.5"))
            case "bonus":
                return Bonus(**named, part=part, each=D(2))
            case "limit":
                return Limit(**named, part=part, minimum=self.pick((None, D(1))), maximum=D(6))
            case "pass_line":
                return PassLine(**named, part=part, line=D(3), better=better, value=self.pick((None, D(0))))
            case "rank_points":
                return RankPoints(
                    **named,
                    part=part,
                    points=(D(5), D(3)),
                    better=better,
                    shared=self.pick(("same", "average")),
                    within=self.pick((None, "group")),
                )
            case _:
                return Relative(
                    **named,
                    part=part,
                    to=self.pick(("best", "mean", "median")),
                    better=better,
                    within=self.pick((None, "group")),
                )


@st.composite
def plans(
    draw: st.DrawFn,
    kinds: Sequence[str] = MONOTONE + OTHERS + FIELD,
    leaves: Sequence[str] = LEAVES,
    plain: bool = False,
    depth: int = 3,
) -> Plan:
    """A plan without faults. `plain`: no rounding, no states as numbers, higher is better everywhere."""
    root = _Grower(draw, kinds, leaves, plain).tree(depth)
    plan = Plan(code="generated", version=draw(st.integers(1, 10**9)), title="生成", root=root)
    assume(not check_plan(plan) and len(criteria(plan)) <= 40)
    return plan


def judges_of(plan: Plan, panel: str) -> tuple[str, ...]:
    """The judges of a panel, on two sub-panels."""
    base = panel.partition("#")[0]
    sizes = {node.key: node.panel.size for node in nodes_of(plan) if node.panel is not None}
    return tuple(f"{'AB'[n % 2]}/{n}" for n in range(sizes.get(base, 1)))


def nodes_of(plan: Plan) -> list[Node]:
    """Every node."""
    from scoring.plans.nodes import walk

    return [node for _, node in walk(plan.root)]


@st.composite
def marks_of(draw: st.DrawFn, plan: Plan, entry: str, share: int, states: bool) -> tuple[Mark, ...]:
    """A mark of each judge on each line, about `share` of 4 there."""
    marks = []
    for line in criteria(plan):
        for judge in judges_of(plan, line.panel):
            drawn = draw(st.integers(0, 19))
            if drawn % 4 >= share:
                continue
            if states and drawn == 0:
                marks.append(Mark(entry, judge, line.key, draw(st.sampled_from(STATES))))  # type: ignore[arg-type]
            elif drawn == 1:
                marks.append(Mark(entry, judge, line.key, "not_attempted"))
            else:
                value = draw(st.integers(int(line.minimum), int(min(line.maximum, D(20)))))
                marks.append(Mark(entry, judge, line.key, "scored", D(value)))
    return tuple(marks)


@st.composite
def facts_for(
    draw: st.DrawFn, plan: Plan, entry: str = "E1", share: int = 3, states: bool = True
) -> EntryFacts:
    """One entry: about `share` of 4 of all marks, outside marks and parameters are there."""
    nodes = nodes_of(plan)
    there = st.integers(0, 3).map(lambda each: each < share)
    outside = {
        node.key: D(draw(st.integers(0, 10)))
        for node in nodes
        if isinstance(node, Imported | Carried) and draw(there)
    }
    params = {
        node.key: {"value": D(draw(st.integers(-2, 4)))}
        for node in nodes
        if isinstance(node, Parameter) and draw(there)
    }
    if draw(st.booleans()):
        params.setdefault(draw(st.sampled_from(nodes)).key, {})["penalty"] = D("0.25")
    panels = {line.panel: judges_of(plan, line.panel) for line in criteria(plan)}
    recused = {
        key: names[:1] for key, names in panels.items() if len(names) > 2 and draw(st.integers(0, 9)) == 0
    }
    stated = (
        {draw(st.sampled_from(nodes)).key: draw(st.sampled_from(STATES))}
        if states and draw(st.integers(0, 3)) == 0
        else {}
    )
    return EntryFacts(
        entry=entry, marks=draw(marks_of(plan, entry, share, states)), imported=outside, params=params, panels=panels, recused=recused,
        states=stated, columns={"group": draw(st.sampled_from("ab"))},
    )  # type: ignore[arg-type]  # fmt: skip


def complete(draw: st.DrawFn, plan: Plan, facts: EntryFacts) -> EntryFacts:
    """The facts with every missing answer filled in at random; a panel that does not agree stays as it is."""
    lines = {line.key: line for line in criteria(plan)}
    nodes = {node.key: node for node in nodes_of(plan)}
    for _ in range(4):
        gaps = [
            gap
            for gap in evaluate(plan, facts).missing
            if not (gap.judge is None and gap.node in lines and gap.criterion is None)
        ]
        marks, imported, params = [], dict(facts.imported), dict(facts.params)
        panels = dict(facts.panels)
        for gap in gaps:
            node = nodes[gap.node.partition("#")[0]]
            if gap.criterion is not None:
                line = lines[gap.criterion]
                judge = gap.judge or f"V/{len(marks)}"
                value = draw(
                    st.sampled_from([line.minimum, min(line.maximum, D(30)), D(1)]) | st.integers(0, 9).map(D)
                )
                marks.append(Mark(facts.entry, judge, line.key, "scored", value))
                panels.setdefault(gap.node, ())
            elif isinstance(node, Imported):
                imported[gap.node] = draw(st.integers(0, 10).map(D))
            elif isinstance(node, Carried):
                imported[gap.node] = draw(st.integers(-20, 10).map(D))
            elif isinstance(node, Parameter):
                params[gap.node] = {
                    **params.get(gap.node, {}),
                    node.name: draw(st.sampled_from([D(-2), D(4), D(1)])),
                }
        facts = msgspec.structs.replace(facts, marks=(*facts.marks, *marks), imported=imported, params=params)
        if not gaps:
            break
    return facts
