"""SJ1–SJ3 and SJ8: what a judge taps becomes marks, once; what is not taken stays on the page; no name is in any byte."""

import json
import re
from decimal import Decimal
from html import unescape

import pytest

from api.access.authentication import token_hash
from api.access.passwords import hash_secret
from api.plumbing.ids import encode_id
from api.results.commands import refresh_standings
from frontend.rendering import STATIC
from tests.results.builders import add_theory, mark, sign

NAME = "𠮷例明唯一"
UNIT = "沧州唯一管道厂"


@pytest.fixture
async def room(world):
    """One entry with a name found nowhere else, five judges, a running session; also what a judge's addresses need."""
    contest = await world.contest()
    entry = await world.entry(contest, name=NAME, unit_name=UNIT)
    judges = await world.judges(contest)
    sheets = await world.sheets(contest, [entry], judges)
    session = encode_id(
        "session", await world.fetchval("SELECT id FROM judging_session WHERE item_id = $1", contest.item)
    )
    return contest, judges, sheets[0], session


def fields(text):
    """The hidden fields of a form as a browser would send them."""
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', text))


async def values(world, sheet):
    rows = await world.fetch(
        "SELECT criterion, rev, state, value FROM mark_revision WHERE sheet_id = $1 ORDER BY seq", sheet
    )
    return [(row["criterion"], row["rev"], row["state"], row["value"]) for row in rows]


async def test_judge_who_is_in_goes_to_the_running_session(room):
    _, judges, _, session = room

    answer = await judges[0].get("/judge")

    assert (answer.status_code, answer.headers["location"]) == (303, f"/judge/s/{session}")


async def test_plain_form_saves_what_was_typed_and_submits(world, room):
    _, judges, sheets, session = room
    url = f"/judge/s/{session}/w/01"
    form = fields((await judges[0].get(url)).text) | {"mark.C1": "9.5", "mark.C2": "80", "act": "submit"}

    answer = await judges[0].post(url, data=form)

    assert (answer.status_code, answer.headers.get("location")) == (303, f"/judge/s/{session}"), answer.text
    assert await values(world, sheets[0]) == [
        ("C1", 1, "scored", Decimal("9.5")),
        ("C2", 1, "scored", Decimal(80)),
    ]
    assert await world.fetchval("SELECT state FROM sheet WHERE id = $1", sheets[0]) == "submitted"


async def test_same_form_sent_twice_counts_once(world, room):
    _, judges, sheets, session = room
    url = f"/judge/s/{session}/w/01"
    form = fields((await judges[0].get(url)).text) | {"mark.C1": "9.5", "act": "save"}

    for _ in range(2):
        await judges[0].post(url, data=form)

    assert await values(world, sheets[0]) == [("C1", 1, "scored", Decimal("9.5"))]


async def test_value_that_is_not_taken_stays_on_the_page_with_the_reason(world, room):
    _, judges, sheets, session = room
    url = f"/judge/s/{session}/w/01"
    form = fields((await judges[0].get(url)).text) | {"mark.C1": "12.5", "act": "save"}

    answer = await judges[0].post(url, data=form)

    assert answer.status_code == 422
    assert 'value="12.5"' in answer.text
    assert "超出0–10" in answer.text
    assert await values(world, sheets[0]) == []


async def test_two_tablets_show_both_values_and_lose_none(world, room):
    _, judges, sheets, session = room
    url = f"/judge/s/{session}/w/01"
    first = fields((await judges[0].get(url)).text)
    second = fields((await judges[0].get(url)).text)
    await judges[0].post(url, data=first | {"mark.C1": "7", "act": "save"})

    answer = await judges[0].post(url, data=second | {"mark.C1": "8", "act": "save"})
    kept = await judges[0].post(url, data=fields(answer.text) | {"mark.C1": "8", "keep.C1": "here"})

    assert answer.status_code == 422
    assert 'name="keep.C1" value="here"' in answer.text
    assert kept.status_code == 303, kept.text
    assert await values(world, sheets[0]) == [
        ("C1", 1, "scored", Decimal(7)),
        ("C1", 2, "scored", Decimal(8)),
    ]


async def test_not_attempted_is_an_answer_and_no_zero(world, room):
    _, judges, sheets, session = room
    url = f"/judge/s/{session}/w/01"
    form = fields((await judges[0].get(url)).text) | {"state.C1": "not_attempted"}

    await judges[0].post(url, data=form)

    assert await values(world, sheets[0]) == [("C1", 1, "not_attempted", None)]


async def test_incomplete_sheet_is_not_submitted(world, room):
    _, judges, sheets, session = room
    url = f"/judge/s/{session}/w/01"
    form = fields((await judges[0].get(url)).text) | {"mark.C1": "9.5", "act": "submit"}

    answer = await judges[0].post(url, data=form)

    assert answer.status_code == 409 or answer.status_code == 422
    assert await world.fetchval("SELECT state FROM sheet WHERE id = $1", sheets[0]) == "open"
    assert await values(world, sheets[0]) == [("C1", 1, "scored", Decimal("9.5"))]


async def test_chief_signs_when_all_have_submitted(world, room):
    contest, judges, sheets, session = room
    chief = await world.client("chief_judge", "contest", contest.contest)
    url = f"/judge/s/{session}/w/01"
    before = await chief.get(f"/judge/s/{session}/sign")
    for judge in judges:
        form = fields((await judge.get(url)).text) | {"mark.C1": "9", "mark.C2": "80", "act": "submit"}
        assert (await judge.post(url, data=form)).status_code == 303

    page = await chief.get(f"/judge/s/{session}/sign")
    answer = await chief.post(f"/judge/s/{session}/sign", data=fields(page.text))

    assert "A-01没有提交" in before.text
    assert "89.00" in page.text
    assert answer.status_code == 303, answer.text
    assert (
        await world.fetchval(
            "SELECT count(*) FROM sheet WHERE item_id = $1 AND state = 'signed'", contest.item
        )
        == 5
    )


async def test_no_name_unit_or_number_is_in_any_byte_a_judge_gets(world, room):
    contest, judges, _, session = room
    number = await world.fetchval("SELECT number FROM entry WHERE item_id = $1", contest.item)
    entry = encode_id("entry", await world.fetchval("SELECT id FROM entry WHERE item_id = $1", contest.item))
    chief = await world.client("chief_judge", "contest", contest.contest)
    pages = [
        await judges[0].get(f"{prefix}/judge/s/{session}{tail}")
        for prefix in ("", "/en")
        for tail in ("", "/w/01")
    ]
    pages.append(await chief.get(f"/judge/s/{session}/sign"))

    for page in pages:
        assert page.status_code == 200, page.text
        assert not {secret for secret in (NAME, UNIT, number, entry) if secret in page.text}


async def test_another_judges_station_is_not_found(world, room):
    _, _, _, session = room
    other = await world.contest()
    stranger = await world.client("judge", "contest", other.contest)

    assert (await stranger.get(f"/judge/s/{session}/w/01")).status_code == 404


async def test_wrong_badge_is_answered_on_the_page_without_the_pin(visitor):
    answer = await visitor.post("/judge", data={"code": "no such badge 000000000000", "pin": "47114711"})

    assert answer.status_code in (401, 422)
    assert "47114711" not in answer.text
    assert 'name="pin"' in answer.text


async def test_keeping_ones_own_value_needs_nothing_but_the_button(world, room):
    """Both values are on the page itself: no script has to put the typed one back."""
    _, judges, sheets, session = room
    url = f"/judge/s/{session}/w/01"
    first = fields((await judges[0].get(url)).text)
    second = dict(first)
    await judges[0].post(url, data=first | {"mark.C1": "7", "act": "save"})
    answer = await judges[0].post(
        url, data=second | {"op.C1": "00000000-0000-4000-8000-000000000001", "mark.C1": "8"}
    )

    shown = fields(answer.text)
    again = await judges[0].post(url, data=shown | {"mark.C1": "8"})
    there = await judges[0].post(url, data=shown | {"mark.C1": "8", "keep.C1": "there"})
    here = await judges[0].post(url, data=shown | {"keep.C1": "here"})

    assert 'value="8"' in answer.text
    assert again.status_code == 422, "without a choice nothing is overwritten"
    assert there.status_code == here.status_code == 303
    assert await values(world, sheets[0]) == [
        ("C1", 1, "scored", Decimal(7)),
        ("C1", 2, "scored", Decimal(8)),
    ]


async def test_row_that_was_not_touched_overwrites_nothing_and_asks_nothing(world, room):
    _, judges, sheets, session = room
    url = f"/judge/s/{session}/w/01"
    stale = fields((await judges[0].get(url)).text)
    await judges[0].post(url, data=stale | {"mark.C1": "7"})

    answer = await judges[0].post(url, data=stale | {"mark.C1": "", "mark.C2": "80"})

    assert answer.status_code == 303
    assert [row[:2] for row in await values(world, sheets[0])] == [("C1", 1), ("C2", 1)]


async def test_going_back_and_changing_ones_mind_shows_both_values(world, room):
    """The browser sends the operation's number again with another value."""
    _, judges, sheets, session = room
    url = f"/judge/s/{session}/w/01"
    form = fields((await judges[0].get(url)).text)
    await judges[0].post(url, data=form | {"mark.C1": "7"})

    answer = await judges[0].post(url, data=form | {"mark.C1": "9"})

    assert answer.status_code == 422
    assert "保留 7" in answer.text
    assert "保留 9" in answer.text


async def test_submitting_answers_for_what_was_seen(world, room):
    """A second tablet has filled the rest: the first one must not submit marks that it never showed."""
    _, judges, sheets, session = room
    url = f"/judge/s/{session}/w/01"
    stale = fields((await judges[0].get(url)).text)
    await judges[0].post(url, data=stale | {"mark.C2": "80"})

    answer = await judges[0].post(url, data=stale | {"mark.C1": "9", "act": "submit"})
    again = await judges[0].post(
        url, data=fields(answer.text) | {"mark.C1": "9", "mark.C2": "80", "act": "submit"}
    )

    assert answer.status_code == 409
    assert "有修改" in answer.text
    assert again.headers["location"] == f"/judge/s/{session}"


async def test_submit_sent_twice_leads_on_twice(room):
    _, judges, _, session = room
    url = f"/judge/s/{session}/w/01"
    form = fields((await judges[0].get(url)).text) | {"mark.C1": "9", "mark.C2": "80", "act": "submit"}

    answers = [await judges[0].post(url, data=form) for _ in range(2)]

    assert [answer.headers.get("location") for answer in answers] == [f"/judge/s/{session}"] * 2


async def test_form_marks_the_sheet_it_shows_whatever_the_station_holds_now(world, room):
    """Between showing and sending a draw may have put somebody else on the station."""
    contest, judges, sheets, session = room
    form = fields((await judges[0].get(f"/judge/s/{session}/w/01")).text)

    await judges[0].post(f"/judge/s/{session}/w/02", data=form | {"mark.C1": "9"})

    assert await values(world, sheets[0]) == [("C1", 1, "scored", Decimal(9))]


async def test_paused_session_keeps_what_was_typed(world, room):
    """LOCK-1 on the server's side."""
    _, judges, sheets, session = room
    url = f"/judge/s/{session}/w/01"
    form = fields((await judges[0].get(url)).text)
    await world.execute(
        "UPDATE judging_session SET state = 'paused' WHERE id = (SELECT session_id FROM sheet WHERE id = $1)",
        sheets[0],
    )

    answer = await judges[0].post(url, data=form | {"mark.C1": "9.5"})
    page = await judges[0].get(url)

    assert answer.status_code == 422
    assert "9.5未被接受" in answer.text
    assert 'value="9.5"' in answer.text
    assert "本场已暂停" in page.text
    assert 'name="mark.C1"' not in page.text
    assert await values(world, sheets[0]) == []


async def test_emptied_field_is_cleared(world, room):
    _, judges, sheets, session = room
    url = f"/judge/s/{session}/w/01"
    await judges[0].post(url, data=fields((await judges[0].get(url)).text) | {"mark.C1": "7"})

    await judges[0].post(url, data=fields((await judges[0].get(url)).text) | {"mark.C1": ""})

    assert (await values(world, sheets[0]))[-1] == ("C1", 2, "cleared", None)


async def test_full_width_digits_are_digits(world, room):
    _, judges, sheets, session = room
    url = f"/judge/s/{session}/w/01"

    await judges[0].post(url, data=fields((await judges[0].get(url)).text) | {"mark.C1": "９．５"})

    assert await values(world, sheets[0]) == [("C1", 1, "scored", Decimal("9.5"))]


async def submitted(judges, session):
    url = f"/judge/s/{session}/w/01"
    for judge in judges:
        form = fields((await judge.get(url)).text) | {"mark.C1": "9", "mark.C2": "80", "act": "submit"}
        assert (await judge.post(url, data=form)).status_code == 303


async def test_chief_signs_what_was_looked_at_or_nothing(world, room):
    contest, judges, sheets, session = room
    chief = await world.client("chief_judge", "contest", contest.contest)
    sign = f"/judge/s/{session}/sign"
    await submitted(judges, session)
    looked_at = fields((await chief.get(sign)).text)
    returned = {"act": "return", "sheet": f"{encode_id('sheet', sheets[0])}@2", "reason": "第1项漏量一个面"}
    await chief.post(sign, data=looked_at | returned)
    url = f"/judge/s/{session}/w/01"
    await judges[0].post(
        url, data=fields((await judges[0].get(url)).text) | {"mark.C1": "8", "mark.C2": "80", "act": "submit"}
    )

    stale = await chief.post(sign, data=looked_at | {"act": "sign"})
    fresh = await chief.post(sign, data=fields((await chief.get(sign)).text) | {"act": "sign"})

    assert stale.status_code == 409
    assert "又有修改" in stale.text
    assert fresh.status_code == 303


async def test_chief_signs_nothing_while_a_sheet_is_missing(world, room):
    contest, judges, sheets, session = room
    chief = await world.client("chief_judge", "contest", contest.contest)
    await submitted(judges[1:], session)
    sign = f"/judge/s/{session}/sign"

    answer = await chief.post(sign, data=fields((await chief.get(sign)).text) | {"act": "sign"})

    assert answer.status_code == 409
    assert "01号工位A-01（0/2）" in unescape(answer.text)
    assert (
        await world.fetchval(
            "SELECT count(*) FROM sheet WHERE item_id = $1 AND state = 'signed'", contest.item
        )
        == 0
    )


async def test_returned_sheet_says_so_to_the_chief_and_opens_for_the_judge(world, room):
    contest, judges, sheets, session = room
    chief = await world.client("chief_judge", "contest", contest.contest)
    sign = f"/judge/s/{session}/sign"
    await submitted(judges, session)
    await chief.post(sign, data=fields((await chief.get(sign)).text))
    form = fields((await chief.get(sign)).text) | {
        "act": "return",
        "sheet": f"{encode_id('sheet', sheets[0])}@2",
    }

    without_reason = await chief.post(sign, data=form)
    answer = await chief.post(sign, data=form | {"reason": "第1项漏量一个面"})

    assert without_reason.status_code == 422
    assert answer.status_code == 303
    assert "工位01签字后又被退回" in (await chief.get(sign)).text
    page = (await judges[0].get(f"/judge/s/{session}/w/01")).text
    assert 'name="mark.C1"' in page
    assert "裁判长已退回" in page and "第1项漏量一个面" in page
    grid = (await judges[0].get(f"/judge/s/{session}")).text
    assert '<a class="station-tile" data-state="returned"' in grid


async def test_judge_may_not_sign(room):
    _, judges, _, session = room

    assert (await judges[1].get(f"/judge/s/{session}/sign")).status_code == 403


async def test_badge_and_pin_open_the_session_and_signing_out_shows_the_judges_door(world, room, visitor):
    _, judges, _, session = room
    badge = "skb_" + "x" * 24 + session
    await world.execute(
        "UPDATE account SET badge_hash = $2, pin_hash = $3 WHERE id = $1",
        judges[1].account_id, token_hash(badge), await hash_secret("4719"),
    )  # fmt: skip

    entered = await visitor.post("/judge", data={"code": badge, "pin": "4719"})
    grid = await visitor.get((await visitor.get(entered.headers["location"])).headers["location"])
    out = await visitor.post("/logout", data=fields(grid.text))

    assert "A-02" in grid.text
    assert out.headers["location"] == "/judge"


async def test_judge_with_no_running_session_chooses(world, room):
    _, judges, sheets, session = room
    await world.execute(
        "UPDATE judging_session SET state = 'closed' WHERE id = (SELECT session_id FROM sheet WHERE id = $1)",
        sheets[0],
    )

    page = await judges[0].get("/judge")

    assert page.status_code == 200
    assert f'href="/judge/s/{session}"' in page.text
    assert "已结束" in page.text


async def test_page_without_a_session_leads_to_the_judges_door(room, visitor):
    _, _, _, session = room

    page = await visitor.get(f"/judge/s/{session}/w/01")

    assert page.headers["location"] == "/judge"


async def test_pages_that_a_tablet_puts_aside_know_nobody_and_hold_no_token(room):
    _, judges, _, session = room
    token = judges[0].headers["x-csrf-token"]

    for path in (
        *(f"/judge/s/{session}/shell/{kind}" for kind in ("stations", "sheet", "criterion")),
        "/judge/shell/door",
        "/judge/shell/outbox",
    ):
        page = await judges[0].get(path)
        assert page.status_code == 200, path
        assert token not in page.text
        assert "A-01" not in page.text
        assert encode_id("account", judges[0].account_id) not in page.text


async def test_worker_names_files_that_are_there(visitor):
    worker = await visitor.get("/judge/worker.js")
    files = re.search(r"const FILES = (\[.*\]);", worker.text)

    assert worker.headers["service-worker-allowed"] == "/judge"
    assert worker.headers["cache-control"] == "no-cache"
    for path in json.loads(files[1]):
        assert (await visitor.get(path)).status_code == 200, path


async def test_parts_of_another_version_are_not_found(visitor):
    assert (await visitor.get("/judge/app/000000000000/main.js")).status_code == 404


async def test_scripts_are_sent_whole_but_for_comments_and_indents(visitor):
    worker = await visitor.get("/judge/worker.js")
    for path in json.loads(re.search(r"const FILES = (\[.*\]);", worker.text)[1]):
        if "/judge/app/" not in path:
            continue
        sent = (await visitor.get(path)).text.splitlines()
        own = STATIC / "js/judge" / path.rpartition("/")[2]
        shared = STATIC / "js" / own.name
        source = (own if own.exists() else shared).read_text("utf-8").splitlines()
        left_out = [line.strip() for line in source if line.lstrip() not in sent]
        assert not [line for line in sent if line.startswith(("//", " "))], path
        assert all(line.startswith(("//", "/**", "*")) for line in left_out), path


async def test_hand_is_raised_with_a_plain_form_and_once(world, room):
    _, judges, _, session = room
    path = f"/judge/s/{session}/hand"
    form = fields((await judges[0].get(f"{path}?station=1")).text)

    sent = [await judges[0].post(path, data=form | {"kind": "equipment"}) for _ in range(2)]

    assert {answer.headers["location"] for answer in sent} == {f"{path}?raised=true&station=1"}
    rows = await world.fetch("SELECT kind, station FROM incident WHERE by_account = $1", judges[0].account_id)
    assert rows == [{"kind": "equipment", "station": 1}]


@pytest.fixture
async def tie(world):
    """Two entries that nothing tells apart, signed; the chief judge of the item and another judge."""
    contest = await world.contest()
    entries = {name: await world.entry(contest, name=name) for name in ("甲乙丙丁", "戊己庚辛")}
    judges = await world.judges(contest)
    sheets = await world.sheets(contest, list(entries.values()), judges)
    await mark(world, contest, sheets, list(entries), dict.fromkeys(entries, ("9", "80")))
    await add_theory(world, contest, entries, dict.fromkeys(entries, "80"))
    await sign(world, contest)
    await refresh_standings(world.db, contest.item)
    await world.grant(judges[0].account_id, "chief_judge", "item", contest.item, contest.contest)
    chief = await world.client(account=judges[0].account_id)
    return contest, entries, chief, judges[1]


def decision(contest, entries, places, reason="抽签"):
    keys = [encode_id("entry", entry) for entry in entries.values()]
    given = {f"place_{key}": place for key, place in zip(keys, places, strict=True)}
    return {"act": "decide", "item": encode_id("item", contest.item), "rank": "1", "reason": reason, **given}


async def test_chief_judge_puts_a_tie_in_order_without_seeing_a_name(world, tie):
    contest, entries, chief, _ = tie
    page = await chief.get("/judge/chief")
    assert page.status_code == 200, page.text
    assert "第1名并列2人" in page.text
    assert not any(name in page.text for name in entries)

    done = await chief.post("/judge/chief", data=decision(contest, entries, ("2", "1")))

    assert done.status_code == 303, done.text
    places = await world.fetch("SELECT entry_id, place FROM tie_decision WHERE item_id = $1", contest.item)
    assert {row["entry_id"]: row["place"] for row in places} == dict(
        zip(entries.values(), (2, 1), strict=True)
    )
    assert "并列" not in (await chief.get("/judge/chief")).text


@pytest.mark.parametrize(
    ("places", "reason", "field"),
    [(("1", "1"), "抽签", "place_"), (("1", ""), "抽签", "place_"), (("1", "2"), " ", "_1_reason")],
)
async def test_unclear_order_or_no_reason_decides_nothing_and_is_said_at_its_field(
    world, tie, places, reason, field
):
    contest, entries, chief, _ = tie

    answer = await chief.post("/judge/chief", data=decision(contest, entries, places, reason))

    assert answer.status_code == 422
    assert re.search(rf'id="[^"]*{field}[^"]*-error"', answer.text)
    assert await world.fetchval("SELECT count(*) FROM tie_decision WHERE item_id = $1", contest.item) == 0


async def test_judge_who_is_no_chief_decides_nothing(tie):
    contest, entries, _, judge = tie

    answer = await judge.post("/judge/chief", data=decision(contest, entries, ("1", "2")))

    assert answer.status_code == 403


async def test_chief_judge_pauses_a_session_with_a_reason(world, tie):
    contest, _, chief, _ = tie
    page = (await chief.get("/judge/chief")).text
    given = fields(page[page.index('name="session"') - 60 :])

    done = await chief.post("/judge/chief", data={**given, "act": "pause", "reason": "设备故障"})

    assert done.status_code == 303, done.text
    state = "SELECT state FROM judging_session WHERE item_id = $1"
    assert await world.fetchval(state, contest.item) == "paused"


async def test_chief_keeps_the_clock_and_answers_a_hand_on_one_page(world, tie):
    contest, _, chief, judge = tie
    session = encode_id(
        "session", await world.fetchval("SELECT id FROM judging_session WHERE item_id = $1", contest.item)
    )
    path = f"/judge/s/{session}/time"
    await judge.post(f"/judge/s/{session}/hand", data={"kind": "equipment", "station": "2"})

    form = fields((await chief.get(path)).text)
    started = await chief.post(path, data=form | {"act": "start"})
    refused = await chief.post(
        path, data={"csrf_token": form["csrf_token"], "act": "make_up", "make_up_s": "60"}
    )
    page = await chief.get(path)
    settled = await chief.post(
        path, data=fields(page.text) | {"act": "settled", "note": "换卡尺", "once": "another"}
    )

    assert started.status_code == 303, started.text
    assert refused.status_code == 422
    assert "设备故障" in page.text
    assert 'data-running="yes"' in page.text
    assert settled.status_code == 303
    assert "换卡尺" in (await chief.get(path)).text
    assert (await judge.get(path)).status_code == 403


async def test_chief_who_came_in_by_badge_signs_with_the_pin(world, room):
    contest, judges, sheets, session = room
    chief = await world.client("chief_judge", "contest", contest.contest)
    await submitted(judges, session)
    await world.execute(
        "UPDATE account SET pin_hash = $2 WHERE id = $1", chief.account_id, await hash_secret("4719")
    )
    await world.execute("UPDATE sign_in_session SET kind = 'judge' WHERE account_id = $1", chief.account_id)
    sign = f"/judge/s/{session}/sign"
    page = await chief.get(sign)

    wrong = await chief.post(sign, data=fields(page.text) | {"act": "sign", "pin": "0000"})
    right = await chief.post(sign, data=fields(page.text) | {"act": "sign", "pin": "4719"})

    assert 'name="pin"' in page.text
    assert wrong.status_code == 422
    assert "PIN不对" in wrong.text
    assert right.status_code == 303


async def test_judge_signs_own_sheets_on_a_page(room):
    _, judges, _, session = room
    path = f"/judge/s/{session}/own"
    early = await judges[0].get(path)
    await submitted(judges, session)

    signed = await judges[0].post(path, data=fields((await judges[0].get(path)).text))

    assert "工位01还没有提交" in early.text
    assert signed.status_code == 303
    assert "已签字" in (await judges[0].get(path)).text


@pytest.mark.parametrize("locale", ["", "/en"])
async def test_clerk_comes_to_the_paper_sheets_by_links_from_the_workbench(world, room, locale):
    contest, _, _, session = room
    clerk = await world.client("data_clerk", "contest", contest.contest)
    target, here = f"{locale}/paper/s/{session}", f"{locale}/org"
    item = f"{locale}/org/c/{encode_id('contest', contest.contest)}/e/fitter"
    for step in (f"{locale}/org/c/{encode_id('contest', contest.contest)}", None, f"{item}/paper", target):
        links = re.findall(r'href="([^"]+)"', (await clerk.get(here)).text)
        # From the contest to whichever page of the item it leads to: each has the paper sheets beside it.
        here = step or next(link for link in links if link.startswith(item))
        assert here in links

    page = await clerk.get(f"{item}/paper")

    assert ("一致0/5" if not locale else "0 of 5 agree") in unescape(page.text)
    assert (await clerk.get(target)).status_code == 200


async def test_paper_sheets_are_printed_typed_twice_and_transferred(world, room):
    contest, _, sheets, session = room
    clerks = [await world.client("data_clerk", "contest", contest.contest) for _ in range(2)]
    chief = await world.client("chief_judge", "contest", contest.contest)
    path, sheet = f"/paper/s/{session}", encode_id("sheet", sheets[0])
    blank = await clerks[0].get(f"{path}/blank")
    for clerk, mark_of_c2 in zip(clerks, ("80", "-"), strict=True):
        form = fields((await clerk.get(f"{path}/{sheet}")).text)
        wrong = await clerk.post(f"{path}/{sheet}", data=form | {"mark.C1": "12.5", "mark.C2": "80"})
        assert wrong.status_code == 422
        assert "超出0–10" in wrong.text
        done = await clerk.post(
            f"{path}/{sheet}", data=form | {"mark.C1": "8.5", "mark.C2": mark_of_c2, "once": mark_of_c2}
        )
        assert done.status_code == 303, done.text
    assert "两份不一致" in (await clerks[0].get(path)).text
    form = fields((await clerks[1].get(f"{path}/{sheet}")).text)
    assert "mark.C1" not in form or form["mark.C1"] == ""
    await clerks[1].post(f"{path}/{sheet}", data=form | {"mark.C1": "8.5", "mark.C2": "80"})

    moved = await chief.post(
        path, data={"csrf_token": fields((await chief.get(path)).text)["csrf_token"], "sheet": sheet}
    )

    assert moved.status_code == 303, moved.text
    assert await values(world, sheets[0]) == [
        ("C1", 1, "scored", Decimal("8.5")),
        ("C2", 1, "scored", Decimal(80)),
    ]
    assert not {secret for secret in (NAME, UNIT) if secret in blank.text}


async def test_notice_is_read_on_a_sheet_without_script_and_what_was_typed_is_saved(world, room):
    contest, judges, sheets, session = room
    organiser = await world.client("organiser", "contest", contest.contest)
    said = await organiser.post(
        f"/api/v1/sessions/{session}/broadcasts",
        json={"text": "请核对量具"},
        headers={"Idempotency-Key": "notice-1"},
    )
    assert said.status_code == 201, said.text
    url = f"/judge/s/{session}/w/01"
    page = (await judges[0].get(url)).text
    assert 'form="sheet" name="read"' in page

    answer = await judges[0].post(url, data=fields(page) | {"mark.C1": "9.5", "read": said.json()["id"]})

    assert (answer.status_code, answer.headers["location"]) == (303, url)
    assert await values(world, sheets[0]) == [("C1", 1, "scored", Decimal("9.5"))]
    assert "data-broadcast=" not in (await judges[0].get(url)).text
