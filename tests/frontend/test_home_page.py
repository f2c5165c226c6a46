"""P1: everybody finds a contest by tier, region and word, and each list says what to do when it is empty."""

import pytest

from frontend.pages import home
from tests.results.builders import MARKS, THEORY, add_theory, final_item, mark, publish, sign
from tests.world import COUNT


@pytest.fixture(autouse=True)
async def newest_season_is_ours(world):
    """The home page shows the newest season: seasons that other tests dated later step back."""
    await world.execute("UPDATE season SET year = 1990, name_zh = name_zh || id WHERE year > 2021")


def words(answer):
    """What is read, without the places where a line may break."""
    return answer.text.replace("<wbr>", "")


async def add_contest(world, like, name, **columns):
    """One more contest in the season of `like`."""
    number = next(COUNT)
    values = {"tier": "province", "state": "running", "region_code": "130100", **columns}
    names = "".join(f", {each}" for each in values)
    places = "".join(f", ${n + 6}" for n in range(len(values)))
    await world.execute(
        "INSERT INTO contest (season_id, event_id, slug, class_code, host_id, name_zh, registration_opens_at, registration_closes_at, "
        f"starts_on, ends_on{names}) VALUES ($1, $2, $3, 'province_1', $4, $5, '2021-01-10Z', '2099-01-31Z', '2021-03-01', "
        f"'2021-03-03'{places})",
        like.season, like.event, f"h-{number}", like.organisation, name, *values.values(),
    )  # fmt: skip


@pytest.fixture
async def season(world):
    """A season with one running provincial contest; the home page shows the newest season."""
    return await world.contest()


async def test_home_shows_the_season_its_tiers_and_the_contests_of_the_province(world, visitor, season):
    name = await world.fetchval("SELECT name_zh FROM contest WHERE id = $1", season.contest)

    answer = await visitor.get("/")

    assert answer.status_code == 200, answer.text
    assert "2021赛季" in answer.text
    assert name in words(answer)
    assert 'aria-current="page"><strong>1</strong><span>省级</span>' in answer.text


async def test_tier_region_and_word_cut_the_list(world, visitor, season):
    await add_contest(world, season, "石家庄焊工比武", tier="city")
    await add_contest(world, season, "唐山钳工比武", tier="city", region_code="130200")

    both = await visitor.get("/", params={"tier": "city"})
    region = await visitor.get("/", params={"tier": "city", "region": "130200"})
    word = await visitor.get("/", params={"tier": "city", "q": "焊工", "region": ""})

    assert "石家庄焊工" in both.text and "唐山钳工" in both.text
    assert "石家庄焊工" not in region.text and "唐山钳工" in region.text
    assert "石家庄焊工" in word.text and "唐山钳工" not in word.text
    assert '<option value="130200" selected>' in region.text.replace(' lang="zh-CN"', "")


async def test_search_swaps_the_list_alone(visitor, season):
    part = await visitor.get("/", params={"q": "没有"}, headers={"HX-Request": "true"})

    assert "<html" not in part.text
    assert "没有找到“没有”" in part.text
    assert part.headers["vary"] == "HX-Request"


async def test_empty_list_leads_one_tier_up(visitor, season):
    answer = await visitor.get("/", params={"tier": "city"})

    assert 'href="/?tier=province">看省级赛事' in answer.text


async def test_results_are_contests_with_a_published_result(world, visitor, season):
    await add_contest(world, season, "还没有公布的比武")
    await final_item(world, season, MARKS, THEORY)
    name = await world.fetchval("SELECT name_zh FROM contest WHERE id = $1", season.contest)

    answer = await visitor.get("/", params={"state": "published"})

    assert name in words(answer)
    assert "还没有公布的比武" not in words(answer)
    assert "2021赛季成绩榜" in answer.text


async def test_long_list_goes_on_with_what_was_asked(world, visitor, season, monkeypatch):
    monkeypatch.setattr(home, "ROWS", 2)
    for number in range(2):
        await add_contest(world, season, f"第{number}场比武")

    first = await visitor.get("/", params={"q": "比武"})
    whole = await visitor.get("/")
    address = whole.text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = await visitor.get(address)

    assert 'rel="next"' not in first.text
    assert "第1–2项，共3项" in whole.text
    assert "第3–3项，共3项" in second.text


async def test_open_notice_leads_to_its_ranking(world, visitor, season):
    entries = {name: await world.entry(season, name=name) for name in MARKS}
    await mark(
        world, season, await world.sheets(season, list(entries.values()), await world.judges(season)), MARKS
    )
    await add_theory(world, season, entries)
    await sign(world, season)
    organiser = await world.client("organiser", "contest", season.contest)
    await publish(organiser, season, "closed", "confirmed", "provisional")
    slug = await world.fetchval("SELECT slug FROM contest WHERE id = $1", season.contest)

    assert f'href="/c/{slug}/e/fitter/rank"' in (await visitor.get("/")).text


async def test_draft_is_nobodys_business(world, visitor, season):
    await add_contest(world, season, "秘密比武", state="draft")

    assert "秘密比武" not in (await visitor.get("/")).text


async def test_all_readers_share_one_copy_and_an_unchanged_one_costs_304(world, visitor, season):
    first = await visitor.get(
        "/c/" + await world.fetchval("SELECT slug FROM contest WHERE id = $1", season.contest)
    )
    organiser = await world.client("organiser", "contest", season.contest)

    again = await organiser.get(first.request.url.path, headers={"If-None-Match": first.headers["etag"]})

    assert again.status_code == 304
    assert again.content == b""
    assert "csrf" not in first.text


async def test_english_home_speaks_english(visitor, season):
    answer = await visitor.get("/en")

    assert '<html lang="en"' in answer.text
    assert "Season 2021" in answer.text
    assert 'href="/"' in answer.text
    assert 'href="/en?tier=city"' in answer.text


@pytest.mark.parametrize(
    "query", ["tier=moon", "region=13010", "tiers=city", "before=-1", "state=draft", "cursor=x"]
)
async def test_wrong_question_is_refused_on_a_page(visitor, query):
    answer = await visitor.get(f"/?{query}")

    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("text/html")
