"""How a total is made, as a tree a person can read: what each node does, who marks it, how it is rounded, who goes up."""

from collections.abc import Iterator
from typing import NamedTuple

from frontend.scorefiles.node_words import Said, node_words
from frontend.scorefiles.panel_words import panel_words, rounding_words
from frontend.scorefiles.rule_words import rule_words
from scoring.decimals import plain
from scoring.nodes import Node, WeightedSum, children
from scoring.plans import Plan, Tie, ranking_order
from scoring.schemes import Board, Scheme, Stage, TeamRule


class Line(NamedTuple):
    """One line of the explanation: how far in, and what it says in both languages."""

    depth: int
    zh: str
    en: str


def explain(scheme: Scheme, lang: str) -> str:
    """The whole scheme in words, in `zh`, `en` or, with anything else, both."""
    return "\n".join(_text(line, lang) for line in _lines(scheme)) + "\n"


def _text(line: Line, lang: str) -> str:
    said = {"zh": line.zh, "en": line.en}.get(
        lang, line.zh if line.zh == line.en else f"{line.zh} / {line.en}"
    )
    return "  " * line.depth + said


def _lines(scheme: Scheme) -> Iterator[Line]:
    title = scheme.title if not scheme.title_en else f"{scheme.title} / {scheme.title_en}"
    yield Line(
        0,
        f"{title}（{scheme.code}，第 {scheme.version} 版）",
        f"{scheme.title_en or scheme.title} ({scheme.code}, version {scheme.version})",
    )
    for number, stage in enumerate(scheme.stages):
        if len(scheme.stages) > 1:
            plan = stage.plan
            yield Line(
                0, f"阶段 {stage.key}：{plan.title}", f"Stage {stage.key}: {plan.title_en or plan.title}"
            )
        yield from _stage_lines(stage, last=number + 1 == len(scheme.stages))
    yield from (_board(board) for board in scheme.boards)
    yield from (_team(team) for team in scheme.teams)
    for rule in scheme.awards:
        said = rule_words(rule)
        yield Line(0, f"奖项 {rule.code}：{said.zh}", f"Award {rule.code}: {said.en}")


def _stage_lines(stage: Stage, last: bool) -> Iterator[Line]:
    yield from _tree(stage.plan)
    yield from _ranking(stage.plan)
    if stage.slots is not None:
        said = rule_words(stage.slots)
        yield Line(1, f"晋级：{said.zh}", f"Goes up: {said.en}")
    elif not last:
        yield Line(1, "晋级：全部进入下一阶段", "Goes up: everybody enters the next stage")


def _tree(plan: Plan) -> Iterator[Line]:
    waiting: list[tuple[int, Node, Said | None]] = [(1, plan.root, None)]
    while waiting:
        depth, node, role = waiting.pop()
        yield _node_line(depth, node, role)
        weights = [part.weight for part in node.parts] if isinstance(node, WeightedSum) else []
        below = children(node)
        roles: list[Said | None] = [Said(f"权重 {plain(each)}", f"weight {plain(each)}") for each in weights]
        roles = roles or [None] * len(below)
        waiting += [(depth + 1, child, role) for child, role in zip(below, roles, strict=True)][::-1]


def _node_line(depth: int, node: Node, role: Said | None) -> Line:
    said = [node_words(node)]
    if node.panel is not None:
        said.append(panel_words(node.panel))
    if node.rounding is not None:
        said.append(rounding_words(node.rounding))
    said += [
        Said(
            f"{'其他状态' if state == 'any' else state} 计 {plain(value)}",
            f"{'any other state' if state == 'any' else state} counts as {plain(value)}",
        )
        for state, value in sorted(node.void_as.items())
    ]
    if node.pass_at is not None:
        said.append(
            Said(
                f"及格线 {plain(node.pass_at)}（只报告）", f"pass line {plain(node.pass_at)} (reported only)"
            )
        )
    if role is not None:
        said.insert(0, role)
    zh = "；".join(each.zh for each in said)
    en = "; ".join(each.en for each in said)
    return Line(
        depth, f"{node.title} [{node.key}]：{zh}", f"{node.title_en or node.title} [{node.key}]: {en}"
    )


def _ranking(plan: Plan) -> Iterator[Line]:
    order = [_tie(tie) for tie in ranking_order(plan)]
    yield Line(
        1,
        "排名依据：" + " → ".join(each.zh for each in order),
        "Ranking: " + " → ".join(each.en for each in order),
    )
    exact = plan.rank_on == "exact"
    yield Line(1, f"比较{'未舍入' if exact else '公布'}的数；仍相同的并列，名次为 {' '.join(plan.shared)}",
               f"Compared are the {'exact' if exact else 'published'} numbers; who is still equal shares a rank: {' '.join(plan.shared)}")  # fmt: skip


def _tie(tie: Tie) -> Said:
    zh, en = {
        "node": (f"节点 {tie.key}", f"node {tie.key}"), "time": (f"用时 {tie.key}", f"time {tie.key}"),
        "column": (f"栏目 {tie.key}", f"column {tie.key}"), "highest_mark": (f"{tie.key} 的最高单项分", f"highest single mark of {tie.key}"),
        "countback": (f"{tie.key} 各部分逐一比较（最好、次好……）", f"count-back over the parts of {tie.key}"),
        "lot": ("抽签号", "lot"), "decision": ("裁判长裁定", "the chief judge's decision"),
    }.get(tie.of, (f"{tie.of} {tie.key}", f"{tie.of} {tie.key}"))  # fmt: skip
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


def _board(board: Board) -> Line:
    where = " & ".join(f"{column} = {'|'.join(values)}" for column, values in board.where.items())
    by = board.by or "总分"
    return Line(0, f"分榜 {board.key}：{board.title}；{where or '全部'}；按{by}",
                f"Board {board.key}: {board.title_en or board.title}; {where or 'all'}; by {board.by or 'the total'}")  # fmt: skip


def _team(team: TeamRule) -> Line:
    best = f"最好的 {team.best} 个" if team.best else "全部"
    best_en = f"the best {team.best}" if team.best else "all"
    return Line(0, f"团体 {team.key}：{team.title}；按“{team.by}”归队，{team.of}，{best}，{team.total}",
                f"Team {team.key}: {team.title_en or team.title}; by “{team.by}”, {team.of}, {best_en}, {team.total}")  # fmt: skip
