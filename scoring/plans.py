"""The assessment plan: one validated value that says how marks become a total.

A plan is a tree. Leaves take in facts (`Judged`, `Measured`: a judge's mark; `Imported`: a theory mark), inner nodes
combine their parts, a `Panel` on a node says how the judges' values of that node become one. Every node may round.
All of it is a document: `msgspec.json.decode(data, type=Plan)` reads it, `msgspec.json.encode(plan)` writes it.

| node | value | maximum |
| --- | --- | --- |
| `weighted_sum` | Σ weight × part ÷ its maximum × 100 | 100 |
| `sum` | Σ parts | Σ maxima |
| `judged` | the mark, or mark ÷ maximum × points | maximum, or points |
| `measured` | points of the first band that holds the measured value, else 0 | largest points |
| `imported` | the mark from outside | maximum |

New kinds of node join the union `Node`; a default for every new field keeps older plans and their hashes valid.
"""

import hashlib
from collections.abc import Iterator
from decimal import Decimal
from typing import Final, Literal, TypeAlias, Union

import msgspec

from scoring.decimals import RoundingMode, plain

MAX_DEPTH: Final = 32

MarkKind: TypeAlias = Literal["free", "judgement_0_3", "pass_fail", "deduction"]
CriterionKind: TypeAlias = Literal["free", "judgement_0_3", "pass_fail", "deduction", "measured"]
PanelMethod: TypeAlias = Literal["mean", "trimmed_mean", "median"]


class _Document(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What every piece of a plan shares: immutable, no unknown fields, defaults left out."""


class Rounding(_Document, frozen=True, kw_only=True):
    """Decimals to keep, and how. Chinese notices mean half-up when they say 四舍五入."""

    digits: int = 2
    mode: RoundingMode = "half_up"


class Panel(_Document, frozen=True, kw_only=True):
    """How the values of several judges become one.

    `size` seats are planned. `mean` and `trimmed_mean` are one method under the name the notice gives it: they drop
    `drop_high` highest and `drop_low` lowest *marks*; with fewer than `plain_below` marks nothing is dropped. A panel
    is complete when each seated judge answered everything and at least `minimum` judges (default: all of `size`) did.
    `rounding` rounds the panel's value; without it the node's own does, and with both the node's rounds each judge's
    value first. Source: DOMAIN §3.
    """

    size: int
    method: PanelMethod = "mean"
    drop_high: int = 0
    drop_low: int = 0
    plain_below: int = 3
    minimum: int | None = None
    rounding: Rounding | None = None


class Benchmark(_Document, frozen=True, kw_only=True):
    """What one value of a criterion means: a short word (良好) and a sentence, in both languages."""

    value: Decimal
    word: str = ""
    word_en: str = ""
    text: str = ""
    text_en: str = ""


class Band(_Document, frozen=True, kw_only=True):
    """Points for a measured value from `low` to `high`, both included; None is no bound on that side."""

    points: Decimal
    low: Decimal | None = None
    high: Decimal | None = None


class _Node(_Document, frozen=True, kw_only=True, tag_field="node"):
    key: str
    title: str
    title_en: str = ""
    rounding: Rounding | None = None
    panel: Panel | None = None


class Part(_Document, frozen=True, kw_only=True):
    """A part of a weighted sum. Weights of one node add up to 1, or to 100 when written as per cent."""

    weight: Decimal
    node: "Node"


class WeightedSum(_Node, frozen=True, kw_only=True, tag="weighted_sum"):
    """Each part scaled by its own maximum, weighted, out of 100. Source: DOMAIN §3."""

    parts: tuple[Part, ...]


class Sum(_Node, frozen=True, kw_only=True, tag="sum"):
    """The parts added up as they are."""

    parts: tuple["Node", ...]


class Judged(_Node, frozen=True, kw_only=True, tag="judged"):
    """A criterion that a panel marks, from `minimum` to `maximum` in steps.

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


class Measured(_Node, frozen=True, kw_only=True, tag="measured"):
    """A criterion whose mark is a measured value; the first band that holds it gives the points, no band gives 0.

    `minimum` and `maximum` bound what may be typed in, in `unit`. Not attempted counts as 0 points.
    """

    bands: tuple[Band, ...]
    maximum: Decimal
    minimum: Decimal = Decimal(0)
    step: Decimal = Decimal("0.01")
    unit: str = ""


class Imported(_Node, frozen=True, kw_only=True, tag="imported"):
    """A mark that comes from outside the panel, such as the theory paper."""

    maximum: Decimal
    minimum: Decimal = Decimal(0)
    step: Decimal = Decimal("0.01")


Node: TypeAlias = Union[WeightedSum, Sum, Judged, Measured, Imported]  # noqa: UP007 - msgspec resolves it by name
Leaf: TypeAlias = Judged | Measured | Imported


class Tie(_Document, frozen=True, kw_only=True):
    """One criterion of the ranking order: a node, a recorded time, or the chief judge's recorded decision."""

    key: str
    better: Literal["higher", "lower"] = "higher"
    of: Literal["node", "time", "decision"] = "node"


class Plan(_Document, frozen=True, kw_only=True):
    """How one item is assessed and ranked. Check it once with `check_plan`; everything else trusts it.

    `ties` is the whole order (total → practical → time → theory). If the root is not in it, the root goes first, higher
    better. `rank_on` "rounded" compares published numbers, "exact" those before the node's own rounding.
    """

    code: str
    version: int
    title: str
    root: Node
    title_en: str = ""
    ties: tuple[Tie, ...] = ()
    rank_on: Literal["rounded", "exact"] = "rounded"

    def __hash__(self) -> int:
        """Cheap, so that a plan can be the key of a cache on the hot path; equality still compares everything."""
        return hash((self.code, self.version))


class Criterion(_Document, frozen=True, kw_only=True):
    """One line of a judge's sheet, in sheet order: what may be entered, and what it is worth.

    `group` is the node right above, whose titles head the lines that share it.
    """

    key: str
    title: str
    title_en: str
    kind: CriterionKind
    minimum: Decimal
    maximum: Decimal
    step: Decimal
    points: Decimal
    panel: str
    group: str
    group_title: str
    group_title_en: str
    unit: str = ""
    benchmarks: tuple[Benchmark, ...] = ()
    bands: tuple[Band, ...] = ()


def children(node: Node) -> tuple[Node, ...]:
    """The nodes right below, in order; none for a leaf."""
    if isinstance(node, WeightedSum):
        return tuple(part.node for part in node.parts)
    return node.parts if isinstance(node, Sum) else ()


def walk(root: Node) -> Iterator[tuple[tuple[Node, ...], Node]]:
    """Every node with the nodes above it, in reading order. Iterative: a hostile depth must not exhaust the stack."""
    waiting: list[tuple[tuple[Node, ...], Node]] = [((), root)]
    while waiting:
        above, node = waiting.pop()
        yield above, node
        # One level past the limit is enough to report it; deeper paths would cost memory by the square.
        if len(above) <= MAX_DEPTH:
            waiting.extend(((*above, node), child) for child in reversed(children(node)))


def full_mark(node: Node) -> Decimal:
    """The largest value the node can have."""
    match node:
        case WeightedSum():
            return Decimal(100)
        case Sum():
            return sum((full_mark(part) for part in node.parts), Decimal(0))
        case Judged():
            return node.maximum if node.points is None else node.points
        case Measured():
            return max(band.points for band in node.bands)
        case Imported():
            return node.maximum


def criteria(plan: Plan) -> tuple[Criterion, ...]:
    """The lines of the judges' sheets, in sheet order; `panel` is empty where a faulty plan names none."""
    lines = []
    for above, node in walk(plan.root):
        if isinstance(node, Judged | Measured):
            panel = next((each.key for each in (*above, node) if each.panel is not None), "")
            lines.append(_criterion(node, panel, above[-1] if above else node))
    return tuple(lines)


def _criterion(node: Judged | Measured, panel: str, group: Node) -> Criterion:
    return Criterion(
        key=node.key,
        title=node.title,
        title_en=node.title_en,
        kind=node.kind if isinstance(node, Judged) else "measured",
        minimum=node.minimum,
        maximum=node.maximum,
        step=node.step,
        points=full_mark(node),
        panel=panel,
        group=group.key,
        group_title=group.title,
        group_title_en=group.title_en,
        unit=node.unit if isinstance(node, Measured) else "",
        benchmarks=node.benchmarks if isinstance(node, Judged) else (),
        bands=node.bands if isinstance(node, Measured) else (),
    )


def ranking_order(plan: Plan) -> tuple[Tie, ...]:
    """The criteria of the ranking from first to last; the root comes first unless the plan places it itself."""
    if any(tie.of == "node" and tie.key == plan.root.key for tie in plan.ties):
        return plan.ties
    return (Tie(key=plan.root.key), *plan.ties)


def plan_hash(plan: Plan) -> str:
    """SHA-256 of the plan's canonical JSON, `sha256:` and hex. 0.3 and 0.30 are one number and give one hash."""
    document = _canonical(msgspec.to_builtins(plan, builtin_types=(Decimal,)))
    return "sha256:" + hashlib.sha256(msgspec.json.encode(document, order="sorted")).hexdigest()


def _canonical(value: object) -> object:
    match value:
        case dict():
            return {key: _canonical(each) for key, each in value.items()}
        case list() | tuple():
            return [_canonical(each) for each in value]
        case Decimal():
            return str(plain(value))
        case _:
            return value
