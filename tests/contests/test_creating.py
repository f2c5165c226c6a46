"""A contest is made from a preset by at most twelve inputs; what does not fit is named and writes nothing."""

import pytest

from api.contests.schemas import CreateContest
from api.plumbing.ids import encode_id, parse_id
from tests.organisations.watching import nothing_written


def test_twelve_inputs_make_a_contest():
    # Joining an event that is held already is the second contest's way, and no page asks for it.
    assert len(set(CreateContest.__struct_fields__) - {"event_id"}) <= 12


async def test_one_command_makes_everything_a_contest_needs(province, world):
    contest = await province.contest()

    key = parse_id("contest", contest["id"])
    assert (contest["state"], contest["tier"], contest["class_code"]) == ("draft", "province", "province_1")
    assert [item["code"] for item in contest["items"]] == ["fitter", "welder"]
    assert [[stage["kind"] for stage in item["stages"]] for item in contest["items"]] == [
        ["theory", "practical"]
    ] * 2
    assert [organiser["role"] for organiser in contest["organisers"]] == ["lead"]
    assert (contest["rules_revision"], contest["notice_days"], contest["region_code"]) == (1, 5, "130000")
    assert await world.fetchval("SELECT count(*) FROM contest_item WHERE contest_id = $1", key) == 2
    assert await world.fetchval(
        "SELECT count(*) FROM publication p JOIN item i ON i.id = p.item_id WHERE i.contest_id = $1 AND p.state = 'open'", key
    ) == 2  # fmt: skip
    assert await world.fetchval("SELECT seq FROM ledger_head WHERE chain = $1", key) == 2


async def test_all_twelve_trades_come_without_a_choice(province):
    contest = await province.contest(items=None)

    assert len(contest["items"]) == 12


async def test_26_february_24_00_is_the_end_of_that_day(province):
    contest = await province.contest(registration_closes_at="2021-02-26T24:00")

    assert contest["registration_closes_at"] == "2021-02-26T16:00:00Z"
    assert (contest["deadline_zh"], contest["deadline_en"]) == ("2月26日24:00", "26 February 24:00")


async def test_same_plan_in_two_contests_is_stored_once(province):
    first = await province.contest(items=["fitter"])
    second = await province.contest(items=["fitter"])

    assert first["items"][0]["plan_id"] == second["items"][0]["plan_id"]


async def test_contest_of_the_city_leads_to_that_of_the_province(province):
    final = await province.contest()

    made = await province.post(
        "/contests", province.city_body(next_contest_id=final["id"]), province.city_organiser
    )

    assert (made.json()["tier"], made.json()["next_contest_id"]) == ("city", final["id"])


WRONG = [
    ({"name_zh": "大\u200b赛"}, [("/name_zh", "name_invalid")]),
    ({"name_zh": "赛" * 101}, [("/name_zh", "name_invalid")]),
    ({"name_en": "\u202eContest"}, [("/name_en", "name_invalid")]),
    ({"registration_closes_at": "2021-02-30T12:00"}, [("/registration_closes_at", "date_invalid")]),
    ({"registration_closes_at": "2021-02-26T25:00"}, [("/registration_closes_at", "date_invalid")]),
    ({"registration_closes_at": "2021-01-10T08:00"}, [("/registration_closes_at", "period_empty")]),
    ({"starts_on": "2021-02-29"}, [("/starts_on", "date_invalid")]),
    ({"ends_on": "2021-02-28"}, [("/ends_on", "period_empty")]),
    ({"preset_id": "pre_1"}, [("/preset_id", "reference_unknown")]),
    ({"preset_id": "pre_" + "0" * 26}, [("/preset_id", "reference_unknown")]),
    ({"next_contest_id": "con_" + "0" * 26}, [("/next_contest_id", "reference_unknown")]),
    ({"items": ["fitter", "kite-flying"]}, [("/items/1", "item_not_in_preset")]),
    ({"items": ["fitter", "fitter"]}, [("/items/1", "code_repeated")]),
    (
        {"name_zh": "\u200b", "starts_on": "x", "registration_opens_at": "2021-13-01T00:00"},
        [
            ("/registration_opens_at", "date_invalid"),
            ("/starts_on", "date_invalid"),
            ("/name_zh", "name_invalid"),
        ],
    ),
]


@pytest.mark.parametrize(("changes", "errors"), WRONG)
async def test_wrong_input_is_named_and_nothing_is_written(province, world, errors_of, changes, errors):
    async with nothing_written(world):
        answer = await province.post("/contests", province.body(**changes))

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_fields")
    assert errors_of(answer) == errors


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"tier": "province"}, 400, "invalid_body"),
        ({"items": []}, 422, "invalid_fields"),
        ({"region_code": "1301"}, 400, "invalid_body"),
        ({"region_code": "999999"}, 422, "region_unknown"),
        ({"host_id": "org_1"}, 404, "not_found"),
        ({"season_id": "sea_" + "0" * 26}, 404, "not_found"),
    ],
)
async def test_refused_contest_writes_nothing(province, world, changes, status, code):
    async with nothing_written(world):
        answer = await province.post("/contests", province.body(**changes))

    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_city_cannot_host_a_provincial_final(province, world, errors_of):
    body = province.body(host_id=encode_id("organisation", province.city_node))
    async with nothing_written(world):
        answer = await province.post("/contests", body, province.city_organiser)

    assert errors_of(answer) == [("/preset_id", "preset_unfit")]


async def test_contest_leads_upward_within_its_season_only(province, world, errors_of):
    final = await province.contest()
    elsewhere = await world.contest()
    async with nothing_written(world):
        level = await province.post("/contests", province.body(next_contest_id=final["id"]))
        other = await province.post(
            "/contests", province.city_body(next_contest_id=encode_id("contest", elsewhere.contest)), province.city_organiser
        )  # fmt: skip

    assert errors_of(level) == errors_of(other) == [("/next_contest_id", "next_contest_unfit")]


async def test_name_stands_once_with_a_host_in_a_season(province, world):
    contest = await province.contest()
    async with nothing_written(world):
        twice = await province.post("/contests", province.body(name_zh=contest["name_zh"]))

    assert (twice.status_code, twice.json()["code"]) == (409, "contest_exists")


async def test_grant_of_the_province_reads_and_does_not_write_in_the_city(province, world):
    async with nothing_written(world):
        answer = await province.post("/contests", province.city_body())

    made = await province.post("/contests", province.city_body(), province.city_organiser)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert (await province.organiser.get(f"/api/v1/contests/{made.json()['id']}")).status_code == 200


async def test_stranger_cannot_host_in_another_tree(province, world):
    stranger = await world.client("organiser", "organisation", await world.organisation())
    async with nothing_written(world):
        answer = await province.post("/contests", province.body(), stranger)

    assert answer.status_code == 404


async def test_host_outside_the_season_is_not_found(province, world):
    node = await world.organisation()
    stranger = await world.client("organiser", "organisation", node)
    async with nothing_written(world):
        answer = await province.post(
            "/contests", province.body(host_id=encode_id("organisation", node)), stranger
        )

    assert answer.status_code == 404
