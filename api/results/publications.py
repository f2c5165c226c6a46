"""Where an item's result stands on its way to the public, what it took to get there and what is still owed."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import asyncpg

from api.access.actor import Actor
from api.contests.scopes import item_scope
from api.control.gates import recheck_gap, sign_off_gap
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id
from api.plumbing.problems import Problem
from api.plumbing.states import MACHINES
from api.results.facts import count_facts
from api.results.schemas import Audience, PublicationGap, PublicationStep, PublicationView
from api.results.snapshots import Snapshot, latest_snapshot, snapshot_by_number
from scoring import StandingRow

PUBLISHED: Final[dict[str, Audience]] = {"provisional": "provisional", "final": "final", "amended": "amended"}

PUBLICATION = """/* results.publication */
SELECT p.item_id, p.season_id, p.state, p.rev, p.snapshot, p.amendment, p.frozen, p.notice_opens_at, p.notice_closes_at
FROM publication p WHERE p.item_id = $1
"""

HISTORY = """/* results.publication_history */
SELECT t.from_state, t.to_state, t.snapshot, t.reason, a.display_name AS by, t.at
FROM publication_transition t LEFT JOIN account a ON a.id = t.by_account WHERE t.item_id = $1 ORDER BY t.seq
"""

OPEN_SHEETS = """/* results.open_sheets */
SELECT count(*) FILTER (WHERE s.state <> 'signed') AS unsigned, count(*) AS sheets,
       item_is_decoded($1) AS decoded
FROM sheet s JOIN attempt a ON a.id = s.attempt_id AND NOT a.voided
LEFT JOIN attempt_entry ae ON ae.attempt_id = a.id LEFT JOIN entry e ON e.id = ae.entry_id
WHERE s.item_id = $1 AND (e.id IS NULL OR e.standing = 'present' AND e.state = 'accepted')
"""


async def publication(db: Db, actor: Actor, item_id: UUID) -> PublicationView:
    """Where the item stands, for those who run it."""
    async with db.reading() as connection:
        actor.require("standings.read", (await item_scope(connection, item_id)).scope)
        return await publication_view(connection, item_id)


async def publication_view(connection: Connection, item_id: UUID) -> PublicationView:
    """The same without a look at rights, for commands that have taken them."""
    row = await connection.fetchrow(PUBLICATION, item_id)
    if row is None:
        raise Problem("not_found")
    if row["snapshot"] is not None:
        snapshot: Snapshot | None = await snapshot_by_number(
            connection, item_id, row["season_id"], row["snapshot"]
        )
    else:
        snapshot = await latest_snapshot(connection, item_id, row["season_id"])
    rows = snapshot.standings.rows if snapshot else ()
    sheets = await connection.fetchrow(OPEN_SHEETS, item_id)
    assert sheets is not None
    gaps = (
        _gaps(sheets["unsigned"], rows, decoded=sheets["decoded"])
        if row["state"] in ("open", "closed")
        else []
    )
    gaps += await _control_gaps(connection, row, snapshot) if snapshot else []
    return PublicationView(
        item=encode_id("item", item_id),
        state=row["state"],
        rev=row["rev"],
        snapshot=row["snapshot"],
        hash_fragment=snapshot.fragment if snapshot else None,
        amendment=row["amendment"],
        frozen=row["frozen"],
        ranked=sum(each.rank is not None for each in rows),
        complete=bool(snapshot and snapshot.standings.complete),
        next_states=list(MACHINES["publication"][row["state"]]),
        gaps=gaps,
        notice_opens_at=row["notice_opens_at"],
        notice_closes_at=row["notice_closes_at"],
        history=[PublicationStep(**dict(each)) for each in await connection.fetch(HISTORY, item_id)],
    )


def _gaps(unsigned: int, rows: Sequence[StandingRow], *, decoded: bool) -> list[PublicationGap]:
    gaps = []
    if unsigned:
        gaps.append(
            PublicationGap("sheets_unsigned", f"{unsigned}张评分表未签字", f"{unsigned} sheet(s) unsigned")
        )
    if not decoded:
        gaps.append(PublicationGap("blind_not_decoded", "加密号尚未解密", "Blind numbers are not decoded"))
    lacking = sum(row.state == "present" and not row.complete for row in rows)
    if lacking or not rows:
        zh = f"{lacking}名选手成绩不完整" if rows else "还没有成绩"
        en = f"{lacking} entries lack marks" if rows else "No marks yet"
        gaps.append(PublicationGap("standing_incomplete", zh, en))
    return gaps


async def _control_gaps(
    connection: Connection, row: asyncpg.Record, snapshot: Snapshot
) -> list[PublicationGap]:
    """What those who control still owe: the recheck before the confirmation, the signature under what is to be shown.

    Once something is shown, only a correction since then is owed: the public still reads the version before it.
    """
    item_id, season_id, state = row["item_id"], row["season_id"], row["state"]
    behind = row["snapshot"] is not None and snapshot.facts != await count_facts(
        connection, item_id, season_id
    )
    if state in ("open", "withdrawn") or (state in PUBLISHED and not behind):
        return []
    gaps = []
    if state in PUBLISHED:
        gaps.append(PublicationGap("result_corrected", "成绩已更正，公布的仍是更正前的版本", "Corrected since; the public still reads the version before it"))  # fmt: skip
    found = [await recheck_gap(connection, item_id, season_id, snapshot.standings)]
    if state != "closed":
        latest = await latest_snapshot(connection, item_id, season_id)
        found.append(await sign_off_gap(connection, item_id, (latest or snapshot).number))
    return gaps + [_gap(problem) for problem in found if problem]


def _gap(problem: Problem) -> PublicationGap:
    kind = problem.kind
    return PublicationGap(problem.code, kind.title_zh, kind.title_en)
