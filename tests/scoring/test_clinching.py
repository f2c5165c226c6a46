"""What a board may call settled while marks are missing, against every way the contest can still end."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring import (
    Best,
    EntryFacts,
    Imported,
    Judged,
    Limit,
    Mark,
    Maximum,
    Measured,
    Node,
    Panel,
    PassLine,
    Plan,
    RankPoints,
    Ref,
    Relative,
    Rounding,
    Standings,
    Sum,
    Tie,
    Veto,
    rank,
)
from scoring.ranking.clinching import Boundary, Outlook, outlook
from scoring.ranking.standings import tied
from tests.scoring.builders import D, one_mark_entry, one_mark_plan, panel_of, scored

TINY = Plan(
    code="tiny",
    version=1,
    title="小型",
    root=Sum(
        key="total",
        title="总分",
        parts=(
            Judged(key="work", title="作品", maximum=D(2), panel=Panel(size=2)),
            Imported(key="theory", title="理论", maximum=D(2), step=D(1)),
        ),
    ),
)
ROOTS: tuple[Node, ...] = (
    TINY.root,
    TINY.root,
    # Without the theory mark there is nothing, and without a number no rank.
    Veto(
        key="root",
        title="否决",
        part=TINY.root,
        vetoes=(Ref(key="paper", title="理论", of="theory"),),
    ),
    PassLine(key="root", title="及格线", part=TINY.root, line=D(2)),
    Sum(
        key="root",
        title="名次",
        parts=(
            RankPoints(key="speed", title="名次分", part=TINY.root, points=(D(3), D(1))),
            Relative(
                key="share",
                title="相对分",
                part=Ref(key="paper", title="理论", of="theory"),
                points=D(2),
            ),
        ),
    ),
    Best(
        key="root",
        title="最好一项",
        parts=(TINY.root, Ref(key="paper", title="理论", of="theory")),
        count=1,
    ),
)
JUDGES = ("J1", "J2")
MARKS = (D(0), D(1), D(2))
BOUNDARIES = (
    Boundary(key="two", last=2),
    Boundary(key="second", first=2, last=2, by="rank"),
    Boundary(key="team", last=1, within="team"),
)

OPTIONS = (Tie(key="work"), Tie(key="clock", of="time", better="lower"), Tie(key="work", of="highest_mark"), Tie(key="total", of="countback"))  # fmt: skip


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    ties = [
        msgspec.structs.replace(
            tie,
            better=draw(st.sampled_from(["higher", "lower"])),
            unknown=draw(st.sampled_from(["last", "first"])),
            up_to=draw(st.sampled_from([None, None, 1])),
            if_all_known=draw(st.booleans()) and draw(st.booleans()),
        )
        for tie in draw(st.lists(st.sampled_from(OPTIONS), unique=True, max_size=2))
    ]
    return msgspec.structs.replace(
        TINY,
        root=draw(st.sampled_from(ROOTS)),
        ties=tuple(ties),
        shared=draw(st.sampled_from(["1224", "1223", "1334"])),
        better=draw(st.sampled_from(["higher", "higher", "lower"])),
        rank_on=draw(st.sampled_from(["rounded", "exact"])),
    )


@st.composite
def half_marked(draw: st.DrawFn) -> list[EntryFacts]:
    """Two to four entries with at most four answers open in all."""
    left = 4
    facts = []
    for n in range(draw(st.integers(2, 4))):
        answers: list[Decimal | None] = [draw(st.sampled_from(MARKS)) for _ in range(3)]
        for at in range(3):
            if left and draw(st.booleans()) and draw(st.booleans()):
                answers[at], left = None, left - 1
        time = draw(st.sampled_from([D(1), D(2), None])) if left else D(1)
        left -= time is None
        facts.append(_entry(f"E{n}", answers, time, draw))
    return facts


def _entry(name: str, answers: list[Decimal | None], time: Decimal | None, draw: st.DrawFn) -> EntryFacts:
    *marks, theory = answers
    return EntryFacts(
        entry=name,
        state=draw(st.sampled_from(["present"] * 7 + ["absent"])),
        hors_concours=draw(st.integers(0, 5)) == 0,
        marks=tuple(Mark(name, judge, "work", "scored", mark) for judge, mark in zip(JUDGES, marks, strict=True) if mark is not None),
        panels={"work": JUDGES},
        imported={} if theory is None else {"theory": theory},
        times={} if time is None else {"clock": time},
        columns={"team": draw(st.sampled_from("ab"))},
    )  # fmt: skip


def completions(facts: list[EntryFacts]) -> Iterator[list[EntryFacts]]:
    """Every way in which the missing answers and times can still come in."""
    return (list(each) for each in product(*(list(_completed(entry)) for entry in facts)))


def _completed(facts: EntryFacts) -> Iterator[EntryFacts]:
    missing = [judge for judge in JUDGES if judge not in {mark.judge for mark in facts.marks}]
    theory = [facts.imported["theory"]] if facts.imported else MARKS
    times = [facts.times] if facts.times else [{}, {"clock": D(0)}, {"clock": D(2)}, {"clock": D(3)}]
    for marks, result, time in product(product(MARKS, repeat=len(missing)), theory, times):
        more = tuple(
            Mark(facts.entry, judge, "work", "scored", mark)
            for judge, mark in zip(missing, marks, strict=True)
        )
        yield msgspec.structs.replace(
            facts, marks=facts.marks + more, imported={"theory": result}, times=time
        )


def _places(
    standings: Standings, boundary: Boundary, entry: EntryFacts, facts: list[EntryFacts]
) -> tuple[int, int] | None:
    """First and last place that the entry fills with its equals, in the race of this boundary."""
    team = {each.entry: each.columns["team"] for each in facts}
    taken = 0
    for group in tied(standings):
        racing = [
            row.entry
            for row in group.rows
            if (boundary.by == "rank" or not row.hors_concours)
            and (boundary.within is None or team[row.entry] == team[entry.entry])
        ]
        if entry.entry in racing:
            return taken + 1, taken + len(racing)
        taken += len(racing)
    return None


@given(plans(), half_marked())
@settings(max_examples=80)
def test_what_is_called_settled_holds_however_the_contest_ends(plan: Plan, facts: list[EntryFacts]) -> None:
    said = {each.entry: each for each in outlook(plan, facts, BOUNDARIES)}

    for ended in completions(facts):
        standings = rank(plan, ended)
        for row in standings.rows:
            found = said[row.entry]
            assert not found.settled or row.rank == found.rank
            if row.rank is None:
                assert found.worst is None
            else:
                assert found.best is not None and found.best <= row.rank
                assert found.worst is None or row.rank <= found.worst
            for boundary in BOUNDARIES:
                entry = next(each for each in ended if each.entry == row.entry)
                _check(
                    found.boundaries[boundary.key],
                    _places(standings, boundary, entry, ended),
                    boundary,
                )


def _check(status: str, places: tuple[int, int] | None, boundary: Boundary) -> None:
    if status == "open":
        return
    if places is None:
        assert status == "out_of_reach"
        return
    first, last = places
    match status:
        case "clinched":
            assert boundary.first <= first and last <= boundary.last
        case "out_of_reach":
            assert first > boundary.last
        case _:
            assert last < boundary.first


@given(half_marked())
@settings(max_examples=40)
def test_corners_that_cannot_hang_together_are_exact(facts: list[EntryFacts]) -> None:
    """With the total alone nothing is open that could not happen."""
    timed = [msgspec.structs.replace(each, times={"clock": D(1)}) for each in facts]
    seen: dict[str, set[int]] = {}
    for ended in completions(timed):
        for row in rank(TINY, ended).rows:
            if row.rank is not None:
                seen.setdefault(row.entry, set()).add(row.rank)

    for found in outlook(TINY, timed):
        if found.entry in seen:
            assert (found.best, found.worst) == (
                min(seen[found.entry]),
                max(seen[found.entry]),
            )


def five_judges(*panels: str) -> list[EntryFacts]:
    """Entries with marks of five judges, blanks as "-"."""
    return [
        one_mark_entry([mark for mark in marks.split() if mark != "-"], f"E{n}", 5)
        for n, marks in enumerate(panels, 1)
    ]


def statuses(rows: tuple[Outlook, ...], key: str) -> dict[str, str]:
    return {row.entry: row.boundaries[key] for row in rows}


def test_leader_who_cannot_be_caught_has_clinched() -> None:
    facts = five_judges("9 9 9 9 9", "5 5 5 - -", "2 2 2 2 2")

    rows = outlook(
        one_mark_plan(panel_of()),
        facts,
        [Boundary(key="win", last=1), Boundary(key="medal", last=2)],
    )

    assert [(row.entry, row.rank, row.best, row.worst, row.settled) for row in rows] == [
        ("E1", 1, 1, 1, True),
        ("E2", 2, 2, 2, True),
        ("E3", 3, 3, 3, True),
    ]
    assert statuses(rows, "win") == {
        "E1": "clinched",
        "E2": "out_of_reach",
        "E3": "out_of_reach",
    }
    assert statuses(rows, "medal") == {
        "E1": "clinched",
        "E2": "clinched",
        "E3": "out_of_reach",
    }


def test_entry_that_may_still_pass_keeps_both_open() -> None:
    rows = outlook(
        one_mark_plan(panel_of()),
        five_judges("7 7 7 7 7", "7 7 - - -"),
        [Boundary(key="win", last=1)],
    )

    assert {(row.best, row.worst, row.settled) for row in rows} == {(1, 2, False)}
    assert set(statuses(rows, "win").values()) == {"open"}


@pytest.mark.parametrize(
    ("marks", "status"),
    [("2 2 2 2 -", "open"), ("2 2 2 2 2", "open"), ("1.9 1.9 1.9 1.9 1.9", "clinched")],
)
def test_tie_across_a_boundary_is_open(marks: str, status: str) -> None:
    rows = outlook(
        one_mark_plan(panel_of()),
        five_judges("2 2 2 2 2", marks),
        [Boundary(key="win", last=1)],
    )

    assert statuses(rows, "win")["E1"] == status


def test_award_of_lower_places_knows_who_is_beyond_it() -> None:
    facts = five_judges("9 9 9 9 9", "5 5 5 5 5", "2 2 2 2 2")

    rows = outlook(one_mark_plan(panel_of()), facts, [Boundary(key="second", first=2, last=2)])

    assert statuses(rows, "second") == {
        "E1": "beyond",
        "E2": "clinched",
        "E3": "out_of_reach",
    }


def test_places_of_a_delegation_are_counted_inside_it() -> None:
    def of(team: str, facts: EntryFacts, **changes: Any) -> EntryFacts:
        return msgspec.structs.replace(facts, columns={"team": team}, **changes)

    one, two, three, four = five_judges("9 9 9 9 9", "8 8 8 8 8", "7 7 7 7 7", "6 6 6 6 6")
    facts = [
        of("a", one),
        of("a", two, hors_concours=True),
        of("b", three),
        of("b", four, state="withdrew"),
    ]

    rows = outlook(one_mark_plan(panel_of()), facts, [Boundary(key="slot", last=1, within="team")])

    assert statuses(rows, "slot") == {
        "E1": "clinched",
        "E2": "out_of_reach",
        "E3": "clinched",
        "E4": "out_of_reach",
    }


@pytest.mark.parametrize("shared", ["1224", "1223", "1334"])
def test_complete_standings_leave_nothing_open(shared: Any) -> None:
    plan = msgspec.structs.replace(one_mark_plan(panel_of()), shared=shared)
    facts = five_judges("9 9 9 9 9", "5 5 5 5 5", "5 5 5 5 5", "2 2 2 2 2")

    rows = outlook(plan, facts)

    assert [(row.best, row.worst, row.settled) for row in rows] == [
        (row.rank, row.rank, True) for row in rank(plan, facts).rows
    ]


def test_lot_that_may_still_be_drawn_keeps_a_tie_open() -> None:
    plan = msgspec.structs.replace(one_mark_plan(panel_of()), ties=(Tie(key="lot", of="lot"),))
    facts = five_judges("5 5 5 5 5", "5 5 5 5 5", "2 2 2 2 2")

    open_rows = outlook(plan, facts)
    drawn = outlook(plan, [msgspec.structs.replace(each, lot=n) for n, each in enumerate(facts, 1)])

    assert [(row.best, row.worst) for row in open_rows] == [(1, 2), (1, 2), (3, 3)]
    assert [(row.best, row.worst) for row in drawn] == [(1, 1), (2, 2), (3, 3)]


def test_entry_that_ends_without_a_number_whatever_happens_is_out() -> None:
    plan = msgspec.structs.replace(TINY, root=ROOTS[2])
    failed = EntryFacts(entry="E1", panels={"work": JUDGES}, imported={"theory": D(0)})
    waiting = EntryFacts(entry="E2", panels={"work": JUDGES})

    rows = {row.entry: row for row in outlook(plan, [failed, waiting], BOUNDARIES)}

    assert (
        rows["E1"].best,
        rows["E1"].settled,
        set(rows["E1"].boundaries.values()),
    ) == (None, True, {"out_of_reach"})
    # The theory mark may still be none.
    assert (rows["E2"].best, rows["E2"].worst, rows["E2"].boundaries["two"]) == (
        1,
        None,
        "open",
    )


def test_value_without_a_bound_leaves_everything_open() -> None:
    plan = Plan(
        code="time",
        version=1,
        title="计时",
        root=Measured(key="run", title="用时", kind="time"),
        better="lower",
    )
    facts = [
        EntryFacts(entry="E1", marks=(Mark("E1", "J1", "run", "scored", D(9)),)),
        EntryFacts(entry="E2"),
    ]

    assert {(row.best, row.worst) for row in outlook(plan, facts)} == {(1, 2)}


def test_part_that_can_have_no_number_any_more_stands_where_the_unknown_stand() -> None:
    parts = tuple(Imported(key=key, title=key, maximum=D(2), step=D(1)) for key in ("A", "B"))
    root = Best(key="best", title="最好一项", parts=parts, count=1)
    plan = Plan(code="best", version=1, title="方案", root=root, ties=(Tie(key="A"),))
    facts = [
        EntryFacts(entry="E1", imported={"A": D(1), "B": D(2)}),
        EntryFacts(entry="E2", states={"A": "did_not_finish"}),
    ]

    # At best E2 has the same total, and then the known part of E1 goes first.
    assert [(row.entry, row.best, row.worst) for row in outlook(plan, facts)] == [("E1", 1, 1), ("E2", 2, 2)]


def test_criterion_behind_a_condition_decides_where_the_condition_leaves_nothing_open() -> None:
    ties = (Tie(key="clock", of="time", up_to=1), Tie(key="theory"))
    plan = msgspec.structs.replace(TINY, ties=ties)
    marks = {"E1": ("1", "1"), "E2": ("2", "0")}
    facts = [
        EntryFacts(
            entry=name,
            marks=tuple(Mark(name, judge, "work", "scored", D(work)) for judge in JUDGES),
            panels={"work": JUDGES},
            imported={"theory": D(theory)},
            times={"clock": D(5)},
        )
        for name, (work, theory) in marks.items()
    ]

    assert [(row.entry, row.best, row.worst) for row in outlook(plan, facts)] == [("E1", 1, 1), ("E2", 2, 2)]


def test_condition_that_may_leave_a_criterion_out_settles_nothing_by_it() -> None:
    ties = (Tie(key="clock", of="time", better="lower", up_to=1), Tie(key="theory"))
    plan = msgspec.structs.replace(TINY, ties=ties)

    def entry(name: str, work: int, theory: int, clock: int) -> EntryFacts:
        marks = tuple(Mark(name, judge, "work", "scored", D(work)) for judge in JUDGES)
        return EntryFacts(
            entry=name,
            marks=marks,
            panels={"work": JUDGES},
            imported={"theory": D(theory)},
            times={"clock": D(clock)},
        )

    rows = outlook(plan, [entry("first", 2, 2, 9), entry("faster", 2, 0, 1), entry("knows", 1, 1, 2)])

    assert [(row.entry, row.rank) for row in rows] == [("first", 1), ("knows", 2), ("faster", 3)]
    assert all(
        row.best is not None and row.worst is not None and row.best <= (row.rank or 0) <= row.worst
        for row in rows
    )


def test_who_may_end_without_a_rank_is_surely_ahead_of_nobody() -> None:
    root = PassLine(key="root", title="及格线", part=TINY.root, line=D(3))
    plan = msgspec.structs.replace(TINY, root=root, ties=(Tie(key="theory"), Tie(key="root")))
    open_entry = EntryFacts(entry="open", panels={"work": JUDGES}, imported={"theory": D(2)})
    marks = tuple(Mark("done", judge, "work", "scored", D(2)) for judge in JUDGES)
    done = EntryFacts(entry="done", marks=marks, panels={"work": JUDGES}, imported={"theory": D(1)})

    rows = {row.entry: row for row in outlook(plan, [open_entry, done])}

    assert (rows["open"].best, rows["open"].worst) == (1, None)
    assert (rows["done"].best, rows["done"].worst) == (1, 2)


@pytest.mark.parametrize(
    ("unknown", "second", "expected"),
    [("first", "4", {"E1": (1, 2), "E2": (1, 2)}), ("last", "0", {"E1": (1, 1), "E2": (1, 2)})],
)
def test_part_that_may_yet_have_no_number_may_stand_where_the_unknown_stand(
    unknown: Any, second: str, expected: dict[str, tuple[int, int]]
) -> None:
    marks = tuple(Imported(key=key, title=key, maximum=D(4), step=D(1)) for key in ("A", "B"))
    bar = PassLine(key="bar", title="及格线", part=Sum(key="sum", title="合计", parts=marks), line=D(1))
    safe = Limit(key="safe", title="封顶", part=bar, maximum=D(9), void_as={"any": D(0)})
    sure = Imported(key="sure", title="已知", maximum=D(99))
    plan = Plan(
        code="bar",
        version=1,
        title="方案",
        root=Maximum(key="best", title="最好一项", parts=(safe, sure)),
        ties=(Tie(key="bar", unknown=unknown),),
    )
    # Below the line E1 has no number there; above it at most 4, and E2 has 8 or none.
    one = EntryFacts(entry="E1", imported={"A": D(0), "sure": D(99)})
    two = EntryFacts(entry="E2", imported={"A": D(second), "B": D(second), "sure": D(99)})

    assert {row.entry: (row.best, row.worst) for row in outlook(plan, [one, two])} == expected


@pytest.mark.parametrize("of", ["highest_mark", "countback", "time"])
def test_criterion_of_open_marks_leaves_a_tie_open(of: Any) -> None:
    parts = tuple(Judged(key=key, title=key, maximum=D(10)) for key in "AB")
    root = Sum(
        key="total", title="总分", parts=parts, panel=panel_of(2, method="mean", drop_high=0, drop_low=0)
    )
    plan = Plan(code="c", version=1, title="计", root=root, ties=(Tie(key="total"), Tie(key="total", of=of)))
    facts = [
        EntryFacts(
            entry=entry, marks=tuple(scored(entry, judge, key, "5") for judge in judges for key in "AB")
        )
        for entry, judges in (("E1", ("J1", "J2")), ("E2", ("J1",)), ("E3", ()))
    ]

    rows = {row.entry: (row.best, row.worst, row.settled) for row in outlook(plan, facts)}

    assert rows == {"E1": (1, 3, False), "E2": (1, 3, False), "E3": (1, 3, False)}


def limits_of(
    plan: Plan, facts: list[EntryFacts], *boundaries: Boundary
) -> dict[str, tuple[int | None, int | None]]:
    return {row.entry: (row.best, row.worst) for row in outlook(plan, facts, boundaries)}


def work(entry: str, score: int, **changes: Any) -> EntryFacts:
    """An entry of `TINY` with this mark of both judges and as many points of theory as the test says."""
    theory = changes.pop("theory", 0)
    marks = tuple(Mark(entry, judge, "work", "scored", D(score)) for judge in JUDGES)
    known = {} if theory is None else {"theory": D(theory)}
    return EntryFacts(entry=entry, marks=marks, panels={"work": JUDGES}, imported=known, **changes)


def parted(*parts: Node, **changes: Any) -> Plan:
    """The best of its parts, at most 5."""
    best = Maximum(key="best", title="最好", parts=parts)
    root = Limit(key="total", title="总分", part=best, maximum=D(5))
    return Plan(code="c", version=1, title="计", root=root, **changes)


def of_ten(key: str) -> Imported:
    return Imported(key=key, title=key, maximum=D(10))


def test_entry_that_can_have_no_total_any_more_keeps_its_present_rank_and_has_no_possible_one() -> None:
    line = PassLine(
        key="bar", title="线", part=Sum(key="s", title="和", parts=(of_ten("a"), of_ten("b"))), line=D(18)
    )
    plan = Plan(
        code="c", version=1, title="计", root=Sum(key="total", title="总分", parts=(line, of_ten("c")))
    )

    (row,) = outlook(plan, [EntryFacts(entry="E1", imported={"a": D(5), "c": D(7)})])

    assert (row.rank, row.best, row.worst, row.settled) == (1, None, None, False)


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("rank", {"guest": "clinched", "host": "out_of_reach"}),
        ("award_rank", {"guest": "out_of_reach", "host": "clinched"}),
    ],
)
def test_guest_who_takes_no_award_races_for_ranks_alone(by: Any, expected: dict[str, str]) -> None:
    facts = [work("guest", 2, hors_concours=True), work("host", 1)]

    assert statuses(outlook(TINY, facts, [Boundary(key="win", last=1, by=by)]), "win") == expected


def test_entries_with_an_empty_column_and_with_none_race_each_other() -> None:
    facts = [work("empty", 2, columns={"team": ""}), work("none", 1), work("a", 0, columns={"team": "a"})]

    found = statuses(outlook(TINY, facts, [Boundary(key="slot", last=1, within="team")]), "slot")

    assert found == {"empty": "clinched", "none": "out_of_reach", "a": "clinched"}


def test_who_is_not_there_or_has_no_total_is_ahead_of_nobody() -> None:
    gone = EntryFacts(entry="gone", state="withdrew", panels={"work": JUDGES})
    out = work("out", 2, states={"total": "disqualified"})

    assert limits_of(TINY, [gone, out, work("here", 0)]) == {
        "here": (1, 1),
        "gone": (None, None),
        "out": (None, None),
    }


@pytest.mark.parametrize(
    ("rank_on", "expected"),
    [("exact", {"E1": (1, 1), "E2": (2, 2)}), ("rounded", {"E1": (1, 1), "E2": (1, 1)})],
)
def test_corners_are_those_of_the_numbers_that_rank(
    rank_on: Any, expected: dict[str, tuple[int, int]]
) -> None:
    parts = (of_ten("a"), Imported(key="b", title="b", maximum=D("0.1")))
    root = Sum(key="total", title="总分", parts=parts, rounding=Rounding(digits=0))
    plan = Plan(code="c", version=1, title="计", root=root, rank_on=rank_on)
    facts = [
        EntryFacts(entry="E1", imported={"a": D("5.8"), "b": D(0)}),
        EntryFacts(entry="E2", imported={"a": D("5.6")}),  # 5.6 to 5.7, published as 6
    ]

    assert limits_of(plan, facts) == expected


@pytest.mark.parametrize("of", ["lot", "time", "decision"])
def test_what_may_still_be_recorded_keeps_a_tie_open(of: Any) -> None:
    plan = msgspec.structs.replace(TINY, ties=(Tie(key="clock", of=of, better="lower"),))

    assert limits_of(plan, [work("E1", 1), work("E2", 1)]) == {"E1": (1, 2), "E2": (1, 2)}


def test_column_that_is_empty_is_taken_as_final() -> None:
    plan = msgspec.structs.replace(TINY, ties=(Tie(key="born", of="column"),))

    assert limits_of(plan, [work("E1", 1, columns={"born": "1999"}), work("E2", 1)]) == {
        "E1": (1, 1),
        "E2": (2, 2),
    }


def test_count_back_over_open_parts_leaves_a_tie_open() -> None:
    plan = parted(of_ten("A"), of_ten("B"), ties=(Tie(key="total"), Tie(key="best", of="countback")))
    facts = [
        EntryFacts(entry="E1", imported={"A": D(5), "B": D(4)}),
        EntryFacts(entry="E2", imported={"A": D(5)}),
    ]

    assert limits_of(plan, facts) == {"E1": (1, 2), "E2": (1, 2)}


@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        ("6", {"E1": (1, 2), "E2": (1, 2)}),  # the open mark of E2 may be higher than 8
        ("9", {"E1": (2, 2), "E2": (1, 1)}),  # more marks can only raise the highest
    ],
)
def test_highest_mark_can_only_rise(mark: str, expected: dict[str, tuple[int, int]]) -> None:
    parts = tuple(Judged(key=key, title=key, maximum=D(10)) for key in "AB")
    plan = parted(*parts, ties=(Tie(key="total"), Tie(key="best", of="highest_mark")))
    facts = [
        EntryFacts(entry="E1", marks=(scored("E1", "J", "A", "8"), scored("E1", "J", "B", "8"))),
        EntryFacts(entry="E2", marks=(scored("E2", "J", "A", mark),)),
    ]

    assert limits_of(plan, facts) == expected


@pytest.mark.parametrize(("shared", "tied"), [("1224", 1), ("1223", 1), ("1334", 2)])
def test_who_may_end_without_a_rank_has_no_worst_one_however_ranks_are_numbered(
    shared: Any, tied: int
) -> None:
    root = PassLine(key="root", title="及格线", part=TINY.root, line=D(3))
    plan = msgspec.structs.replace(TINY, root=root, shared=shared)

    # With all of the theory E1 is as good as E2, with none it is below the line.
    assert limits_of(plan, [work("E1", 2, theory=None), work("E2", 2, theory=2)]) == {
        "E1": (tied, None),
        "E2": (1, tied),
    }


def test_equals_behind_a_condition_are_not_ahead_of_each_other() -> None:
    ties = (Tie(key="clock", of="time", up_to=1), Tie(key="theory"))
    plan = msgspec.structs.replace(TINY, ties=ties)
    facts = [work(entry, 1, theory=1, times={"clock": D(5)}) for entry in ("E1", "E2")]

    assert limits_of(plan, facts) == {"E1": (1, 1), "E2": (1, 1)}


def test_ranks_without_gaps_are_counted_whatever_order_entries_come_in() -> None:
    plan = msgspec.structs.replace(TINY, shared="1223")

    found = limits_of(plan, [work("E1", 0), work("E2", 1), work("E3", 1), work("E4", 2)])

    assert found == {"E1": (3, 3), "E2": (2, 2), "E3": (2, 2), "E4": (1, 1)}
