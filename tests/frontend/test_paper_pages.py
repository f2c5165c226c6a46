"""Paper sheets: what is printed says whose it is, and every kind of criterion is typed in as it stands on the paper."""

import html
import re
from decimal import Decimal

import pytest

from api.plumbing.ids import encode_id
from scoring import Benchmark, Judged, Plan
from scoring.plans.plan import Band, Measured
from tests.frontend.forms import page_of, send
from tests.plans import practical_plan

WORDS = ("未达标", "达标", "良好", "优秀")
TYPED = {"C1": "５９.９８", "C2": "0", "C3": "2", "C4": "1"}
"""What stands on the paper: measured with full-width digits, a thread that does not fit, a judgement, a point taken off."""


def lathe_plan() -> Plan:
    """One criterion of each kind."""
    band = Band(points=Decimal(10), low=Decimal("59.97"), high=Decimal("60.03"))
    parts = (
        Measured(
            key="C1", title="外圆", title_en="Diameter", bands=(band,), maximum=Decimal(300), unit="mm"
        ),
        Judged(key="C2", title="螺纹", title_en="Thread", kind="pass_fail", maximum=Decimal(1)),
        Judged(
            key="C3", title="表面", title_en="Surface", kind="judgement_0_3", maximum=Decimal(3), points=Decimal(6),
            benchmarks=tuple(Benchmark(value=Decimal(n), word=word, text=word) for n, word in enumerate(WORDS)),
        ),
        Judged(key="C4", title="安全", title_en="Safety", kind="deduction", maximum=Decimal(5)),
    )  # fmt: skip
    return practical_plan("lathe", 4, "车工", parts)


@pytest.fixture
async def lathe(world):
    """A running session of two stations; its contest, its first sheet and its address among the paper sheets."""
    contest = await world.contest(plan=lathe_plan())
    judges = await world.judges(contest, 2)
    sheets = await world.sheets(contest, [await world.entry(contest), await world.entry(contest)], judges)
    session = await world.fetchval("SELECT id FROM judging_session WHERE item_id = $1", contest.item)
    return contest, sheets[0][0], f"/paper/s/{encode_id('session', session)}"


async def test_every_sheet_on_paper_says_whose_it_is(world, lathe):
    contest, _, path = lathe
    clerk = await world.client("data_clerk", "contest", contest.contest)

    page = html.unescape(await page_of(clerk, f"{path}/blank"))

    sheets = re.findall(r'<section class="blank-sheet">.*?</section>', page, re.S)
    assert len(sheets) == 4
    row = await world.fetch(
        "SELECT c.name_zh AS contest, i.name_zh AS item FROM item i JOIN contest c ON c.id = i.contest_id WHERE i.id = $1",
        contest.item,
    )
    for place, (station, judge) in enumerate(
        (("01", "A-01"), ("01", "A-02"), ("02", "A-01"), ("02", "A-02")), 1
    ):
        words = (row[0]["contest"], row[0]["item"], "第1场", "2021年3月1日 09:00", "v4", station, judge)
        assert all(word in sheets[place - 1] for word in words), words
        assert sheets[place - 1].count(f"第{place}张，共4张") == 2
        assert "打印时间" in sheets[place - 1]
    assert "data-print" in page


async def test_paper_has_a_box_for_every_answer_of_a_list(world, lathe):
    contest, _, path = lathe
    clerk = await world.client("data_clerk", "contest", contest.contest)

    page = await page_of(clerk, f"{path}/blank")

    rows = re.findall(r"<tr><td>\d\d</td>.*?</tr>", page, re.S)[:4]
    ticks = [re.findall(r'blank-sheet__tick">([^<]+)<', row) for row in rows]
    assert ticks == [["未做"], ["合格", "不合格", "未做"], ["0", "1", "2", "3", "未做"], ["未做"]]
    assert ["blank-sheet__line" in row for row in rows] == [True, False, False, True]
    assert "mm" in rows[0]


async def test_every_kind_is_typed_as_on_paper_and_compared_in_its_words(world, lathe):
    contest, sheet, path = lathe
    clerks = [await world.client("data_clerk", "contest", contest.contest) for _ in range(2)]
    chief = await world.client("chief_judge", "contest", contest.contest)
    here = f"{path}/{encode_id('sheet', sheet)}"
    form = html.unescape(await page_of(clerks[0], here))
    lists = re.findall(r'<select[^>]* name="(mark\.\w+)".*?</select>', form, re.S)
    offered = [
        re.findall(r'<option value="([^"]*)"', each)
        for each in re.findall(r"<select.*?</select>", form, re.S)
    ]
    assert (lists, offered) == (
        ["mark.C2", "mark.C3"],
        [["", "1", "0", "-"], ["", "0", "1", "2", "3", "-"]],
    )
    assert "0 不合格" in form
    assert "3 优秀" in form

    for clerk, changed in zip(clerks, ({}, {"C1": "60", "C2": "1", "C4": "-"}), strict=True):
        given = {f"mark.{key}": value for key, value in (TYPED | changed).items()}
        answer = await send(clerk, here, await page_of(clerk, here), **given)
        assert answer.status_code == 303, answer.text

    shown = html.unescape(await page_of(chief, path))
    sides = re.findall(r'paper-list__two"><b>([^<]*)</b> ≠ <b>([^<]*)</b>', shown)
    assert sides == [("59.98 mm", "60 mm"), ("不合格", "合格"), ("−1", "未做")]
    assert 'href="/judge/chief"' in shown


async def test_who_types_comes_back_to_the_sessions_of_the_item(world, lathe):
    contest, _, path = lathe
    clerk = await world.client("data_clerk", "contest", contest.contest)

    page = await page_of(clerk, path)

    assert f'href="/org/c/{encode_id("contest", contest.contest)}/e/fitter/paper"' in page
    assert "0/4" in page
