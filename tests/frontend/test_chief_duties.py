"""What the chief judge's pages say: of rules that there are and of no others, with units, and of what waits for a second person."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from api.plumbing.ids import encode_id
from frontend.rendering import render
from scoring import Judged, Panel, Plan, Rounding, Sum
from scoring.plans.plan import Band, Measured
from tests.control.conftest import controlled_item, post
from tests.control.test_sign_off import unsigned_item
from tests.control.test_spreads import RULES, session_of
from tests.frontend.forms import page_of
from tests.frontend.gallery.checking import ALL_DONE, CHECK, DRAWN
from tests.frontend.gallery.control import here

SPREADS = ("分歧", "/diff")


@pytest.mark.parametrize("asked", [True, False])
async def test_pages_speak_of_spreads_only_where_a_limit_holds(world, asked):
    it = await controlled_item(world, signed=False)
    await it.rules(**(RULES if asked else {}))

    for path in ("/judge/chief", f"/org/sessions/{await session_of(it)}/control"):
        page = await page_of(it.chief, path)
        assert all((word in page) is asked for word in SPREADS), path


async def test_page_of_spreads_without_a_limit_promises_none(world):
    it = await controlled_item(world, signed=False)

    page = await page_of(it.chief, f"/judge/s/{await session_of(it)}/diff")

    assert "本项目没有规定裁判之间可以相差多少" in page
    assert "没有超限的分歧" not in page
    assert "还没有全部提交的工位" not in page


@pytest.mark.parametrize("asked", [True, False])
async def test_pages_speak_of_a_recheck_only_where_the_rules_ask_for_it(world, asked):
    it = await controlled_item(world)
    await it.rules(**({"recheck": {"top": 1}} if asked else {}))
    results = f"/org/c/{encode_id('contest', it.contest.contest)}/e/fitter/results"

    for client, path in (
        (it.chief, "/judge/chief"),
        (it.chief, f"/org/sessions/{await session_of(it)}/control"),
        (it.chief, f"/org/items/{it.item}/check"),
        (it.organiser, results),
    ):
        page = await page_of(client, path)
        assert ("复核与签发" in page) is asked, path
        assert ("成绩签发" in page) is not asked, path


def lathe_plan() -> Plan:
    """A length in millimetres, a thread that fits or not, and order at the bench."""
    band = Band(points=Decimal(10), low=Decimal("59.97"), high=Decimal("60.03"))
    length = Measured(
        key="C1", title="外圆", title_en="Turned", bands=(band,), maximum=Decimal(300), unit="mm"
    )
    fits = Judged(key="C2", title="螺纹", title_en="Thread", kind="pass_fail", maximum=Decimal(1))
    order = Judged(key="C3", title="安全", title_en="Safety", kind="deduction", maximum=Decimal(5))
    root = Sum(
        key="practical", title="实操", title_en="Practical", panel=Panel(size=2), rounding=Rounding(), parts=(length, fits, order)
    )  # fmt: skip
    return Plan(code="lathe", version=1, title="车工", root=root)


@pytest.fixture
async def lathe(world):
    """One station with marks of every kind on the first judge's sheet, which is handed in; the chief judge and that sheet."""
    contest = await world.contest(plan=lathe_plan())
    judges = await world.judges(contest, 2)
    [[sheet, _]] = await world.sheets(contest, [await world.entry(contest)], judges)
    async with world.db.transaction() as connection:
        for key, value in (("C1", "59.98"), ("C2", "1"), ("C3", "4")):
            await connection.execute(
                "SELECT revise_mark($1, $2, 0, 'scored', $3, '{}', $4)", sheet, key, Decimal(value), judges[0].account_id
            )  # fmt: skip
    await world.execute("UPDATE sheet SET state = 'submitted' WHERE id = $1", sheet)
    return await world.client("chief_judge", "contest", contest.contest), encode_id("sheet", sheet)


async def test_marks_of_a_sheet_have_their_units(lathe):
    chief, sheet = lathe

    page = await page_of(chief, f"/org/sheets/{sheet}")

    assert "<b>59.98 mm</b>" in page
    assert "<b>合格</b>" in page
    assert "<b>4分</b>" in page


async def test_who_corrects_sees_the_unit_of_the_mark(lathe):
    chief, sheet = lathe

    page = await page_of(chief, f"/org/sheets/{sheet}/correct", criterion="C1")

    assert "59.98 mm" in page
    assert "0–300 mm" in page


async def test_correction_that_waits_is_on_every_page_of_the_chief_judge(world):
    it = await controlled_item(world)
    sheet = encode_id("sheet", it.sheets[0][1])
    asked = await post(
        it.organiser, f"/sheets/{sheet}/corrections", {"criterion": "C2", "state": "scored", "value": "70", "base_rev": 1, "reason": "看错一行"}
    )  # fmt: skip
    assert asked.status_code == 201, asked.text
    way = f'href="/org/corrections/{asked.json()["id"]}"'
    pages = (
        "/judge/chief",
        f"/org/sessions/{await session_of(it)}/control",
        f"/org/sheets/{sheet}",
        f"/judge/s/{await session_of(it)}/sign",
    )

    for path in pages:
        page = await page_of(it.chief, path)
        assert "有更正等第二人确认" in page, path
        assert way in page, path
    other = encode_id("sheet", it.sheets[0][2])
    assert way not in await page_of(it.chief, f"/org/sheets/{other}")

    made = await post(it.chief, f"/corrections/{asked.json()['id']}/confirmation", {})
    assert made.status_code in (200, 201), made.text
    for path in pages:
        assert way not in await page_of(it.chief, path), path


async def test_who_asked_for_a_correction_is_told_that_somebody_else_confirms(world):
    it = await controlled_item(world)
    sheet = encode_id("sheet", it.sheets[0][1])
    await post(
        it.chief, f"/sheets/{sheet}/corrections", {"criterion": "C2", "state": "scored", "value": "70", "base_rev": 1, "reason": "看错一行"}
    )  # fmt: skip

    page = await page_of(it.chief, "/judge/chief")

    assert "您提出的更正，等另一人确认" in page
    assert "有更正等第二人确认" not in page


async def test_sign_off_says_what_it_binds(world):
    it = await unsigned_item(world)
    await it.steps("closed", "confirmed")

    page = await page_of(it.chief, f"/org/items/{it.item}/check")

    assert "每一个分数、总分和名次您都认可" in page
    assert "只对这一版有效" in page


@pytest.mark.parametrize("done", [True, False])
def test_a_recheck_of_everything_is_asked_for_only_until_it_is_done(done):
    recheck = ALL_DONE if done else replace(DRAWN, everything=True)
    view = replace(CHECK, recheck=replace(CHECK.recheck, current=recheck))

    page = render(view.TEMPLATE, view, "zh", here("/org/items/itm_1/check"))

    assert ("已全部复核" in page, "差错率超限，须全部复核" in page) == (done, not done)
