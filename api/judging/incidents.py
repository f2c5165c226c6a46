"""Raised hands: a judge's two taps reach those who run the session, who say that they have seen it and how it was settled."""

from collections import defaultdict
from uuid import UUID

import asyncpg
import msgspec

from api.access.actor import Actor
from api.contests.scopes import SessionScope, session_scope
from api.judging.tablet_schemas import AnswerIncident, Incident, IncidentAnswer, RaiseIncident
from api.live.commands import tell_item
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id
from api.plumbing.problems import Problem
from api.plumbing.texts import clean_reason
from api.results.ledger import append_ledger

LONGEST_NOTE = 200
MOST_SHOWN = 500


class HandNotice(msgspec.Struct, frozen=True):
    """What the control room is told."""

    session: str


RAISE = """/* judging.raise_incident */
INSERT INTO incident (session_id, station, kind, note, by_account, occurred_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id
"""

INCIDENTS = """/* judging.incidents */
SELECT i.id, i.station, i.kind, i.note, coalesce(j.code, a.display_name) AS by, i.occurred_at, i.at
FROM incident i
JOIN judging_session s ON s.id = i.session_id
JOIN item t ON t.id = s.item_id
JOIN account a ON a.id = i.by_account
LEFT JOIN judge j ON j.account_id = i.by_account AND j.contest_id = t.contest_id
WHERE i.session_id = $1 AND ($2::uuid IS NULL OR i.by_account = $2) AND ($3::uuid IS NULL OR i.id = $3)
ORDER BY i.at DESC, i.id LIMIT $4
"""

ANSWERS = """/* judging.incident_answers */
SELECT n.incident_id, n.state, n.note, coalesce(j.code, a.display_name) AS by, n.at
FROM incident_answer n
JOIN incident i ON i.id = n.incident_id
JOIN judging_session s ON s.id = i.session_id
JOIN item t ON t.id = s.item_id
JOIN account a ON a.id = n.by_account
LEFT JOIN judge j ON j.account_id = n.by_account AND j.contest_id = t.contest_id
WHERE n.incident_id = ANY ($1::uuid[]) ORDER BY n.incident_id, n.position
"""


async def raise_incident(db: Db, actor: Actor, session_id: UUID, data: RaiseIncident) -> Incident:
    """Record a raised hand. Raises not_found for a session that is not the actor's."""
    note = clean_reason(data.note, LONGEST_NOTE, "/note")
    async with db.transaction() as connection:
        place = await session_scope(connection, session_id)
        actor.require("incident.raise", place.scope)
        incident_id = await connection.fetchval(
            RAISE, session_id, data.station, data.kind, note, actor.account_id, data.occurred_at
        )
        payload = {"kind": data.kind, "station": data.station, "note": note}
        await _note(connection, place, "incident.raised", incident_id, payload, actor)
        [raised] = await _incidents(connection, session_id, incident_id=incident_id)
        return raised


async def incidents_of_session(db: Db, actor: Actor, session_id: UUID) -> list[Incident]:
    """The newest first: all for those who run the session, a judge's own for the judge."""
    async with db.reading() as connection:
        place = await session_scope(connection, session_id)
        all_of_them = actor.may("incident.read", place.scope)
        if not all_of_them:
            actor.require("incident.raise", place.scope)
        return await _incidents(connection, session_id, None if all_of_them else actor.account_id)


SESSION_OF_INCIDENT = """/* judging.session_of_incident */
SELECT session_id FROM incident WHERE id = $1
"""

ANSWER = """/* judging.answer_incident */
INSERT INTO incident_answer (incident_id, position, state, note, by_account)
SELECT $1, coalesce(max(position), 0) + 1, $2, $3, $4 FROM incident_answer WHERE incident_id = $1
"""


async def answer_incident(db: Db, actor: Actor, incident_id: UUID, data: AnswerIncident) -> Incident:
    """Say that it was seen, or settled. Raises not_found."""
    note = clean_reason(data.note, LONGEST_NOTE, "/note")
    async with db.transaction() as connection:
        session_id = await connection.fetchval(SESSION_OF_INCIDENT, incident_id)
        if session_id is None:
            raise Problem("not_found")
        place = await session_scope(connection, session_id)
        actor.require("incident.answer", place.scope)
        # One answer after the other, or two would take the same place.
        await connection.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"incident:{incident_id}"
        )
        await connection.execute(ANSWER, incident_id, data.state, note, actor.account_id)
        await _note(connection, place, f"incident.{data.state}", incident_id, {"note": note}, actor)
        [answered] = await _incidents(connection, session_id, incident_id=incident_id)
        return answered


async def _incidents(
    connection: Connection,
    session_id: UUID,
    by_account: UUID | None = None,
    incident_id: UUID | None = None,
) -> list[Incident]:
    rows = await connection.fetch(INCIDENTS, session_id, by_account, incident_id, MOST_SHOWN)
    answers: defaultdict[UUID, list[asyncpg.Record]] = defaultdict(list)
    for row in await connection.fetch(ANSWERS, [row["id"] for row in rows]):
        answers[row["incident_id"]].append(row)
    return [
        Incident(
            id=encode_id("incident", row["id"]),
            station=row["station"],
            kind=row["kind"],
            note=row["note"],
            by=row["by"],
            occurred_at=row["occurred_at"],
            at=row["at"],
            answers=tuple(
                IncidentAnswer(each["state"], each["note"], each["by"], each["at"])
                for each in answers[row["id"]]
            ),
        )
        for row in rows
    ]


async def _note(
    connection: Connection, place: SessionScope, act: str, subject: UUID, payload: object, actor: Actor
) -> None:
    await append_ledger(
        connection, place.item.season_id, place.item.item_id, act, subject, msgspec.json.encode(payload).decode(), actor.account_id
    )  # fmt: skip
    # That a hand was raised, and in which session; what it is about is asked for.
    notice = HandNotice(encode_id("session", place.session_id))
    await tell_item(connection, place.item.item_id, ("judge", "org"), "incident", notice)
