"""The chain lines of a published ranking: one at the last place of every award, and none before it is published."""

import pytest

from api.results.award_lines import AwardLine
from api.results.schemas import BoardRow
from frontend.pages.award_bands import award_bands
from tests.results.builders import MARKS, THEORY, final_item

MEDAL = AwardLine("奖章", "Medal", 1, 1)
TITLE = AwardLine("能手", "Title", 1, 3)
SECOND = AwardLine("二等奖", "Second", 4, 6)


def row(name, rank, award_rank):
    return BoardRow(
        entry=name, number=name, name=name, delegation="", unit="", rank=rank, award_rank=award_rank, shared=False,
        state="present" if rank else "absent", total="1", parts=[], complete=True, decided_by=None, compared=[],
    )  # fmt: skip


def bands(rows, *lines, locale="zh"):
    return [
        (band.award, band.first, band.last, "".join(each.name for each in band.rows))
        for band in award_bands(rows, lines, locale)
    ]


FIVE = [row(name, place, place) for place, name in enumerate("abcde", 1)]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((), [(None, None, None, "abcde")]),
        # An award within another: its places have both.
        ((MEDAL, TITLE), [("奖章、能手", 1, 1, "a"), ("能手", 2, 3, "bc"), (None, None, None, "de")]),
        # Bands one below the other; the field ends before the last line.
        ((TITLE, SECOND), [("能手", 1, 3, "abc"), ("二等奖", 4, 6, "de")]),
        # Nobody has the places above.
        ((SECOND,), [(None, None, None, "abc"), ("二等奖", 4, 6, "de")]),
    ],
)
def test_rows_are_cut_at_the_last_place_of_every_award(lines, expected):
    assert bands(FIVE, *lines) == expected


def test_shared_last_place_stays_whole():
    rows = [row("a", 1, 1), row("b", 2, 2), row("c", 3, 3), row("d", 3, 3), row("e", 5, 5)]

    assert bands(rows, TITLE)[0] == ("能手", 1, 3, "abcd")


def test_hors_concours_stands_with_its_neighbours_and_takes_no_place():
    rows = [
        row("a", 1, 1),
        row("x", 2, None),
        row("b", 3, 2),
        row("c", 4, 3),
        row("d", 5, 4),
        row("z", None, None),
    ]

    assert bands(rows, TITLE) == [("能手", 1, 3, "axbc"), (None, None, None, "dz")]


def test_english_names_come_in_english():
    assert bands(FIVE, MEDAL, TITLE, locale="en")[0][0] == "Medal, Title"


RULES = (
    '{"awards": [{"code": "t", "version": 1, "name": "技术能手", "name_en": "Title", "authority": "hrss", "field": "item",'
    ' "cut": {"places": 2}}]}'
)


async def test_lines_are_drawn_once_the_result_is_published(world, visitor):
    contest = await world.contest()
    await world.execute(
        "INSERT INTO contest_rules (contest_id, revision, document, hash) VALUES ($1, 1, $2, '')",
        contest.contest,
        RULES,
    )
    slug = await world.fetchval("SELECT slug FROM contest WHERE id = $1", contest.contest)
    live = (await visitor.get(f"/c/{slug}/e/fitter/rank")).text
    await final_item(world, contest, MARKS, THEORY)

    # Another question than before: the copy of the live board belongs to its own address.
    published = (await visitor.get(f"/c/{slug}/e/fitter/rank", params={"q": "QG"})).text

    assert "技术能手" not in live
    assert "技术能手</span> 第1–2名" in published
    assert published.count("award-cut ") + published.count('award-cut"') == 2
