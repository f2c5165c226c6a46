"""Whether a scheme makes sense: the faults of its plans, and of what it says across them.

| code | the rule |
| --- | --- |
| no_stages, stage_invalid, stage_repeated | there is a stage; stages have short, plain keys, each once |
| carried_unknown | a carried value names an earlier stage, and a node of that stage's plan |
| code_repeated | boards, teams and awards have keys of their own |
| stage_unknown, node_unknown, tie_unknown | boards and teams name stages and nodes that exist |
| team_points, team_number | rank points need a table; best, minimum, most and drop are numbers that leave something |
| excludes_unknown | an award excludes awards of this scheme |
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from scoring.plans.checks import PlanFault, check_plan
from scoring.plans.nodes import Carried, walk
from scoring.plans.plan import Plan, Tie
from scoring.schemes.scheme import Board, Scheme, Stage, TeamRule

_KEY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
_LONGEST_SHOWN: Final = 40
_TEXTS: Final = {
    "no_stages": ("方案没有任何阶段。", "The scheme has no stage."),
    "stage_invalid": ("阶段编号“{}”须为 1–40 个字母、数字或 _ . -。", "The key “{}” of a stage must be 1 to 40 letters, digits or _ . -."),
    "stage_repeated": ("阶段编号“{}”重复。", "The key “{}” of a stage is used more than once."),
    "carried_unknown": ("带入的成绩来自“{}”的“{}”，但前面没有这样的阶段或节点。", "Carries “{1}” over from the stage “{0}”, but no earlier stage has it."),
    "code_repeated": ("编号“{}”重复。", "The key “{}” is used more than once."),
    "stage_unknown": ("没有阶段“{}”。", "There is no stage “{}”."),
    "node_unknown": ("该阶段没有节点“{}”。", "The stage has no node “{}”."),
    "tie_unknown": ("排名依据“{}”不是方案中的节点。", "The ranking criterion “{}” is not a node of the plan."),
    "team_points": ("按名次计分须有 points 分值表。", "Rank points need a table `points`."),
    "team_number": ("“{}”的值 {} 不合适。", "“{}” cannot be {}."),
    "excludes_unknown": ("排除的奖项“{}”不在本方案中。", "Excludes the award “{}”, which this scheme does not have."),
}  # fmt: skip


def check_scheme(scheme: Scheme) -> tuple[PlanFault, ...]:
    """Everything wrong with the scheme, in reading order; empty when it can be run."""
    return (*_stage_faults(scheme), *_board_faults(scheme), *_team_faults(scheme), *_award_faults(scheme))


def _fault(path: str, code: str, *values: object) -> PlanFault:
    zh, en = _TEXTS[code]
    shown = [str(value)[:_LONGEST_SHOWN] for value in values]
    return PlanFault(path, code, zh.format(*shown), en.format(*shown))


def _stage_faults(scheme: Scheme) -> Iterator[PlanFault]:
    if not scheme.stages:
        yield _fault("stages", "no_stages")
    earlier: dict[str, Stage] = {}
    for stage in scheme.stages:
        path = f"stages > {stage.key[:_LONGEST_SHOWN]}"
        if not _KEY.fullmatch(stage.key):
            yield _fault(path, "stage_invalid", stage.key)
        if stage.key in earlier:
            yield _fault(path, "stage_repeated", stage.key)
        # Of a single plan the path is the plan's own, as check_plan has it.
        prefix = "" if len(scheme.stages) == 1 else path + " > "
        faults = check_plan(stage.plan)
        yield from (PlanFault(prefix + each.path, each.code, each.zh, each.en) for each in faults)
        if not any(each.code == "too_deep" for each in faults):
            yield from _carried_faults(prefix, stage.plan, earlier)
        earlier[stage.key] = stage


def _carried_faults(prefix: str, plan: Plan, earlier: dict[str, Stage]) -> Iterator[PlanFault]:
    for above, node in walk(plan.root):
        if isinstance(node, Carried):
            stage = earlier.get(node.stage)
            if stage is None or (node.of is not None and node.of not in _keys(stage.plan)):
                path = prefix + " > ".join(each.key for each in (*above, node))
                yield _fault(path, "carried_unknown", node.stage, node.of or "总分 / total")


def _board_faults(scheme: Scheme) -> Iterator[PlanFault]:
    yield from _repeated("boards", [board.key for board in scheme.boards])
    for board in scheme.boards:
        path = f"boards > {board.key[:_LONGEST_SHOWN]}"
        plan = _plan_of(scheme, board.stage)
        if plan is None:
            yield _fault(path, "stage_unknown", board.stage)
        else:
            yield from _board_node_faults(path, board, plan)


def _board_node_faults(path: str, board: Board, plan: Plan) -> Iterator[PlanFault]:
    keys = _keys(plan)
    if board.by is not None and board.by not in keys:
        yield _fault(path, "node_unknown", board.by)
    yield from (
        _fault(path, "tie_unknown", tie.key) for tie in board.ties if _names_node(tie) and tie.key not in keys
    )


def _names_node(tie: Tie) -> bool:
    return tie.of in {"node", "highest_mark", "countback"}


def _team_faults(scheme: Scheme) -> Iterator[PlanFault]:
    yield from _repeated("teams", [team.key for team in scheme.teams])
    for team in scheme.teams:
        path = f"teams > {team.key[:_LONGEST_SHOWN]}"
        stages = team.stages or (None,)
        for stage in stages:
            plan = _plan_of(scheme, stage)
            if plan is None:
                yield _fault(path, "stage_unknown", stage)
            elif team.node is not None and team.node not in _keys(plan):
                yield _fault(path, "node_unknown", team.node)
        yield from _team_number_faults(path, team)


def _team_number_faults(path: str, team: TeamRule) -> Iterator[PlanFault]:
    if team.of == "rank_points" and not team.points:
        yield _fault(path, "team_points")
    for name, least in (("best", 1), ("minimum", 1), ("most", 1), ("drop", 0)):
        value = getattr(team, name)
        if value is not None and value < least:
            yield _fault(path, "team_number", name, value)


def _award_faults(scheme: Scheme) -> Iterator[PlanFault]:
    codes = [rule.code for rule in scheme.awards]
    yield from _repeated("awards", codes)
    for rule in scheme.awards:
        unknown = sorted(set(rule.excludes) - set(codes))
        yield from (
            _fault(f"awards > {rule.code[:_LONGEST_SHOWN]}", "excludes_unknown", each) for each in unknown
        )


def _repeated(path: str, keys: Sequence[str]) -> Iterator[PlanFault]:
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield _fault(f"{path} > {key[:_LONGEST_SHOWN]}", "code_repeated", key)


def _plan_of(scheme: Scheme, stage: str | None) -> Plan | None:
    if stage is None:
        return scheme.stages[-1].plan if scheme.stages else None
    return next((each.plan for each in scheme.stages if each.key == stage), None)


def _keys(plan: Plan) -> set[str]:
    return {node.key for _, node in walk(plan.root)}
