"""A mark on a closed sheet is corrected by two people, one of them the chief judge, and nothing is overwritten."""

import asyncio

import pytest

from api.plumbing.ids import encode_id
from tests.control.conftest import Controlled, controlled_item, post
from tests.judging.marking import facts
from tests.results.builders import step

WRONG = {"criterion": "C2", "value": "95"}


def asked(value: str = "60", **more: object) -> dict[str, object]:
    return {"criterion": "C2", "value": value, "base_rev": 1, "reason": "登分时看错一行", **more}


def sheet_path(it: Controlled, entry: int = 0, judge: int = 1) -> str:
    return f"/sheets/{encode_id('sheet', it.sheets[entry][judge])}"


async def ask(it: Controlled, client=None, entry: int = 0, judge: int = 1, **body):
    return await post(client or it.chief, f"{sheet_path(it, entry, judge)}/corrections", asked(**body))


async def confirm(client, correction):
    return await post(client, f"/corrections/{correction}/confirmation")


async def test_preview_shows_old_and_new_and_every_rank_that_moves_and_writes_nothing(controlled):
    # All five judges gave 甲 80 in C2: with one of 90 the trimmed mean stays, so that nobody moves.
    before = await controlled.ledger()
    answer = await controlled.chief.post(
        f"/api/v1{sheet_path(controlled)}/correction-preview", json={"criterion": "C2", "value": "90"}
    )

    shown = answer.json()
    assert answer.status_code == 200, answer.text
    assert (shown["before"], shown["after"]) == (
        {"state": "scored", "value": "80"},
        {"state": "scored", "value": "90"},
    )
    assert shown["moved"] == {"ranks": [], "slots": [], "awards": []}
    assert await controlled.ledger() == before


async def test_two_corrections_let_two_entries_change_ranks(controlled):
    # 乙 leads with 94 by 甲's 89.5 in the practical; two judges' 90 instead of 80 give 甲 (80+90+80)/3 + 9.5.
    first = (await ask(controlled, value="90")).json()
    assert (await confirm(controlled.supervisor, first["id"])).status_code == 201
    second = (await ask(controlled, value="90", judge=2)).json()
    third = (await ask(controlled, value="90", judge=3)).json()
    await confirm(controlled.supervisor, second["id"])

    shown = (await controlled.supervisor.get(f"/api/v1/corrections/{third['id']}")).json()

    names = {each["who"].split()[-1]: each for each in shown["moved"]["ranks"]}
    assert (names["甲"]["before"]["rank"], names["甲"]["after"]["rank"]) == (2, 1)
    assert (names["乙"]["before"]["rank"], names["乙"]["after"]["rank"]) == (1, 2)
    made = (await confirm(controlled.supervisor, third["id"])).json()
    assert (made["outcome"], made["moved"]["ranks"] != []) == ("made", True)
    board = (await controlled.organiser.get(f"/api/v1/items/{controlled.item}/standings")).json()
    assert [row["name"] for row in board["rows"]][:2] == ["甲", "乙"]


async def test_slots_and_awards_that_move_are_named(world):
    it = await controlled_item(world)
    upper = await world.contest(season=it.contest.season, state="published")
    await world.execute(
        "UPDATE contest SET next_contest_id = $2 WHERE id = $1", it.contest.contest, upper.contest
    )
    award = {
        "code": "medal", "version": 1, "name": "金奖", "name_en": "Gold", "field": "item", "authority": "union",
        "cut": {"places": 1},
    }  # fmt: skip
    await it.rules(
        quota={"code": "up", "version": 1, "name": "晋级", "name_en": "Up", "places": 1}, awards=[award]
    )
    for judge in (1, 2):
        await confirm(it.supervisor, (await ask(it, value="90", judge=judge)).json()["id"])

    answer = await it.chief.post(
        f"/api/v1{sheet_path(it, 0, 3)}/correction-preview", json={"criterion": "C2", "value": "90"}
    )

    moved = answer.json()["moved"]
    slots = {each["who"].split()[-1]: (each["before"], each["after"]) for each in moved["slots"]}
    assert slots["甲"][1] == "in"
    assert slots["乙"][0] == "in"
    assert {each["who"].split()[-1] for each in moved["awards"]} >= {"甲", "乙"}


async def test_a_correction_is_a_new_revision_of_the_second_person_and_the_sheet_stays_signed(controlled):
    sheet = controlled.sheets[0][1]
    correction = (await ask(controlled)).json()
    assert (correction["outcome"], correction["own"]) == ("waiting", True)

    answer = await confirm(controlled.supervisor, correction["id"])

    assert answer.status_code == 201, answer.text
    assert (await facts(controlled.world, sheet))[-1] == ("C2", 2, "scored", "60")
    assert await controlled.world.fetchval("SELECT state FROM sheet WHERE id = $1", sheet) == "signed"
    checked = (await controlled.organiser.get(f"/api/v1/items/{controlled.item}/ledger")).json()
    assert checked["broken"] == []
    assert (await controlled.ledger())[-2:] == ["correction.asked", "correction.made"]


async def test_whoever_asked_does_not_confirm(controlled):
    correction = (await ask(controlled)).json()

    answer = await confirm(controlled.chief, correction["id"])

    assert (answer.status_code, answer.json()["code"]) == (409, "correction_needs_two")
    assert len(await facts(controlled.world, controlled.sheets[0][1])) == 2


async def test_one_of_the_two_is_the_chief_judge(controlled):
    correction = (await ask(controlled, controlled.organiser)).json()

    refused = await confirm(controlled.supervisor, correction["id"])
    made = await confirm(controlled.chief, correction["id"])

    assert (refused.status_code, refused.json()["code"]) == (409, "correction_needs_chief")
    assert made.status_code == 201


async def test_two_who_confirm_at_once_make_it_once(controlled):
    correction = (await ask(controlled)).json()
    other = await controlled.world.client("supervisor", "contest", controlled.contest.contest)

    answers = await asyncio.gather(
        confirm(controlled.supervisor, correction["id"]), confirm(other, correction["id"])
    )

    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert {answer.json().get("code") for answer in answers} == {None, "correction_over"}
    assert len(await facts(controlled.world, controlled.sheets[0][1])) == 3


async def test_one_mark_has_one_correction_waiting_and_a_refused_one_makes_room(controlled):
    first = (await ask(controlled)).json()
    again = await ask(controlled)
    refused = await post(
        controlled.supervisor, f"/corrections/{first['id']}/refusal", {"reason": "原始评分表无误"}
    )
    third = await ask(controlled)

    assert (again.status_code, again.json()["code"]) == (409, "correction_exists")
    assert refused.json()["outcome"] == "refused"
    assert third.status_code == 201
    assert (await confirm(controlled.supervisor, first["id"])).json()["code"] == "correction_over"


async def test_a_correction_of_another_revision_than_was_looked_at_is_over(controlled):
    first = (await ask(controlled, value="60")).json()
    await confirm(controlled.supervisor, first["id"])

    answer = await ask(controlled, value="70")

    assert (answer.status_code, answer.json()["code"]) == (409, "correction_over")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"value": "80"}, 422, "correction_same"),
        ({"value": "900"}, 422, "invalid_fields"),
        ({"value": None}, 422, "invalid_fields"),
        ({"criterion": "nowhere"}, 404, "not_found"),
        ({"reason": "  "}, 422, "reason_needed"),
    ],
)
async def test_what_is_not_a_correction_is_refused(controlled, body, status, code):
    answer = await ask(controlled, **body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await controlled.world.fetchval("SELECT count(*) FROM mark_correction WHERE item_id = $1", controlled.contest.item) == 0  # fmt: skip


async def test_a_sheet_that_is_open_is_its_judges(controlled):
    await controlled.world.execute("UPDATE sheet SET state = 'open' WHERE id = $1", controlled.sheets[0][1])

    answer = await ask(controlled)

    assert (answer.status_code, answer.json()["code"]) == (409, "correction_open_sheet")


async def test_nobody_from_outside_and_no_judge_corrects(controlled):
    elsewhere = await controlled.world.contest()
    stranger = await controlled.world.client("chief_judge", "contest", elsewhere.contest)
    correction = (await ask(controlled)).json()

    assert (await ask(controlled, stranger)).status_code == 404
    assert (await confirm(stranger, correction["id"])).status_code == 404
    assert (await stranger.get(f"/api/v1/corrections/{correction['id']}")).status_code == 404
    assert (await ask(controlled, controlled.judges[1])).status_code == 403


async def test_a_confirmed_result_goes_back_to_closed(controlled):
    await controlled.steps("closed", "confirmed")
    correction = (await ask(controlled)).json()

    await confirm(controlled.supervisor, correction["id"])

    view = (await controlled.organiser.get(f"/api/v1/items/{controlled.item}/publication")).json()
    assert (view["state"], view["snapshot"]) == ("closed", None)
    assert view["history"][-1]["reason"] == "登分时看错一行"


async def test_a_published_result_needs_a_public_note_and_stays_until_it_is_shown_as_amended(
    controlled, anonymous
):
    await controlled.steps("closed", "confirmed", "provisional", "final")
    without = await ask(controlled)
    correction = (await ask(controlled, note="第1工位第2项登分有误，已更正")).json()
    await confirm(controlled.supervisor, correction["id"])
    path = f"/api/v1/public/rankings/{controlled.item}"
    still = (await anonymous.get(path)).json()

    unsigned = await step(controlled.organiser, controlled.contest, "amended", reason="内部：张某看错一行")
    assert (await controlled.sign_off()).status_code == 201
    amended = await step(controlled.organiser, controlled.contest, "amended", reason="内部：张某看错一行")

    assert (without.status_code, without.json()["code"]) == (422, "correction_note")
    assert still["audience"] == "final"
    assert (unsigned.status_code, unsigned.json()["code"]) == (409, "sign_off_void")
    assert amended.json()["state"] == "amended"
    shown = (await anonymous.get(path)).json()
    assert shown["audience"] == "amended"
    assert shown["amended_note"] == "第1工位第2项登分有误，已更正"
    assert still["amended_note"] is None
    assert shown["version"] > still["version"]


async def test_the_public_reads_the_note_of_every_correction_and_no_reason(controlled, anonymous):
    path = f"/api/v1/public/rankings/{controlled.item}"
    early = (await ask(controlled, judge=2, note="公布前的更正", reason="内部原因甲")).json()
    await confirm(controlled.supervisor, early["id"])
    await controlled.sign_off()
    await controlled.steps("closed", "confirmed", "provisional", "final")
    for judge, note in ((3, "第一次更正"), (4, "第二次更正")):
        made = (await ask(controlled, judge=judge, note=note, reason="内部原因乙")).json()
        await confirm(controlled.supervisor, made["id"])
        await controlled.sign_off()
        await step(controlled.organiser, controlled.contest, "amended", reason="内部原因丙")
    waiting = (
        await ask(controlled, judge=5 - 1, entry=1, note="还没有公布的更正", reason="内部原因丁")
    ).json()
    await confirm(controlled.supervisor, waiting["id"])

    answer = await anonymous.get(path)

    assert answer.json()["amended_note"] == "第一次更正；第二次更正"
    assert "内部" not in answer.text


async def test_during_the_notice_the_corrected_result_is_shown_under_a_new_notice(controlled):
    await controlled.world.execute(
        "UPDATE contest SET notice_days = 5 WHERE id = $1", controlled.contest.contest
    )
    await controlled.steps("closed", "confirmed", "provisional")
    before = (await controlled.organiser.get(f"/api/v1/items/{controlled.item}/publication")).json()
    correction = (await ask(controlled, note="已更正")).json()
    await confirm(controlled.supervisor, correction["id"])
    behind = (await controlled.organiser.get(f"/api/v1/items/{controlled.item}/publication")).json()

    no_reason = await step(controlled.organiser, controlled.contest, "provisional")
    await controlled.sign_off()
    answer = await step(controlled.organiser, controlled.contest, "provisional", reason="第1工位更正")

    assert [gap["code"] for gap in behind["gaps"]] == ["result_corrected", "sign_off_void"]
    assert (no_reason.status_code, no_reason.json()["code"]) == (422, "reason_needed")
    after = answer.json()
    assert (after["state"], after["amendment"]) == ("provisional", 1)
    assert after["snapshot"] > before["snapshot"]
    assert after["notice_opens_at"] > before["notice_opens_at"]


async def test_in_a_blind_item_both_read_stations_only(world):
    it = await controlled_item(world, blind_layers=1, live="progress")
    for judge in (1, 2):
        await confirm(it.organiser, (await ask(it, value="90", judge=judge)).json()["id"])

    answer = await it.chief.post(
        f"/api/v1{sheet_path(it, 0, 3)}/correction-preview", json={"criterion": "C2", "value": "90"}
    )

    assert {each["who"] for each in answer.json()["moved"]["ranks"]} == {"01", "02"}
    assert "ent_" not in answer.text
    assert "甲" not in answer.text
