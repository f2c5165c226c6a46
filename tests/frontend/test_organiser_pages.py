"""SO1, SO2, SO3, SO5, SO11 and the pages of one item: what an organiser sees, sends and is refused."""

import re
from html import unescape
from uuid import uuid4

import msgspec
import pytest

from api.plumbing.ids import encode_id
from scoring import Plan
from scoring.draws import DrawRecord, faults
from tests.frontend.forms import hidden, page_of, send
from tests.plans import two_part_plan
from tests.results.builders import MARKS, THEORY, final_item

PRESETS = "SELECT id FROM preset WHERE organisation_id IS NULL AND code = 'hebei-city'"


def outside(contest):
    return encode_id("contest", contest.contest)


def item_page(contest, page):
    return f"/org/c/{outside(contest)}/e/fitter/{page}"


@pytest.fixture
async def office(world):
    """An organiser at the host of a contest with one item, still a draft."""
    organisation = await world.organisation()
    contest = await world.contest(organisation=organisation, state="draft")
    client = await world.client("organiser", "organisation", organisation)
    return contest, client


async def counts(world):
    tables = (
        "contest",
        "entry_transition",
        "panel",
        "draw",
        "theory_mark",
        "publication_transition",
        "ledger",
    )
    return {table: await world.fetchval(f"SELECT count(*) FROM {table}") for table in tables}


async def test_workbench_lists_own_contests_and_what_waits(world, office):
    contest, client = office
    name = await world.fetchval("SELECT name_zh FROM contest WHERE id = $1", contest.contest)
    await world.client()

    page = await page_of(client, "/org")

    assert name in page
    assert outside(contest) in page
    assert "发布赛事" in page
    stranger = await world.client("organiser", "organisation", await world.organisation())
    assert name not in await page_of(stranger, "/org")


async def test_pages_of_another_organisation_are_not_found(world, office):
    contest, _ = office
    stranger = await world.client("organiser", "organisation", await world.organisation())

    paths = [f"/org/c/{outside(contest)}", f"/org/c/{outside(contest)}/regs", info_page(contest)]
    paths += [item_page(contest, page) for page in ("draw", "panel", "theory", "results", "plan")]

    assert {(await stranger.get(path)).status_code for path in paths} == {404}


async def test_contest_is_made_from_a_preset_and_sent_twice_made_once(world, office):
    contest, client = office
    preset = encode_id("preset", await world.fetchval(PRESETS))
    page = await page_of(client, "/org/new")
    fields = {
        "key": hidden(page, "key"), "preset": preset, "name": "市赛", "registration_from": "2026-01-10",
        "registration_until": "2026-01-31", "starts_on": "2026-03-01", "ends_on": "2026-03-02", "item": ["fitter"],
    }  # fmt: skip

    first = await send(client, "/org/new", page, **fields)
    again = await send(client, "/org/new", page, **fields)

    assert first.status_code == again.status_code == 303, first.text
    assert first.headers["location"] == again.headers["location"]
    made = await world.fetch(
        "SELECT registration_closes_at FROM contest WHERE host_id = $1 AND id <> $2",
        contest.organisation,
        contest.contest,
    )
    # 31 January whole: until 24:00 in Shanghai.
    assert [row["registration_closes_at"].isoformat() for row in made] == ["2026-01-31T16:00:00+00:00"]


async def test_name_that_another_contest_has_is_refused_on_the_form(world, office):
    _, client = office
    page = await page_of(client, "/org/new")
    fields = {
        "preset": encode_id("preset", await world.fetchval(PRESETS)), "name": "同名市赛", "registration_from": "2026-01-10",
        "registration_until": "2026-01-31", "starts_on": "2026-03-01", "ends_on": "2026-03-02", "item": ["fitter"],
    }  # fmt: skip

    first = await send(client, "/org/new", page, **fields)
    again = await send(client, "/org/new", page, **fields)

    assert (first.status_code, again.status_code) == (303, 409)
    assert 'value="同名市赛"' in again.text


async def test_wrong_dates_come_back_with_what_was_typed(world, office):
    _, client = office
    page = await page_of(client, "/org/new")
    before = await counts(world)

    answer = await send(
        client, "/org/new", page, preset=encode_id("preset", await world.fetchval(PRESETS)), name="二月三十",
        registration_from="2026-01-10", registration_until="2026-01-31", starts_on="2026-02-30", ends_on="2026-03-02",
        item=["fitter"],
    )  # fmt: skip

    assert answer.status_code == 422
    assert 'id="starts_on-error"' in answer.text
    assert "二月三十" in answer.text
    assert await counts(world) == before


async def test_missing_day_is_asked_for_at_its_field(world, office):
    _, client = office
    page = await page_of(client, "/org/new")

    answer = await send(
        client, "/org/new", page, preset=encode_id("preset", await world.fetchval(PRESETS)), name="没有日期",
        starts_on="2026-03-01", ends_on="2026-03-02", item=["fitter"],
    )  # fmt: skip

    assert answer.status_code == 422
    assert answer.text.count("没有填写日期，未保存。") == 4
    assert "T00:00" not in answer.text


async def test_presets_above_the_host_are_not_offered_and_its_own_stand_first(world):
    city = await world.organisation(tier="city")
    await world.season(city)
    client = await world.client("organiser", "organisation", city)

    offered = re.findall(r"河北(?:省级决赛|市级选拔赛|县（企业）级竞赛)", await page_of(client, "/org/new"))

    assert offered == ["河北市级选拔赛", "河北县（企业）级竞赛"]


async def test_contest_without_item_is_not_made(world, office):
    _, client = office
    page = await page_of(client, "/org/new")

    answer = await send(
        client, "/org/new", page, preset=encode_id("preset", await world.fetchval(PRESETS)), name="空"
    )

    assert answer.status_code == 422
    assert "没有勾选比赛项目" in answer.text


async def test_gate_says_what_is_missing_and_a_stale_publish_is_refused(world, office):
    contest, client = office
    path = f"/org/c/{outside(contest)}"
    page = await page_of(client, path)
    assert "没有牵头主办单位" in page
    assert "还差2件事才能发布" in page
    before = await counts(world)

    answer = await send(
        client,
        f"{path}/publish",
        page if "csrf_token" in page else await page_of(client, "/org/new"),
        rev="99",
    )

    assert answer.status_code == 412
    assert await counts(world) == before


async def test_entry_passes_two_levels_and_a_return_needs_a_reason(world, office):
    contest, client = office
    await world.execute("UPDATE contest SET state = 'published' WHERE id = $1", contest.contest)
    entry = await world.entry(contest, name="鲁知行", state="at_organiser", number=None)
    path = f"/org/c/{outside(contest)}/regs"
    decide = f"{path}/{encode_id('entry', entry)}"
    page = await page_of(client, path)
    assert "主办单位审核" in page

    silent = await send(client, decide, page, act="return", rev=hidden(page, "rev"))
    assert silent.status_code == 422
    assert 'role="alert"' in silent.text

    for level in ("组委会审核", "这里没有报名"):
        done = await send(client, decide, page, act="approve", rev=hidden(page, "rev"))
        assert done.status_code == 303, done.text
        page = await page_of(client, path)
        assert level in page
        if 'name="rev"' not in page:
            break
    assert await world.fetchval("SELECT state FROM entry WHERE id = $1", entry) == "accepted"


async def test_decision_on_what_somebody_else_has_moved_is_refused(world, office):
    contest, client = office
    await world.execute("UPDATE contest SET state = 'published' WHERE id = $1", contest.contest)
    entry = await world.entry(contest, state="at_organiser", number=None)
    path = f"/org/c/{outside(contest)}/regs"
    page = await page_of(client, path)
    before = await counts(world)

    answer = await send(client, f"{path}/{encode_id('entry', entry)}", page, act="approve", rev="7")

    assert answer.status_code == 412
    assert await counts(world) == before


async def test_panel_is_seated_whole_and_keeps_what_was_ticked(world, office):
    contest, client = office
    path = item_page(contest, "panel")
    page = await page_of(client, path)
    for number in range(5):
        shown = await send(
            client, path, page, act="add", login=f"j{uuid4().hex[:10]}", judge_name=f"裁判{number}"
        )
        assert shown.status_code == 200
        assert "data-way-in" in shown.text
    page = await page_of(client, path)
    judges = re.findall(r'name="seat" value="(jdg_\w+)"', page)
    assert len(judges) == 5

    nobody = await send(client, path, page, act="seat", rev=hidden(page, "rev"))
    assert nobody.status_code == 422
    assert "有且只有一名裁判长" in nobody.text

    short = await send(
        client, path, page, act="seat", seat=judges[:3], chief=judges[0], rev=hidden(page, "rev")
    )
    assert short.status_code == 409
    assert short.text.count(" checked") == 4
    assert await world.fetchval("SELECT count(*) FROM panel WHERE item_id = $1", contest.item) == 0

    done = await send(client, path, page, act="seat", seat=judges, chief=judges[0], rev=hidden(page, "rev"))
    assert done.status_code == 303, done.text
    assert "裁判人数够了" in await page_of(client, path)


async def test_new_login_without_name_adds_nobody(world, office):
    contest, client = office
    path = item_page(contest, "panel")
    page = await page_of(client, path)

    answer = await send(client, path, page, act="add", login=f"j{uuid4().hex[:10]}", judge_name="")

    assert answer.status_code == 422
    assert 'id="judge_name-error"' in answer.text
    assert await world.fetchval("SELECT count(*) FROM judge WHERE contest_id = $1", contest.contest) == 0


async def test_draw_plans_as_many_sessions_as_it_needs(world, office):
    contest, client = office
    for number in range(3):
        await world.entry(contest, name=f"试{number}")
    await world.judges(contest)
    path = item_page(contest, "draw")
    page = await page_of(client, path)

    wrong = await send(client, path, page, act="draw", stations="两个")
    assert wrong.status_code == 422
    assert 'id="stations-error"' in wrong.text
    done = await send(client, path, page, act="draw", stations="2")

    assert done.status_code == 303, done.text
    sessions = await world.fetch(
        "SELECT stations, starts_at FROM judging_session WHERE item_id = $1 ORDER BY position", contest.item
    )
    assert [row["stations"] for row in sessions] == [2, 2]
    # Nine in the morning and two in the afternoon of the first day, in Shanghai.
    assert [row["starts_at"].hour for row in sessions] == [1, 6]
    page = await page_of(client, path)
    assert page.count("<tr>") == 4
    assert "开始评分" in page


@pytest.mark.parametrize("locale", ["", "/en"])
async def test_draw_leads_to_its_record_and_to_the_list_to_sign(world, office, locale):
    contest, client = office
    await world.entry(contest)
    await world.judges(contest)
    path = item_page(contest, "draw")
    before = await page_of(client, path)
    await send(client, path, before, act="draw", stations="2")
    page = unescape(await page_of(client, locale + path))

    [record] = re.findall(r'href="(/api/v1/draws/[^"]+/record)" download="([^"]+)\.json"', page)
    answer = await client.get(record[0])

    assert record[1] in record[0]
    assert f"shibaiqian draw verify {record[1]}.json" in page
    assert not faults(msgspec.json.decode(answer.content, type=DrawRecord))
    assert answer.json()["result_hash"] in page
    assert answer.json()["commitment"] in page
    assert answer.json()["seed"] in page
    assert ("抽签前登记" if not locale else "Recorded before the draw") in page
    assert "data-print" in page
    assert ("抽签人签字" if not locale else "Signature of who drew") in page
    assert "data-print" not in before


async def test_draw_that_is_refused_leaves_no_session(world, office):
    contest, client = office
    await world.judges(contest, 3)
    await world.entry(contest)
    path = item_page(contest, "draw")

    answer = await send(client, path, await page_of(client, path), act="draw", stations="2")

    assert answer.status_code in (409, 422)
    assert await world.fetchval("SELECT count(*) FROM judging_session WHERE item_id = $1", contest.item) == 0


async def test_theory_file_is_checked_first_and_written_then(world, office):
    contest, client = office
    for number, name in (("QG-0001", "甲"), ("QG-0002", "乙")):
        await world.entry(contest, name=name, number=number)
    path = item_page(contest, "theory")
    page = await page_of(client, path)
    token = hidden(page, "csrf_token")
    text = "参赛号,成绩\nQG-0001,88\nQG-0002,8O\n"

    shown = await client.post(
        path,
        data={"csrf_token": token, "act": "check"},
        files={"file": ("成绩.csv", text.encode(), "text/csv")},
    )
    assert shown.status_code == 200, shown.text
    assert "1行可导入，1行有问题" in shown.text
    assert "8O" in shown.text
    assert await world.fetchval("SELECT count(*) FROM theory_mark WHERE item_id = $1", contest.item) == 0

    done = await send(client, path, page, act="commit", upload=hidden(shown.text, "upload"))
    assert done.status_code == 200
    assert await world.fetchval("SELECT count(*) FROM theory_mark WHERE item_id = $1", contest.item) == 1


@pytest.mark.parametrize("text", ["", "no table at all", "姓名,成绩\n甲,88\n"])
async def test_unreadable_file_is_said_at_the_file(office, text):
    contest, client = office
    path = item_page(contest, "theory")
    token = hidden(await page_of(client, path), "csrf_token")

    answer = await client.post(
        path,
        data={"csrf_token": token, "act": "check"},
        files={"file": ("成绩.csv", text.encode(), "text/csv")},
    )

    assert answer.status_code in (409, 422)
    assert 'id="file-error"' in answer.text


async def test_kept_file_that_was_tampered_with_is_refused(office):
    contest, client = office
    path = item_page(contest, "theory")

    answer = await send(client, path, await page_of(client, path), act="commit", upload="bm90IGpzb24=")

    assert answer.status_code == 422


async def test_template_holds_the_contest_numbers(world, office):
    contest, client = office
    await world.entry(contest, number="QG-0007")

    answer = await client.get(item_page(contest, "theory.csv"))

    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert "QG-0007," in answer.text


async def test_results_show_gaps_before_the_closing(world, office):
    contest, client = office
    judges = await world.judges(contest)
    await world.sheets(contest, [await world.entry(contest)], judges)

    page = await page_of(client, item_page(contest, "results"))

    assert "5张评分表未签字" in page
    assert 'value="close"' not in page


async def test_wrong_word_or_number_makes_nothing_final(world):
    contest = await world.contest(plan=two_part_plan())
    await final_item(world, contest, MARKS, THEORY)
    organiser = await world.client("organiser", "contest", contest.contest)
    path = item_page(contest, "results")
    page = await page_of(organiser, path)
    await send(organiser, path, page, act="withdraw", reason="计分有误", rev=hidden(page, "rev"))
    for act in ("close", "confirm"):
        page = await page_of(organiser, path)
        step = await send(organiser, path, page, act=act, rev=hidden(page, "rev"))
        assert step.status_code == 303, step.text
    page = await page_of(organiser, path)

    wrong = await send(organiser, path, page, act="publish", confirm="4", rev=hidden(page, "rev"))
    none = await send(organiser, path, page, act="publish", confirm="", rev=hidden(page, "rev"))

    assert (wrong.status_code, none.status_code) == (422, 422)
    assert 'id="confirm-error"' in wrong.text
    assert 'id="confirm-error"' in none.text
    state = "SELECT state FROM publication WHERE item_id = $1"
    assert await world.fetchval(state, contest.item) == "confirmed"
    await send(organiser, path, page, act="publish", confirm=str(len(MARKS)), rev=hidden(page, "rev"))
    page = await page_of(organiser, path)
    word = await send(organiser, path, page, act="finalise", confirm="终", rev=hidden(page, "rev"))
    assert word.status_code == 422
    assert await world.fetchval(state, contest.item) == "provisional"


async def test_withdrawing_needs_a_reason(world):
    contest = await world.contest()
    await final_item(world, contest, MARKS, THEORY)
    organiser = await world.client("organiser", "contest", contest.contest)
    path = item_page(contest, "results")
    page = await page_of(organiser, path)

    answer = await send(organiser, path, page, act="withdraw", reason=" ", rev=hidden(page, "rev"))

    assert answer.status_code == 422
    assert 'id="withdraw_reason-error"' in answer.text


async def two_places_up(world):
    """A final item with two places in the next tier, and its organiser."""
    upper = await world.contest(state="published")
    lower = await world.contest(season=upper.season, tier="city")
    await world.execute("UPDATE contest SET next_contest_id = $2 WHERE id = $1", lower.contest, upper.contest)
    rules = {"quota": {"code": "up", "version": 1, "name": "晋级", "name_en": "Up", "places": 2}}
    await world.execute(
        "INSERT INTO contest_rules (contest_id, revision, document, hash) VALUES ($1, 1, $2, '')",
        lower.contest, msgspec.json.encode(rules).decode(),
    )  # fmt: skip
    await final_item(world, lower, MARKS, THEORY)
    organiser = await world.client("organiser", "contest", lower.contest)
    return lower, organiser


async def test_places_are_offered_once_the_result_is_final(world):
    lower, organiser = await two_places_up(world)
    path = item_page(lower, "results")
    page = await page_of(organiser, path)
    assert 'value="offer"' in page

    done = await send(organiser, path, page, act="offer", rev=hidden(page, "rev"))
    twice = await send(organiser, path, page, act="offer", rev=hidden(page, "rev"))

    assert done.status_code == 303, done.text
    assert twice.status_code == 409
    assert await world.fetchval("SELECT count(*) FROM slot WHERE from_item_id = $1", lower.item) == 2
    assert "晋级名额已发出" in await page_of(organiser, path)


async def offered(world):
    """The same, with the places offered."""
    lower, organiser = await two_places_up(world)
    path = item_page(lower, "results")
    page = await page_of(organiser, path)
    done = await send(organiser, path, page, act="offer", answer_by="2090-02-26", rev=hidden(page, "rev"))
    assert done.status_code == 303, done.text
    return lower, organiser


SLOTS = "SELECT id, state, kind, rev, answer_by FROM slot WHERE from_item_id = $1 ORDER BY place, id"


async def test_place_that_is_given_up_goes_to_the_substitute(world):
    contest, organiser = await offered(world)
    path = item_page(contest, "results")
    page = await page_of(organiser, path)
    first, second = await world.fetch(SLOTS, contest.item)
    # The day is meant whole: until 24:00 in Shanghai.
    assert first["answer_by"].isoformat() == "2090-02-26T16:00:00+00:00"

    silent = await send(
        organiser, path, page, act="slot_decline", slot=encode_id("slot", first["id"]), rev="1", reason=""
    )
    accepted = await send(
        organiser, path, page, act="slot_accept", slot=encode_id("slot", second["id"]), rev="1"
    )
    declined = await send(
        organiser, path, page, act="slot_decline", slot=encode_id("slot", first["id"]), rev="1", reason="出差"
    )

    assert (silent.status_code, accepted.status_code, declined.status_code) == (422, 303, 303)
    assert f'id="{encode_id("slot", first["id"])}_reason-error"' in silent.text
    after = await world.fetch(SLOTS, contest.item)
    assert sorted((row["kind"], row["state"]) for row in after) == [
        ("quota", "accepted"), ("quota", "declined"), ("substitute", "offered"),
    ]  # fmt: skip
    page = await page_of(organiser, path)
    assert "已放弃" in page
    assert "已接受" in page


async def test_wrong_day_for_answers_offers_nothing(world):
    contest = await world.contest()
    await final_item(world, contest, MARKS, THEORY)
    organiser = await world.client("organiser", "contest", contest.contest)
    path = item_page(contest, "results")
    page = await page_of(organiser, path)

    answer = await send(organiser, path, page, act="offer", answer_by="2090-02-30", rev=hidden(page, "rev"))

    assert answer.status_code == 422
    assert await world.fetchval("SELECT count(*) FROM slot WHERE from_item_id = $1", contest.item) == 0


async def test_frozen_board_shows_the_public_no_rank_until_it_is_thawed(world, visitor):
    contest = await world.contest()
    await final_item(world, contest, MARKS, THEORY)
    organiser = await world.client("organiser", "contest", contest.contest)
    path = item_page(contest, "results")
    slug = await world.fetchval("SELECT slug FROM contest WHERE id = $1", contest.contest)
    public = f"/c/{slug}/e/fitter/rank"
    frozen = "SELECT frozen FROM publication WHERE item_id = $1"
    page = await page_of(organiser, path)

    done = await send(organiser, path, page, act="freeze", rev=hidden(page, "rev"))

    assert done.status_code == 303, done.text
    assert "甲" not in (await visitor.get(public)).text
    page = await page_of(organiser, path)
    assert "封榜" in page
    await send(organiser, path, page, act="thaw", rev=hidden(page, "rev"))
    assert await world.fetchval(frozen, contest.item) is False


async def test_amendment_names_a_new_version_and_needs_a_reason(world):
    contest = await world.contest()
    await final_item(world, contest, MARKS, THEORY)
    organiser = await world.client("organiser", "contest", contest.contest)
    path = item_page(contest, "results")
    page = await page_of(organiser, path)

    silent = await send(organiser, path, page, act="amend", reason="", rev=hidden(page, "rev"))
    done = await send(organiser, path, page, act="amend", reason="第2项录入有误", rev=hidden(page, "rev"))

    assert (silent.status_code, done.status_code) == (422, 303)
    assert 'id="amend_reason-error"' in silent.text
    page = await page_of(organiser, path)
    assert "第2项录入有误" in page
    assert await world.fetchval("SELECT state FROM publication WHERE item_id = $1", contest.item) == "amended"


async def test_closed_item_is_opened_again_with_a_reason(world):
    contest = await world.contest()
    await final_item(world, contest, MARKS, THEORY)
    organiser = await world.client("organiser", "contest", contest.contest)
    path = item_page(contest, "results")
    for act, reason in (("withdraw", "漏评一项"), ("close", "")):
        page = await page_of(organiser, path)
        await send(organiser, path, page, act=act, reason=reason, rev=hidden(page, "rev"))
    page = await page_of(organiser, path)

    done = await send(organiser, path, page, act="reopen", reason="漏评一项", rev=hidden(page, "rev"))

    assert done.status_code == 303, done.text
    assert await world.fetchval("SELECT state FROM publication WHERE item_id = $1", contest.item) == "open"


async def test_session_is_paused_resumed_closed_and_reopened_from_its_list(world, office):
    contest, client = office
    await world.sheets(contest, [await world.entry(contest)], await world.judges(contest))
    path = item_page(contest, "draw")
    state = "SELECT state FROM judging_session WHERE item_id = $1"

    async def run(act, **fields):
        page = await page_of(client, path)
        given = {"session": hidden(page, "session"), "rev": hidden(page, "rev")}
        answer = await send(client, path, page, act=act, **given, **fields)
        return answer, await world.fetchval(state, contest.item)

    silent, still = await run("pause", reason=" ")
    assert (silent.status_code, still) == (422, "running")
    assert '_reason-error"' in silent.text
    assert (await run("pause", reason="停电"))[1] == "paused"
    assert (await run("resume"))[1] == "running"
    refused, still = await run("close")
    assert (refused.status_code, still) == (409, "running")
    assert "没有评完" in refused.text
    assert (await run("close", reason="选手退场", with_gaps="yes"))[1] == "closed"
    assert (await run("reopen", reason="补评"))[1] == "running"


async def test_english_pages_speak_english_but_for_names(office):
    contest, client = office

    for path in ("/en/org", f"/en/org/c/{outside(contest)}", f"/en{item_page(contest, 'panel')}"):
        assert 'lang="en"' in await page_of(client, path)


@pytest.mark.parametrize(("rev", "status", "says"), [("1", 200, "组委会审核"), ("7", 412, 'role="alert"')])
async def test_row_alone_comes_back_to_a_page_with_script(world, office, rev, status, says):
    contest, client = office
    await world.execute("UPDATE contest SET state = 'published' WHERE id = $1", contest.contest)
    entry = await world.entry(contest, state="at_organiser", number=None)
    path = f"/org/c/{outside(contest)}/regs"
    token = hidden(await page_of(client, path), "csrf_token")

    answer = await client.post(
        f"{path}/{encode_id('entry', entry)}",
        data={"csrf_token": token, "act": "approve", "rev": rev},
        headers={"HX-Request": "true"},
    )

    assert answer.status_code == status
    assert answer.text.strip().startswith("<li")
    assert says in answer.text


async def test_redraw_is_asked_for_on_the_page_and_confirmed_by_another(world, office):
    contest, client = office
    await world.entry(contest)
    await world.judges(contest)
    path = item_page(contest, "draw")
    await send(client, path, await page_of(client, path), act="draw", stations="2")
    supervisor = await world.client("supervisor", "contest", contest.contest)

    refused = await send(client, path, await page_of(client, path), act="redraw", reason=" ")
    assert refused.status_code == 422
    assert (
        await send(client, path, await page_of(client, path), act="redraw", reason="漏列")
    ).status_code == 303
    own, seen = await page_of(client, path), await page_of(supervisor, path)
    assert ("确认并重新抽签" in own, "确认并重新抽签" in seen) == (False, True)
    assert "申请重抽" not in seen
    done = await send(supervisor, f"{path}/confirm", seen, redraw=hidden(seen, "redraw"))

    assert done.status_code == 303, done.text
    assert await world.fetchval("SELECT count(*) FROM draw WHERE item_id = $1", contest.item) == 2
    again = await send(supervisor, f"{path}/confirm", seen, redraw=hidden(seen, "redraw"))
    assert (again.status_code, "已经抽过签" in again.text) == (409, True)


async def test_judge_who_falls_ill_is_replaced_on_the_panel_page(world, office):
    contest, client = office
    judges = await world.judges(contest)
    await world.sheets(contest, [await world.entry(contest)], judges)
    path = item_page(contest, "panel")
    assert "替换裁判" not in await page_of(client, path)
    reserve = await world.client("judge", "contest", contest.contest)
    by = await world.fetchval(
        "INSERT INTO judge (contest_id, account_id, code) VALUES ($1, $2, 'A-09') RETURNING id",
        contest.contest,
        reserve.account_id,
    )
    page = await page_of(client, path)
    ill = re.search(r'<option value="(jdg_\w+)"[^>]*>A-02', page)[1]
    fields = {"act": "replace", "judge": ill, "by": encode_id("judge", by), "rev": hidden(page, "rev")}

    silent = await send(client, path, page, **fields, reason=" ")
    assert (silent.status_code, 'role="alert"' in silent.text) == (422, True)
    done = await send(client, path, page, **fields, reason="突发疾病")

    assert done.status_code == 303, done.text
    owners = await world.fetch("SELECT account_id FROM sheet WHERE item_id = $1", contest.item)
    assert reserve.account_id in {row["account_id"] for row in owners}
    assert judges[1].account_id not in {row["account_id"] for row in owners}


def info_page(contest):
    return f"/org/c/{outside(contest)}/info"


async def test_names_and_days_are_changed_and_a_lost_race_is_said(world, office):
    contest, client = office
    path = info_page(contest)
    page = await page_of(client, path)
    given = {
        "act": "save",
        "rev": hidden(page, "rev"),
        "registration_until": "2099-02-26",
        "ends_on": "2021-03-04",
    }

    done = await send(client, path, page, **given)
    stale = await send(client, path, page, **given | {"ends_on": "2021-03-05"})

    assert (done.status_code, stale.status_code) == (303, 412), stale.text
    row = await world.fetch(
        "SELECT name_zh, registration_closes_at, ends_on FROM contest WHERE id = $1", contest.contest
    )
    # 26 February 24:00 in Shanghai is 16:00 in UTC; what was left as it stood is as it was.
    assert row[0]["registration_closes_at"].isoformat() == "2099-02-26T16:00:00+00:00"
    assert row[0]["ends_on"].isoformat() == "2021-03-04"


async def test_wrong_day_is_said_at_its_field_and_kept(world, office):
    contest, client = office
    path = info_page(contest)
    page = await page_of(client, path)

    answer = await send(
        client, path, page, act="save", rev=hidden(page, "rev"), ends_on="2021-02-01", name="改名"
    )

    assert answer.status_code == 422
    assert 'id="ends_on-error"' in answer.text
    assert 'value="改名"' in answer.text
    assert await world.fetchval("SELECT rev FROM contest WHERE id = $1", contest.contest) == 1


async def test_organisers_are_named_in_rows_and_exactly_one_leads(world, office):
    contest, client = office
    path = info_page(contest)
    page = await page_of(client, path)
    rows = {
        "role_1": "lead",
        "name_1": "省总工会",
        "role_2": "co_organiser",
        "name_2": "省职工大学",
        "name_3": "",
        "role_3": "host",
    }

    two = await send(
        client, path, page, act="organisers", rev=hidden(page, "rev"), **rows | {"role_2": "lead"}
    )
    done = await send(client, path, page, act="organisers", rev=hidden(page, "rev"), **rows)

    assert (two.status_code, done.status_code) == (422, 303), done.text
    assert "省职工大学" in two.text
    named = await world.fetch(
        "SELECT role, name_zh FROM contest_organiser WHERE contest_id = $1 ORDER BY role DESC",
        contest.contest,
    )
    assert [tuple(row.values()) for row in named] == [("lead", "省总工会"), ("co_organiser", "省职工大学")]


async def test_filing_is_recorded_and_a_late_one_refused_at_its_day(world, office):
    contest, client = office
    path = info_page(contest)
    page = await page_of(client, path)
    given = {
        "act": "file",
        "authority": encode_id("organisation", contest.organisation),
        "number": "冀竞〔2021〕3号",
    }

    late = await send(client, path, page, filed_on="2021-03-01", **given)
    done = await send(client, path, page, filed_on="2021-02-20", **given)

    assert (late.status_code, done.status_code) == (422, 303), done.text
    assert 'id="filed_on-error"' in late.text
    assert "冀竞〔2021〕3号" in await page_of(client, path)


async def test_entry_rules_are_set_and_show_again(world, office):
    contest, client = office
    path = info_page(contest)
    page = await page_of(client, path)

    done = await send(client, path, page, act="entry_rules", rev="0", minimum_age="18", one_item="yes")

    assert done.status_code == 303, done.text
    rules = await world.fetch(
        "SELECT minimum_age, one_item_per_person FROM registration_rules WHERE contest_id = $1",
        contest.contest,
    )
    assert rules == [{"minimum_age": 18, "one_item_per_person": True}]


async def test_contest_moves_on_and_is_cancelled_with_a_reason_only(world, office):
    contest, client = office
    await world.execute("UPDATE contest SET state = 'published' WHERE id = $1", contest.contest)
    path = info_page(contest)
    page = await page_of(client, path)
    state = "SELECT state FROM contest WHERE id = $1"

    nobody = await send(client, path, page, act="move", to="running", rev=hidden(page, "rev"))
    silent = await send(client, path, page, act="move", to="cancelled", rev=hidden(page, "rev"), reason="")
    assert (nobody.status_code, silent.status_code) == (409, 422)
    await world.entry(contest)
    begun = await send(client, path, page, act="move", to="running", rev=hidden(page, "rev"))

    assert begun.status_code == 303, begun.text
    assert await world.fetchval(state, contest.contest) == "running"


async def plan_in_force(world, contest):
    document = "SELECT v.document FROM item i JOIN plan_version v ON v.id = i.plan_id WHERE i.id = $1"
    return msgspec.json.decode(await world.fetchval(document, contest.item), type=Plan)


def changed(**fields):
    """The plan of the tests under another version, as a document."""
    return msgspec.json.encode(msgspec.structs.replace(two_part_plan(), **fields)).decode()


async def test_plan_is_shown_in_words(office):
    contest, client = office

    page = await page_of(client, item_page(contest, "plan"))

    for words in (
        "理论",
        "30%",
        "5名裁判，去掉1个最高分和1个最低分，取平均",
        "评分 0–10，步长 0.5",
        "裁判长裁定",
        "仍相同的并列，名次为 1 2 2 4",
    ):
        assert words in page


async def test_plan_is_checked_first_and_put_in_force_then(world, office):
    contest, client = office
    path = item_page(contest, "plan")
    page = await page_of(client, path)
    before = await plan_in_force(world, contest)
    given = {"rev": hidden(page, "rev"), "document": changed(version=2, title="新方案")}

    shown = await send(client, path, page, act="check", **given)
    assert shown.status_code == 200, shown.text
    assert "校验通过" in shown.text
    assert await plan_in_force(world, contest) == before
    done = await send(client, path, page, act="change", **given)

    assert done.status_code == 303, done.text
    assert (await plan_in_force(world, contest)).title == "新方案"


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ("{", "格式不对"),
        ('{"code": "x", "code": "y"}', "twice"),
        (changed(version=2).replace('"0.3"', '"0.4"'), "total：各部分权重合计为 1.1"),
        (changed(version=2).replace('"maximum":"90"', '"maximum":"0"'), "total › practical › C2："),
    ],
)
async def test_faulty_plan_names_the_node_and_is_kept_in_the_box(world, office, document, says):
    contest, client = office
    path = item_page(contest, "plan")
    page = await page_of(client, path)
    before = await plan_in_force(world, contest)

    answer = await send(client, path, page, act="check", rev=hidden(page, "rev"), document=document)

    assert answer.status_code == 422, answer.text
    assert 'id="document-error"' in answer.text
    assert says in answer.text
    assert await plan_in_force(world, contest) == before


async def test_plan_under_which_sheets_were_handed_out_stays(world, office):
    contest, client = office
    await world.sheets(contest, [await world.entry(contest)], await world.judges(contest))
    path = item_page(contest, "plan")
    page = await page_of(client, path)

    answer = await send(client, path, page, act="check", rev=hidden(page, "rev"), document=changed(version=2))

    assert answer.status_code == 409
    assert "评分方案不能再改" in answer.text


async def test_chosen_file_counts_before_the_box(world, office):
    contest, client = office
    path = item_page(contest, "plan")
    page = await page_of(client, path)

    answer = await client.post(
        path,
        data={
            "csrf_token": hidden(page, "csrf_token"),
            "act": "change",
            "rev": hidden(page, "rev"),
            "document": "{",
        },
        files={"file": ("plan.json", changed(version=3).encode(), "application/json")},
    )

    assert answer.status_code == 303, answer.text
    assert (await plan_in_force(world, contest)).version == 3
    kept = await client.get(f"{path}.json")
    assert msgspec.json.decode(kept.content, type=Plan).version == 3


async def test_places_of_an_item_are_set_and_lifted(world, office):
    contest, client = office
    path = item_page(contest, "plan")
    found = []

    for places in ("40", ""):
        page = await page_of(client, path)
        done = await send(
            client,
            path,
            page,
            act="settings",
            rev=hidden(page, "rev"),
            capacity=places,
            per_delegation="3",
            live="progress",
        )
        assert done.status_code == 303, done.text
        found += await world.fetch(
            "SELECT capacity, per_delegation, live FROM item WHERE id = $1", contest.item
        )
    wrong = await send(
        client, path, page, act="settings", rev="99", capacity="-1", per_delegation="3", live="progress"
    )

    assert [row["capacity"] for row in found] == [40, None]
    assert wrong.status_code == 422
    assert 'id="capacity-error"' in wrong.text


async def test_layers_of_blind_numbers_are_set_until_somebody_enters(world, office):
    contest, client = office
    path = item_page(contest, "plan")
    found = []

    async def choose(layers: str, live: str):
        page = await page_of(client, path)
        choice = {"capacity": "", "per_delegation": "", "live": live, "blind_layers": layers}
        return await send(client, path, page, act="settings", rev=hidden(page, "rev"), **choice)

    chosen = await choose("2", "progress")
    found += await world.fetch("SELECT blind_layers, live FROM item WHERE id = $1", contest.item)
    named = await choose("2", "by_name")
    too_many = await choose("4", "progress")
    await world.entry(contest, name="鲁知行")
    fixed = await page_of(client, path)
    late = await choose("0", "progress")
    found += await world.fetch("SELECT blind_layers, live FROM item WHERE id = $1", contest.item)

    assert chosen.status_code == 303, chosen.text
    assert [tuple(row.values()) for row in found] == [(2, "progress"), (2, "progress")]
    assert (named.status_code, too_many.status_code) == (422, 422)
    assert 'id="live-error"' in named.text
    assert 'id="blind_layers-error"' in too_many.text
    assert re.search(r'id="blind_layers"[^>]*disabled', fixed)
    assert late.status_code == 409


async def test_absence_is_noted_with_a_reason_and_taken_back(world, office):
    contest, client = office
    entry = await world.entry(contest, name="鲁知行")
    path = f"/org/c/{outside(contest)}/regs"
    note = f"{path}/{encode_id('entry', entry)}/standing"
    standing = "SELECT standing FROM entry WHERE id = $1"

    async def noted(to, reason):
        page = await page_of(client, path, state="approved")
        answer = await send(client, note, page, to=to, reason=reason, rev=hidden(page, "rev"))
        return answer.status_code, await world.fetchval(standing, entry)

    assert await noted("absent", " ") == (422, "present")
    assert await noted("absent", "未到场") == (303, "absent")
    assert "缺考" in await page_of(client, path, state="approved")
    assert await noted("present", "误记") == (303, "present")
