"""Events of a contest: in order, once, to whom they belong, and over every interruption (UX SSE-1, SSE-2, DESIGN 6)."""

import asyncio
import json
import re

import pytest

from api.live import hub as hubs
from api.live.commands import forget_events
from api.plumbing.ids import encode_id
from api.results.commands import refresh_standings
from tests.live.streaming import stream
from tests.results.builders import MARKS, add_theory, mark

TELL = "SELECT append_item_event($1, $2, $3, $4)"


def path_of(contest):
    return f"/api/v1/contests/{encode_id('contest', contest.contest)}/events"


def cookie_of(client):
    return f"sbq_session={client.cookies['sbq_session']}"


async def tell(world, contest, number, audiences=("public",)):
    await world.execute(TELL, contest.item, list(audiences), "board", json.dumps({"number": number}))


def numbers(events):
    return [event["data"]["number"] for event in events]


async def test_an_event_is_told_when_its_change_commits_and_not_before(app, world):
    contest = await world.contest()

    async with stream(app, path_of(contest)) as reader:
        await reader.until("ready")
        with pytest.raises(ZeroDivisionError):
            async with world.db.transaction() as connection:
                await connection.execute(TELL, contest.item, ["public"], "board", '{"number": 1}')
                raise ZeroDivisionError
        await tell(world, contest, 2)
        [event] = await reader.until("board")

    assert (event["id"], event["data"]) == ("p1", {"number": 2})


async def test_sse_1_five_hundred_events_while_away_come_once_each_in_order(app, world):
    contest = await world.contest()
    async with stream(app, path_of(contest)) as reader:
        await reader.until("ready")
        await tell(world, contest, 0)
        [first] = await reader.until("board")

    for number in range(1, 501):
        await tell(world, contest, number)
    async with stream(app, path_of(contest), last_event_id=first["id"]) as reader:
        await reader.until("board", 500)
        await tell(world, contest, 501)
        events = await reader.until("board", 501)

    assert numbers(events) == list(range(1, 502))
    assert [event["id"] for event in events] == [f"p{number}" for number in range(2, 503)]
    assert "reset" not in {event["type"] for event in reader.events}


async def test_events_that_come_while_the_past_is_told_are_neither_lost_nor_doubled(app, world):
    contest = await world.contest()
    for number in range(1, 701):
        await tell(world, contest, number)

    async with stream(app, path_of(contest), query="since=0") as reader:
        await asyncio.gather(*(tell(world, contest, number) for number in range(701, 721)))
        events = await reader.until("board", 720)

    assert sorted(numbers(events)) == list(range(1, 721))
    assert [event["id"] for event in events] == [f"p{number}" for number in range(1, 721)]


async def test_what_is_told_at_once_by_many_is_numbered_without_gap(app, world):
    contest = await world.contest()

    async with stream(app, path_of(contest)) as reader:
        await reader.until("ready")
        await asyncio.gather(*(tell(world, contest, number) for number in range(40)))
        events = await reader.until("board", 40)

    assert [event["id"] for event in events] == [f"p{number}" for number in range(1, 41)]


@pytest.mark.parametrize("last", ["p900", "o1", "x", "-1", "p-1", "p１"])
async def test_an_id_that_means_nothing_here_is_answered_by_reset(app, world, last):
    contest = await world.contest()
    await tell(world, contest, 1)

    async with stream(app, path_of(contest), query=f"since={last}") as reader:
        [reset] = await reader.until("reset")
        await tell(world, contest, 2)
        events = await reader.until("board")

    assert reset["id"] == "p1"
    assert numbers(events) == [2]


async def test_too_old_an_id_is_answered_by_reset_and_old_events_are_dropped(app, world, db, settings):
    import asyncpg

    contest = await world.contest()
    await tell(world, contest, 1)
    owner = await asyncpg.connect(settings.owner_url)
    try:
        # Two days ago: as the owner, because nobody else may put an event elsewhere.
        await owner.execute(
            "INSERT INTO live_event (contest_id, audience, seq, slot, kind, data, at) "
            "SELECT $1, 'unit', 1, live_slot(now() - interval '2 days'), 'board', '{}', now() - interval '2 days'",
            contest.contest,
        )
    finally:
        await owner.close()

    await forget_events(db)

    assert await world.fetchval("SELECT count(*) FROM live_event WHERE contest_id = $1", contest.contest) == 1
    await world.execute("UPDATE live_head SET seq = 9 WHERE contest_id = $1", contest.contest)
    await tell(world, contest, 10)
    async with stream(app, path_of(contest), query="since=p5") as reader:
        assert (await reader.until("reset"))[0]["id"] == "p10"


async def test_events_are_never_changed(world):
    contest = await world.contest()
    await tell(world, contest, 1)

    for statement in (
        "UPDATE live_event SET kind = 'other'",
        "DELETE FROM live_event",
        "TRUNCATE live_event",
    ):
        with pytest.raises(Exception, match=r"append-only|permission denied"):
            await world.execute(statement)


async def test_lines_of_json_say_the_same(app, world):
    contest = await world.contest()

    async with stream(app, path_of(contest), accept="application/x-ndjson") as reader:
        await reader.until("ready")
        await tell(world, contest, 7)
        [event] = await reader.until("board")

    assert reader.headers["content-type"] == "application/x-ndjson"
    assert (event["id"], event["data"]) == ("p1", {"number": 7})


async def test_each_audience_is_told_its_own_and_counts_its_own(app, world):
    contest = await world.contest()
    [judge] = await world.judges(contest, 1)
    organiser = await world.client("organiser", "contest", contest.contest)
    await tell(world, contest, 1, ["org"])
    await tell(world, contest, 2, ["public", "org"])
    await tell(world, contest, 3, ["judge"])

    heard = {}
    for name, headers in (
        ("public", {}),
        ("judge", {"cookie": cookie_of(judge)}),
        ("org", {"cookie": cookie_of(organiser)}),
    ):
        async with stream(app, path_of(contest), query="since=0", **headers) as reader:
            await reader.until("ready")
            heard[name] = [
                (event["id"], event["data"]["number"]) for event in reader.events if event["type"] == "board"
            ]

    assert heard == {"public": [("p1", 2)], "judge": [("j1", 3)], "org": [("o1", 1), ("o2", 2)]}


async def test_one_item_has_its_own_public_stream(app, world):
    contest, other = await world.contest(), await world.contest()
    path = f"/api/v1/public/items/{encode_id('item', contest.item)}/events"

    async with stream(app, path) as reader:
        await reader.until("ready")
        await world.execute(
            "SELECT append_live_event($1, '{public}', 'board', $2, '{\"number\": 1}')",
            contest.contest,
            other.item,
        )
        await tell(world, contest, 2)
        events = await reader.until("board")

    assert numbers(events) == [2]


@pytest.mark.parametrize("state", ["draft", "cancelled"])
async def test_a_contest_that_is_nobodys_business_has_no_stream(anonymous, world, state):
    contest = await world.contest(state=state)

    for path in (path_of(contest), f"/api/v1/public/items/{encode_id('item', contest.item)}/events"):
        answer = await anonymous.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_taking_a_role_away_ends_the_stream_and_the_next_one_tells_less(app, world):
    contest = await world.contest()
    organiser = await world.client("organiser", "contest", contest.contest)
    kept = await world.client("organiser", "contest", contest.contest)

    async with (
        stream(app, path_of(contest), cookie=cookie_of(organiser)) as reader,
        stream(app, path_of(contest), cookie=cookie_of(kept)) as other,
    ):
        await reader.until("ready")
        await other.until("ready")
        await world.execute(
            "UPDATE access_grant SET revoked_at = now() WHERE account_id = $1", organiser.account_id
        )
        await reader.until_ended()
        await tell(world, contest, 1, ["org"])
        await other.until("board")

    assert "board" not in {event["type"] for event in reader.events}
    async with stream(app, path_of(contest), cookie=cookie_of(organiser)) as again:
        assert (await again.until("ready"))[0]["id"].startswith("p")


async def test_signing_out_ends_the_stream(app, world):
    contest = await world.contest()
    organiser = await world.client("organiser", "contest", contest.contest)

    async with stream(app, path_of(contest), cookie=cookie_of(organiser)) as reader:
        await reader.until("ready")
        await organiser.post("/api/v1/sign-out")
        await reader.until_ended()


async def test_one_who_takes_nothing_is_let_go(app, world, monkeypatch):
    contest = await world.contest()
    monkeypatch.setattr(hubs, "MOST_WAITING", 3)

    async with stream(app, path_of(contest)) as slow, stream(app, path_of(contest)) as quick:
        await slow.until("ready")
        slow.gate.clear()
        for number in range(6):
            await tell(world, contest, number)
            await quick.until("board", number + 1)
        slow.gate.set()
        await slow.until_ended()

    assert len(numbers(event for event in quick.events if event["type"] == "board")) == 6


async def test_one_who_never_takes_what_is_sent_is_dropped(app, world, monkeypatch):
    contest = await world.contest()
    monkeypatch.setattr(hubs, "SECONDS_TO_TAKE", 0.1)

    async with stream(app, path_of(contest)) as stuck, stream(app, path_of(contest)) as quick:
        await stuck.until("ready")
        stuck.gate.clear()
        await tell(world, contest, 0)
        await quick.until("board", 1)
        await stuck.until_ended()
        await tell(world, contest, 1)
        await quick.until("board", 2)

    assert not [event for event in stuck.events if event["type"] == "board"]


async def test_sse_2_a_living_line_beats_and_one_cut_off_from_the_database_does_not(app, world, monkeypatch):
    contest = await world.contest()
    hub = app.litestar.state.hub
    monkeypatch.setattr(hubs, "SECONDS_BETWEEN_BEATS", 0.01)
    beating = asyncio.create_task(hub.beat())

    try:
        async with stream(app, path_of(contest)) as reader:
            await reader.until("ready")
            async with asyncio.timeout(20):
                while ": beat\n\n" not in reader.text:
                    await asyncio.sleep(0.01)
            hub.end()
            await asyncio.sleep(0.05)
            before = reader.text
            await asyncio.sleep(0.1)
            assert reader.text == before
    finally:
        hub.begin()
        beating.cancel()


async def test_what_happened_while_the_listener_was_lost_is_told_when_it_is_back(app, world):
    contest = await world.contest()
    hub = app.litestar.state.hub

    async with stream(app, path_of(contest)) as reader:
        await reader.until("ready")
        hear, hub.hear = hub.hear, lambda _: None
        listener = app.litestar.state.listener
        heard, listener._hear["live"] = listener._hear["live"], lambda _: None
        try:
            await tell(world, contest, 1)
        finally:
            hub.hear, listener._hear["live"] = hear, heard
        hub.begin()
        assert numbers(await reader.until("board")) == [1]


async def test_a_new_standing_is_told_with_the_hash_before_and_after(app, world, db, anonymous):
    contest = await world.contest()
    entries = {name: await world.entry(contest, name=name) for name in MARKS}
    sheets = await world.sheets(contest, list(entries.values()), await world.judges(contest))
    organiser = await world.client("organiser", "contest", contest.contest)

    async with (
        stream(app, path_of(contest)) as public,
        stream(app, path_of(contest), cookie=cookie_of(organiser)) as staff,
    ):
        await public.until("ready")
        await staff.until("ready")
        await mark(world, contest, sheets, list(MARKS))
        await refresh_standings(db, contest.item)
        await add_theory(world, contest, entries)
        await refresh_standings(db, contest.item)
        first, second = [event["data"] for event in await public.until("board", 2)]
        standings = await staff.until("standings", 2)

    assert (first["number"], second["number"]) == (1, 2)
    assert second["before"] == first["after"] != second["after"]
    assert (second["judged"], second["to_judge"]) == (3, 3)
    assert re.fullmatch("[0-9a-f]{64}", second["after"])
    assert [event["data"]["standing"] for event in standings] == [1, 2]
    # No name and no mark stands in what is told.
    assert not any(name in public.text for name in MARKS)
    shown = await anonymous.get(second["href"])
    assert shown.json()["version"] == second["version"] == 2


async def test_judges_are_told_that_their_session_pauses_and_the_public_is_not(app, world):
    contest = await world.contest()
    judges = await world.judges(contest, 1)
    await world.sheets(contest, [await world.entry(contest)], judges)
    organiser = await world.client("organiser", "contest", contest.contest)
    session = await world.fetchval("SELECT id FROM judging_session WHERE item_id = $1", contest.item)
    url = f"/api/v1/sessions/{encode_id('session', session)}"

    async with (
        stream(app, path_of(contest), cookie=cookie_of(judges[0])) as judge,
        stream(app, path_of(contest)) as public,
    ):
        await judge.until("ready")
        await public.until("ready")
        answer = await organiser.post(
            f"{url}/transitions", json={"to": "paused", "reason": "停电"}, headers={"If-Match": '"r1"'}
        )
        assert answer.status_code == 200, answer.text
        [event] = await judge.until("session")
        await tell(world, contest, 1)
        await public.until("board")

    assert event["data"] == {"session": encode_id("session", session), "was": "running", "state": "paused"}
    assert "session" not in {each["type"] for each in public.events}


async def test_the_same_rights_in_another_order_end_no_stream(app, world):
    contest = await world.contest()
    client = await world.client("organiser", "contest", contest.contest)
    await world.grant(client.account_id, "supervisor", "contest", contest.contest)

    async with stream(app, path_of(contest), cookie=cookie_of(client)) as reader:
        await reader.until("ready")
        [there] = [each for each in app.litestar.state.hub.readers if each.grants]
        assert len(there.grants) == 2
        there.grants = there.grants[::-1]
        await app.litestar.state.hub.close_changed()
        await tell(world, contest, 1, ["org"])
        await reader.until("board")

    assert reader.events[-1]["type"] == "board"
