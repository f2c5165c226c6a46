"""What a session bundle holds around the facts: enough to judge, and nothing of who is judged.

Of a contestant there is the station, which is the code of the last layer, under the attempt's random id. The host is an id without
a name: in a contest of one firm its name would be every contestant's unit.
"""

from uuid import UUID

import asyncpg
import msgspec

from api.access.rights import PIN_ROLES, ROLE_NAMES
from api.contests.rules import rules_of_contest
from api.judging.avoidance import conflicts_among, units_as_numbers
from api.plumbing.db import Connection
from api.venue.queries.facts import session_facts
from api.venue.schemas import JudgeSeat, Person, Place, Row, SessionBundle

FRAME = """/* venue.frame */
SELECT
    (SELECT to_jsonb(r) FROM (SELECT n.id, n.organisation_id, n.year, n.name_zh, n.name_en, n.timezone) r)::text AS season,
    (SELECT to_jsonb(t) FROM trade t WHERE t.code = i.trade_code)::text AS trade,
    (SELECT to_jsonb(r) FROM (SELECT c.id, c.season_id, c.event_id, c.slug, c.tier, c.class_code, c.host_id, c.name_zh, c.name_en,
        c.state, c.registration_opens_at, c.registration_closes_at, c.starts_on, c.ends_on, c.timezone) r)::text AS contest,
    (SELECT to_jsonb(r) FROM (SELECT i.id, i.season_id, i.event_id, i.contest_id, i.trade_code, i.code, i.name_zh, i.name_en, i.kind,
        i.team_size, i.blind_layers, i.plan_id) r)::text AS item,
    (SELECT to_jsonb(r) FROM (SELECT st.id, st.season_id, st.item_id, st.position, st.kind, st.node, st.name_zh, st.name_en) r)::text
        AS stage,
    (SELECT to_jsonb(r) FROM (SELECT p.id, p.season_id, p.item_id, p.name) r)::text AS panel,
    (SELECT to_jsonb(r) FROM (SELECT s.id, s.season_id, s.item_id, s.stage_id, s.panel_id, s.position, s.name_zh, s.name_en,
        s.starts_at, s.ends_at, s.stations) r)::text AS session,
    encode(v.hash, 'hex') AS plan_hash, v.document::text AS plan
FROM judging_session s
JOIN stage st ON st.id = s.stage_id
JOIN panel p ON p.id = s.panel_id
JOIN item i ON i.id = s.item_id
JOIN plan_version v ON v.id = i.plan_id
JOIN contest c ON c.id = i.contest_id
JOIN season n ON n.id = c.season_id
WHERE s.id = $1
"""

# All judges of the contest: in the workshop somebody may have to be replaced.
JUDGES = """/* venue.judges */
SELECT j.id, j.account_id, j.code, pj.position, coalesce(pj.chief, false) AS chief
FROM judging_session s JOIN item i ON i.id = s.item_id JOIN judge j ON j.contest_id = i.contest_id
LEFT JOIN panel_judge pj ON pj.panel_id = s.panel_id AND pj.judge_id = j.id
WHERE s.id = $1 ORDER BY j.code
"""

# Who holds one of the roles that work in the session, and whoever has done something in it. An account that was switched off goes
# along, because facts name it; nothing that would let it in does.
PEOPLE = """/* venue.people */
WITH place AS (
    SELECT s.id AS session_id, s.item_id, i.contest_id FROM judging_session s JOIN item i ON i.id = s.item_id WHERE s.id = $1
), held AS (
    SELECT g.account_id, g.role, g.scope_kind FROM place p JOIN access_grant g
      ON (g.scope_kind, g.scope_id) IN (('contest', p.contest_id), ('item', p.item_id), ('session', p.session_id))
    WHERE g.role = ANY ($2::text[]) AND NOT g.support AND g.revoked_at IS NULL AND g.valid_from <= now()
      AND (g.valid_to IS NULL OR g.valid_to > now())
), acted AS (
    SELECT account_id FROM held
    UNION SELECT j.account_id FROM place p JOIN judge j ON j.contest_id = p.contest_id
    UNION SELECT account_id FROM sheet WHERE session_id = $1
    UNION SELECT by_account FROM sheet_transition t JOIN sheet s ON s.id = t.sheet_id WHERE s.session_id = $1
    UNION SELECT by_account FROM incident WHERE session_id = $1
    UNION SELECT n.by_account FROM incident_answer n JOIN incident i ON i.id = n.incident_id WHERE i.session_id = $1
    UNION SELECT by_account FROM clock_event WHERE session_id = $1
    UNION SELECT by_account FROM broadcast WHERE session_id = $1
    UNION SELECT by_account FROM broadcast_withdrawal WHERE session_id = $1
    UNION SELECT c.account_id FROM paper_copy c JOIN sheet s ON s.id = c.sheet_id WHERE s.session_id = $1
    UNION SELECT t.by_account FROM paper_transfer t JOIN sheet s ON s.id = t.sheet_id WHERE s.session_id = $1
    UNION SELECT d.by_account FROM spread_decision d JOIN attempt a ON a.id = d.attempt_id WHERE a.session_id = $1
    UNION SELECT $3::uuid
)
SELECT a.id, j.code, CASE WHEN a.disabled_at IS NULL THEN encode(a.badge_hash, 'hex') END AS badge_hash,
       CASE WHEN a.disabled_at IS NULL THEN a.pin_hash END AS pin_hash,
       (SELECT array_agg(DISTINCT h.role || ' ' || h.scope_kind) FROM held h WHERE h.account_id = a.id) AS roles
FROM acted x JOIN account a ON a.id = x.account_id CROSS JOIN place p
LEFT JOIN judge j ON j.contest_id = p.contest_id AND j.account_id = a.id
ORDER BY j.code, a.id
"""

PLACES = """/* venue.places */
SELECT a.id AS attempt_id, a.station, coalesce(e.standing, 'present') AS standing
FROM attempt a LEFT JOIN attempt_entry ae ON ae.attempt_id = a.id LEFT JOIN entry e ON e.id = ae.entry_id
WHERE a.session_id = $1 AND NOT a.voided ORDER BY a.station
"""

ROLES = sorted(PIN_ROLES | {"data_clerk"})


async def session_bundle(
    connection: Connection, session_id: UUID, keeper: UUID, pairing_seed: bytes | None
) -> SessionBundle:
    """The session as it stands, for whoever keeps the venue server."""
    frame = await connection.fetchrow(FRAME, session_id)
    assert frame is not None
    rows = {
        name: msgspec.json.decode(frame[name], type=Row)
        for name in ("season", "trade", "contest", "item", "stage", "panel", "session")
    }
    return SessionBundle(
        **rows,
        plan_hash=frame["plan_hash"],
        plan=msgspec.Raw(frame["plan"].encode()),
        keeper=keeper,
        people=tuple(
            _person(row, keeper) for row in await connection.fetch(PEOPLE, session_id, ROLES, keeper)
        ),
        judges=await _judges(
            connection, session_id, UUID(str(rows["contest"]["id"])), UUID(str(rows["item"]["id"]))
        ),
        places=tuple(Place(**row) for row in await connection.fetch(PLACES, session_id)),
        facts=await session_facts(connection, session_id),
        spread=(await rules_of_contest(connection, UUID(str(rows["contest"]["id"]))))[1].spread_of(
            str(rows["item"]["code"])
        ),
        pairing_seed=None if pairing_seed is None else pairing_seed.hex(),
    )


async def _judges(
    connection: Connection, session_id: UUID, contest_id: UUID, item_id: UUID
) -> tuple[JudgeSeat, ...]:
    """Every judge of the contest, and who of them has to stand aside here."""
    rows = await connection.fetch(JUDGES, session_id)
    conflicts = await conflicts_among(connection, item_id, [row["id"] for row in rows])
    barred = {each.judge_id for each in conflicts}
    units = await units_as_numbers(connection, contest_id)
    return tuple(JudgeSeat(**row, barred=row["id"] in barred, of_unit=units.get(row["id"])) for row in rows)


def _person(row: asyncpg.Record, keeper: UUID) -> Person:
    roles = [(role, kind) for role, _, kind in (each.partition(" ") for each in row["roles"] or ())]
    if row["id"] == keeper:
        roles.append(("organiser", "contest"))
    return Person(
        id=row["id"],
        shown=row["code"] or (ROLE_NAMES[roles[-1][0]] if roles else "工作人员"),
        badge_hash=row["badge_hash"],
        pin_hash=row["pin_hash"],
        roles=tuple(roles),
    )
