"""What goes out, who may send for it, and that a session which is out stays still at the centre."""

import asyncio
import gzip
from datetime import UTC, datetime
from secrets import token_bytes
from uuid import uuid4

import pytest

from api.access.passwords import hash_secret
from api.plumbing.ids import encode_id
from tests.judging.marking import codes, enter, op
from tests.venue.conftest import centre_of


def key():
    return {"Idempotency-Key": str(uuid4())}


def unpacked(content: bytes) -> str:
    return gzip.decompress(content.split(b"\n", 2)[2]).decode()


async def test_bundle_holds_no_name_unit_number_or_entry(world):
    centre = await centre_of(world)
    contest = centre.marking.contest
    unit = await world.organisation("密厂甲")
    await world.execute(
        "UPDATE entry SET unit_id = $2, unit_name = '密厂乙' WHERE item_id = $1", contest.item, unit
    )
    secret = {"试甲", "密厂", str(unit)}
    for row in await world.fetch(
        "SELECT e.id, e.number, m.person_id, m.person_version_id, ae.draw_id, encode(d.seed, 'hex') AS seed, o.name_zh AS host, "
        "a.login, a.display_name FROM entry e JOIN entry_member m ON m.entry_id = e.id JOIN attempt_entry ae ON ae.entry_id = e.id "
        "JOIN draw d ON d.id = ae.draw_id JOIN contest c ON c.id = e.contest_id JOIN organisation o ON o.id = c.host_id "
        "JOIN account a ON a.id = d.by_account WHERE e.item_id = $1", contest.item,
    ):  # fmt: skip
        secret |= {str(value) for value in row.values()}
        secret |= {encode_id("entry", row["id"]), encode_id("person", row["person_id"])}

    text = unpacked(await centre.handed_out())

    assert {each for each in secret if each in text} == set()


async def test_station_is_all_the_venue_knows_of_a_contestant(centre, venue):
    await venue.take_in(await centre.handed_out())

    entrants = await venue.world.fetch(
        "SELECT number, unit_id, unit_name, delegation_id FROM entry ORDER BY number"
    )
    people = await venue.world.fetchval(
        "SELECT (SELECT count(*) FROM person) + (SELECT count(*) FROM entry_member)"
    )

    assert [row["number"] for row in entrants] == ["1-01", "1-02"]
    assert {value for row in entrants for name, value in row.items() if name != "number"} == {None}
    assert people == 0
    here = {row["id"] for row in await venue.world.fetch("SELECT id FROM entry")}
    there = {row["id"] for row in await centre.world.fetch("SELECT id FROM entry")}
    assert not here & there


async def test_badge_and_pin_of_the_centre_open_at_the_venue(centre, venue):
    judge, badge = centre.marking.judges[1], token_bytes(32)
    await centre.world.execute(
        "UPDATE account SET badge_hash = $2, pin_hash = $3, password_hash = $4 WHERE id = $1",
        judge.account_id, badge, await hash_secret("4711"), await hash_secret("geheim"),
    )  # fmt: skip
    await venue.take_in(await centre.handed_out())

    [account] = await venue.world.fetch("SELECT * FROM account WHERE id = $1", judge.account_id)

    assert (account["badge_hash"], account["display_name"], account["password_hash"]) == (
        badge,
        "A-02",
        None,
    )
    assert account["pin_hash"].startswith("$argon2id$")


async def test_who_has_no_badge_is_named_and_gets_in_with_one_that_was_made_later(centre, venue):
    """Nobody can make a badge on the laptop: it is said before the day, and the same hand-out brings what was missing."""
    first, second = centre.marking.judges
    await centre.world.execute(
        "UPDATE account SET badge_hash = $2, pin_hash = 'x' WHERE id = $1", first.account_id, token_bytes(32)
    )
    before = await venue.take_in(await centre.handed_out())
    state = (await centre.organiser.get(centre.path)).json()
    badge, changed = token_bytes(32), token_bytes(32)
    for account, token in ((second.account_id, badge), (first.account_id, changed)):
        await centre.world.execute(
            "UPDATE account SET badge_hash = $2, pin_hash = 'y' WHERE id = $1", account, token
        )

    after = await venue.take_in(await centre.bundle())

    assert (before.without_badge, state["without_badge"]) == (("A-02",), ["A-02"])
    assert (after.again, after.without_badge) == (True, ())
    rows = {row["id"]: row for row in await venue.world.fetch("SELECT id, badge_hash, pin_hash FROM account")}
    assert (rows[second.account_id]["badge_hash"], rows[second.account_id]["pin_hash"]) == (badge, "y")
    assert rows[first.account_id]["badge_hash"] not in (None, changed)
    # Over a link what comes is never old: a badge that was lost and replaced at the centre opens nothing here any more.
    await venue.take_in(await centre.bundle(), centre.session)
    assert changed == await venue.world.fetchval(
        "SELECT badge_hash FROM account WHERE id = $1", first.account_id
    )


async def test_account_that_was_switched_off_opens_nothing_at_the_venue(centre, venue):
    judge = centre.marking.judges[1]
    await centre.world.execute(
        "UPDATE account SET badge_hash = $2, pin_hash = 'x', disabled_at = now() WHERE id = $1", judge.account_id, token_bytes(32)
    )  # fmt: skip
    await venue.take_in(await centre.handed_out())

    [account] = await venue.world.fetch("SELECT * FROM account WHERE id = $1", judge.account_id)

    assert (account["badge_hash"], account["pin_hash"], account["display_name"]) == (None, None, "A-02")


async def test_badge_that_went_to_another_judge_goes_along(centre, venue):
    one, two = (judge.account_id for judge in centre.marking.judges)
    badge, set_badge = token_bytes(32), "UPDATE account SET badge_hash = $2 WHERE id = $1"
    await centre.world.execute(set_badge, one, badge)
    await venue.take_in(await centre.handed_out())
    await centre.take_back()
    await centre.world.execute(set_badge, one, None)
    await centre.world.execute(set_badge, two, badge)

    await venue.take_in(await centre.handed_out())

    holder = await venue.world.fetchval("SELECT id FROM account WHERE badge_hash = $1", badge)
    assert holder == two


async def test_marks_at_the_centre_are_refused_with_the_reason(centre):
    await centre.handed_out()

    [result] = await enter(centre.marking.judge, centre.marking.sheet, op("C1", "5"))

    assert (result["status"], result["code"]) == ("rejected", "session_at_venue")
    assert "场地服务器" in result["detail"]
    assert "venue server" in result["detail_en"]


async def test_nothing_else_of_the_session_changes_at_the_centre(centre):
    world, marking = centre.world, centre.marking
    await centre.handed_out()
    session, now = encode_id("session", centre.session), datetime.now(UTC).isoformat()
    chief = await world.client("chief_judge", "contest", marking.contest.contest)
    clerk = await world.client("data_clerk", "contest", marking.contest.contest)
    judges = await world.fetch(
        "SELECT id FROM judge WHERE contest_id = $1 ORDER BY code", marking.contest.contest
    )
    other = await world.client("judge", "contest", marking.contest.contest)
    spare = await world.fetchval(
        "INSERT INTO judge (contest_id, account_id, code) VALUES ($1, $2, 'A-09') RETURNING id",
        marking.contest.contest, other.account_id,
    )  # fmt: skip
    panel = await world.fetchval("SELECT panel_id FROM judging_session WHERE id = $1", centre.session)
    copies = {"C1": {"state": "scored", "value": "5"}, "C2": {"state": "scored", "value": "50"}}

    answers = [
        await chief.post(f"/api/v1/sessions/{session}/transitions", json={"to": "running"}, headers={"If-Match": '"r1"'}),
        await marking.judge.post(f"/api/v1/sessions/{session}/incidents", json={"kind": "help", "occurred_at": now}, headers=key()),
        await chief.post(f"/api/v1/sessions/{session}/clock", json={"kind": "start", "occurred_at": now}, headers=key()),
        await clerk.post(f"/api/v1/sheets/{encode_id('sheet', marking.sheet)}/paper-copies", json={"answers": copies}, headers=key()),
        await chief.post(
            f"/api/v1/panels/{encode_id('panel', panel)}/replacements", headers={"If-Match": '"r1"'},
            json={"judge": encode_id("judge", judges[1]["id"]), "by": encode_id("judge", spare), "reason": "突发疾病"},
        ),
    ]  # fmt: skip

    assert [(each.status_code, each.json()["code"]) for each in answers] == [(409, "session_at_venue")] * 5


async def test_submitted_sheet_is_not_signed_at_the_centre_meanwhile(world):
    centre = await centre_of(world, state="running")
    marking = centre.marking
    await enter(marking.judge, marking.sheet, op("C1", "5"), op("C2", "50"))
    sheet = f"/api/v1/sheets/{encode_id('sheet', marking.sheet)}/transitions"
    await marking.judge.post(sheet, json={"to": "submitted", "seq": 2})
    await world.execute("UPDATE judging_session SET state = 'paused' WHERE id = $1", centre.session)
    await centre.handed_out()

    answer = await marking.judge.post(sheet, json={"to": "signed", "seq": 2})

    assert answer.json()["code"] == "session_at_venue"


async def test_running_session_is_paused_first(world):
    centre = await centre_of(world, state="running")

    answer = await centre.hand_out()

    assert (answer.status_code, answer.json()["code"]) == (409, "session_running")
    assert (
        await world.fetchval("SELECT count(*) FROM venue_handout WHERE session_id = $1", centre.session) == 0
    )


async def test_second_venue_does_not_get_it_and_the_same_one_asks_again(centre):
    own, other = "ab" * 32, "cd" * 32
    first = await centre.hand_out(venue_key=own)
    again = await centre.hand_out(venue_key=own)
    wrong = await centre.hand_out(venue_key=other)

    assert (first.json()["number"], again.json()["number"]) == (1, 1)
    assert (wrong.status_code, wrong.json()["code"]) == (409, "session_handed_out")
    assert await centre.bundle() == await centre.bundle()


async def test_two_who_hand_out_at_once_make_one_hand_out(centre):
    answers = await asyncio.gather(*(centre.hand_out(venue_key=f"{digit:x}" * 64) for digit in range(1, 5)))

    assert sorted(each.status_code for each in answers) == [201, 409, 409, 409]


async def test_taken_back_the_centre_judges_again(centre):
    await centre.handed_out()

    answer = await centre.take_back("笔记本电脑损坏")
    await centre.world.execute("UPDATE judging_session SET state = 'running' WHERE id = $1", centre.session)

    assert answer.status_code == 200, answer.text
    assert answer.json()["reason"] == "笔记本电脑损坏"
    assert codes(await enter(centre.marking.judge, centre.marking.sheet, op("C1", "5"))) == ["accepted"]
    kinds = await centre.world.fetch(
        "SELECT kind FROM ledger WHERE chain = $1 ORDER BY seq", centre.marking.contest.item
    )
    assert [row["kind"] for row in kinds] == ["session.handed_out", "session.taken_back"]


async def test_taking_back_needs_a_reason_and_the_present_version(centre):
    await centre.handed_out()
    path = f"{centre.path}/return"

    unreasoned = await centre.organiser.post(path, json={"reason": " 无 "}, headers={"If-Match": '"r1"'})
    stale = await centre.organiser.post(path, json={"reason": "设备故障"}, headers={"If-Match": '"r9"'})
    twice = [await centre.take_back(), await centre.take_back()]

    [error] = unreasoned.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/reason", "venue_reason_missing")
    assert (unreasoned.status_code, stale.json()["code"]) == (422, "stale")
    assert [each.status_code for each in twice] == [200, 409]


@pytest.mark.parametrize(
    ("role", "scope"), [("judge", "contest"), ("chief_judge", "contest"), ("data_clerk", "contest")]
)
async def test_judging_roles_cannot_hand_out(centre, role, scope):
    client = await centre.world.client(role, scope, centre.marking.contest.contest)

    answer = await client.post(centre.path, json={"label": "一号车间"}, headers=key())

    assert answer.status_code == 403


async def test_organiser_of_another_contest_finds_nothing(centre):
    other = await centre.world.contest()
    client = await centre.world.client("organiser", "contest", other.contest)
    await centre.handed_out()

    answers = [
        await client.get(centre.path),
        await client.get(f"{centre.path}/bundle"),
        await client.post(centre.path, json={"label": "一号车间"}, headers=key()),
        await client.post(f"{centre.path}/facts", content=b"x", headers={"Content-Type": "application/octet-stream"}),
        await client.post(f"{centre.path}/return", json={"reason": "设备故障"}, headers={"If-Match": '"r1"'}),
    ]  # fmt: skip

    assert [each.status_code for each in answers] == [404] * 5


async def test_draw_is_not_made_at_the_venue(world, venue):
    centre = await centre_of(world, judges=5)
    await venue.take_in(await centre.handed_out())
    keeper = await venue.world.client(account=centre.organiser.account_id)

    answer = await keeper.post(
        f"/api/v1/items/{encode_id('item', centre.marking.contest.item)}/redraws",
        json={"reason": "一名选手漏列"}, headers=key(),
    )  # fmt: skip

    assert (answer.status_code, answer.json()["code"]) == (409, "decided_at_centre")
