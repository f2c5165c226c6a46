"""The assessment plan: one validated value that says how marks become a total.

A plan is a tree of nodes (scoring/plans/nodes.py), an order of ranking and what to do with equal ranks.
All of it is a document: `msgspec.json.decode(data, type=Plan)` reads it, `msgspec.json.encode(plan)` writes it.
A default for every new field keeps older plans and their hashes valid.
"""

import hashlib
from decimal import Decimal
from typing import Literal, TypeAlias

import msgspec

from scoring.decimals import LARGEST, plain
from scoring.documents import Band, Benchmark, Better, Document
from scoring.plans.expanding import Place, expand
from scoring.plans.nodes import Judged, MarkKind, Measured, Node
from scoring.plans.spans import full_mark

__all__ = [
    "UNBOUNDED", "Criterion", "CriterionKind", "Plan", "Tie", "TieSource", "criteria", "full_mark", "plan_hash", "ranking_order",
]  # fmt: skip

UNBOUNDED = LARGEST - 1
"""What a line shows as its maximum where the plan sets none."""

CriterionKind: TypeAlias = MarkKind | Literal["measured"]
TieSource: TypeAlias = Literal["node", "time", "decision", "lot", "column", "highest_mark", "countback"]


class Tie(Document, frozen=True, kw_only=True):
    """One criterion of the ranking order.

    | of | what is compared |
    | --- | --- |
    | node | the value of node `key` |
    | time | the entry's recorded time `key`, in seconds |
    | column | the entry's own column `key`: a number (body weight), or text by its order (date of birth 1990-05-01) |
    | highest_mark | the highest single mark of one judge at or below node `key` |
    | countback | the values of the parts of node `key`: the best of each, then the second best, and so on |
    | lot | the recorded lot, 1 is first |
    | decision | the chief judge's recorded place in the open tie, 1 is first |

    An unknown value is last, or first with `unknown` "first". `up_to` uses the criterion only for ties that touch rank
    `up_to` or better (a play-off for the medals only); `if_all_known` only where each of the equal entries has a value.
    `counted`: a count-back over what counts only, not over what the node leaves out (sailing, RRS A8.1).
    """

    key: str
    better: Better = "higher"
    of: TieSource = "node"
    unknown: Literal["last", "first"] = "last"
    up_to: int | None = None
    if_all_known: bool = False
    counted: bool = False


class Plan(Document, frozen=True, kw_only=True):
    """How one item is assessed and ranked. Check it once with `check_plan`; everything else trusts it.

    `ties` is the whole order (total → practical → time → theory). If the root is not in it, the root goes first, `better`
    being the direction of the total. `rank_on` "rounded" compares published numbers, "exact" those before the node's own
    rounding. `shared` says how equal entries and the next ones are numbered: 1 2 2 4, 1 2 2 3 or 1 3 3 4.
    """

    code: str
    version: int
    title: str
    root: Node
    title_en: str = ""
    ties: tuple[Tie, ...] = ()
    rank_on: Literal["rounded", "exact"] = "rounded"
    better: Better = "higher"
    shared: Literal["1224", "1223", "1334"] = "1224"

    def __hash__(self) -> int:
        """Cheap, so that a plan can be the key of a cache on the hot path; equality still compares everything."""
        return hash((self.code, self.version))


class Criterion(Document, frozen=True, kw_only=True):
    """One line of a judge's sheet, in sheet order: what may be entered, and what it is worth.

    `group` is the node right above, whose titles head the lines that share it. `maximum` and `points` are `UNBOUNDED` where the
    plan sets no bound.
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


def criteria(plan: Plan) -> tuple[Criterion, ...]:
    """The lines of the judges' sheets, in sheet order; below attempts each line once for each attempt.

    `panel` is the node whose judges mark the line: the leaf itself where one official does.
    """
    places = {place.key: place for place in expand(plan.root)}
    return tuple(
        _criterion(place.node, place, places.get(place.above, place))
        for place in places.values()
        if isinstance(place.node, Judged | Measured)
    )


def _criterion(node: Judged | Measured, place: Place, group: Place) -> Criterion:
    title, title_en = _titles(place)
    group_title, group_title_en = _titles(group)
    return Criterion(
        key=place.key,
        title=title,
        title_en=title_en,
        kind=node.kind if isinstance(node, Judged) else "measured",
        minimum=node.minimum,
        maximum=UNBOUNDED if node.maximum is None else node.maximum,
        step=node.step,
        points=_points(node),
        panel=place.panel,
        group=group.key,
        group_title=group_title,
        group_title_en=group_title_en,
        unit=node.unit if isinstance(node, Measured) else "",
        benchmarks=node.benchmarks if isinstance(node, Judged) else (),
        bands=node.bands if isinstance(node, Measured) else (),
    )


def _points(node: Judged | Measured) -> Decimal:
    if isinstance(node, Judged):
        return node.maximum if node.points is None else node.points
    if node.bands:
        return max(band.points for band in node.bands)
    return UNBOUNDED if node.maximum is None else node.maximum


def _titles(place: Place) -> tuple[str, str]:
    node, attempt = place.node, place.attempt
    if not attempt:
        return node.title, node.title_en
    return f"{node.title}（第{attempt}次）", f"{node.title_en} (attempt {attempt})" if node.title_en else ""


def ranking_order(plan: Plan) -> tuple[Tie, ...]:
    """The criteria of the ranking from first to last; the root comes first unless the plan places it itself."""
    if any(tie.of == "node" and tie.key == plan.root.key for tie in plan.ties):
        return plan.ties
    return (Tie(key=plan.root.key, better=plan.better), *plan.ties)


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
