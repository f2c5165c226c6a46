"""At the centre: take a bundle of facts in. One transaction: it is there whole or not at all, and once however often it is sent."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import msgspec

from api.access.actor import NOBODY, Actor
from api.contests.scopes import SessionScope, session_scope
from api.judging.avoidance import by_judge, conflicts_in_session
from api.judging.commands.sheets import OPEN_RESULTS, PUBLICATION
from api.judging.desk import sheet_form
from api.judging.nudging import Nudges
from api.judging.queries.sessions import STATIONS
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id
from api.plumbing.problems import Problem
from api.plumbing.settings import Settings
from api.results.ledger import append_ledger
from api.venue.bundles import Head, Sealed, is_paired, unseal
from api.venue.commands.attending import take_standings
from api.venue.commands.handouts import HELD_OUT, HOLD_SESSION, HOLD_SHEETS
from api.venue.commands.taking import Taken, move_to, take_facts, unfit
from api.venue.keys import pairing_public
from api.venue.schemas import Difference, FactsBundle, Gap, LedgerRow, Report, SessionFacts, Tally

# The setting by which the guard of a session that is out knows what comes from there.
FROM_VENUE = "shibaiqian.venue_handout"

# What may be answered for at a venue; a result is not decided there.
ACTS = frozenset({"session", "sheet", "judge", "panel", "incident", "clock", "spread", "broadcast"})

# A panel may have two sessions at one venue, and each brings what was done with it.
BROUGHT_ALREADY = """/* venue.act_brought_already */
SELECT EXISTS (SELECT FROM ledger WHERE season_id = $1 AND chain = $2 AND kind = $3 AND subject = $4 AND payload @> $5::jsonb)
"""

KNOWN_IMPORT = """/* venue.known_import */
SELECT report::text FROM venue_import WHERE handout_id = $1 AND hash = $2 ORDER BY position DESC LIMIT 1
"""
HANDOUT_BY_ID = """/* venue.handout_by_id */
SELECT number, ended_at, venue_key FROM venue_handout WHERE id = $1 AND session_id = $2
"""
ADD_IMPORT = """/* venue.add_import */
INSERT INTO venue_import (handout_id, position, number, hash, report, by_account)
SELECT $1, imports + 1, $2, $3, $4, $5 FROM venue_handout WHERE id = $1
"""
COUNT_IMPORT = """/* venue.count_import */
UPDATE venue_handout SET imports = imports + 1, latest = greatest(latest, $2), ledger_seq = greatest(ledger_seq, $3),
       venue_key = coalesce(venue_key, $4), rev = rev + 1
WHERE id = $1
"""


async def bring_facts(
    db: Db, settings: Settings, nudges: Nudges, actor: Actor, session_id: UUID, content: bytes
) -> Report:
    """Take the facts of a venue in; gives what was found, and what is missing.

    Raises not_found, the faults of a bundle (see `unseal`), venue_wrong_session, venue_wrong_key, venue_old_handout, venue_taken_back,
    venue_facts_differ, venue_chain_broken, venue_facts_unfit, results_closed: then nothing has changed.
    """
    async with db.transaction() as connection:
        place = await session_scope(connection, session_id)
        actor.require("venue.run", place.scope)
        # In a thread: tablets of other sessions do not wait for it.
        sealed = await asyncio.to_thread(unseal, content, "facts")
        await connection.execute(HOLD_SESSION, session_id)
        place = await session_scope(connection, session_id)
        out = await connection.fetchrow(HELD_OUT, session_id)
        await _require_own(connection, settings, session_id, sealed.head, out)
        assert out is not None
        known = await connection.fetchval(KNOWN_IMPORT, out["id"], sealed.hash)
        if known is not None:
            # The same bundle again: the same answer, with nothing new.
            return _nothing_new(msgspec.json.decode(known, type=Report))
        # Sheets before the publication, as everybody else.
        await connection.execute(HOLD_SHEETS, session_id)
        if await connection.fetchval(PUBLICATION, place.item.item_id) not in (None, *OPEN_RESULTS):
            raise Problem("results_closed")
        report = await _bring(connection, actor, place, out, sealed)
    nudges.nudge(place.item.item_id)
    return report


async def _require_own(
    connection: Connection, settings: Settings, session_id: UUID, head: Head, out: asyncpg.Record | None
) -> None:
    """The bundle is of this session, of its open hand-out, and signed by the venue that has it."""
    if head.session != session_id:
        raise Problem("venue_wrong_session")
    named = await connection.fetchrow(HANDOUT_BY_ID, head.handout, session_id)
    if named is None:
        raise Problem("venue_wrong_session")
    key = named["venue_key"]
    if key is None and is_paired(
        pairing_public(settings, head.handout), head.handout, bytes.fromhex(head.key), head.pairing
    ):
        key = bytes.fromhex(head.key)
    if key is None or key.hex() != head.key:
        raise Problem("venue_wrong_key")
    if out is None:
        raise Problem("venue_taken_back", number=named["number"])
    if out["id"] != head.handout:
        raise Problem("venue_old_handout", number=named["number"], latest=out["number"])


async def _bring(
    connection: Connection, actor: Actor, place: SessionScope, out: asyncpg.Record, sealed: Sealed
) -> Report:
    await connection.execute("SELECT set_config($1, $2, true)", FROM_VENUE, str(out["id"]))
    facts = (await asyncio.to_thread(sealed.body, FactsBundle)).facts
    taken = await take_facts(connection, place.session_id, facts)
    standings, differences = await take_standings(connection, place.session_id, facts.standings)
    # Somebody may have taken a seat there, and an entry been accepted here.
    differences += [
        Difference(kind="judge_avoidance", judge=each.code)
        for each in by_judge(await conflicts_in_session(connection, place.item.item_id, place.session_id))
    ]
    acts = [row for row in facts.ledger if row.seq > out["ledger_seq"]]
    added = [await _add_act(connection, place, out["number"], act) for act in acts]
    if sealed.head.number >= out["latest"]:
        # Never running here while it is out: the centre would take marks.
        state = "paused" if facts.state == "running" else facts.state
        await move_to(connection, place.session_id, place.state, state)  # type: ignore[arg-type]
    tallies = (
        *taken.tallies,
        Tally("standing", len(facts.standings), standings),
        Tally("act", len(facts.ledger), sum(added)),
    )
    report = await _report(connection, place, out, sealed, facts, taken, tallies)
    report = msgspec.structs.replace(report, differences=tuple(differences))
    await _keep(
        connection, actor, place, out, sealed, report, max((row.seq for row in facts.ledger), default=0)
    )
    return report


async def _add_act(connection: Connection, place: SessionScope, number: int, act: LedgerRow) -> bool:
    """What was answered for at the venue is answered for here: the same words, with where and when."""
    room = act.kind.partition(".")[0]
    if room not in ACTS:
        raise unfit("问责记录", "an act of the ledger")
    season, chain = place.item.season_id, place.item.item_id
    payload = msgspec.json.decode(act.payload, type=dict[str, object])
    venue: dict[str, object] = {"seq": act.seq, "at": act.at}
    if room == "panel":
        same = msgspec.json.encode(payload | {"venue": venue}).decode()
        if await connection.fetchval(BROUGHT_ALREADY, season, chain, act.kind, act.subject, same):
            return False
    payload |= {"venue": {"handout": number, **venue}}
    await append_ledger(
        connection, season, chain, act.kind, act.subject, msgspec.json.encode(payload).decode(), act.account_id or NOBODY
    )  # fmt: skip
    return True


async def _report(
    connection: Connection, place: SessionScope, out: asyncpg.Record, sealed: Sealed, facts: SessionFacts, taken: Taken,
    tallies: tuple[Tally, ...],
) -> Report:  # fmt: skip
    gaps = [*await _open_sheets(connection, place.session_id)]
    gaps += [Gap(kind="tablet_holds", judge=held.judge, done=0, of=held.marks) for held in facts.held]
    gaps += [Gap(kind="older", station=station, judge=judge) for station, judge in taken.older]
    return Report(
        session=encode_id("session", place.session_id),
        number=out["number"],
        bundle=sealed.head.number,
        state=facts.state,
        tallies=tallies,
        sheets=len(facts.sheets),
        equal=taken.equal,
        gaps=tuple(gaps),
        complete=facts.state == "closed" and not gaps,
        at=datetime.now(UTC),
    )


async def _open_sheets(connection: Connection, session_id: UUID) -> list[Gap]:
    """Sheets of present contestants that are not submitted or not signed, as they are here now."""
    rows = await connection.fetch(STATIONS, session_id, None)
    of = len((await sheet_form(connection, rows[0]["plan_id"], rows[0]["node"])).lines)
    return [
        Gap(
            kind="sheet_open" if row["state"] == "open" else "sheet_unsigned",
            station=row["station"],
            judge=row["code"],
            done=row["done"],
            of=of,
        )
        for row in rows
        if row["present"] and row["state"] != "signed"
    ]


async def _keep(
    connection: Connection, actor: Actor, place: SessionScope, out: asyncpg.Record, sealed: Sealed, report: Report, ledger_seq: int
) -> None:  # fmt: skip
    head = sealed.head
    await connection.execute(
        ADD_IMPORT,
        out["id"],
        head.number,
        sealed.hash,
        msgspec.json.encode(report).decode(),
        actor.account_id,
    )
    await connection.execute(COUNT_IMPORT, out["id"], head.number, ledger_seq, bytes.fromhex(head.key))
    payload = {
        "number": out["number"],
        "bundle": head.number,
        "hash": head.sha256,
        "new": {tally.kind: tally.new for tally in report.tallies if tally.new},
        "gaps": len(report.gaps),
        "differences": len(report.differences),
    }
    await append_ledger(
        connection, place.item.season_id, place.item.item_id, "session.brought_back", place.session_id,
        msgspec.json.encode(payload).decode(), actor.account_id,
    )  # fmt: skip


def _nothing_new(report: Report) -> Report:
    tallies = tuple(msgspec.structs.replace(tally, new=0) for tally in report.tallies)
    return msgspec.structs.replace(report, tallies=tallies)
