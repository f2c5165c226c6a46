"""A season is opened beside people at work: who reads is not waited for, who writes is waited for a moment and given way to."""

import asyncpg
import pytest

from api.contests.commands import seasons
from api.plumbing.ids import parse_id
from tests.contests.test_seasons_and_presets import season_body
from tests.organisations.watching import nothing_written

PARENTS = ("mark_revision", "theory_mark", "ledger", "standings_snapshot")


@pytest.fixture
async def at_work(settings):
    """A connection of somebody else with an open transaction."""
    connection = await asyncpg.connect(settings.database_url)
    transaction = connection.transaction()
    await transaction.start()
    yield connection
    await connection.close()


async def test_readers_of_the_facts_are_not_waited_for(province, world, at_work, monkeypatch):
    """Making a partition in place once locked the parents against every reader, and ended in a deadlock with the worker."""
    monkeypatch.setattr(seasons, "TRIES", 1)
    read = (await province.post("/seasons", season_body(province, year=2025))).json()["id"]
    for table in PARENTS:
        # As the product reads: within a season. The tests' partitions for the rest would hold back a new one otherwise.
        await at_work.fetch(f"SELECT FROM {table} WHERE season_id = '{parse_id('season', read)}'")

    made = await province.post("/seasons", season_body(province))

    assert made.status_code == 201, made.text
    part = parse_id("season", made.json()["id"]).hex
    attached = await world.fetch(
        "SELECT inhparent::regclass::text AS parent FROM pg_inherits WHERE inhrelid::regclass::text LIKE '%' || $1",
        part,
    )
    assert {row["parent"] for row in attached} == set(PARENTS)


async def test_who_writes_is_given_way_to_and_the_season_opened_after(province, at_work, monkeypatch):
    await at_work.execute("LOCK TABLE entry IN ROW EXCLUSIVE MODE")
    waits = []

    async def the_writer_ends():
        # Nothing may be held meanwhile: the writer goes on to a table that comes later in the season's order.
        await at_work.execute("LOCK TABLE item, ledger IN ROW EXCLUSIVE MODE")
        waits.append(await at_work.execute("COMMIT"))

    monkeypatch.setattr(seasons, "_give_way", the_writer_ends)

    made = await province.post("/seasons", season_body(province))

    assert (made.status_code, len(waits)) == (201, 1), made.text


async def test_who_writes_without_end_is_told_from(province, world, at_work, monkeypatch):
    monkeypatch.setattr(seasons, "TRIES", 2)
    await at_work.execute("LOCK TABLE item IN ROW EXCLUSIVE MODE")

    async with nothing_written(world):
        answer = await province.post("/seasons", season_body(province))

    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert answer.headers["retry-after"] == "1"
