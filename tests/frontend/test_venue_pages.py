"""The organiser's page of venue servers, and the keeper's and a tablet's on the laptop."""

import html
import re
from uuid import uuid4

import pytest

from api.plumbing.ids import encode_id
from api.venue.commands.arriving import take_in
from api.venue.commands.keeping import tablet_code
from api.venue.tables import TABLES
from frontend.locales import texts
from tests.frontend.forms import page_of, send
from tests.venue.conftest import centre_of, empty_venue, new_venue, venue

__all__ = ["empty_venue", "new_venue", "venue"]


@pytest.fixture
async def centre(world):
    return await centre_of(world)


def at(centre):
    return f"/org/c/{encode_id('contest', centre.marking.contest.contest)}/e/fitter/venue"


async def uploaded(centre, content):
    page = await page_of(centre.organiser, at(centre))
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    return await centre.organiser.post(
        at(centre),
        data={"csrf_token": token[1], "act": "facts", "session": encode_id("session", centre.session)},
        files={"file": ("facts.sbq", content, "application/octet-stream")},
    )


async def act(centre, **fields):
    page = await page_of(centre.organiser, at(centre))
    return await send(
        centre.organiser, at(centre), page, session=encode_id("session", centre.session), **fields
    )


async def test_session_goes_out_and_comes_back_by_forms_alone(centre, venue):
    page = await page_of(centre.organiser, at(centre))
    assert "A-01、A-02还没有胸卡和PIN" in page
    assert (await act(centre, act="out", label="一号车间")).status_code == 303
    page = await page_of(centre.organiser, at(centre))
    assert "在场地服务器上" in page
    link = html.unescape(re.search(r'href="([^"]*/venue/ses_[^"]+)"', page)[1])
    bundle = await centre.organiser.get(link)
    assert "attachment" in bundle.headers["content-disposition"]
    await venue.take_in(bundle.content)

    answer = await uploaded(centre, await venue.facts(centre.session))

    assert answer.status_code == 200
    assert "4/4张评分表两边校验值一致" in html.unescape(answer.text)
    assert "未提交" in answer.text
    rev = re.search(r'name="rev" value="(\d+)"', answer.text)[1]
    assert (await act(centre, act="back", reason="评分已交回", rev=rev)).status_code == 303
    page = await page_of(centre.organiser, at(centre))
    assert "评分已交回" in page
    assert "在场地服务器上" not in page


async def test_wrong_file_is_said_on_the_page_and_changes_nothing(centre):
    await act(centre, act="out", label="一号车间")

    answer = await uploaded(centre, b"PK\x03\x04 a workbook")

    assert answer.status_code == 422
    assert "不是场地服务器的文件" in answer.text
    brought = "SELECT imports FROM venue_handout WHERE session_id = $1"
    assert await centre.world.fetchval(brought, centre.session) == 0


async def test_taking_back_from_a_page_that_is_out_of_date_is_refused(centre):
    await act(centre, act="out", label="一号车间")

    answer = await act(centre, act="back", reason="设备故障", rev="9")

    assert answer.status_code == 412
    assert "在场地服务器上" in answer.text


async def test_reader_without_the_right_sees_no_form(centre):
    chief = await centre.world.client("chief_judge", "contest", centre.marking.contest.contest)

    page = await page_of(chief, at(centre))

    assert 'name="act"' not in page


async def test_taking_back_without_a_reason_is_said_at_the_field(centre):
    await act(centre, act="out", label="一号车间")

    answer = await act(centre, act="back", reason="  ", rev="1")

    assert answer.status_code == 422
    its = f"reason-{encode_id('session', centre.session)}"
    assert f'id="{its}-error"' in answer.text
    assert "收回场次须写明理由" in answer.text
    english = await centre.organiser.post(
        f"{centre.path}/return", json={}, headers={"If-Match": '"r1"', "Accept-Language": "en"}
    )
    assert "needs a reason" in english.text


@pytest.mark.parametrize("name", ["draw", "chief", "control", "sign", "time", "paper"])
async def test_nothing_is_offered_for_a_session_that_is_away(centre, name):
    """State, where it is and since when stand in place of the buttons."""
    session = encode_id("session", centre.session)
    chief = centre.marking.judge
    client, path = {
        "draw": (centre.organiser, at(centre).replace("/venue", "/draw")),
        "chief": (chief, "/judge/chief"),
        "control": (chief, f"/org/sessions/{session}/control"),
        "sign": (chief, f"/judge/s/{session}/sign"),
        "time": (chief, f"/judge/s/{session}/time"),
        "paper": (chief, f"/paper/s/{session}"),
    }[name]
    acts = r'name="act" value="(start|resume|pause|close|reopen|redraw|make_up|return)"|name="hash"'
    here = await page_of(client, path)

    await act(centre, act="out", label="一号车间")
    away = await page_of(client, path)

    assert name == "paper" or re.search(acts, here)
    assert "在场地服务器上" not in here
    assert re.search(acts, away) is None
    assert re.search(r"#lock.*在场地服务器上", away, re.S)
    assert "一号车间" in away
    assert "交出" in away
    english = await page_of(client, f"/en{path}")
    assert "At a venue server" in english


async def test_chief_judge_who_starts_it_from_an_old_page_reads_where_it_is(centre):
    """Starting a session that is out answers with the reason, on the page itself."""
    draw = at(centre).replace("/venue", "/draw")
    page = await page_of(centre.organiser, draw)
    await act(centre, act="out", label="一号车间")

    answer = await send(
        centre.organiser, draw, page, act="start", rev="1", session=encode_id("session", centre.session)
    )

    assert answer.status_code == 409
    assert "已交给场地服务器" in answer.text


async def test_centre_has_no_keepers_page(centre):
    assert (await centre.organiser.get("/venue")).status_code == 404
    facts = await centre.organiser.get(f"/venue/facts/{encode_id('session', centre.session)}")
    assert facts.status_code == 404


async def test_tablet_enrols_by_the_code_of_the_day_and_by_no_other(world, visitor, settings):
    wrong = await visitor.get("/venue/tablet/" + "0" * 20)
    right = f"/venue/tablet/{tablet_code(settings)}"

    shown = await visitor.get(right)
    # This installation is a centre: there is nothing to enrol for.
    refused = await visitor.post(right, data={"name": "3号平板"})

    assert (wrong.status_code, shown.status_code, refused.status_code) == (404, 200, 404)
    assert "登记这台平板" in shown.text


async def test_keeper_of_another_session_downloads_nothing(centre, venue, settings):
    await act(centre, act="out", label="一号车间")
    bundle = await centre.bundle()
    await take_in(venue.world.db, venue.settings, bundle)
    stranger = await venue.world.client("chief_judge", "contest", uuid4())

    from api.plumbing.problems import Problem
    from api.venue.commands.keeping import require_keeper

    with pytest.raises(Problem) as refused:
        await require_keeper(venue.world.db, stranger.actor, centre.session)
    assert refused.value.code == "not_found"


async def test_keeper_reads_of_which_item_each_session_is(centre, venue):
    """Every item begins with a first session."""
    from api.venue.commands.sending import sessions_held
    from frontend.rendering import RequestContext, render
    from frontend.views.venue import KeeperPage, KeptSession

    await act(centre, act="out", label="一号车间")
    await take_in(venue.world.db, venue.settings, await centre.bundle())
    [held] = await sessions_held(venue.world.db)
    item = await centre.world.fetchval("SELECT name_zh FROM item WHERE id = $1", centre.marking.contest.item)
    assert (held.item_name, held.name_zh) == (item, "第1场")

    page = KeeperPage(
        sessions=(
            KeptSession(id="ses_1", item=held.item_name, name=held.name_zh, state=held.state, number=1),
        ),
        tablet_url="https://venue/x",
        tablet_qr="data:,",
    )
    shown = render(KeeperPage.TEMPLATE, page, "zh", RequestContext(path="/venue", room="organiser"))

    assert f"{item} · 第1场" in shown


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_every_kind_of_fact_that_comes_back_has_a_word(locale):
    for kind in ("mark", "sheet_move", *TABLES, "standing", "act"):
        assert texts(locale)(f"venue_kind.{kind}") != f"venue_kind.{kind}"
