"""Assessment plans by id. A plan version never changes, so one that was read once is kept."""

from collections import OrderedDict
from uuid import UUID

import msgspec

from api.plumbing.db import Connection
from api.plumbing.problems import Problem
from scoring import Plan

KEPT_PLANS = 2_000

PLAN_DOCUMENT = """/* contests.plan_document */
SELECT document FROM plan_version WHERE id = $1
"""

_plans: OrderedDict[UUID, Plan] = OrderedDict()
_decoder = msgspec.json.Decoder(Plan)


async def plan_by_id(connection: Connection, plan_id: UUID) -> Plan:
    """The plan, decoded. Raises not_found."""
    plan = _plans.get(plan_id)
    if plan is not None:
        _plans.move_to_end(plan_id)
        return plan
    document = await connection.fetchval(PLAN_DOCUMENT, plan_id)
    if document is None:
        raise Problem("not_found")
    plan = _plans[plan_id] = _decoder.decode(document)
    if len(_plans) > KEPT_PLANS:
        _plans.popitem(last=False)
    return plan
