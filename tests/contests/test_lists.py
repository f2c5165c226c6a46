"""Lists of contests for those who run or oversee them: within their grants, cut as asked, page by page."""

import pytest
import pytest_asyncio

from api.plumbing.ids import encode_id

CONTESTS = "/api/v1/contests"


@pytest_asyncio.fixture
async def three(province, world):
    """A contest of the province and two of the city: ids by short name."""
    made = {}
    for name, host, tier, state, region, day in (
        ("final", province.root, "province", "published", "130000", 9),
        ("welding", province.city_node, "city", "running", "130100", 2),
        ("fitting", province.city_node, "city", "draft", "130102", 5),
    ):
        contest = await world.contest(organisation=host, season=province.season_node, tier=tier, state=state)
        await world.execute(
            "UPDATE contest SET region_code = $2, name_zh = $3, name_en = $3, starts_on = make_date(2021, 3, $4), "
            "ends_on = '2021-04-01' WHERE id = $1",
            contest.contest, region, f"{name}{contest.contest.hex[:6]}", day,
        )  # fmt: skip
        made[name] = contest
    return made


def names(answer):
    assert answer.status_code == 200, answer.text
    return [line["name_zh"].rstrip("0123456789abcdef")[:5] for line in answer.json()["data"]]


async def test_node_reads_its_subtree_by_first_day(province, three):
    assert names(await province.organiser.get(CONTESTS)) == ["weldi", "fitti", "final"]
    assert names(await province.city_organiser.get(CONTESTS)) == ["weldi", "fitti"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"tier": "province"}, ["final"]),
        ({"state": "draft"}, ["fitti"]),
        ({"region": "130100"}, ["weldi", "fitti"]),
        ({"region": "130102"}, ["fitti"]),
        ({"q": "WELD"}, ["weldi"]),
        ({"q": "_"}, []),
        ({"tier": "city", "state": "running"}, ["weldi"]),
    ],
)
async def test_list_is_cut_as_asked(province, three, query, found):
    assert (
        names(await province.organiser.get(CONTESTS, params={"season_id": province.season, **query})) == found
    )


async def test_list_comes_in_pages(province, three):
    first = await province.organiser.get(CONTESTS, params={"limit": 2})
    rest = await province.organiser.get(CONTESTS, params={"limit": 2, "cursor": first.json()["next_cursor"]})

    assert names(first) + names(rest) == ["weldi", "fitti", "final"]
    assert (first.json()["has_more"], rest.json()["has_more"]) == (True, False)


@pytest.mark.parametrize(("role", "kind"), [("reviewer", "contest"), ("chief_judge", "item")])
async def test_grant_of_one_contest_or_item_shows_that_one(world, three, role, kind):
    scope = three["welding"].contest if kind == "contest" else three["welding"].item
    client = await world.client(role, kind, scope, contest=three["welding"].contest)

    assert names(await client.get(CONTESTS)) == ["weldi"]


async def test_contest_of_another_tree_is_not_found(world, three):
    stranger = await world.client("organiser", "organisation", await world.organisation())
    path = f"{CONTESTS}/{encode_id('contest', three['final'].contest)}"

    assert names(await stranger.get(CONTESTS)) == []
    assert (await stranger.get(path)).json()["code"] == "not_found"
    assert (await stranger.get(f"{path}/filings")).json()["code"] == "not_found"


async def test_nobody_reads_lists_of_the_staff(anonymous):
    for path in (CONTESTS, "/api/v1/seasons", "/api/v1/presets"):
        assert (await anonymous.get(path)).status_code == 401
