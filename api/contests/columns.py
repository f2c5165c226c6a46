"""What an entry's columns say: the facts of the registration that plans may rank by and rules may count by.

| column | value | plans | rules |
| --- | --- | --- | --- |
| delegation | the delegation's name | yes | yes |
| unit | the unit's name | yes | yes |
| unit_kind | national_body, federation, industry_line, enterprise, authority | yes | yes |
| region | the delegation's region, else the unit's, by its code of six digits | yes | yes |
| group | the item's group | yes | yes |
| sex | F or M, where all contestants of the entry are alike | yes | yes |
| public | yes or no: all contestants work in the public sector, or none does | yes | yes |
| post | the post of all contestants, where they are alike | yes | yes |
| birth_date | of an entry of one | yes | no |

A date of birth leaves this module as a place in the order of all dates of the item (1 is the oldest), so that a tie can be
decided by age and no standing holds a date.
"""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from api.plumbing.db import Connection
from scoring import Plan, RankPoints, Relative
from scoring.plans.nodes import walk

BIRTH_DATE: Final = "birth_date"
RULE_COLUMNS: Final = ("delegation", "unit", "unit_kind", "region", "group", "sex", "public", "post")
PLAN_COLUMNS: Final = (*RULE_COLUMNS, BIRTH_DATE)

COLUMNS_OF_ITEMS = """/* contests.columns_of_items */
SELECT e.id, e.item_id, d.name_zh AS delegation, coalesce(o.name_zh, e.unit_name) AS unit, o.kind AS unit_kind,
       coalesce(d.region_code, o.region_code) AS region, i.group_name AS "group", m.sex, m.public, m.post, m.birth_date
FROM entry e
JOIN item i ON i.id = e.item_id
LEFT JOIN delegation d ON d.id = e.delegation_id
LEFT JOIN organisation o ON o.id = e.unit_id
LEFT JOIN LATERAL (
    SELECT CASE WHEN count(*) = count(v.sex) AND count(DISTINCT v.sex) = 1 THEN min(v.sex) END AS sex,
           CASE WHEN count(*) = count(w.public) AND bool_and(w.public) = bool_or(w.public)
                THEN CASE WHEN bool_and(w.public) THEN 'yes' ELSE 'no' END END AS public,
           CASE WHEN count(*) = count(w.post) AND count(DISTINCT w.post) = 1 THEN min(w.post) END AS post,
           CASE WHEN count(*) = 1 THEN min(v.birth_date) END AS birth_date
    FROM entry_member x
    JOIN person_version v ON v.id = x.person_version_id
    LEFT JOIN employment w ON w.id = x.employment_id
    WHERE x.entry_id = e.id AND x.role = 'contestant'
) m ON true
WHERE e.item_id = ANY ($1) AND e.state = 'accepted'
"""


async def columns_of_items(
    connection: Connection, items: Collection[UUID], names: Collection[str] = RULE_COLUMNS
) -> dict[UUID, dict[str, str]]:
    """The named columns of every accepted entry, by entry; what is not known is left out."""
    if not names:
        return {}
    rows = await connection.fetch(COLUMNS_OF_ITEMS, list(items))
    dates = sorted({(row["item_id"], row["birth_date"]) for row in rows if row["birth_date"] is not None})
    oldest_first = {each: str(place) for place, each in enumerate(dates, 1)}
    columns: dict[UUID, dict[str, str]] = {}
    for row in rows:
        born = oldest_first.get((row["item_id"], row["birth_date"]))
        found = {name: born if name == BIRTH_DATE else row[name] for name in names}
        columns[row["id"]] = {name: value for name, value in found.items() if value}
    return columns


def columns_of_plan(plan: Plan) -> frozenset[str]:
    """The columns that a plan asks for, known or not."""
    within = {
        node.within for _, node in walk(plan.root) if isinstance(node, RankPoints | Relative) and node.within
    }
    return frozenset(within | {tie.key for tie in plan.ties if tie.of == "column"})
