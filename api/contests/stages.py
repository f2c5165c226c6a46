"""Stages of an item, read off its plan: a theory stage for each mark from outside, a practical one for each panel and each sheet."""

from uuid import UUID

import msgspec

from api.plumbing.db import Connection
from api.plumbing.problems import Problem
from scoring import Imported, Judged, Measured, Node, Plan, RankPoints, Ref, Relative
from scoring.plans.nodes import children, walk


class StagePlan(msgspec.Struct, frozen=True):
    """A stage gives the marks of one node of the plan."""

    kind: str
    node: str
    name_zh: str
    name_en: str | None


def stages_of(plan: Plan) -> list[StagePlan]:
    """The stages in the order of the plan.

    Marks that have no panel are given on one sheet as far up as nothing else comes in: a run of tasks with its attempts is one
    stage and not one for each mark.
    """
    stages: list[StagePlan] = []
    waiting: list[Node] = [plan.root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Imported):
            stages.append(_stage("theory", node))
        elif node.panel is not None or _one_sheet(node):
            stages.append(_stage("practical", node))
        else:
            waiting.extend(reversed(children(node)))
    return stages


def _one_sheet(node: Node) -> bool:
    """Whether one official can mark all of it alone: no panel, nothing from outside, nothing of other entries."""
    below = [each for _, each in walk(node)]
    return any(isinstance(each, Judged | Measured) for each in below) and not any(
        each.panel is not None or isinstance(each, Imported | RankPoints | Relative | Ref) for each in below
    )


def _stage(kind: str, node: Node) -> StagePlan:
    return StagePlan(kind, node.key, node.title, node.title_en or None)


ADD_STAGES = """/* contests.add_stages */
INSERT INTO stage (season_id, item_id, position, kind, node, name_zh, name_en)
SELECT $1, $2, ordinality, kind, node, name_zh, name_en
FROM unnest($3::text[], $4::text[], $5::text[], $6::text[]) WITH ORDINALITY AS s (kind, node, name_zh, name_en)
"""


async def add_stages(connection: Connection, season_id: UUID, item_id: UUID, plan: Plan) -> None:
    """The stages of a new item."""
    stages = stages_of(plan)
    await connection.execute(
        ADD_STAGES, season_id, item_id, [s.kind for s in stages], [s.node for s in stages], [s.name_zh for s in stages],
        [s.name_en for s in stages],
    )  # fmt: skip


STAGES_OF_ITEM = """/* contests.stages_of_item */
SELECT kind, node FROM stage WHERE item_id = $1 ORDER BY position
"""

RENAME_STAGES = """/* contests.rename_stages */
UPDATE stage s SET name_zh = n.name_zh, name_en = n.name_en
FROM unnest($2::text[], $3::text[], $4::text[]) AS n (node, name_zh, name_en)
WHERE s.item_id = $1 AND s.node = n.node
"""

DROP_STAGES = """/* contests.drop_stages */
DELETE FROM stage WHERE item_id = $1
"""

SESSIONS_OF_ITEM = """/* contests.sessions_of_item */
SELECT EXISTS (SELECT FROM judging_session WHERE item_id = $1)
"""


async def replace_stages(connection: Connection, season_id: UUID, item_id: UUID, plan: Plan) -> None:
    """The stages of a new plan. Raises plan_in_use where judging sessions have been planned for stages that would go."""
    stages = stages_of(plan)
    known = [(row["kind"], row["node"]) for row in await connection.fetch(STAGES_OF_ITEM, item_id)]
    if known == [(stage.kind, stage.node) for stage in stages]:
        await connection.execute(
            RENAME_STAGES, item_id, [s.node for s in stages], [s.name_zh for s in stages], [s.name_en for s in stages]
        )  # fmt: skip
        return
    if await connection.fetchval(SESSIONS_OF_ITEM, item_id):
        raise Problem("plan_in_use")
    await connection.execute(DROP_STAGES, item_id)
    await add_stages(connection, season_id, item_id, plan)
