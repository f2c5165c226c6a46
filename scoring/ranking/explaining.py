"""One sentence for each row: which criterion put it where it stands, against whom, with both values.

| code | when |
| --- | --- |
| first | nobody stands ahead |
| decided | one criterion put the row behind the one above; what was equal before it is named too |
| equal | the row shares its rank with the one above |
| not_ranked | there is no rank, and why |
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from scoring.entrants.people import Reason
from scoring.evaluation.facts import EntryState
from scoring.plans.nodes import VoidState, walk
from scoring.plans.plan import Plan, Tie, TieSource, ranking_order
from scoring.ranking.standings import StandingRow, Standings

STATES: Final[dict[EntryState | VoidState, tuple[str, str]]] = {
    "present": ("尚无成绩", "there is no total yet"),
    "absent": ("缺考", "the entry was absent"),
    "withdrew": ("弃权", "the entry withdrew"),
    "late": ("迟到取消比赛资格", "the entry came too late and was not admitted"),
    "disqualified": ("被取消资格", "the entry was disqualified"),
    "score_cancelled": ("被取消成绩", "the score was cancelled"),
    "did_not_start": ("未出发", "the entry did not start"),
    "did_not_finish": ("未完成", "the entry did not finish"),
    "invalid": ("成绩无效", "the result is invalid"),
    "passed": ("免试放弃", "the entry passed"),
}
"""Why an entry has no rank, in zh and as an English clause."""

_NAMES: Final[dict[TieSource, tuple[str, str]]] = {
    "node": ("“{}”", "{}"),
    "time": ("用时“{}”", "the time “{}”"),
    "column": ("登记的“{}”", "the recorded “{}”"),
    "highest_mark": ("“{}”的最高单个评分", "the highest single mark of {}"),
    "countback": ("“{}”各部分从优到劣", "the parts of {} from the best on"),
    "lot": ("抽签号", "the lot"),
    "decision": ("裁判长裁定", "the chief judge's decision"),
}


class _Named(NamedTuple):
    tie: Tie
    zh: str
    en: str


def explain(standings: Standings, row: StandingRow, plan: Plan, order: Sequence[Tie] | None = None) -> Reason:
    """Why this row stands where it stands. `order` where it is not the plan's: a board's."""
    at = next(index for index, each in enumerate(standings.rows) if each.entry == row.entry)
    return _explained(standings, at, _named(plan, tuple(order or ranking_order(plan))))


def explanations(standings: Standings, plan: Plan, order: Sequence[Tie] | None = None) -> Iterator[Reason]:
    """The same for all rows, in their order."""
    named = _named(plan, tuple(order or ranking_order(plan)))
    return (_explained(standings, at, named) for at in range(len(standings.rows)))


def _explained(standings: Standings, at: int, order: tuple[_Named, ...]) -> Reason:
    row = standings.rows[at]
    if row.rank is None:
        zh, en = STATES[row.void or row.state]
        return Reason("not_ranked", f"没有名次：{zh}。", f"No rank: {en}.")
    if at == 0:
        return Reason("first", f"第 {row.rank} 名，排在最前。", f"Rank {row.rank}: nobody stands ahead.")
    above = standings.rows[at - 1]
    if row.decided_by is None:
        zh = f"与 {above.entry} 并列第 {row.rank} 名：适用的排名依据全部相同。"
        en = f"Rank {row.rank}, shared with {above.entry}: every criterion that applies is equal."
        return Reason("equal", zh, en)
    return _decided(standings, above, row, order)


def _decided(standings: Standings, above: StandingRow, row: StandingRow, order: tuple[_Named, ...]) -> Reason:
    decider = _decider(standings, above, row)
    zh, en = [], []
    for at in range(decider):
        name_zh, name_en = order[at].zh, order[at].en
        value = shown(standings, row, at)
        if value != shown(standings, above, at):
            # A condition of the plan left it out for the whole tied group.
            zh.append(f"{name_zh}按规则不适用")
            en.append(f"{name_en} does not apply here")
        elif value is not None:
            zh.append(f"{name_zh}同为 {value}")
            en.append(f"{name_en} is {value} for both")
    mine, theirs = shown(standings, row, decider), shown(standings, above, decider)
    last = order[decider]
    rule_zh, rule_en = _direction(last.tie, mine, theirs)
    zh.append(f"{last.zh}为 {mine or '（无记录）'}，对方为 {theirs or '（无记录）'}，{rule_zh}")
    en.append(f"{last.en} is {mine or 'not known'} against {theirs or 'not known'}, and {rule_en}")
    zh_place = f"第 {row.rank} 名，排在 {above.entry}（第 {above.rank} 名）之后："
    en_place = f"Rank {row.rank}, behind {above.entry} (rank {above.rank}): "
    return Reason("decided", zh_place + "；".join(zh) + "。", en_place + "; ".join(en) + ".")


def _decider(standings: Standings, above: StandingRow, row: StandingRow) -> int:
    """Where in the order the criterion stands. Two criteria may have one key: then the one that differs."""
    named = [at for at, key in enumerate(standings.order) if key == row.decided_by]
    return next(at for at in named if shown(standings, above, at) != shown(standings, row, at))


def shown(standings: Standings, row: StandingRow, at: int) -> str | None:
    """What was compared at this place of the order, as text; None where it is not known."""
    value = row.compared[at]
    return row.texts.get(standings.order[at]) if value is None else f"{value:f}"


def _direction(tie: Tie, mine: str | None, theirs: str | None) -> tuple[str, str]:
    if mine is None or theirs is None:
        if tie.unknown == "first":
            return "无记录者在前", "what is not known goes first"
        return "无记录者在后", "what is not known goes last"
    if tie.better == "lower" or tie.of in {"lot", "decision"}:
        return "小者在前", "the lower goes first"
    return "大者在前", "the higher goes first"


@lru_cache(maxsize=256)
def _named(plan: Plan, order: tuple[Tie, ...]) -> tuple[_Named, ...]:
    titles = {node.key: (node.title, node.title_en or node.title) for _, node in walk(plan.root)}
    named = []
    for tie in order:
        zh, en = _NAMES[tie.of]
        title, title_en = (
            (tie.key, tie.key) if tie.of in {"time", "column"} else titles.get(tie.key, ("", ""))
        )
        named.append(_Named(tie, zh.format(title), en.format(title_en)))
    return tuple(named)
