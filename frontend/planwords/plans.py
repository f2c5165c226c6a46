"""A whole plan in words: what each node does, and by what entries are ranked."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from frontend.planwords.nodes import Said, node_words
from frontend.planwords.panels import panel_words, rounding_words
from scoring.decimals import plain
from scoring.plans.nodes import Node, WeightedSum, children, walk
from scoring.plans.plan import Plan, Tie, TieSource, ranking_order
from scoring.ranking.explaining import STATES

_SOURCES: Final[dict[TieSource, Said]] = {
    "node": Said("“{}”", "“{}”"),
    "time": Said("用时“{}”", "the time “{}”"),
    "column": Said("登记的“{}”", "the recorded “{}”"),
    "highest_mark": Said("“{}”的最高单个评分", "the highest single mark of “{}”"),
    "countback": Said("“{}”各部分逐一比较（最好、次好……）", "count-back over the parts of “{}”"),
    "lot": Said("抽签号", "the lot"),
    "decision": Said("裁判长裁定", "the chief judge's decision"),
}


class NodeRow(NamedTuple):
    """One node: how far in, what it does, and its weight in the node above as that is written.

    `share` is the weight in per cent, None where parts are taken as they are.
    """

    depth: int
    node: Node
    said: tuple[Said, ...]
    weight: Decimal | None
    share: Decimal | None


def node_rows(plan: Plan) -> Iterator[NodeRow]:
    """Every node in reading order; the root is 0 deep."""
    waiting: list[tuple[int, Node, Decimal | None, Decimal | None]] = [(0, plan.root, None, None)]
    while waiting:
        depth, node, weight, share = waiting.pop()
        yield NodeRow(depth, node, tuple(_said(node)), weight, share)
        weights = list(_weights(node)) or [(None, None)] * len(children(node))
        parts = zip(children(node), weights, strict=True)
        waiting += reversed([(depth + 1, child, *each) for child, each in parts])


def _weights(node: Node) -> Iterator[tuple[Decimal | None, Decimal | None]]:
    if not isinstance(node, WeightedSum):
        return
    whole = sum((part.weight for part in node.parts), Decimal(0))
    for part in node.parts:
        yield part.weight, None if node.scale == "as_is" else part.weight * 100 / whole


def _said(node: Node) -> Iterator[Said]:
    yield node_words(node)
    if node.panel is not None:
        yield panel_words(node.panel)
    if node.rounding is not None:
        yield rounding_words(node.rounding)
    for state, value in sorted(node.void_as.items()):
        zh, en = ("其他任何情形", "any other state") if state == "any" else STATES[state]
        yield Said(f"{zh}计 {plain(value)}", f"where {en}: {plain(value)}")
    if node.pass_at is not None:
        line = plain(node.pass_at)
        yield Said(f"及格线 {line}（只报告）", f"pass line {line} (reported only)")


def ranking_words(plan: Plan) -> tuple[Said, ...]:
    """The criteria of the ranking from first to last."""
    titles = {node.key: Said(node.title, node.title_en or node.title) for _, node in walk(plan.root)}
    return tuple(_tie(tie, titles.get(tie.key, Said(tie.key, tie.key))) for tie in ranking_order(plan))


def compared_words(plan: Plan) -> Said:
    """Which numbers are compared, and how shared ranks are numbered."""
    zh, en = ("未舍入", "exact") if plan.rank_on == "exact" else ("公布", "published")
    numbers = " ".join(plan.shared)
    return Said(
        f"比较{zh}的数；仍相同的并列，名次为 {numbers}",
        f"Compared are the {en} numbers; who is still equal shares a rank: {numbers}",
    )


def _tie(tie: Tie, title: Said) -> Said:
    zh, en = _SOURCES[tie.of].zh.format(title.zh), _SOURCES[tie.of].en.format(title.en)
    if tie.of not in {"lot", "decision"}:
        zh += "（高者先）" if tie.better == "higher" else "（低者先）"
        en += f" ({tie.better} first)"
    if tie.up_to is not None:
        zh, en = f"{zh}（只到第 {tie.up_to} 名）", f"{en} (up to rank {tie.up_to})"
    if tie.if_all_known:
        zh, en = f"{zh}（各方都有数时）", f"{en} (where all have one)"
    if tie.counted:
        zh, en = f"{zh}（只比计入的）", f"{en} (only what counts)"
    return Said(zh, en)
