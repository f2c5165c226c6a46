"""What anybody may read of contests: the home page's list and one contest's page; no draft, one shared copy, no token."""

from datetime import UTC, datetime

import pytest

from api.contests.queries import public
from api.contests.queries.public import PublicFilter, public_contest, public_contests
from api.plumbing.ids import encode_id, parse_id
from tests.organisations.watching import counted

LIST = "/api/v1/public/contests"


async def published(province, **changes):
    """A contest that the public may see."""
    contest = await province.contest(**changes)
    answer = await province.move(contest, "published")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def listed(client, province, **query):
    answer = await client.get(LIST, params={"season_id": province.season, **query})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_draft_is_nobodys_business(province, anonymous):
    draft = await province.contest()
    cancelled_draft = await province.contest()
    await province.move(cancelled_draft, "cancelled", "重复录入")

    page = await listed(anonymous, province)

    assert page["data"] == []
    for contest in (draft, cancelled_draft):
        assert (await anonymous.get(f"{LIST}/{contest['slug']}")).status_code == 404


async def test_contest_cancelled_after_publication_says_so(province, anonymous):
    contest = await published(province)
    await province.move(contest, "cancelled", "疫情防控")

    assert (await anonymous.get(f"{LIST}/{contest['slug']}")).json()["phase"] == "cancelled"


async def test_line_fills_the_home_page(province, anonymous):
    contest = await published(province, region_code="130100")
    await province.accepted_entry(contest["items"][0])
    await province.accepted_entry(contest["items"][0])

    line = (await listed(anonymous, province))["data"][0]

    assert (line["slug"], line["tier"], line["phase"]) == (contest["slug"], "province", "closed")
    assert (line["region_zh"], line["region_en"]) == ("石家庄市", "Shijiazhuang")
    assert (line["trades_zh"], line["item_count"]) == (["钳工", "焊工"], 2)
    assert (line["entry_count"], line["people_count"], line["team_count"]) == (2, 2, 0)
    assert line["deadline_zh"] == "2月26日24:00"


PHASES = [
    ("2021-01-09T23:59", "announced"),
    ("2021-01-10T00:00", "registration"),
    ("2021-02-26T15:59", "registration"),
    ("2021-02-26T16:00", "closed"),
]


@pytest.mark.parametrize(("now", "phase"), PHASES)
async def test_phase_follows_the_clock_and_the_end_is_exclusive(province, world, now, phase):
    contest = await published(province)
    await world.execute(
        "UPDATE contest SET registration_opens_at = '2021-01-10T00:00Z' WHERE id = $1",
        parse_id("contest", contest["id"]),
    )

    shown = await public_contest(world.db, contest["slug"], datetime.fromisoformat(now).replace(tzinfo=UTC))

    assert shown.phase == phase


async def test_running_come_first_then_by_day_and_finished_last_newest_first(province, world, anonymous):
    names = {}
    plan = [("published", 3), ("finished", 1), ("running", 5), ("published", 2), ("finished", 2)]
    for state, day in plan:
        made = await world.contest(organisation=province.root, season=province.season_node, state=state)
        await world.execute(
            "UPDATE contest SET starts_on = make_date(2021, 3, $2), ends_on = '2021-04-01' WHERE id = $1",
            made.contest,
            day,
        )
        names[encode_id("contest", made.contest)] = f"{state} {day}"

    page = await listed(anonymous, province, limit=2)
    seen = page["data"]
    while page["has_more"]:
        page = await listed(anonymous, province, limit=2, cursor=page["next_cursor"])
        seen += page["data"]

    assert [names[each["id"]] for each in seen] == [
        "running 5", "published 2", "published 3", "finished 2", "finished 1",
    ]  # fmt: skip


async def test_counties_and_enterprises_are_two_tabs_of_the_base(province, world, anonymous):
    firm = await world.organisation(parent=province.city_node, kind="enterprise", tier="base")
    for host, tier in (
        (province.root, "province"),
        (province.city_node, "base"),
        (firm, "base"),
        (firm, "base"),
    ):
        await world.contest(organisation=host, season=province.season_node, tier=tier, state="published")

    page = await listed(anonymous, province)
    tabs = {each["tier"]: each["count"] for each in page["counts"]}

    assert tabs == {"province": 1, "city": 0, "county": 1, "enterprise": 2}
    for tier, count in (("base", 3), ("county", 1), ("enterprise", 2), ("city", 0)):
        assert len((await listed(anonymous, province, tier=tier))["data"]) == count


async def test_list_is_cut_by_region_state_and_words(province, world, anonymous):
    for region, name, state in (
        ("130100", "焊接比武", "published"),
        ("130102", "钳工竞赛", "running"),
        ("130200", "焊工大赛", "published"),
    ):
        made = await world.contest(organisation=province.root, season=province.season_node, state=state)
        await world.execute(
            "UPDATE contest SET region_code = $2, name_zh = $3 WHERE id = $1", made.contest, region, name
        )

    async def found(**query):
        return {line["name_zh"] for line in (await listed(anonymous, province, **query))["data"]}

    assert await found(region="130100") == {"焊接比武", "钳工竞赛"}
    assert await found(region="130000") == {"焊接比武", "钳工竞赛", "焊工大赛"}
    assert await found(state="running") == {"钳工竞赛"}
    assert await found(q="比武") == {"焊接比武"}
    assert await found(q="钳工") == {"焊接比武", "钳工竞赛", "焊工大赛"}  # the trade of all of them
    assert await found(q="%") == set()


async def test_season_above_the_list_counts_its_tiers(province, world, anonymous, monkeypatch):
    monkeypatch.setattr(public, "COUNTS_SECONDS", 0)
    contest = await published(province)
    await province.accepted_entry(contest["items"][0])

    season = (await listed(anonymous, province))["season"]

    assert [tier["planned"] for tier in season["tiers"]] == [10, 100, 1000]
    assert (season["tiers"][0]["published"], season["tiers"][0]["people"]) == (1, 1)


async def test_list_without_season_shows_the_newest_with_a_contest(province, world):
    empty = await public_contests(world.db, 10, cut=PublicFilter(season_id=province.season_node))
    await published(province)
    newest = await public_contests(world.db, 10)

    assert empty.data == []
    assert newest.season is not None
    assert newest.season.year >= 2021


async def test_page_of_a_contest_has_dates_items_organisers_and_filings(province, world, anonymous):
    contest = await published(province)
    office = await world.organisation(parent=province.root, kind="authority", tier=None)
    filing = {
        "authority_id": encode_id("organisation", office),
        "number": "冀赛2021-088",
        "filed_on": "2021-01-05",
    }
    await province.post(f"/contests/{contest['id']}/filings", filing)
    await province.accepted_entry(contest["items"][0])

    shown = (await anonymous.get(f"{LIST}/{contest['slug']}")).json()

    assert [(item["code"], item["entered"], item["places"]) for item in shown["items"]] == [
        ("fitter", 1, 60), ("welder", 0, 60),
    ]  # fmt: skip
    assert (shown["places"], shown["class_zh"], shown["rules_revision"]) == (120, "省级一类", 1)
    assert shown["filings"][0]["number"] == "冀赛2021-088"
    assert [each["role"] for each in shown["organisers"]] == ["lead"]
    practical = shown["timeline"][-1]
    assert (practical["kind"], practical["at"], practical["until"]) == (
        "practical", "2021-02-28T16:00:00Z", "2021-03-03T16:00:00Z",
    )  # fmt: skip


async def test_reader_with_the_same_copy_hears_304(province, anonymous):
    contest = await published(province)
    for path in (f"{LIST}?season_id={province.season}", f"{LIST}/{contest['slug']}"):
        first = await anonymous.get(path)
        again = await anonymous.get(path, headers={"If-None-Match": f'"other", W/{first.headers["etag"]}'})
        other = await anonymous.get(path, headers={"If-None-Match": '"other"'})

        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        assert (other.status_code, other.content) == (200, first.content)


async def test_copy_is_shared_and_holds_nothing_of_the_reader(province, anonymous):
    contest = await published(province)

    theirs = await province.organiser.get(f"{LIST}/{contest['slug']}")
    anybodys = await anonymous.get(f"{LIST}/{contest['slug']}")

    assert theirs.content == anybodys.content
    assert "set-cookie" not in theirs.headers
    assert anybodys.headers["cache-control"].startswith("public")


async def test_change_is_a_new_copy(province, anonymous):
    contest = await published(province)
    before = (await anonymous.get(f"{LIST}/{contest['slug']}")).headers["etag"]
    await province.accepted_entry(contest["items"][0])

    assert (await anonymous.get(f"{LIST}/{contest['slug']}")).headers["etag"] != before


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"tier": "village"}, 400, "invalid_parameter"),
        ({"region": "1301"}, 400, "invalid_parameter"),
        ({"state": "lost"}, 400, "invalid_parameter"),
        ({"page": 2}, 400, "unknown_parameter"),
        ({"cursor": "bm9uc2Vuc2U"}, 400, "invalid_parameter"),
        ({"season_id": "sea_1"}, 404, "not_found"),
        ({"season_id": "sea_" + "0" * 26}, 404, "not_found"),
    ],
)
async def test_wrong_question_is_refused(anonymous, query, status, code):
    answer = await anonymous.get(LIST, params=query)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_forged_cursor_is_a_wrong_parameter(anonymous, province):
    from api.plumbing.paging import encode_cursor

    for key in (["x", "1", "con_1"], ["1", "9" * 30, "con_1"], ["1", "1", "con_1"]):
        answer = await anonymous.get(
            LIST, params={"season_id": province.season, "cursor": encode_cursor(key)}
        )
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_parameter")


BUDGETS = [
    ("/public/contests?season_id={season}", 4),
    ("/public/contests/{slug}", 2),
    ("/seasons", 1),
    ("/seasons/{season}", 1),
    ("/presets", 1),
    ("/contests", 1),
    ("/contests/{contest}", 3),
    ("/contests/{contest}/items", 2),
    ("/contests/{contest}/rules", 4),
    ("/contests/{contest}/filings", 3),
    ("/items/{item}", 2),
    ("/items/{item}/plan", 3),
]


@pytest.mark.parametrize(("path", "most"), BUDGETS)
async def test_statements_of_a_request_do_not_grow_with_what_it_shows(province, monkeypatch, path, most):
    few, many = await published(province, items=["fitter"]), await published(province, items=None)
    counts = []
    for contest in (few, many):
        ids = {
            "season": province.season,
            "slug": contest["slug"],
            "contest": contest["id"],
            "item": contest["items"][0]["id"],
        }
        with counted(monkeypatch) as statements:
            answer = await province.organiser.get("/api/v1" + path.format(**ids))
        assert answer.status_code == 200, answer.text
        counts.append(len(statements))

    # None would mean that the counting itself is broken.
    assert min(counts) >= 1
    assert max(counts) <= most
