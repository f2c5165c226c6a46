"""How a total is made, as a tree a person can read: what each node does, who marks it, how it is rounded, who goes up."""

from collections.abc import Iterator
from typing import NamedTuple

from frontend.planwords.nodes import Said
from frontend.planwords.plans import compared_words, node_rows, ranking_words
from frontend.scorefiles.rule_words import rule_words
from scoring.decimals import plain
from scoring.plans.plan import Plan
from scoring.schemes.scheme import Board, Scheme, Stage, TeamRule


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
    for row in node_rows(plan):
        said = list(row.said)
        if row.weight is not None:
            said.insert(0, Said(f"权重 {plain(row.weight)}", f"weight {plain(row.weight)}"))
        zh, en = "；".join(each.zh for each in said), "; ".join(each.en for each in said)
        title, key = row.node.title, row.node.key
        yield Line(row.depth + 1, f"{title} [{key}]：{zh}", f"{row.node.title_en or title} [{key}]: {en}")


def _ranking(plan: Plan) -> Iterator[Line]:
    order = ranking_words(plan)
    zh, en = " → ".join(each.zh for each in order), " → ".join(each.en for each in order)
    yield Line(1, f"排名依据：{zh}", f"Ranking: {en}")
    yield Line(1, *compared_words(plan))


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
