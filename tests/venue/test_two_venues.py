"""Two workshops at once, and kill -9 in the middle: nothing lost, nothing doubled."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from api.plumbing.settings import Settings
from api.results.ledger import verify_item
from tests.judging.marking import enter, facts, op
from tests.venue.conftest import Centre, centre_of

# What the killed process does; which of both, and with what, stands in its arguments.
IMPORTER = """
import asyncio, sys, msgspec
from pathlib import Path
from uuid import UUID
from api.access.actor import Actor, Grant
from api.judging.nudging import Nudges
from api.plumbing.db import Db
from api.plumbing.settings import Settings
from api.venue.commands.arriving import take_in
from api.venue.commands.bringing import bring_facts

async def main(settings, content, session, account, contest):
    settings = msgspec.json.decode(settings, type=Settings, dec_hook=lambda kind, value: kind(value))
    db = await Db.connect(settings)
    content = Path(content).read_bytes()
    if not account:
        await take_in(db, settings, content)
    else:
        class Quiet:
            def nudge(self, item_id): pass
        actor = Actor(account_id=UUID(account), grants=(Grant("organiser", "contest", UUID(contest)),))
        await bring_facts(db, settings, Quiet(), actor, UUID(session), content)
    await db.close()

asyncio.run(main(*sys.argv[1:]))
"""

WAITING = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND application_name = 'shibaiqian'
"""


def begin(settings: Settings, content: Path, session: str = "", account: str = "", contest: str = ""):
    packed = msgspec.json.encode(settings, enc_hook=str).decode()
    return subprocess.Popen(
        [sys.executable, "-c", IMPORTER, packed, str(content), session, account, contest], env=os.environ
    )


async def until_waiting(world):
    async with asyncio.timeout(60):
        while not await world.fetchval(WAITING):
            await asyncio.sleep(0.02)


async def killed_midway(process, world):
    await until_waiting(world)
    process.send_signal(signal.SIGKILL)
    await asyncio.to_thread(process.wait)
    # The server learns of it when the lock comes free.


async def second_session(centre: Centre) -> Centre:
    """Another session of the same item, with other entrants before the same judges."""
    marking = centre.marking
    world = centre.world
    entries = [await world.entry(marking.contest) for _ in range(2)]
    sheets = await world.sheets(marking.contest, entries, marking.judges, state="planned")
    other = msgspec.structs.replace(marking, entries=entries, sheets=sheets)
    session = await world.fetchval("SELECT session_id FROM sheet WHERE id = $1", sheets[0][0])
    from api.plumbing.ids import encode_id

    path = f"/api/v1/sessions/{encode_id('session', session)}/venue"
    return msgspec.structs.replace(centre, marking=other, session=session, path=path)


async def judge_there(centre, venue, value):
    await venue.take_in(await centre.handed_out())
    await venue.run(centre.session)
    for column, judge in enumerate(centre.marking.judges):
        here = await venue.judge(judge)
        for row in centre.marking.sheets:
            await enter(here, row[column], op("C1", value), op("C2", "50"))


async def test_two_venues_at_once(world, new_venue):
    morning = await centre_of(world)
    other = await second_session(morning)
    venues = [await new_venue(), await new_venue()]
    await asyncio.gather(judge_there(morning, venues[0], "6"), judge_there(other, venues[1], "7"))

    reports = await asyncio.gather(
        morning.brought(await venues[0].facts(morning.session)),
        other.brought(await venues[1].facts(other.session)),
        morning.brought(await venues[0].facts(morning.session)),
    )

    new = [next(each["new"] for each in report["tallies"] if each["kind"] == "mark") for report in reports]
    assert sorted(new) == [0, 8, 8]
    for place, value in ((morning, "6"), (other, "7")):
        for row in place.marking.sheets:
            for sheet in row:
                assert {mark[3] for mark in await facts(world, sheet)} == {value, "50"}
    contest = morning.marking.contest
    async with world.db.reading() as connection:
        assert (await verify_item(connection, contest.item, contest.season, None)).broken == []


async def test_two_sessions_on_one_venue_server(world, venue):
    morning = await centre_of(world)
    other = await second_session(morning)
    await judge_there(morning, venue, "6")
    await judge_there(other, venue, "7")

    for place, value in ((morning, "6"), (other, "7")):
        report = await place.brought(await venue.facts(place.session))
        assert report["tallies"][0] == {"kind": "mark", "sent": 8, "new": 8}
        assert (await facts(world, place.marking.sheet))[0][3] == value


@pytest.mark.faults
async def test_kill_in_the_middle_of_taking_facts_in(centre, venue, settings, tmp_path):
    world, marking = centre.world, centre.marking
    await judge_there(centre, venue, "6")
    content = await venue.facts(centre.session)
    file = tmp_path / "facts.sbq"
    file.write_bytes(content)

    async with world.db.pool.acquire() as connection, connection.transaction():
        # The marks are written before the ledger: there it has to wait.
        await connection.execute("SELECT FROM ledger_head WHERE chain = $1 FOR UPDATE", marking.contest.item)
        process = begin(
            settings,
            file,
            str(centre.session),
            str(centre.organiser.account_id),
            str(marking.contest.contest),
        )
        await killed_midway(process, world)

    assert process.returncode == -signal.SIGKILL
    assert await world.fetchval("SELECT count(*) FROM venue_import i JOIN venue_handout h ON h.id = i.handout_id "
                                "WHERE h.session_id = $1", centre.session) == 0  # fmt: skip
    assert [await facts(world, sheet) for row in marking.sheets for sheet in row] == [[]] * 4
    report = await centre.brought(content)
    assert report["tallies"][0] == {"kind": "mark", "sent": 8, "new": 8}
    assert [len(await facts(world, sheet)) for row in marking.sheets for sheet in row] == [2] * 4


@pytest.mark.faults
async def test_kill_in_the_middle_of_taking_a_session_in(centre, venue, tmp_path):
    content = await centre.handed_out()
    file = tmp_path / "session.sbq"
    file.write_bytes(content)
    judge = centre.marking.judges[1].account_id

    async with venue.world.db.pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        # Contest and item are written before the people: there it has to wait.
        await connection.execute(
            "INSERT INTO account (id, login, display_name) VALUES ($1, 'waiting', '等待')", judge
        )
        process = begin(venue.settings, file)
        await killed_midway(process, venue.world)
        await transaction.rollback()

    assert process.returncode == -signal.SIGKILL
    for table in ("contest", "account", "sheet", "venue_origin"):
        assert await venue.world.fetchval(f"SELECT count(*) FROM {table}") == 0
    arrived = await venue.take_in(content)
    assert (arrived.stations, arrived.again) == (2, False)
    assert (await venue.run(centre.session)).status_code == 200
