"""The tree of organisations: who stands below whom, what may be written on a node, and who sees it."""

import pytest
import pytest_asyncio

from api.plumbing.ids import encode_id, parse_id
from tests.organisations.watching import counted, nothing_written

ORGANISATIONS = "/api/v1/organisations"


class Tree:
    """A province with two cities, an industry line, an enterprise of the first city and two authorities."""


@pytest_asyncio.fixture
async def tree(world):
    tree = Tree()
    tree.province = await world.organisation()
    tree.city = await world.organisation(parent=tree.province, tier="city", region_code="130100")
    tree.other_city = await world.organisation(parent=tree.province, tier="city", region_code="130200")
    tree.enterprise = await world.organisation(parent=tree.city, kind="enterprise", tier="base")
    tree.labour_office = await world.organisation(parent=tree.province, kind="authority", tier=None)
    tree.administrator = await world.client("administrator", "organisation", tree.province)
    return tree


def org(uuid):
    return encode_id("organisation", uuid)


def unit(parent, **changes):
    """A well-formed new enterprise below `parent`."""
    return {
        "parent_id": org(parent),
        "kind": "enterprise",
        "name_zh": "远航机械有限公司",
        "short_name": "远航机械",
        **changes,
    }


async def test_unit_is_added_below_its_city(tree, key):
    body = unit(tree.city, tier="base", region_code="130102", name_en=" Yuanhang Machinery ")

    answer = await tree.administrator.post(ORGANISATIONS, json=body, headers=key())

    made = answer.json()
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/api/v1/organisations/{made['id']}"
    assert made["path"] == [org(tree.province), org(tree.city), made["id"]]
    assert (made["name_en"], made["rev"], made["valid_to"]) == ("Yuanhang Machinery", 1, None)


async def test_short_name_has_at_most_16_characters(tree, key, world):
    fits = await tree.administrator.post(
        ORGANISATIONS, json=unit(tree.city, short_name="河" * 16), headers=key()
    )
    async with nothing_written(world):
        long = await tree.administrator.post(
            ORGANISATIONS, json=unit(tree.city, name_zh="另一家", short_name="河" * 17), headers=key()
        )

    assert (fits.status_code, long.status_code) == (201, 422)
    assert [(e["pointer"], e["code"]) for e in long.json()["errors"]] == [("/short_name", "name_invalid")]


WRONG = [
    ({"credit_code": "91130100MA0000000"}, [("/credit_code", "credit_code_invalid")]),
    ({"credit_code": "91130100MA0000000I"}, [("/credit_code", "credit_code_invalid")]),
    ({"credit_code": "91130100MA00000001"}, [("/credit_code", "credit_code_invalid")]),
    ({"name_zh": "远\u200b航"}, [("/name_zh", "name_invalid")]),
    (
        {"name_zh": "远\u202e航", "short_name": "\x00"},
        [("/name_zh", "name_invalid"), ("/short_name", "name_invalid")],
    ),
    ({"valid_from": "2021-02-30"}, [("/valid_from", "date_invalid")]),
]


@pytest.mark.parametrize(("changes", "errors"), WRONG)
async def test_wrong_field_is_named_and_nothing_is_written(tree, key, world, changes, errors):
    async with nothing_written(world):
        answer = await tree.administrator.post(ORGANISATIONS, json=unit(tree.city, **changes), headers=key())

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_fields")
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == errors


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"region_code": "139999"}, 422, "region_unknown"),
        ({"region_code": "13"}, 400, "invalid_body"),
        ({"kind": "club"}, 400, "invalid_body"),
        ({"colour": "red"}, 400, "invalid_body"),
        ({"parent_id": "org_0"}, 404, "not_found"),
        ({"parent_id": "org_" + "0" * 26}, 404, "not_found"),
    ],
)
async def test_refused_unit_writes_nothing(tree, key, world, changes, status, code):
    async with nothing_written(world):
        answer = await tree.administrator.post(ORGANISATIONS, json=unit(tree.city, **changes), headers=key())

    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_name_stands_once_below_a_parent_and_credit_code_once_in_all(tree, key, world):
    from api.people.documents import credit_check_character

    seventeen = "91130100" + f"{int(await world.fetchval('SELECT count(*) FROM organisation')):09d}"
    code = seventeen + credit_check_character(seventeen)
    first = await tree.administrator.post(
        ORGANISATIONS, json=unit(tree.city, credit_code=code.lower()), headers=key()
    )
    async with nothing_written(world):
        same_name = await tree.administrator.post(ORGANISATIONS, json=unit(tree.city), headers=key())
        same_code = await tree.administrator.post(
            ORGANISATIONS, json=unit(tree.other_city, credit_code=code), headers=key()
        )
    elsewhere = await tree.administrator.post(ORGANISATIONS, json=unit(tree.other_city), headers=key())

    assert (first.status_code, first.json()["credit_code"]) == (201, code)
    assert (same_name.status_code, same_name.json()["code"]) == (409, "organisation_exists")
    assert (same_code.status_code, same_code.json()["code"]) == (409, "credit_code_taken")
    assert elsewhere.status_code == 201


async def test_same_key_gives_the_same_unit(tree, key):
    headers = key()

    first = await tree.administrator.post(ORGANISATIONS, json=unit(tree.city), headers=headers)
    again = await tree.administrator.post(ORGANISATIONS, json=unit(tree.city), headers=headers)

    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"


async def test_unit_is_renamed_and_closed_on_the_version_that_was_read(tree, world):
    path = f"{ORGANISATIONS}/{org(tree.enterprise)}"
    read = await tree.administrator.get(path)

    changed = await tree.administrator.patch(
        path,
        json={"short_name": "新名", "valid_to": "2022-01-01"},
        headers={"If-Match": read.headers["etag"]},
    )
    async with nothing_written(world):
        stale = await tree.administrator.patch(
            path, json={"short_name": "旧名"}, headers={"If-Match": read.headers["etag"]}
        )
        unnamed = await tree.administrator.patch(path, json={"short_name": "旧名"})

    assert (changed.json()["short_name"], changed.json()["valid_to"], changed.json()["rev"]) == (
        "新名",
        "2022-01-01",
        2,
    )
    assert changed.json()["name_zh"] == read.json()["name_zh"]
    assert (stale.status_code, stale.json()["code"], stale.json()["current"]["short_name"]) == (
        412,
        "stale",
        "新名",
    )
    assert (unnamed.status_code, unnamed.json()["code"]) == (428, "precondition_required")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"valid_to": "1949-10-01"}, 422, "invalid_fields"),
        ({"valid_to": "2021-02-29"}, 422, "invalid_fields"),
        ({"parent_id": "org_x"}, 400, "invalid_body"),
        ({"region_code": "999999"}, 422, "region_unknown"),
        ({"name_zh": None}, 400, "invalid_body"),
    ],
)
async def test_refused_change_writes_nothing(tree, world, changes, status, code):
    async with nothing_written(world):
        answer = await tree.administrator.patch(
            f"{ORGANISATIONS}/{org(tree.enterprise)}", json=changes, headers={"If-Match": '"r1"'}
        )

    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_reader_sees_what_is_below_what_is_above_and_its_authorities(tree, world):
    organiser = await world.client("organiser", "organisation", tree.city)

    seen = {each["id"] for each in (await organiser.get(ORGANISATIONS)).json()["data"]}

    assert seen == {org(each) for each in (tree.province, tree.city, tree.enterprise, tree.labour_office)}
    assert (await organiser.get(f"{ORGANISATIONS}/{org(tree.other_city)}")).status_code == 404


async def test_reader_of_one_contest_sees_its_host_and_what_stands_above(tree, world):
    contest = await world.contest(organisation=tree.city)
    reviewer = await world.client("reviewer", "contest", contest.contest)

    seen = {each["id"] for each in (await reviewer.get(ORGANISATIONS)).json()["data"]}

    assert seen == {org(each) for each in (tree.province, tree.city, tree.labour_office)}


@pytest.mark.parametrize(
    ("role", "status"),
    [(None, 401), ("judge", 403), ("organiser", 403)],
    ids=["nobody", "judge", "organiser"],
)
async def test_only_an_administrator_changes_the_tree(tree, world, anonymous, key, role, status):
    client = await world.client(role, "organisation", tree.province) if role else anonymous
    async with nothing_written(world):
        answer = await client.post(ORGANISATIONS, json=unit(tree.city), headers=key())

    assert answer.status_code == status


async def test_administrator_of_one_city_cannot_add_in_another(tree, world, key):
    client = await world.client("administrator", "organisation", tree.city)
    async with nothing_written(world):
        answer = await client.post(ORGANISATIONS, json=unit(tree.other_city), headers=key())

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_list_comes_in_pages_and_can_be_searched(tree):
    first = (await tree.administrator.get(ORGANISATIONS, params={"limit": 3})).json()
    rest = (
        await tree.administrator.get(ORGANISATIONS, params={"limit": 3, "cursor": first["next_cursor"]})
    ).json()
    below = (await tree.administrator.get(ORGANISATIONS, params={"parent_id": org(tree.city)})).json()
    authorities = (await tree.administrator.get(ORGANISATIONS, params={"kind": "authority"})).json()

    assert len({each["id"] for each in first["data"] + rest["data"]}) == 5
    assert (first["has_more"], rest["has_more"]) == (True, False)
    assert [each["id"] for each in below["data"]] == [org(tree.enterprise)]
    assert [each["id"] for each in authorities["data"]] == [org(tree.labour_office)]


async def test_lists_cost_one_statement_whatever_their_length(tree, monkeypatch):
    with counted(monkeypatch) as regions:
        await tree.administrator.get("/api/v1/regions", params={"parent": "130100"})
    with counted(monkeypatch) as organisations:
        await tree.administrator.get(ORGANISATIONS)
    with counted(monkeypatch) as one:
        await tree.administrator.get(f"{ORGANISATIONS}/{org(tree.enterprise)}")

    assert (len(regions), len(organisations), len(one)) == (1, 1, 1)


@pytest_asyncio.fixture
async def season(tree, world):
    return encode_id("season", await world.season(tree.province))


def delegation(**changes):
    return {
        "kind": "region",
        "name_zh": "石家庄市代表队",
        "short_name": "石家庄",
        "region_code": "130100",
        **changes,
    }


async def test_delegations_stand_in_their_order(tree, season, key):
    path = f"/api/v1/seasons/{season}/delegations"
    line = {
        "kind": "industry",
        "name_zh": "电力行业代表队",
        "short_name": "电力",
        "region_code": None,
        "position": 2,
    }

    await tree.administrator.post(path, json=delegation(**line), headers=key())
    made = await tree.administrator.post(
        path, json=delegation(position=1, organisation_id=org(tree.city)), headers=key()
    )
    listed = (await tree.administrator.get(path)).json()["data"]

    assert made.status_code == 201, made.text
    assert [each["short_name"] for each in listed] == ["石家庄", "电力"]
    assert listed[0] == made.json()


@pytest.mark.parametrize(
    ("changes", "status", "codes"),
    [
        ({"short_name": "一二三四五六七八九十一二三四五六七"}, 422, ["name_invalid"]),
        ({"organisation_id": "org_1"}, 422, ["reference_unknown"]),
        ({"organisation_id": "org_" + "0" * 26}, 422, ["reference_unknown"]),
        ({"region_code": "990000"}, 422, []),
        ({"position": -1}, 400, ["malformed_field"]),
    ],
)
async def test_refused_delegation_writes_nothing(tree, season, world, key, changes, status, codes):
    async with nothing_written(world):
        answer = await tree.administrator.post(
            f"/api/v1/seasons/{season}/delegations", json=delegation(**changes), headers=key()
        )

    assert answer.status_code == status
    assert [error["code"] for error in answer.json().get("errors", [])] == codes


async def test_delegation_stands_once_in_a_season(tree, season, world, key):
    path = f"/api/v1/seasons/{season}/delegations"
    await tree.administrator.post(path, json=delegation(), headers=key())
    async with nothing_written(world):
        twice = await tree.administrator.post(path, json=delegation(), headers=key())

    assert (twice.status_code, twice.json()["code"]) == (409, "delegation_exists")


async def test_unit_below_the_season_reads_its_delegations_and_a_stranger_does_not(tree, season, world, key):
    path = f"/api/v1/seasons/{season}/delegations"
    registrar = await world.client("registrar", "organisation", tree.enterprise)
    stranger = await world.client("registrar", "organisation", await world.organisation())

    assert (await registrar.get(path)).status_code == 200
    assert (await stranger.get(path)).json()["code"] == "not_found"
    assert (await registrar.post(path, json=delegation(), headers=key())).status_code == 403


async def test_ids_are_opaque_and_keep_their_kind(tree):
    assert parse_id("organisation", org(tree.city)) == tree.city
    assert (
        await tree.administrator.get(f"{ORGANISATIONS}/{encode_id('season', tree.city)}")
    ).status_code == 404
