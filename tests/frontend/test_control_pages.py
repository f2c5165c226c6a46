"""Control room, corrections, recheck, sign-off and spreads as pages: plain forms, the second person, and what is refused."""

import html
import re

import pytest

from api.plumbing.ids import encode_id
from tests.control.conftest import controlled_item
from tests.control.test_spreads import RULES, session_of, set_mark
from tests.live.streaming import stream
from tests.live.test_events import cookie_of


def hidden(page, name):
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return found[1] if found else ""


async def get(client, path):
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)


async def send(client, path, **fields):
    return await client.post(path, data={"csrf_token": client.headers["x-csrf-token"], **fields})


async def test_room_shows_every_cell_with_word_icon_and_a_link_to_its_sheet(world):
    it = await controlled_item(world, signed=False)
    path = f"/org/sessions/{await session_of(it)}/control"

    page = await get(it.organiser, path)

    assert page.count('class="room__cell"') == 15
    assert page.count("已提交</span>") == 15
    assert f"/org/sheets/{encode_id('sheet', it.sheets[0][0])}" in page
    assert "甲" not in page.partition("<main")[2]
    part = await it.organiser.get(path, headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert "room__cell" in part.text


@pytest.mark.parametrize("state", ["running", "paused", "closed"])
async def test_room_opens_in_every_state_of_its_session(world, state):
    it = await controlled_item(world, signed=False)
    await world.execute("UPDATE judging_session SET state = $1 WHERE item_id = $2", state, it.contest.item)

    page = await get(it.organiser, f"/org/sessions/{await session_of(it)}/control")

    acts = {"running": "close", "paused": "resume", "closed": "reopen"}
    assert f'name="act" value="{acts[state]}"' in page


async def test_session_of_a_published_item_cannot_be_run_from_its_room(world):
    it = await controlled_item(world)
    await it.steps("closed", "confirmed", "provisional")

    page = await get(it.organiser, f"/org/sessions/{await session_of(it)}/control")

    assert "场次和抽签不能再改" in page
    assert 'name="act" value="reopen"' not in page


async def test_room_is_english_below_en(world):
    it = await controlled_item(world, signed=False)

    page = await get(it.chief, f"/en/org/sessions/{await session_of(it)}/control")

    assert "Control room" in page
    assert "Submitted" in page


async def test_nobody_from_outside_enters_the_room_or_a_sheet(world):
    it = await controlled_item(world)
    elsewhere = await world.contest()
    stranger = await world.client("organiser", "contest", elsewhere.contest)
    sheet = encode_id("sheet", it.sheets[0][0])

    for path in (
        f"/org/sessions/{await session_of(it)}/control", f"/org/sheets/{sheet}", f"/org/items/{it.item}/check",
        f"/org/sheets/{sheet}/correct?criterion=C2",
    ):  # fmt: skip
        assert (await stranger.get(path)).status_code == 404, path


async def test_an_organiser_reads_no_mark_of_a_sheet_that_is_with_its_judge(world):
    it = await controlled_item(world, signed=False)
    await world.execute("UPDATE sheet SET state = 'open' WHERE id = $1", it.sheets[0][0])
    path = f"/org/sheets/{encode_id('sheet', it.sheets[0][0])}"

    organiser, chief = await get(it.organiser, path), await get(it.chief, path)

    assert "评分表还在裁判手里" in organiser
    assert "<b>80分</b>" not in organiser
    assert "<b>80分</b>" in chief


async def test_chief_returns_a_sheet_with_the_reason(world):
    it = await controlled_item(world, signed=False)
    path = f"/org/sheets/{encode_id('sheet', it.sheets[0][1])}"
    page = await get(it.chief, path)

    without = await send(it.chief, path, act="return", seq=hidden(page, "seq"), reason=" ")
    answer = await send(it.chief, path, act="return", seq=hidden(page, "seq"), reason="第2项漏评")

    assert without.status_code == 422
    assert answer.status_code == 303
    assert await world.fetchval("SELECT state FROM sheet WHERE id = $1", it.sheets[0][1]) == "open"
    room = await get(it.organiser, f"/org/sessions/{await session_of(it)}/control")
    assert "已退回" in room
    assert "工位01 A-02（2/2）" in room


async def test_correction_walk_in_five_steps(world, visitor):
    it = await controlled_item(world)
    await it.steps("closed", "confirmed", "provisional", "final")
    sheet = f"/org/sheets/{encode_id('sheet', it.sheets[1][1])}"
    # 1. new mark, reason and public note; old and new side by side, and what moves
    ask = f"{sheet}/correct?criterion=C2"
    page = await get(it.chief, ask)
    fields = {"criterion": "C2", "value": "10", "reason": "看错一行", "note": "第2工位第2项已更正"}
    looked = await send(it.chief, f"{sheet}/correct", act="preview", key=hidden(page, "key"), **fields)
    assert looked.status_code == 200
    assert "更正会带来的变化" in looked.text
    # 2. ask
    asked = await send(
        it.chief, f"{sheet}/correct", act="ask", key=hidden(looked.text, "key"), base_rev=hidden(looked.text, "base_rev"), **fields
    )  # fmt: skip
    assert asked.status_code == 303, asked.text
    correction = asked.headers["location"]
    own = await get(it.chief, correction)
    assert 'value="confirm"' not in own
    # 3. somebody else signs in and confirms
    page = await get(it.supervisor, correction)
    made = await send(it.supervisor, correction, act="confirm", key=hidden(page, "key"))
    assert made.status_code == 303
    # 4. the chief judge signs the new version
    check = f"/org/items/{it.item}/check"
    page = await get(it.chief, check)
    assert "签发已作废" in page
    signed = await send(
        it.chief, check, act="sign", key="k" * 12, snapshot=hidden(page, "snapshot"), hash=hidden(page, "hash")
    )  # fmt: skip
    assert signed.status_code == 303
    # 5. the organiser shows it as amended
    slug = await world.fetchval("SELECT slug FROM contest WHERE id = $1", it.contest.contest)
    results = f"/org/c/{encode_id('contest', it.contest.contest)}/e/fitter/results"
    page = await get(it.organiser, results)
    shown = await send(
        it.organiser, results, act="amend", reason="第2工位第2项已更正", rev=hidden(page, "rev")
    )
    assert shown.status_code == 303
    public = await get(visitor, f"/c/{slug}/e/fitter/rank")
    assert "第2工位第2项已更正" in public


async def test_a_form_sent_twice_asks_once(world):
    it = await controlled_item(world)
    path = f"/org/sheets/{encode_id('sheet', it.sheets[0][1])}/correct"
    fields = {
        "act": "ask",
        "criterion": "C2",
        "value": "10",
        "reason": "看错一行",
        "base_rev": "1",
        "key": "a" * 12,
    }

    first, second = await send(it.chief, path, **fields), await send(it.chief, path, **fields)

    assert first.headers["location"] == second.headers["location"]
    count = "SELECT count(*) FROM mark_correction WHERE item_id = $1"
    assert await world.fetchval(count, it.contest.item) == 1


@pytest.mark.parametrize(("value", "reason"), [("900", "看错一行"), ("", "看错一行"), ("80", "看错一行")])
async def test_a_mark_outside_the_plan_is_said_at_the_form(world, value, reason):
    it = await controlled_item(world)
    path = f"/org/sheets/{encode_id('sheet', it.sheets[0][1])}/correct"

    answer = await send(it.chief, path, act="preview", criterion="C2", value=value, reason=reason)

    assert answer.status_code == 422
    assert "error-summary" in answer.text


async def test_recheck_is_drawn_and_recorded_by_forms(world):
    it = await controlled_item(world)
    await it.rules(recheck={"top": 1, "rest_percent": "50"})
    check = f"/org/items/{it.item}/check"
    page = await get(it.organiser, check)
    assert "抽取复核名单" in page
    assert (await send(it.organiser, check, act="draw", number="0", key="d" * 12)).status_code == 303
    page = await get(it.supervisor, check)
    line = {name: hidden(page, name) for name in ("recheck", "line", "facts")}

    untold = await send(it.supervisor, check, act="error", key="e" * 12, note="", **line)
    answer = await send(it.supervisor, check, act="ok", key="f" * 12, **line)

    assert untold.status_code == 422
    assert answer.status_code == 303
    assert "已复核1/2" in await get(it.supervisor, check)
    # Who marked it is told that somebody else checks.
    assert "您评过这份成绩" in await get(it.chief, check)


async def test_a_data_clerk_checks_and_reads_no_standing(world):
    it = await controlled_item(world)
    await it.rules(recheck={"top": 1, "rest_percent": "50"})
    clerk = await world.client("data_clerk", "contest", it.contest.contest)
    await send(it.organiser, f"/org/items/{it.item}/check", act="draw", number="0", key="d" * 12)

    page = await get(clerk, f"/org/items/{it.item}/check")

    assert "核对无误" in page
    assert "签发" not in page.partition("<h1")[2].partition("</h1>")[2]
    assert "甲" not in page.partition("<main")[2]
    assert "80" in await get(clerk, f"/org/sheets/{encode_id('sheet', it.sheets[0][0])}")
    assert "现场总控" in await get(clerk, f"/org/sessions/{await session_of(it)}/control")


async def test_results_page_names_what_the_chief_judge_owes(world):
    it = await controlled_item(world)
    await it.rules(recheck={"top": 1})
    await it.steps("closed")

    page = await get(it.organiser, f"/org/c/{encode_id('contest', it.contest.contest)}/e/fitter/results")

    assert "还没有复核" in page
    assert f"/org/items/{it.item}/check" in page


async def test_judge_changes_the_own_mark_on_the_page_of_spreads(world):
    it = await controlled_item(world, signed=False)
    await it.rules(**RULES)
    await set_mark(it, 1, 95)
    path = f"/judge/s/{await session_of(it)}/diff"
    page = await get(it.judges[1], path)
    assert "相差15，上限10" in page
    fields = {name: hidden(page, name) for name in ("key", "act", "sheet", "criterion", "base_rev")}

    answer = await send(it.judges[1], path, value="85", **fields)

    assert answer.status_code == 303
    assert "没有超限的分歧" in await get(it.judges[1], path)


async def test_signed_mark_is_shown_and_no_other_value_is_offered(world):
    it = await controlled_item(world, signed=False)
    await it.rules(**RULES)
    await set_mark(it, 1, 95)
    path = f"/judge/s/{await session_of(it)}/diff"
    assert 'value="change"' in await get(it.judges[1], path)
    await world.execute("UPDATE sheet SET state = 'signed' WHERE item_id = $1", it.contest.item)

    page = await get(it.judges[1], path)

    assert "相差15，上限10" in page
    assert 'value="change"' not in page


async def test_chief_decides_a_spread_with_the_reason(world):
    it = await controlled_item(world, signed=False)
    await it.rules(**RULES)
    await set_mark(it, 1, 95)
    path = f"/judge/s/{await session_of(it)}/diff"
    fields = {"act": "decide", "station": "1", "criterion": "C2", "lowest": "80", "highest": "95"}

    without = await send(it.chief, path, reason="", key="a" * 12, **fields)
    answer = await send(it.chief, path, reason="工件确有争议", key="b" * 12, **fields)

    assert without.status_code == 422
    assert answer.status_code == 303
    assert "裁判长裁定保留" in await get(it.chief, path)


async def test_o11_preview_is_what_the_public_will_see_and_is_shown_to_nobody_else(world, visitor):
    it = await controlled_item(world)
    await it.steps("closed")
    contest = encode_id("contest", it.contest.contest)
    path = f"/org/c/{contest}/e/fitter/preview"
    early = await it.organiser.get(path)
    await it.steps("confirmed")

    preview = await get(it.organiser, path)
    results = await get(it.organiser, f"/org/c/{contest}/e/fitter/results")

    assert early.status_code == 404
    assert "预览，还没有公布" in preview
    assert "甲" in preview
    assert f'href="{path}"' in results
    assert (await visitor.get(path)).status_code in (303, 401)
    assert (await it.supervisor.get(path)).status_code == 403


async def test_o11_withdrawn_result_says_when_and_why(world, visitor):
    it = await controlled_item(world)
    await it.steps("closed", "confirmed", "provisional")
    results = f"/org/c/{encode_id('contest', it.contest.contest)}/e/fitter/results"
    page = await get(it.organiser, results)

    await send(it.organiser, results, act="withdraw", reason="第2场计时有误", rev=hidden(page, "rev"))

    slug = await world.fetchval("SELECT slug FROM contest WHERE id = $1", it.contest.contest)
    public = await get(visitor, f"/c/{slug}/e/fitter/rank")
    assert "已于" in public
    assert "撤回" in public
    assert "第2场计时有误" in public
    assert "甲" not in public.partition("<main")[2]


async def test_broadcast_is_withdrawn_in_the_room_and_leaves_the_judges_pages(world):
    it = await controlled_item(world, signed=False)
    session = await session_of(it)
    path = f"/org/sessions/{session}/control"
    page = await get(it.organiser, path)
    await send(it.organiser, path, act="broadcast", text="10分钟后继续", key=hidden(page, "key"))
    said = hidden(await get(it.organiser, path), "broadcast")

    assert (await send(it.organiser, path, act="withdraw", broadcast=said)).status_code == 303

    room = await get(it.organiser, path)
    assert "<s>10分钟后继续</s>" in room
    assert "已撤回" in room
    assert 'value="withdraw"' not in room
    assert "10分钟后继续" not in await get(it.judges[1], f"/judge/s/{session}")
    assert "data-broadcast=" not in await get(it.judges[1], f"/judge/s/{session}/broadcasts")


async def test_broadcast_goes_from_the_room_to_the_judges_pages_and_stays_until_it_is_read(world):
    it = await controlled_item(world, signed=False)
    session = await session_of(it)
    path = f"/org/sessions/{session}/control"
    page = await get(it.organiser, path)
    assert "不要写姓名、单位、参赛编号" in page

    form = {"act": "broadcast", "text": "10分钟后继续", "key": hidden(page, "key")}
    twice = [await send(it.organiser, path, **form) for _ in range(2)]

    assert [answer.status_code for answer in twice] == [303, 303]
    judge = it.judges[1]
    grid = await get(judge, f"/judge/s/{session}")
    assert grid.count("data-broadcast=") == 1
    assert "10分钟后继续" in grid
    assert "10分钟后继续" in await get(judge, f"/judge/s/{session}/w/01")
    part = await get(judge, f"/judge/s/{session}/broadcasts")
    assert part.count("data-broadcast=") == 1
    assert "<html" not in part
    assert "已读0/5" in await get(it.organiser, path)
    read = re.search(r'name="read" value="([^"]+)"', grid)[1]
    answer = await send(judge, f"/judge/s/{session}/broadcasts", read=read)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/judge/s/{session}")
    assert "data-broadcast=" not in await get(judge, f"/judge/s/{session}")
    assert "10分钟后继续" in await get(it.judges[2], f"/judge/s/{session}")
    assert "已读1/5" in await get(it.organiser, path)


@pytest.mark.parametrize(("text", "said"), [("", "广播没有内容"), ("字" * 101, "广播有101字，最多100字")])
async def test_broadcast_that_cannot_go_out_keeps_its_text_beside_the_reason(world, text, said):
    it = await controlled_item(world, signed=False)
    path = f"/org/sessions/{await session_of(it)}/control"

    answer = await send(it.organiser, path, act="broadcast", text=text)

    page = html.unescape(answer.text)
    assert answer.status_code == 422
    assert re.search(rf'id="text-error"[^>]*>.*{said}', page)
    assert f'value="{text}"' in page
    # Without script the page is not read again under the hands of whoever writes.
    assert "http-equiv" not in page
    assert "http-equiv" not in await get(it.organiser, f"{path}?writing=true")
    assert "http-equiv" in await get(it.organiser, path)


async def test_chief_of_one_item_is_not_offered_the_whole_contest(world):
    it = await controlled_item(world, signed=False)
    path = f"/org/sessions/{await session_of(it)}/control"

    assert 'name="to"' in await get(it.organiser, path)
    page = await get(it.chief, path)
    assert 'value="broadcast"' in page
    assert 'name="to"' not in page
    assert 'value="broadcast"' not in await get(it.supervisor, path)


async def test_second_person_writes_the_public_note_where_the_result_came_out_meanwhile(world):
    it = await controlled_item(world)
    asked = await it.chief.post(
        f"/api/v1/sheets/{encode_id('sheet', it.sheets[0][1])}/corrections",
        json={"criterion": "C2", "value": "60", "base_rev": 1, "reason": "登分时看错一行"},
        headers={"Idempotency-Key": "before-publication"},
    )
    path = f"/org/corrections/{asked.json()['id']}"
    assert 'name="note"' not in await get(it.supervisor, path)
    await it.steps("closed", "confirmed")
    await it.sign_off()
    await it.steps("provisional")
    page = await get(it.supervisor, path)
    assert "提出更正后成绩已经公布" in page

    refused = await send(it.supervisor, path, act="confirm", key=hidden(page, "key"), note=" ")
    page = html.unescape(refused.text)
    made = await send(it.supervisor, path, act="confirm", key=hidden(page, "key"), note="登分有误")

    assert refused.status_code == 422
    assert "更正须有公开说明" in page
    assert made.status_code == 303
    assert "登分有误" in await get(it.organiser, path)


async def test_spread_flag_is_in_the_room_with_the_event_of_the_last_sheet_and_gone_with_the_next(
    site, world
):
    it = await controlled_item(world, signed=False)
    await it.rules(**RULES)
    await set_mark(it, 1, 95)
    last, judge = it.sheets[0][4], it.judges[4]
    await world.execute("UPDATE sheet SET state = 'open' WHERE id = $1", last)
    await world.execute("UPDATE judging_session SET state = 'running' WHERE item_id = $1", it.contest.item)
    seq = await world.fetchval("SELECT seq FROM sheet WHERE id = $1", last)
    path = f"/org/sessions/{await session_of(it)}/control"
    events = f"/api/v1/contests/{encode_id('contest', it.contest.contest)}/events"

    async def flags():
        part = await it.organiser.get(path, headers={"HX-Request": "true"})
        return part.text.count('class="room__station" data-state="spread"')

    async with stream(site, events, cookie=cookie_of(it.organiser)) as told:
        await told.until("ready")
        assert await flags() == 0
        submitted = await judge.post(
            f"/api/v1/sheets/{encode_id('sheet', last)}/transitions", json={"to": "submitted", "seq": seq}
        )
        assert submitted.status_code == 200, submitted.text
        await told.until("sheet")
        assert await flags() == 1
        thought_again = await it.judges[1].post(
            f"/api/v1/sheets/{encode_id('sheet', it.sheets[0][1])}/reconsideration",
            json={"criterion": "C2", "value": "82", "base_rev": 2},
            headers={"Idempotency-Key": "second-thought"},
        )
        assert thought_again.status_code == 201, thought_again.text
        await told.until("sheet", 2)
        assert await flags() == 0
