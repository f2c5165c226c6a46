"""What other rooms ask before they ask for a right: where a contest, an item, a judging session lies."""

import asyncio
from uuid import uuid4

import pytest

from api.contests.scopes import contest_scope, item_scope, session_scope
from api.plumbing.problems import Problem


async def test_contest_lies_below_its_host_and_all_above(world):
    province = await world.organisation()
    city = await world.organisation(parent=province)
    contest = await world.contest(organisation=city, state="published")

    async with world.db.reading() as connection:
        found = await contest_scope(connection, contest.contest)

    assert found.scope.organisation_path == (province, city)
    assert (found.host_id, found.season_id, found.state) == (city, contest.season, "published")
    assert found.timezone == "Asia/Shanghai"


async def test_item_and_session_carry_the_contest_that_runs_them(world):
    contest = await world.contest()
    judges = await world.judges(contest, 1)
    entry = await world.entry(contest)
    await world.sheets(contest, [entry], judges)
    session = await world.fetchval("SELECT id FROM judging_session WHERE item_id = $1", contest.item)

    async with world.db.reading() as connection:
        item = await item_scope(connection, contest.item)
        found = await session_scope(connection, session)

    assert (item.contest_id, item.plan_id) == (contest.contest, contest.plan)
    assert (item.scope.contest_id, item.scope.item_id) == (contest.contest, contest.item)
    assert found.item == item
    assert (found.scope.item_id, found.scope.session_id, found.state) == (contest.item, session, "running")


@pytest.mark.parametrize("load", [contest_scope, item_scope, session_scope])
async def test_absent_thing_is_not_found(world, load):
    async with world.db.reading() as connection:
        with pytest.raises(Problem) as raised:
            await load(connection, uuid4())

    assert raised.value.code == "not_found"


# pg_locks and not pg_stat_activity, which a transaction sees as it was at the first look.
WAITING = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"


async def test_held_contest_does_not_change_state_before_the_transaction_ends(world):
    contest = await world.contest(state="running")
    order: list[str] = []

    async def finish() -> None:
        await world.execute("UPDATE contest SET state = 'finished' WHERE id = $1", contest.contest)
        order.append("finished")

    async with world.db.pool.acquire() as connection, connection.transaction():
        await contest_scope(connection, contest.contest, held=True)
        closing = asyncio.create_task(finish())
        while not await world.fetchval(WAITING):
            await asyncio.sleep(0)
        order.append("held")
    await closing

    assert order == ["held", "finished"]
