"""Seasons with their 10 / 100 / 1,000, and presets: versions that are added and never changed."""

import msgspec
import pytest

from api.contests.builtin import builtin_presets
from api.plumbing.ids import encode_id, parse_id
from tests.organisations.watching import nothing_written


def season_body(province, **changes):
    return {
        "organisation_id": encode_id("organisation", province.root),
        "year": 2026,
        "name_zh": "2026年十百千",
        **changes,
    }


async def test_season_plans_10_100_and_1000_and_can_hold_marks(province, world):
    made = await province.post("/seasons", season_body(province))

    assert made.status_code == 201, made.text
    assert [(tier["tier"], tier["planned"], tier["done"]) for tier in made.json()["tiers"]] == [
        ("province", 10, 0), ("city", 100, 0), ("base", 1000, 0),
    ]  # fmt: skip
    part = f"mark_revision_{parse_id('season', made.json()['id']).hex}"
    assert await world.fetchval("SELECT to_regclass($1) IS NOT NULL", part)


async def test_progress_counts_contests_by_state(province, world):
    for state in ("draft", "published", "running", "finished", "archived", "cancelled"):
        made = await world.contest(organisation=province.root, season=province.season_node, state=state)
        await world.execute("UPDATE contest SET region_code = '130100' WHERE id = $1", made.contest)

    tier = (await province.organiser.get(f"/api/v1/seasons/{province.season}")).json()["tiers"][0]

    counts = ("contests", "published", "running", "done", "running_items", "regions")
    assert [tier[name] for name in counts] == [5, 4, 1, 2, 1, 1]


@pytest.mark.parametrize(
    ("changes", "status", "codes"),
    [
        ({"name_zh": "赛\u200b季"}, 422, ["name_invalid"]),
        ({"timezone": "Asia/Nowhere"}, 422, ["date_invalid"]),
        ({"year": 1900}, 400, ["malformed_field"]),
        ({"plan_city": -1}, 400, ["malformed_field"]),
        ({"organisation_id": "org_1"}, 404, []),
    ],
)
async def test_refused_season_writes_nothing(province, world, changes, status, codes):
    async with nothing_written(world):
        answer = await province.post("/seasons", season_body(province, **changes))

    assert answer.status_code == status
    assert [error["code"] for error in answer.json().get("errors", [])] == codes


async def test_season_stands_once(province, world):
    await province.post("/seasons", season_body(province))
    async with nothing_written(world):
        twice = await province.post("/seasons", season_body(province))

    assert (twice.status_code, twice.json()["code"]) == (409, "season_exists")


async def test_plan_of_a_season_changes_on_the_version_that_was_read(province, world):
    path = f"/api/v1/seasons/{province.season}"
    changed = await province.organiser.patch(path, json={"plan_city": 120}, headers={"If-Match": '"r1"'})
    async with nothing_written(world):
        stale = await province.organiser.patch(path, json={"plan_city": 1}, headers={"If-Match": '"r1"'})

    assert [tier["planned"] for tier in changed.json()["tiers"]] == [10, 120, 1000]
    assert (stale.status_code, stale.json()["current"]["rev"]) == (412, 2)


async def test_city_reads_the_season_of_its_province_and_does_not_change_it(province, world):
    path = f"/api/v1/seasons/{province.season}"
    async with nothing_written(world):
        change = await province.city_organiser.patch(
            path, json={"plan_city": 1}, headers={"If-Match": '"r1"'}
        )
    listed = (await province.city_organiser.get("/api/v1/seasons")).json()["data"]
    stranger = await world.client("organiser", "organisation", await world.organisation())

    assert (change.status_code, [each["id"] for each in listed]) == (404, [province.season])
    assert (await stranger.get(path)).status_code == 404
    assert (await stranger.get("/api/v1/seasons")).json()["data"] == []


async def test_seasons_come_newest_first_in_pages(province):
    for year in (2024, 2022, 2023):
        await province.post("/seasons", season_body(province, year=year))

    first = (await province.organiser.get("/api/v1/seasons", params={"limit": 3})).json()
    rest = (
        await province.organiser.get("/api/v1/seasons", params={"limit": 3, "cursor": first["next_cursor"]})
    ).json()

    assert [season["year"] for season in first["data"] + rest["data"]] == [2024, 2023, 2022, 2021]


def preset_body(province, **changes):
    document = msgspec.to_builtins(builtin_presets()[0], str_keys=True)
    document |= {"code": "own-final", "items": document["items"][:2], **changes}
    body = {"organisation_id": encode_id("organisation", province.root), "document": document}
    return msgspec.json.decode(msgspec.json.encode(body))


async def test_built_in_presets_are_there_for_everybody(province):
    listed = (await province.city_organiser.get("/api/v1/presets")).json()["data"]

    assert [(p["code"], p["tier"], p["items"]) for p in listed if p["organisation_id"] is None] == [
        ("hebei-base", "base", 12), ("hebei-city", "city", 12), ("hebei-provincial", "province", 12),
    ]  # fmt: skip


async def test_preset_shows_its_document_with_locked_paths(province):
    shown = (await province.organiser.get(f"/api/v1/presets/{province.presets['hebei-provincial']}")).json()

    assert len(shown["document"]["items"]) == 12
    assert "/items/*/plan/root" in shown["document"]["locked"]
    assert shown["document"]["items"][0]["plan"]["root"]["parts"][0]["weight"] == "30"


async def test_own_preset_makes_contests_below_its_organisation(province):
    made = await province.post("/presets", preset_body(province, tier="city", locked=["/items"]))
    assert made.status_code == 201, made.text

    contest = await province.post(
        "/contests", province.city_body(preset_id=made.json()["id"], items=None), province.city_organiser
    )

    assert [item["code"] for item in contest.json()["items"]] == [
        item["code"] for item in made.json()["document"]["items"]
    ]


async def test_own_preset_is_not_there_for_another_province(province, world):
    made = (await province.post("/presets", preset_body(province))).json()
    stranger = await world.client("organiser", "organisation", await world.organisation())

    assert (await stranger.get(f"/api/v1/presets/{made['id']}")).status_code == 404
    assert (await province.city_organiser.get(f"/api/v1/presets/{made['id']}")).status_code == 200


async def test_next_version_is_the_last_plus_one(province, world):
    first = await province.post("/presets", preset_body(province))
    async with nothing_written(world):
        again = await province.post("/presets", preset_body(province))
        skipped = await province.post("/presets", preset_body(province, version=3))
    second = await province.post("/presets", preset_body(province, version=2, name_zh="第二版"))

    assert [answer.status_code for answer in (first, again, skipped, second)] == [201, 409, 409, 201]
    assert again.json()["code"] == "preset_version_wrong"
    assert "2" in again.json()["detail"]


async def test_preset_that_exists_is_never_changed(province, world):
    import asyncpg

    with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.RestrictViolationError)):
        await world.execute("UPDATE preset SET name_zh = '改名'")


def spoilt(province, **changes):
    """A preset whose first item is spoilt."""
    body = preset_body(province)
    body["document"]["items"][0] |= changes
    return body


async def test_faults_of_a_preset_are_all_named(province, world, errors_of):
    body = spoilt(province, trade="unknown", kind="pair", name_zh="\u202e")
    body["document"]["items"][1]["plan"]["root"]["parts"][0]["weight"] = "31"
    body["document"]["items"].append(body["document"]["items"][1])
    async with nothing_written(world):
        answer = await province.post("/presets", body)

    assert answer.status_code == 422
    assert {
        ("/document/items", "code_repeated"),
        ("/document/items/0/trade", "trade_unknown"),
        ("/document/items/0/name_zh", "name_invalid"),
        ("/document/items/0/team_size", "team_size_mismatch"),
        ("/document/items/1/plan/total", "weights_sum"),
    } <= set(errors_of(answer))


async def test_one_trade_has_one_code(province, world, errors_of):
    body = preset_body(province)
    body["document"]["trades"].append({"code": "fitter_two", "name_zh": "钳工", "name_en": "Fitter"})
    async with nothing_written(world):
        answer = await province.post("/presets", body)

    assert errors_of(answer) == [("/document/trades/12/name_zh", "trade_name_taken")]


@pytest.mark.parametrize("path", ["items", "/items//plan", "/it ems", "/(a+)+$"])
async def test_lock_must_be_a_path(province, world, path):
    async with nothing_written(world):
        answer = await province.post("/presets", preset_body(province, locked=[path]))

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_body")


async def test_city_makes_no_preset_for_its_province(province, world):
    async with nothing_written(world):
        answer = await province.post("/presets", preset_body(province), province.city_organiser)

    assert answer.status_code == 404
