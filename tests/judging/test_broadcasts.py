"""Broadcasts: told to the tablets of a session by name only, read by each judge once, without a word of who wrote them."""

from uuid import uuid4

import pytest
import pytest_asyncio

from api.plumbing.ids import encode_id
from tests.judging.conftest import marking_of
from tests.live.streaming import stream
from tests.live.test_events import cookie_of, path_of

TEXT = "请各工位暂停，10分钟后继续"


@pytest_asyncio.fixture
async def organiser(world, marking):
    return await world.client("organiser", "contest", marking.contest.contest)


async def session_of(world, it):
    found = await world.fetchval("SELECT id FROM judging_session WHERE item_id = $1", it.contest.item)
    return encode_id("session", found)


async def say(client, session, text=TEXT, **more):
    return await client.post(
        f"/api/v1/sessions/{session}/broadcasts",
        json={"text": text, **more},
        headers={"Idempotency-Key": str(uuid4())},
    )


async def unread(client, session):
    answer = await client.get(f"/api/v1/sessions/{session}/broadcasts/unread")
    assert answer.status_code == 200, answer.text
    return [each["text"] for each in answer.json()]


async def test_a_notice_is_told_by_name_and_stays_until_its_judge_has_read_it(app, world, marking, organiser):
    session = await session_of(world, marking)
    judge, other = marking.judges

    async with stream(app, f"/api/v1/sessions/{session}/events", cookie=cookie_of(judge)) as reader:
        await reader.until("ready")
        sent = (await say(organiser, session)).json()
        [event] = await reader.until("broadcast")

    assert event["data"] == {"broadcast": sent["id"], "session": session}
    assert "暂停" not in reader.text
    assert await unread(judge, session) == [TEXT]
    received = [await judge.post(f"/api/v1/broadcasts/{sent['id']}/receipt") for _ in range(2)]
    assert [answer.status_code for answer in received] == [204, 204]
    assert (await unread(judge, session), await unread(other, session)) == ([], [TEXT])
    [shown] = (await organiser.get(f"/api/v1/sessions/{session}/broadcasts")).json()
    assert (shown["judges"], shown["read"], shown["text"]) == (2, 1, TEXT)


async def test_a_tablet_is_told_of_nothing_that_names_an_item(app, world, marking, organiser):
    session = await session_of(world, marking)
    judge = marking.judge

    async with stream(app, f"/api/v1/sessions/{session}/events", cookie=cookie_of(judge)) as reader:
        await reader.until("ready")
        await judge.post(
            f"/api/v1/sessions/{session}/incidents",
            json={"kind": "help", "occurred_at": "2021-03-01T12:00:00+08:00"},
            headers={"Idempotency-Key": str(uuid4())},
        )
        await say(organiser, session)
        await reader.until("broadcast")

    assert {event["type"] for event in reader.events} == {"ready", "broadcast"}
    assert "itm_" not in reader.text
    assert "con_" not in reader.text


async def test_what_was_said_to_all_reaches_every_session_and_one_of_a_session_only_that(
    app, world, marking, organiser
):
    session = await session_of(world, marking)
    await world.execute(
        "INSERT INTO judging_session (stage_id, item_id, season_id, panel_id, position, name_zh, stations, starts_at, ends_at, state) "
        "SELECT stage_id, item_id, season_id, panel_id, position + 1, '第2场', stations, starts_at, ends_at, 'planned' "
        "FROM judging_session WHERE item_id = $1",
        marking.contest.item,
    )
    other = encode_id(
        "session",
        await world.fetchval(
            "SELECT id FROM judging_session WHERE item_id = $1 AND name_zh = '第2场'", marking.contest.item
        ),
    )

    async with stream(app, path_of(marking.contest), cookie=cookie_of(organiser)) as reader:
        await reader.until("ready")
        await say(organiser, session, "只给这一场")
        await say(organiser, other, "给所有裁判", everybody=True)
        told = await reader.until("broadcast", 2)

    assert [event["data"]["session"] for event in told] == [session, None]
    assert await unread(marking.judge, session) == ["只给这一场", "给所有裁判"]
    assert await unread(marking.judge, other) == ["给所有裁判"]


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [(" ", "broadcast_empty", "没有内容"), ("字" * 101, "broadcast_long", "有101字，最多100字")],
)
async def test_empty_and_too_long_is_refused_with_what_is_wrong(world, marking, organiser, text, code, said):
    answer = await say(organiser, await session_of(world, marking), text)

    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/text", code)
    assert said in error["detail"]
    assert (
        await world.fetchval("SELECT count(*) FROM broadcast WHERE contest_id = $1", marking.contest.contest)
        == 0
    )


async def test_a_hundred_characters_go_out_and_stand_in_the_ledger(world, marking, organiser):
    answer = await say(organiser, await session_of(world, marking), "字" * 100)

    assert answer.status_code == 201, answer.text
    [row] = await world.fetch(
        "SELECT payload::text AS payload, account_id FROM ledger WHERE chain = $1 AND kind = 'broadcast.sent'",
        marking.contest.item,
    )
    assert "字" * 100 in row["payload"]
    assert row["account_id"] == organiser.account_id


async def test_judges_send_nothing_and_read_only_what_was_meant_for_them(world, marking, organiser):
    session = await session_of(world, marking)
    elsewhere = await marking_of(world, judges=1)
    sent = (await say(organiser, session)).json()

    assert (await say(marking.judges[1], session)).status_code == 403
    assert await unread(organiser, session) == []
    assert (await organiser.post(f"/api/v1/broadcasts/{sent['id']}/receipt")).status_code == 403
    stranger = elsewhere.judge
    assert (await stranger.get(f"/api/v1/sessions/{session}/broadcasts/unread")).status_code == 404
    assert (await stranger.post(f"/api/v1/broadcasts/{sent['id']}/receipt")).status_code == 404
    assert (
        await say(await world.client("organiser", "contest", elsewhere.contest.contest), session)
    ).status_code == 404
    assert await world.fetchval("SELECT count(*) FROM broadcast_receipt r JOIN broadcast b ON b.id = r.broadcast_id WHERE b.contest_id = $1",
                                marking.contest.contest) == 0  # fmt: skip


async def test_the_chief_of_one_item_does_not_speak_to_the_whole_contest(world, marking):
    chief = await world.client("chief_judge", "item", marking.contest.item)
    session = await session_of(world, marking)

    assert (await say(chief, session, everybody=True)).status_code == 404
    assert (await say(chief, session)).status_code == 201


async def test_a_judge_never_reads_who_wrote_it(world, marking, organiser):
    session = await session_of(world, marking)
    await say(organiser, session)
    name = await world.fetchval("SELECT display_name FROM account WHERE id = $1", organiser.account_id)

    answer = await marking.judge.get(f"/api/v1/sessions/{session}/broadcasts/unread")

    assert name not in answer.text
    assert set(answer.json()[0]) == {"id", "text", "at"}


async def test_what_was_withdrawn_is_read_by_nobody_any_more_and_stays_on_record(
    app, world, marking, organiser
):
    session = await session_of(world, marking)
    judge, other = marking.judges
    sent = (await say(organiser, session)).json()
    await other.post(f"/api/v1/broadcasts/{sent['id']}/receipt")

    async with stream(app, f"/api/v1/sessions/{session}/events", cookie=cookie_of(judge)) as reader:
        await reader.until("ready")
        taken = [await organiser.post(f"/api/v1/broadcasts/{sent['id']}/withdrawal") for _ in range(2)]
        [event] = await reader.until("broadcast")

    assert [answer.status_code for answer in taken] == [200, 200]
    assert event["data"] == {"broadcast": sent["id"], "session": session}
    assert await unread(judge, session) == []
    [shown] = (await organiser.get(f"/api/v1/sessions/{session}/broadcasts")).json()
    assert (shown["text"], shown["read"], shown["withdrawn_at"] is None) == (TEXT, 1, False)
    assert shown["withdrawn_by"]
    [row] = await world.fetch(
        "SELECT account_id, at FROM ledger WHERE chain = $1 AND kind = 'broadcast.withdrawn'",
        marking.contest.item,
    )
    assert row["account_id"] == organiser.account_id


async def test_only_who_may_speak_to_all_takes_back_what_was_said_to_all(world, marking, organiser):
    chief = await world.client("chief_judge", "item", marking.contest.item)
    session = await session_of(world, marking)
    to_all = (await say(organiser, session, everybody=True)).json()
    to_session = (await say(organiser, session)).json()

    async def take_back(client, said):
        return (await client.post(f"/api/v1/broadcasts/{said['id']}/withdrawal")).status_code

    assert await take_back(marking.judges[1], to_session) == 403
    assert (await take_back(chief, to_all), await take_back(chief, to_session)) == (404, 200)
    assert await unread(marking.judge, session) == [TEXT]
    assert await take_back(organiser, to_all) == 200
    kinds = await world.fetchval(
        "SELECT count(*) FROM ledger WHERE chain = $1 AND kind = 'broadcast.withdrawn'",
        marking.contest.contest,
    )
    assert (await unread(marking.judge, session), kinds) == ([], 1)
