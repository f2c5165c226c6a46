"""What a row of the standings shows and compares at the edge: who is not there, who has no total, marks that count nowhere."""

from typing import Any

import msgspec
import pytest

from scoring import (
    Attempts,
    EntryFacts,
    Imported,
    Judged,
    Mark,
    Panel,
    Plan,
    RankPoints,
    Rounding,
    Sum,
    Tie,
    rank,
)
from scoring.ranking.live import LiveStandings
from scoring.ranking.sortable import LAST, sortable
from scoring.ranking.standings import standings_bytes
from scoring.ranking.streams import rank_stream
from scoring.schemes.boards import stand_boards
from scoring.schemes.scheme import Board
from tests.scoring.builders import D, scored
from tests.scoring.test_ordering import known, plan_by, ranks

COLUMN = Tie(key="club", of="column")


def test_row_of_who_is_not_there_shows_neither_state_of_the_total_nor_texts() -> None:
    plan = plan_by(Tie(key="total"), COLUMN)
    gone = known("E1", "5", state="withdrew", states={"total": "disqualified"}, columns={"club": "甲"})
    here = known("E2", "5", states={"total": "disqualified"}, columns={"club": "甲"})

    rows = {row.entry: row for row in rank(plan, [gone, here]).rows}

    assert (rows["E1"].void, rows["E1"].texts, rows["E1"].compared) == (None, {}, ())
    assert (rows["E2"].void, rows["E2"].texts) == ("disqualified", {"club": "甲"})


def test_stream_puts_who_is_not_there_where_the_standings_do() -> None:
    facts = [
        known("E1", "5", state="withdrew", states={"total": "did_not_finish"}),
        known("E2", "5", states={"total": "disqualified"}),
        known("E3", "5", states={"total": "did_not_finish"}),
        known("E4", "5", state="absent", states={"total": "disqualified"}),
        known("E5", "5", state="disqualified", states={"total": "did_not_finish"}),
    ]

    rows = [row.entry for row in rank(plan_by(), facts).rows]

    assert [each.entry for each in rank_stream(plan_by(), facts)] == rows


def test_stream_asks_a_condition_that_comes_first() -> None:
    plan = plan_by(Tie(key="clock", of="time", better="lower", if_all_known=True), Tie(key="total"))
    facts = [known("E1", "5", times={"clock": D(9)}), known("E2", "4", times={"clock": D(3)})]

    for field in (facts, [*facts, known("E3", "9")]):
        assert [(each.entry, each.rank) for each in rank_stream(plan, field)] == ranks(rank(plan, field))


def test_bytes_of_standings_name_everything_in_one_order() -> None:
    parts = tuple(Imported(key=key, title=key, maximum=D(9)) for key in "zam")
    plan = Plan(code="b", version=1, title="序", root=Sum(key="total", title="和", parts=parts))

    said = standings_bytes(rank(plan, [EntryFacts(entry="E1", imported={"z": D(1), "a": D(2), "m": D(3)})]))

    assert b'"values":{"a":"2","m":"3","total":"6","z":"1"}' in said


@pytest.mark.parametrize(("rank_on", "first"), [("exact", "E2"), ("rounded", "E1")])
def test_count_back_compares_the_numbers_that_rank(rank_on: Any, first: str) -> None:
    parts = tuple(
        Imported(key=key, title=key, maximum=D(10), rounding=Rounding(digits=0)) for key in ("a", "b")
    )
    plan = Plan(
        code="c",
        version=1,
        title="计",
        root=Sum(key="total", title="和", parts=parts),
        rank_on=rank_on,
        ties=(Tie(key="total"), Tie(key="total", of="countback"), Tie(key="lot", of="lot")),
    )
    one = EntryFacts(entry="E1", imported={"a": D("4.6"), "b": D("3.2")}, lot=1)
    two = EntryFacts(entry="E2", imported={"a": D("4.8"), "b": D("3.2")}, lot=2)

    assert rank(plan, [one, two]).rows[0].entry == first


def test_highest_mark_looks_past_marks_that_count_nowhere() -> None:
    root = Judged(key="A", title="作品", maximum=D(10), panel=Panel(size=2))
    plan = Plan(code="h", version=1, title="高", root=root, ties=(Tie(key="A", of="highest_mark"),))

    def entry(name: str, *marks: Mark) -> EntryFacts:
        return EntryFacts(entry=name, marks=marks, panels={"A": ("J1", "J2")})

    plain = entry("E1", scored("E1", "J1", "A", "3"), scored("E1", "J2", "A", "5"))
    stranger = entry(
        "E2", scored("E2", "J9", "A", "10"), scored("E2", "J1", "A", "2"), scored("E2", "J2", "A", "6")
    )
    blank = entry("E3", Mark("E3", "J1", "A", "not_attempted"), scored("E3", "J2", "A", "8"))

    standings = rank(plan, [plain, stranger, blank])

    assert [(row.entry, row.compared[1]) for row in standings.rows] == [
        ("E3", D(8)),
        ("E2", D(6)),
        ("E1", D(5)),
    ]


def test_live_standings_rank_points_by_rank_before_their_rounding() -> None:
    part = Imported(key="a", title="甲", maximum=D(10))
    root = RankPoints(
        key="r", title="名次", part=part, points=(D("2.4"), D("1.6")), rounding=Rounding(digits=0)
    )
    plan = Plan(code="l", version=1, title="实时", root=root, rank_on="exact")
    facts = [EntryFacts(entry=f"E{n}", imported={"a": D(n)}) for n in (1, 2)]
    live = LiveStandings(plan, facts)

    assert ranks(live.standings) == [("E2", 1), ("E1", 2)]

    better = msgspec.structs.replace(facts[0], imported={"a": D(9)})
    assert standings_bytes(live.update(better)) == standings_bytes(rank(plan, [better, facts[1]]))


def test_character_that_ends_a_key_is_not_part_of_it() -> None:
    assert sortable("a\x00b", False, LAST) == sortable("ab", False, LAST)
    assert sortable("a", False, LAST) < sortable("a\x01", False, LAST)


def test_decision_and_time_of_one_key_have_its_plain_label() -> None:
    plan = plan_by(Tie(key="total"), Tie(key="play-off", of="time"), Tie(key="play-off", of="decision"))

    assert rank(plan, [known("E1")]).order == ("total", "play-off", "play-off")


def test_board_may_count_back_over_one_attempt() -> None:
    parts = tuple(Imported(key=key, title=key, maximum=D(10)) for key in "ab")
    dive = Sum(key="s", title="和", parts=parts)
    plan = Plan(
        code="b", version=1, title="次", root=Attempts(key="r", title="根", part=dive, count=2, take="sum")
    )
    even = EntryFacts(entry="even", imported={"a#1": D(9), "b#1": D(1), "a#2": D(5), "b#2": D(5)})
    peak = EntryFacts(entry="peak", imported={"a#1": D(5), "b#1": D(5), "a#2": D(8), "b#2": D(2)})
    board = Board(key="second", title="第二次", ties=(Tie(key="s#2", of="countback"),))

    assert ranks(stand_boards(plan, [board], [even, peak])["second"]) == [("peak", 1), ("even", 2)]
