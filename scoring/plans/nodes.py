"""The nodes of an assessment plan: leaves take in facts, the others combine or convert the values of their parts.

A value is a number, or *void*: known to be no number, for a state such as did_not_finish. An absent value is neither: it is
still open. `void_as` of a node says which states count as which number; a state it does not name passes on upward.

Unless a node says otherwise, one void part makes it void, of several states with the gravest (disqualified, withdrew, absent,
did_not_start, did_not_finish, invalid, passed). A part that is still open adds nothing, and the value is provisional; a
product, a quotient and every conversion wait for all of their parts. A void root: the entry has no total.

A number of 31 or more digits before the point is no result any more: the node is void (invalid).
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, Literal, TypeAlias, Union

import msgspec

from scoring.documents import Band, Benchmark, Better, Document, Point, Rounding
from scoring.plans.panels import Panel

MAX_DEPTH: Final = 32

MarkKind: TypeAlias = Literal["free", "judgement_0_3", "pass_fail", "deduction"]
VoidState: TypeAlias = Literal[
    "did_not_start", "did_not_finish", "invalid", "passed", "absent", "withdrew", "disqualified"
]


class BaseNode(Document, frozen=True, kw_only=True, tag_field="node"):
    """What every node has.

    `rounding` comes last of all. `void_as` turns a state of this node into a number; the key "any" stands for every state.
    `pass_at` is a pass line that is reported (and that award rules may ask for) without any effect on the value. Parameters
    named `penalty` and `bonus` of an entry and node are taken off and added before the rounding; a number of `void_as` stays
    as it is but for the rounding. Where the node has a panel, both apply to the panel's value, below a panel to each judge's sheet.
    """

    key: str
    title: str
    title_en: str = ""
    rounding: Rounding | None = None
    panel: Panel | None = None
    void_as: dict[VoidState | Literal["any"], Decimal] = msgspec.field(default_factory=dict)
    pass_at: Decimal | None = None


# ---- nodes that combine several parts


class Part(Document, frozen=True, kw_only=True):
    """A part of a weighted sum."""

    weight: Decimal
    node: "Node"


class WeightedSum(BaseNode, frozen=True, kw_only=True, tag="weighted_sum"):
    """Σ weight × part ÷ its full mark × 100: weights add up to 1, or to 100 when written as per cent. Source: DOMAIN §3.

    `scale` "as_is" takes the parts as they are: Σ weight × part, with any weights. Parts without a full mark (a time, a penalty
    or bonus alone) can only be taken as they are.
    """

    parts: tuple[Part, ...]
    scale: Literal["to_100", "as_is"] = "to_100"


class _Parts(BaseNode, frozen=True, kw_only=True):
    parts: tuple["Node", ...]


class Sum(_Parts, frozen=True, kw_only=True, tag="sum"):
    """The parts added up as they are."""


class Mean(_Parts, frozen=True, kw_only=True, tag="mean"):
    """Σ parts ÷ their number, the open ones included."""


class Product(_Parts, frozen=True, kw_only=True, tag="product"):
    """The parts multiplied: a mark by a `parameter` such as the difficulty."""


class Median(_Parts, frozen=True, kw_only=True, tag="median"):
    """The part in the middle, or the mean of the two in the middle. Void counts as worse than any number."""

    better: Better = "higher"


class Minimum(_Parts, frozen=True, kw_only=True, tag="minimum"):
    """The smallest part; void parts are left out unless all are void."""


class Maximum(_Parts, frozen=True, kw_only=True, tag="maximum"):
    """The largest part; void parts are left out unless all are void."""


class Best(_Parts, frozen=True, kw_only=True, tag="best"):
    """The best `count` of the parts, added up or averaged. Void counts as worse than any number.

    With fewer numbers than `count`: `short` "void" makes the node void, "fewer" takes those there are (void if there are none).
    """

    count: int
    better: Better = "higher"
    total: Literal["sum", "mean"] = "sum"
    short: Literal["void", "fewer"] = "void"


class DropWorst(_Parts, frozen=True, kw_only=True, tag="drop_worst"):
    """All parts but the worst `count` (void first), added up or averaged. A void that is left makes the node void."""

    count: int
    better: Better = "higher"
    total: Literal["sum", "mean"] = "sum"


class Chosen(_Parts, frozen=True, kw_only=True, tag="chosen"):
    """The sum of the `count` parts that the entrant chose: a recorded choice, else the first `count` that have any mark or state.

    Parts that were not chosen have no value and are not waited for.
    """

    count: int


class Quotient(BaseNode, frozen=True, kw_only=True, tag="quotient"):
    """`part` ÷ `by`. Void (invalid) when `by` is 0."""

    part: "Node"
    by: "Node"


class Veto(BaseNode, frozen=True, kw_only=True, tag="veto"):
    """`part`, unless one of `vetoes` is below `line` (a failed pass/fail check) or void: then `value`, or void (disqualified) without it.

    Only `part` counts towards the full mark.
    """

    part: "Node"
    vetoes: tuple["Node", ...]
    line: Decimal = Decimal(1)
    value: Decimal | None = None


# ---- attempts


class Attempts(BaseNode, frozen=True, kw_only=True, tag="attempts"):
    """Up to `count` attempts at `part`, each with marks of its own, and what is taken of them.

    `take`: best, last, sum, mean, median; `best_mean` and `best_sum` take the best `of` attempts, `middle_mean` the `of` in the
    middle (as many above as below are left out). Void attempts are worse than any number; where a void attempt would have to
    count, the node is void. `last` is the last one made: one passed or not started was not made, unless none was. `count` is at
    most 99, and attempts do not stand below attempts.

    The nodes of attempt 2 are called `key#2`, of attempt 1 `key#1`; in marks and states the bare `key` stands for attempt 1, in
    parameters, choices and seats for every attempt that has nothing of its own. A `ref` from inside names the node of its own attempt.
    """

    part: "Node"
    count: int
    take: Literal["best", "last", "sum", "mean", "median", "best_sum", "best_mean", "middle_mean"] = "best"
    of: int | None = None
    better: Better = "higher"


# ---- nodes that convert one part


class _Conversion(BaseNode, frozen=True, kw_only=True):
    part: "Node"


class Rounded(_Conversion, frozen=True, kw_only=True, tag="rounded"):
    """The part after this node's rounding, which it must have: for a rounding in the middle of the order of operations."""


class Linear(_Conversion, frozen=True, kw_only=True, tag="linear"):
    """base + per_unit × n, where n = (part − reference) ÷ every.

    `count` "exact" takes n as it is, "started" every step begun (upward), "full" only full steps (downward).
    """

    per_unit: Decimal
    reference: Decimal = Decimal(0)
    base: Decimal = Decimal(0)
    every: Decimal = Decimal(1)
    count: Literal["exact", "started", "full"] = "exact"


class Piecewise(_Conversion, frozen=True, kw_only=True, tag="piecewise"):
    """A broken line through `points` in ascending order of `at`; before the first and after the last it is level."""

    points: tuple[Point, ...]


class Bands(_Conversion, frozen=True, kw_only=True, tag="bands"):
    """The points of the first band that holds the part (tolerance bands, tables, time to points); `otherwise` of none."""

    bands: tuple[Band, ...]
    otherwise: Decimal = Decimal(0)


class Power(_Conversion, frozen=True, kw_only=True, tag="power"):
    """a × (part − b)^c, or with `form` "below" a × (b − part)^c; 0 where the bracket is negative. 50 digits, half-even; c up to 20."""

    a: Decimal
    b: Decimal
    c: Decimal
    form: Literal["above", "below"] = "above"


class Deviation(_Conversion, frozen=True, kw_only=True, tag="deviation"):
    """How far the part is from `target`, never negative."""

    target: Decimal


class Penalty(_Conversion, frozen=True, kw_only=True, tag="penalty"):
    """−each × part: faults to take off in a sum. Adds nothing to the full mark."""

    each: Decimal = Decimal(1)


class Bonus(_Conversion, frozen=True, kw_only=True, tag="bonus"):
    """each × part on top: adds nothing to the full mark of the sum above."""

    each: Decimal = Decimal(1)


class Limit(_Conversion, frozen=True, kw_only=True, tag="limit"):
    """The part, at least `minimum` (floor) and at most `maximum` (cap)."""

    minimum: Decimal | None = None
    maximum: Decimal | None = None


class PassLine(_Conversion, frozen=True, kw_only=True, tag="pass_line"):
    """The part if it reaches `line` (with `better` "lower": does not exceed it); else `value`, or void (disqualified) without it."""

    line: Decimal
    better: Better = "higher"
    value: Decimal | None = None


# ---- nodes that look at the whole field


class RankPoints(_Conversion, frozen=True, kw_only=True, tag="rank_points"):
    """Points by the rank of the part among all entries (speed: 100, 95, 90 …); `rest` from the first rank without any.

    The field are the entries that are present and have a number here, those hors concours too; equal rounded numbers share
    a rank. They all get its points, or with `shared` "average" the mean of the points of the ranks they fill. `within`
    names a column of the entries: ranks are then taken among entries of the same value. Provisional while any of them is.
    """

    points: tuple[Decimal, ...]
    rest: Decimal = Decimal(0)
    better: Better = "higher"
    shared: Literal["same", "average"] = "same"
    within: str | None = None


class Relative(_Conversion, frozen=True, kw_only=True, tag="relative"):
    """points × part ÷ the field's best, mean or median (with `better` "lower": points × that ÷ part). Field and `within` as in rank_points.

    A division by 0 gives 0, with `better` "lower" the full points.
    """

    points: Decimal = Decimal(100)
    to: Literal["best", "mean", "median"] = "best"
    better: Better = "higher"
    within: str | None = None


# ---- leaves


class Judged(BaseNode, frozen=True, kw_only=True, tag="judged"):
    """A criterion that a panel marks, from `minimum` to `maximum` in steps; without a panel at or above it, one judge does.

    `points` is what the full mark is worth (a judgement 3 of 3 may be worth 8 points); None: the mark itself counts.
    A `deduction` records what remains after the faults. `not_attempted` is what an explicit "not attempted" counts
    as, in marks; None: the minimum.
    """

    maximum: Decimal
    minimum: Decimal = Decimal(0)
    step: Decimal = Decimal(1)
    kind: MarkKind = "free"
    points: Decimal | None = None
    not_attempted: Decimal | None = None
    benchmarks: tuple[Benchmark, ...] = ()


class Measured(BaseNode, frozen=True, kw_only=True, tag="measured"):
    """A measured value, a time (seconds) or a count; with `bands` the points of the first band that holds it, none gives 0.

    `minimum` and `maximum` bound what may be typed in, in `unit`; maximum None: no bound but 10¹². Not attempted counts as 0.
    Without a panel at or above it, one official measures.
    """

    bands: tuple[Band, ...] = ()
    maximum: Decimal | None = None
    minimum: Decimal = Decimal(0)
    step: Decimal = Decimal("0.01")
    unit: str = ""
    kind: Literal["number", "time", "count"] = "number"


class Imported(BaseNode, frozen=True, kw_only=True, tag="imported"):
    """A mark that comes from outside the panel: the theory paper, an external evaluation."""

    maximum: Decimal
    minimum: Decimal = Decimal(0)
    step: Decimal = Decimal("0.01")


class Carried(BaseNode, frozen=True, kw_only=True, tag="carried"):
    """The value of node `of` (default: the total) that the same entry had in the earlier stage `stage`; `maximum` is its full mark."""

    stage: str
    of: str | None = None
    maximum: Decimal | None = None


class Parameter(BaseNode, frozen=True, kw_only=True, tag="parameter"):
    """A number of the entry that nobody judges: difficulty, base value, factor, body weight.

    Looked up as parameter `name` (default "value") of this entry and node, then of all entries and this node, then of this
    entry without node, of all entries without node, then in the entry's own column of that name, then `default`.
    """

    name: str = "value"
    default: Decimal | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None


class Constant(BaseNode, frozen=True, kw_only=True, tag="constant"):
    """A fixed number: the 100 that faults are taken from."""

    value: Decimal


class Ref(BaseNode, frozen=True, kw_only=True, tag="ref"):
    """The value of another node of the plan once more. Below a panel it names a node of the same sheet."""

    of: str


Node: TypeAlias = Union[  # noqa: UP007 - msgspec resolves it by name
    WeightedSum, Sum, Mean, Product, Median, Minimum, Maximum, Best, DropWorst, Chosen, Quotient, Veto, Attempts,
    Rounded, Linear, Piecewise, Bands, Power, Deviation, Penalty, Bonus, Limit, PassLine, RankPoints, Relative,
    Judged, Measured, Imported, Carried, Parameter, Constant, Ref,
]  # fmt: skip
Leaf: TypeAlias = Judged | Measured | Imported
SheetLeaf: TypeAlias = Judged | Measured


def children(node: Node) -> tuple[Node, ...]:
    """The nodes right below as the plan writes them, in order; none for a leaf."""
    match node:
        case WeightedSum():
            return tuple(part.node for part in node.parts)
        case _Parts():
            return node.parts
        case Quotient():
            return (node.part, node.by)
        case Veto():
            return (node.part, *node.vetoes)
        case Attempts() | _Conversion():
            return (node.part,)
        case _:
            return ()


def walk(root: Node) -> Iterator[tuple[tuple[Node, ...], Node]]:
    """Every node with the nodes above it, in reading order. Iterative: a hostile depth must not exhaust the stack."""
    waiting: list[tuple[tuple[Node, ...], Node]] = [((), root)]
    while waiting:
        above, node = waiting.pop()
        yield above, node
        # One level past the limit is enough to report it; deeper paths would cost memory by the square.
        if len(above) <= MAX_DEPTH:
            waiting.extend(((*above, node), child) for child in reversed(children(node)))
