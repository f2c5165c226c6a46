"""The life of a contest: draft → published → running → finished → archived, what may change when, and why a step is refused."""

import pytest

from api.plumbing.ids import encode_id, parse_id
from tests.organisations.watching import nothing_written


async def finish_items(world, contest):
    """Every item final, as the results room would leave it; the contest's own step is what is tested here."""
    for item in contest["items"]:
        key = parse_id("item", item["id"])
        await world.execute(
            "INSERT INTO standings_snapshot (season_id, item_id, number, input_hash, output_hash, facts, complete, entries, body) "
            "SELECT season_id, id, 1, '\\x', '\\x', 0, true, 0, '\\x' FROM item WHERE id = $1",
            key,
        )
        for state in ("closed", "confirmed", "provisional", "final"):
            await world.execute(
                "UPDATE publication SET state = $2, snapshot = 1 WHERE item_id = $1", key, state
            )


async def test_contest_lives_from_draft_to_archive(province, world):
    contest = await province.contest()

    published = await province.move(contest, "published")
    await province.accepted_entry(contest["items"][0])
    running = await province.move(contest, "running")
    await finish_items(world, contest)
    finished = await province.move(contest, "finished")
    archived = await province.move(contest, "archived")

    assert [step.status_code for step in (published, running, finished, archived)] == [200] * 4
    history = archived.json()["history"]
    assert [step["to_state"] for step in history] == ["published", "running", "finished", "archived"]
    assert archived.json()["next_states"] == []
    kinds = await world.fetch(
        "SELECT kind FROM ledger WHERE chain = $1 ORDER BY seq", parse_id("contest", contest["id"])
    )
    assert [row["kind"] for row in kinds][-4:] == [
        "contest.published", "contest.running", "contest.finished", "contest.archived",
    ]  # fmt: skip


@pytest.mark.parametrize("to", ["running", "finished", "archived", "draft"])
async def test_step_that_the_machine_does_not_know_says_what_is_possible(province, world, to):
    contest = await province.contest()
    async with nothing_written(world):
        answer = await province.move(contest, to)

    assert (answer.status_code, answer.json()["code"]) == (409, "forbidden_transition")
    assert "已发布" in answer.json()["detail"]
    assert "published" in answer.json()["detail_en"]


async def test_contest_without_lead_and_items_is_not_published(province, world):
    contest = await world.contest(organisation=province.root, season=province.season_node, state="draft")
    body = {"id": encode_id("contest", contest.contest)}
    async with nothing_written(world):
        answer = await province.move(body, "published")

    assert (answer.status_code, answer.json()["code"]) == (409, "contest_not_ready")
    assert "牵头主办" in answer.json()["detail"]
    assert "no organiser leads" in answer.json()["detail_en"]


async def test_contest_without_an_accepted_entry_does_not_run(province, world):
    contest = await province.contest()
    await province.move(contest, "published")
    async with nothing_written(world):
        answer = await province.move(contest, "running")

    assert answer.json()["code"] == "contest_not_ready"


async def test_contest_is_not_finished_while_a_result_is_not_final(province, world):
    contest = await province.contest()
    await province.move(contest, "published")
    await province.accepted_entry(contest["items"][0])
    await province.move(contest, "running")
    async with nothing_written(world):
        answer = await province.move(contest, "finished")

    assert answer.json()["code"] == "contest_not_ready"
    assert all(item["name_zh"] in answer.json()["detail"] for item in contest["items"])


@pytest.mark.parametrize("reason", [None, "x"])
async def test_cancelling_needs_a_reason(province, world, reason):
    contest = await province.contest()
    async with nothing_written(world):
        answer = await province.move(contest, "cancelled", reason)

    assert (answer.status_code, answer.json()["code"]) == (422, "contest_reason_missing")


async def test_cancelled_contest_keeps_its_reason_and_ends(province):
    contest = await province.contest()

    cancelled = await province.move(contest, "cancelled", "场地停电")
    again = await province.move(contest, "published")

    assert cancelled.json()["history"][0]["reason"] == "场地停电"
    assert again.json()["code"] == "forbidden_transition"


async def test_step_on_an_old_version_is_refused(province, world):
    contest = await province.contest()
    await province.move(contest, "published")
    async with nothing_written(world):
        answer = await province.organiser.post(
            f"/api/v1/contests/{contest['id']}/transitions", json={"to": "cancelled", "reason": "停办"},
            headers={"If-Match": '"r1"'},
        )  # fmt: skip

    assert (answer.status_code, answer.json()["code"]) == (412, "stale")
    assert answer.json()["current"]["state"] == "published"


async def patch(province, contest, changes, tag='"r1"'):
    return await province.organiser.patch(
        f"/api/v1/contests/{contest['id']}", json=changes, headers={"If-Match": tag}
    )


async def test_dates_move_with_the_event(province, world):
    contest = await province.contest()

    moved = await patch(
        province, contest, {"starts_on": "2021-03-08", "ends_on": "2021-03-09", "slug": f"s{contest['slug']}"}
    )

    event = parse_id("event", contest["event_id"])
    assert (moved.json()["starts_on"], moved.json()["rev"]) == ("2021-03-08", 2)
    assert str(await world.fetchval("SELECT ends_on FROM event WHERE id = $1", event)) == "2021-03-09"


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"ends_on": "2021-02-01"}, [("/ends_on", "period_empty")]),
        ({"registration_closes_at": "2021-01-09T24:00"}, [("/registration_closes_at", "period_empty")]),
        ({"registration_opens_at": "2021-02-30T00:00"}, [("/registration_opens_at", "date_invalid")]),
        ({"name_zh": "\u2066大赛"}, [("/name_zh", "name_invalid")]),
        ({"notice_days": 3}, [("/notice_days", "preset_locked")]),
    ],
)
async def test_refused_change_writes_nothing(province, world, errors_of, changes, errors):
    contest = await province.contest()
    async with nothing_written(world):
        answer = await patch(province, contest, changes)

    assert answer.status_code == 422
    assert errors_of(answer) == errors


async def test_address_belongs_to_one_contest(province, world):
    first, second = await province.contest(), await province.contest()
    async with nothing_written(world):
        answer = await patch(province, second, {"slug": first["slug"]})

    assert (answer.status_code, answer.json()["code"]) == (409, "slug_taken")


async def test_running_contest_keeps_its_promises(province, world):
    contest = await world.contest(organisation=province.root, season=province.season_node, state="running")
    body = {"id": encode_id("contest", contest.contest)}
    async with nothing_written(world):
        moved = await patch(province, body, {"starts_on": "2021-04-01"})
    longer = await patch(province, body, {"ends_on": "2021-03-05"})

    assert (moved.status_code, moved.json()["code"]) == (409, "contest_settled")
    assert longer.json()["ends_on"] == "2021-03-05"


async def test_finished_contest_is_settled(province, world):
    contest = await world.contest(organisation=province.root, season=province.season_node, state="finished")
    async with nothing_written(world):
        answer = await patch(province, {"id": encode_id("contest", contest.contest)}, {"name_en": "Late"})

    assert answer.json()["code"] == "contest_settled"


async def test_change_needs_the_version_that_was_read(province, world):
    contest = await province.contest()
    path = f"/api/v1/contests/{contest['id']}"
    async with nothing_written(world):
        without = await province.organiser.patch(path, json={"name_en": "X"})
        foreign = await patch(province, contest, {"name_en": "X"}, tag='"abc"')
        old = await patch(province, contest, {"name_en": "X"}, tag='"r7"')

    assert [each.status_code for each in (without, foreign, old)] == [428, 412, 412]


async def test_city_cannot_change_the_provinces_contest(province, world):
    contest = await province.contest()
    path = f"/api/v1/contests/{contest['id']}"
    async with nothing_written(world):
        read = await province.city_organiser.get(path)
        write = await province.city_organiser.patch(path, json={"name_en": "X"}, headers={"If-Match": '"r1"'})

    assert (read.status_code, write.status_code) == (404, 404)


async def test_support_grant_writes_in_a_contest_of_a_lower_node(province, world):
    made = (await province.post("/contests", province.city_body(), province.city_organiser)).json()
    helper = await world.client("organiser", "contest", parse_id("contest", made["id"]))
    async with nothing_written(world):
        above = await patch(province, made, {"name_en": "X"})

    inside = await helper.patch(
        f"/api/v1/contests/{made['id']}", json={"name_en": "X"}, headers={"If-Match": '"r1"'}
    )
    assert (above.status_code, inside.status_code) == (404, 200)
