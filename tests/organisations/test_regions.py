"""Regions as they were on a day: by code, by name, by pinyin."""

import pytest

from api.organisations.region_data import region_rows
from api.organisations.regions import load_regions
from api.servers import Servers

REGIONS = "/api/v1/regions"


async def names(client, **query):
    answer = await client.get(REGIONS, params=query)
    assert answer.status_code == 200, answer.text
    return [region["name_zh"] for region in answer.json()["data"]]


async def test_every_row_of_the_file_is_in_the_tables(world):
    assert await world.fetchval("SELECT count(*) FROM region_name") == len(region_rows())
    assert await world.fetchval("SELECT count(*) FROM region") == len({row.code for row in region_rows()})


async def test_loading_again_changes_nothing(servers: Servers, world):
    import asyncpg

    owner = await asyncpg.connect(servers.owner_url)
    try:
        assert await load_regions(owner) == 0
    finally:
        await owner.close()


async def test_application_may_not_change_what_is_known_of_a_region(world):
    import asyncpg

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await world.execute("UPDATE region_name SET name_zh = '别处' WHERE code = '130100'")


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("1301", "石家庄市"),
        ("石家", "石家庄市"),
        ("shijiazhuang", "石家庄市"),
        ("Shi jia", "石家庄市"),
        ("xian", "西安市"),
    ],
)
async def test_region_is_found_by_code_name_or_pinyin(anonymous, q, found):
    assert found in await names(anonymous, q=q, level="prefecture")


async def test_text_without_letters_finds_by_code_and_name_only(anonymous):
    assert await names(anonymous, q="·") == []


@pytest.mark.parametrize(
    ("on", "name"), [("2015-04-27", "新市区"), ("2015-04-28", "竞秀区"), ("2021-09-23", "竞秀区")]
)
async def test_name_is_that_of_the_day(anonymous, on, name):
    assert await names(anonymous, q="130602", on=on) == [name]


async def test_provinces_come_in_pages(anonymous):
    first = (await anonymous.get(REGIONS, params={"level": "province", "limit": 30})).json()
    rest = (
        await anonymous.get(
            REGIONS, params={"level": "province", "limit": 30, "cursor": first["next_cursor"]}
        )
    ).json()

    assert (len(first["data"]), first["has_more"]) == (30, True)
    assert (len(rest["data"]), rest["has_more"]) == (4, False)


async def test_counties_hang_on_their_city(anonymous):
    assert len(await names(anonymous, parent="130100", on="2021-09-23")) == 22


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"on": "2021-02-30"}, 422, "invalid_fields"),
        ({"parent": "13"}, 400, "invalid_parameter"),
        ({"level": "village"}, 400, "invalid_parameter"),
        ({"limit": 501}, 400, "invalid_parameter"),
        ({"cursor": "x"}, 400, "invalid_parameter"),
        ({"region": "130100"}, 400, "unknown_parameter"),
    ],
)
async def test_wrong_question_is_refused(anonymous, query, status, code):
    answer = await anonymous.get(REGIONS, params=query)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
