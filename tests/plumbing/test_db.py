"""The database's door: two of them in one process stay apart, and a transaction is joined only through its own."""

import asyncio

from api.plumbing.db import Db


async def test_closing_one_database_leaves_another_open(db, settings):
    other = await Db.connect(settings)

    await other.close()

    async with db.reading() as connection:
        assert await connection.fetchval("SELECT 1") == 1


async def test_a_transaction_is_joined_by_the_same_database_only(db, settings):
    other = await Db.connect(settings)

    async with db.transaction() as outer, db.transaction() as joined, other.transaction() as apart:
        assert joined is outer
        assert apart is not outer
    await other.close()


async def test_application_may_neither_change_facts_nor_make_tables(db):
    async with db.reading() as connection:
        assert await connection.fetchval("SELECT current_user") == "shibaiqian_app"
        assert not await connection.fetchval("SELECT has_schema_privilege('public', 'CREATE')")
        for fact in (
            "mark_revision",
            "theory_mark",
            "ledger",
            "standings_snapshot",
            "draw",
            "award_decision",
        ):
            for change in ("UPDATE", "DELETE", "TRUNCATE"):
                assert not await connection.fetchval("SELECT has_table_privilege($1, $2)", fact, change), (
                    fact,
                    change,
                )


async def test_a_task_begun_in_a_transaction_has_connections_of_its_own(db):
    async def work(release: asyncio.Event) -> tuple[object, object]:
        await release.wait()
        async with db.reading() as reading:
            read = await reading.fetchval("SELECT pg_backend_pid()")
        async with db.transaction() as connection:
            return read, await connection.fetchval("SELECT pg_backend_pid()")

    at_once, later = asyncio.Event(), asyncio.Event()
    async with db.transaction() as connection:
        own = await connection.fetchval("SELECT pg_backend_pid()")
        tasks = [asyncio.create_task(work(at_once)), asyncio.create_task(work(later))]
        at_once.set()
        assert own not in await tasks[0]
        async with db.transaction() as joined:
            assert joined is connection
    later.set()

    # The connection went back to the pool and may serve again, but as nobody's open transaction.
    await tasks[1]
