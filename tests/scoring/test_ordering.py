"""What breaks a tie, in which direction, when it applies, and how shared ranks are numbered. Source: DOMAIN §4."""

from decimal import Decimal
from functools import cmp_to_key
from itertools import groupby
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring import (
    Attempts,
    Best,
    DropWorst,
    EntryFacts,
    Imported,
    Judged,
    Mark,
    Measured,
    Node,
    Panel,
    Plan,
    Standings,
    Sum,
    Tie,
    check_plan,
    open_ties,
    rank,
)
from scoring.documents import Better
from scoring.ranking.sortable import FIRST, LAST, Value, sortable
from scoring.ranking.standings import tied
from scoring.ranking.streams import rank_stream
from tests.scoring.builders import D

THREE_EVENTS = Plan(
    code="events",
    version=1,
    title="全能",
    root=Sum(
        key="total",
        title="总分",
        parts=tuple(Imported(key=key, title=key, maximum=D(10)) for key in ("A", "B", "C")),
    ),
)


def plan_by(*ties: Tie, **changes: Any) -> Plan:
    return msgspec.structs.replace(THREE_EVENTS, ties=ties, **changes)


def known(entry: str, *marks: str, **changes: Any) -> EntryFacts:
    """An entry with marks of A, B, C …; all have the same total unless the test says otherwise."""
    imported = {key: D(mark) for key, mark in zip("ABC", marks or ("5",), strict=False)}
    return EntryFacts(entry=entry, imported=imported, **changes)


def ranks(standings: Standings) -> list[tuple[str, int | None]]:
    return [(row.entry, row.rank) for row in standings.rows]


def entries(standings: Standings) -> str:
    return " ".join(row.entry for row in standings.rows)


@pytest.mark.parametrize(
    ("tie", "facts", "order"),
    [
        pytest.param(
            Tie(key="weight", of="column", better="lower"),
            [known("heavy", columns={"weight": "80.50"}), known("light", columns={"weight": " 9.5"})],
            "light heavy",
            id="lighter first, as a number and not as text",
        ),
        pytest.param(
            Tie(key="born", of="column", better="lower"),
            [known("young", columns={"born": "1999-01-02"}), known("old", columns={"born": "1999-01-01"})],
            "old young",
            id="older first",
        ),
        pytest.param(
            Tie(key="born", of="column"),
            [known("a", columns={"born": "1999"}), known("b", columns={"born": "1999-01"}), known("c", columns={"born": "1999-01-01"})],
            "c b a",
            id="text from the last to the first, all numbers after it",
        ),
        pytest.param(
            Tie(key="group", of="column"),
            [known("a", columns={"group": "甲"}), known("ab", columns={"group": "甲乙"})],
            "ab a",
            id="longer text is later, so it comes first from the last",
        ),
        pytest.param(
            Tie(key="weight", of="column", better="lower"),
            [known("empty", columns={"weight": " "}), known("none"), known("some", columns={"weight": "1"})],
            "some empty none",
            id="an empty column is unknown",
        ),
        pytest.param(
            Tie(key="lot", of="lot"), [known("none"), known("two", lot=2), known("one", lot=1)], "one two none", id="lot 1 is first"
        ),
        pytest.param(
            Tie(key="chief", of="decision"), [known("two", decision=2), known("one", decision=1)], "one two", id="decision 1 is first"
        ),
        pytest.param(
            Tie(key="time", of="time", better="lower"),
            [known("slow", times={"time": D(10)}), known("none"), known("fast", times={"time": D("9.5")})],
            "fast slow none",
            id="unknown is last",
        ),
        pytest.param(
            Tie(key="time", of="time", better="lower", unknown="first"),
            [known("slow", times={"time": D(10)}), known("none"), known("fast", times={"time": D("9.5")})],
            "none fast slow",
            id="unknown is first where the plan says so",
        ),
        pytest.param(
            Tie(key="total", of="countback"),
            [known("even", "4", "4", "4"), known("peak", "6", "3", "3"), known("late-peak", "2", "4", "6")],
            "late-peak peak even",
            id="best part, then the second best",
        ),
        pytest.param(
            Tie(key="total", of="countback", better="lower"),
            [known("even", "4", "4", "4"), known("low", "6", "5", "1")],
            "low even",
            id="count-back of penalties: the lowest is the best",
        ),
        pytest.param(
            Tie(key="total", of="countback"),
            [known("two", "8", "4"), known("three", "8", "4", "0")],
            "three two",
            id="where one list ends, the value is unknown",
        ),
    ],
)  # fmt: skip
def test_tie_is_broken_by(tie: Tie, facts: list[EntryFacts], order: str) -> None:
    standings = rank(plan_by(tie), facts)

    assert entries(standings) == order


def best_two_plan(better: Better, counted: bool) -> Plan:
    parts = tuple(Imported(key=key, title=key, maximum=D(10)) for key in ("A", "B", "C"))
    root = DropWorst(key="total", title="净分", parts=parts, count=1, better=better)
    tie = Tie(key="total", of="countback", better=better, counted=counted)
    return msgspec.structs.replace(
        THREE_EVENTS, root=root, better=better, ties=(tie, Tie(key="C", better=better))
    )


@pytest.mark.parametrize(("counted", "order"), [(True, "early late"), (False, "late early")])
def test_count_back_may_look_at_what_counts_only(counted: bool, order: str) -> None:
    """Sailing, RRS A8: the race left out does not break the tie; then the last race does."""
    facts = [known("late", "3", "1", "3"), known("early", "4", "3", "1")]

    assert entries(rank(best_two_plan("lower", counted), facts)) == order


EVENTS = tuple(Imported(key=key, title=key, maximum=D(10)) for key in ("A", "B", "C"))
TOTAL: dict[str, Any] = {"key": "total", "title": "总分"}


BEST = Best(**TOTAL, parts=EVENTS, count=2)
JUMP = Imported(key="jump", title="跳", maximum=D(10))


def two_ways(root: Node, decider: str) -> Plan:
    ties = (Tie(key="total", of="countback", counted=True), Tie(key=decider))
    return msgspec.structs.replace(THREE_EVENTS, root=root, ties=ties)


def test_count_back_over_the_best_parts_leaves_the_rest_to_the_next_criterion() -> None:
    """9 and 6 count for both; the part left out decides nothing, the next criterion does."""
    facts = [known("late", "9", "1", "6"), known("early", "9", "6", "2")]

    assert entries(rank(two_ways(BEST, "C"), facts)) == "late early"


@pytest.mark.parametrize(
    ("take", "of", "order"),
    [("best", None, "low high"), ("best_mean", 2, "high low"), ("best_sum", 2, "high low")],
)
def test_count_back_over_the_attempts_that_count(take: Any, of: int | None, order: str) -> None:
    """Best attempts 8 and 8, means of two 8.5 and 8.5, sums 17 and 17: of the one that counts all is level; of two, 9 beats 8.5."""
    root = Attempts(**TOTAL, part=JUMP, count=3, take=take, of=of)
    values = (
        {"high": ("9", "8", "1"), "low": ("8.5", "8.5", "2")}
        if of
        else {"high": ("8", "7", "1"), "low": ("8", "6", "2")}
    )
    facts = [
        EntryFacts(entry=name, imported={f"jump#{n}": D(value) for n, value in enumerate(row, 1)})
        for name, row in values.items()
    ]

    assert entries(rank(two_ways(root, "jump#3"), facts)) == order


@pytest.mark.parametrize(
    "root", [Sum(**TOTAL, parts=EVENTS), Attempts(**TOTAL, part=JUMP, count=3, take="last")]
)
def test_count_back_over_what_counts_needs_a_node_that_keeps_the_best(root: Node) -> None:
    assert "tie_counted" in [fault.code for fault in check_plan(two_ways(root, "total"))]


def test_highest_single_mark_of_a_seated_judge_breaks_a_tie() -> None:
    panel = Panel(size=3)
    plan = Plan(
        code="art",
        version=1,
        title="作品",
        root=Judged(key="A", title="作品", maximum=D(10), panel=panel),
        ties=(Tie(key="A", of="highest_mark"),),
    )

    def marked(entry: str, *values: str, guest: str = "", recused: str = "") -> EntryFacts:
        given = zip(("J1", "J2", "J3"), values, strict=False)
        marks = [Mark(entry, judge, "A", "scored", D(value)) for judge, value in given]
        marks += [Mark(entry, "guest", "A", "scored", D(guest))] if guest else []
        return EntryFacts(
            entry=entry,
            marks=(*marks, Mark(entry, "J9", "A", "cleared")),
            panels={"A": ("J1", "J2", "J3")},
            recused={"A": (recused,)} if recused else {},
        )

    standings = rank(
        plan,
        [
            marked("flat", "6", "6", "6"),
            marked("peak", "5", "6", "7"),
            marked("guest", "6", "6", "6", guest="9"),
        ],
    )

    assert ranks(standings) == [("peak", 1), ("flat", 2), ("guest", 2)]
    assert [row.compared for row in standings.rows] == [(6, 7), (6, 6), (6, 6)]
    # Root and tie have one key, so the later one says what it compares.
    assert standings.order == ("A", "highest_mark:A")
    assert standings.rows[1].decided_by == "highest_mark:A"


def test_text_and_lists_that_were_compared_stay_readable() -> None:
    plan = plan_by(Tie(key="total", of="countback"), Tie(key="born", of="column"))

    other, row = rank(
        plan, [known("E1", "8", "9.0", columns={"born": "1999-01-02"}), known("E2", "10", "7")]
    ).rows

    assert (row.compared, row.texts) == (
        (D(17), None, None),
        {"countback:total": "9, 8", "born": "1999-01-02"},
    )
    assert (other.texts, msgspec.json.decode(msgspec.json.encode(row), type=type(row))) == (
        {"countback:total": "10, 7"},
        row,
    )


def test_play_off_for_the_medals_leaves_later_ties_alone() -> None:
    plan = plan_by(Tie(key="lot", of="lot", up_to=3))
    marks = {"a": "9", "b": "9", "c": "8", "d": "8", "e": "7", "f": "7"}

    standings = rank(plan, [known(entry, mark, lot=9 - n) for n, (entry, mark) in enumerate(marks.items())])

    assert ranks(standings) == [("b", 1), ("a", 2), ("d", 3), ("c", 4), ("e", 5), ("f", 5)]


def test_criterion_that_needs_all_values_is_asked_of_the_whole_tied_group() -> None:
    plan = plan_by(Tie(key="time", of="time", better="lower", if_all_known=True), Tie(key="lot", of="lot"))
    facts = [
        known("a", "9", times={"time": D(20)}, lot=1),
        known("b", "9", times={"time": D(10)}, lot=2),
        known("c", "9", lot=3),
        known("x", "8", times={"time": D(20)}, lot=1),
        known("y", "8", times={"time": D(10)}, lot=2),
    ]

    standings = rank(plan, facts)

    assert ranks(standings) == [("a", 1), ("b", 2), ("c", 3), ("y", 4), ("x", 5)]
    assert [row.decided_by for row in standings.rows] == [None, "lot", "lot", "total", "time"]


@pytest.mark.parametrize(
    ("shared", "numbers"), [("1224", [1, 2, 2, 4, 5]), ("1223", [1, 2, 2, 3, 4]), ("1334", [1, 3, 3, 4, 5])]
)
def test_shared_ranks_are_numbered_as_the_plan_says(shared: str, numbers: list[int]) -> None:
    plan = plan_by(shared=shared)
    facts = [known(f"E{n}", mark) for n, mark in enumerate(("9", "8", "8", "7", "6"))]

    assert [row.rank for row in rank(plan, facts).rows] == numbers
    assert [row.award_rank for row in rank(plan, facts).rows] == numbers


@pytest.mark.parametrize(
    ("shared", "numbers"),
    [("1224", [1, None, None, 2, 2]), ("1223", [1, None, None, 2, 2]), ("1334", [1, None, None, 3, 3])],
)
def test_award_ranks_close_up_over_entries_hors_concours(shared: str, numbers: list[int | None]) -> None:
    plan = plan_by(shared=shared)
    facts = [known("E0", "9"), known("E1", "8", hors_concours=True), known("E2", "7", hors_concours=True), known("E3", "6"), known("E4", "6")]  # fmt: skip

    assert [row.award_rank for row in rank(plan, facts).rows] == numbers


@pytest.mark.parametrize("shared", ["1224", "1223", "1334"])
def test_boundary_cuts_places_however_they_are_numbered(shared: str) -> None:
    standings = rank(plan_by(shared=shared), [known(f"E{n}", mark) for n, mark in enumerate("98876")])

    assert [tie.entries for cut in range(6) for tie in open_ties(standings, cut)] == [("E1", "E2")]
    assert open_ties(standings, 2)[0].places == 1
    assert [(each.first, len(each.rows)) for each in tied(standings)] == [(1, 1), (2, 2), (4, 1), (5, 1)]


def test_total_may_be_better_when_it_is_lower() -> None:
    assert entries(rank(plan_by(better="lower"), [known("more", "9"), known("less", "3")])) == "less more"


def test_order_may_begin_with_another_criterion_than_the_total() -> None:
    plan = plan_by(Tie(key="B"), Tie(key="total"))

    standings = rank(plan, [known("x", "9", "1"), known("y", "1", "2"), known("z", "8", "1"), known("none")])

    assert entries(standings) == "y x z none"


def test_unranked_entries_follow_in_a_fixed_order() -> None:
    states = [
        "absent",
        "withdrew",
        "late",
        "disqualified",
        "score_cancelled",
        "did_not_start",
        "did_not_finish",
        "present",
    ]
    facts = [EntryFacts(entry=f"E{n}", state=state) for n, state in enumerate(states)]

    standings = rank(THREE_EVENTS, [*facts, known("ranked")])

    assert entries(standings) == "ranked E7 E6 E5 E4 E3 E2 E1 E0"
    assert [row.rank for row in standings.rows] == [1] + [None] * 8


numbers = st.one_of(
    st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9),
    st.decimals(allow_nan=False, allow_infinity=False),
)
values = st.one_of(st.none(), numbers, st.text())


def in_order(one: Value, other: Value) -> int:
    """Numbers before text: the ascending order written down once more."""
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return (one > other) - (one < other)
    if isinstance(one, str) and isinstance(other, str):
        one, other = one.replace("\x00", ""), other.replace("\x00", "")
        return (one > other) - (one < other)
    return -1 if isinstance(one, Decimal) else 1


@given(numbers | st.text(), numbers | st.text(), st.booleans())
def test_keys_sort_like_what_they_stand_for(one: Value, other: Value, descending: bool) -> None:
    keys = [sortable(each, descending, LAST) for each in (one, other)]
    sign = -1 if descending else 1

    assert (keys[0] > keys[1]) - (keys[0] < keys[1]) == sign * in_order(one, other)
    assert all(FIRST < key < LAST for key in keys)


@given(st.lists(values, min_size=3, max_size=3), st.lists(values, min_size=3, max_size=3), st.booleans())
def test_keys_in_a_row_compare_like_tuples(one: list[Value], other: list[Value], descending: bool) -> None:
    first, second = ([sortable(each, descending, LAST) for each in values] for values in (one, other))

    assert (b"".join(first) < b"".join(second)) == (first < second)
    assert (b"".join(first) == b"".join(second)) == (first == second)


@st.composite
def tie_fields(draw: st.DrawFn) -> list[EntryFacts]:
    """Few values, many of them unknown: groups of every kind."""
    few = st.none() | st.integers(0, 2)
    facts = []
    for n in range(draw(st.integers(0, 9))):
        time, weight = draw(few), draw(few)
        facts.append(
            known(
                f"E{n}",
                str(draw(st.integers(0, 2))),
                times={} if time is None else {"time": D(time)},
                columns={} if weight is None else {"weight": str(weight)},
                lot=draw(few),
            )
        )
    return facts


conditions = st.fixed_dictionaries(
    {
        "up_to": st.none() | st.integers(1, 4),
        "if_all_known": st.booleans(),
        "unknown": st.sampled_from(["first", "last"]),
    }
)


def naive_groups(facts: list[EntryFacts], ties: tuple[Tie, ...]) -> list[list[str]]:
    """The rule word by word: one criterion after the other, on every group that is still equal."""
    groups = [sorted(facts, key=lambda each: each.entry)] if facts else []
    for tie in (Tie(key="total"), *ties):
        refined: list[list[EntryFacts]] = []
        for group in groups:
            place = 1 + sum(len(each) for each in refined)
            found = {each.entry: _value(tie, each) for each in group}
            known_to_all = None not in found.values()
            if (tie.up_to is not None and place > tie.up_to) or (tie.if_all_known and not known_to_all):
                refined.append(group)
                continue
            best = -1 if tie.better == "higher" and tie.of != "lot" else 1
            end = (1 if tie.unknown == "last" else -1, D(0))
            ranking = {entry: end if value is None else (0, best * value) for entry, value in found.items()}
            ordered = sorted(group, key=lambda each: (ranking[each.entry], each.entry))
            refined += [list(level) for _, level in groupby(ordered, key=lambda each: ranking[each.entry])]
        groups = refined
    return [[each.entry for each in group] for group in groups]


def _value(tie: Tie, facts: EntryFacts) -> Decimal | None:
    match tie.of:
        case "node":
            return facts.imported.get("A")
        case "time":
            return facts.times.get(tie.key)
        case "lot":
            return None if facts.lot is None else D(facts.lot)
        case _:
            return D(facts.columns[tie.key]) if tie.key in facts.columns else None


@given(tie_fields(), conditions, conditions, conditions, st.data())
def test_groups_are_refined_criterion_by_criterion(
    facts: list[EntryFacts], one: Any, two: Any, three: Any, data: st.DataObject
) -> None:
    ties = (
        Tie(key="time", of="time", better="lower", **one),
        Tie(key="weight", of="column", **two),
        Tie(key="lot", of="lot", **three),
    )

    standings = rank(plan_by(*ties), data.draw(st.permutations(facts)))

    assert [[row.entry for row in each.rows] for each in tied(standings)] == naive_groups(facts, ties)


@given(st.lists(values, max_size=6))
def test_keys_are_a_total_order(found: list[Value]) -> None:
    ordered = sorted((each for each in found if each is not None), key=cmp_to_key(in_order))

    keys = [sortable(each, False, LAST) for each in ordered]

    assert keys == sorted(keys)


RUNS = Plan(
    code="runs",
    version=1,
    title="试跳",
    root=Attempts(
        key="jump",
        title="跳远",
        part=Measured(key="metres", title="成绩", maximum=D(10), unit="m"),
        count=3,
        take="best",
    ),
)


def jumps(entry: str, *metres: str) -> EntryFacts:
    """One judge measures each attempt; "x" is invalid."""
    marks = [
        Mark(entry, "J1", f"metres#{n}", "invalid")
        if each == "x"
        else Mark(entry, "J1", f"metres#{n}", "scored", D(each))
        for n, each in enumerate(metres, 1)
    ]
    return EntryFacts(entry=entry, marks=tuple(marks))


def test_second_best_attempt_breaks_a_tie() -> None:
    plan = msgspec.structs.replace(RUNS, ties=(Tie(key="jump", of="countback"),))
    facts = [jumps("two", "8", "7", "x"), jumps("better", "x", "7.5", "8"), jumps("one", "x", "8", "x")]

    standings = rank(plan, facts)

    assert ranks(standings) == [("better", 1), ("two", 2), ("one", 3)]
    assert standings.rows[0].texts == {"countback:jump": "8, 7.5"}


def test_highest_mark_below_attempts_is_of_any_attempt() -> None:
    plan = msgspec.structs.replace(
        RUNS,
        root=msgspec.structs.replace(RUNS.root, take="last"),
        ties=(Tie(key="metres", of="highest_mark"), Tie(key="metres#1")),
    )

    standings = rank(plan, [jumps("a", "5", "7", "6"), jumps("b", "8", "1", "6"), jumps("c", "5", "8", "6")])

    assert ranks(standings) == [("b", 1), ("c", 2), ("a", 3)]
    assert [row.compared[2] for row in standings.rows] == [8, 5, 5]


def test_void_result_stands_behind_the_ranked_by_its_state() -> None:
    waiting, last = jumps("waiting"), EntryFacts(entry="away", state="absent")
    finished = EntryFacts(entry="dnf", states={"jump": "did_not_finish"})

    rows = rank(
        RUNS, [last, finished, jumps("none", "x", "x", "x"), waiting, jumps("some", "x", "x", "4")]
    ).rows

    assert [(row.entry, row.rank, row.void) for row in rows] == [
        ("some", 1, None),
        ("waiting", None, None),
        ("dnf", None, "did_not_finish"),
        ("none", None, "invalid"),
        ("away", None, None),
    ]
    assert [each[:2] for each in rank_stream(RUNS, [last, finished, waiting])] == [
        ("waiting", None),
        ("dnf", None),
        ("away", None),
    ]


@pytest.mark.parametrize("value", ["1E+500", "1E-500", "12345678901234567890.5", "-1E+300"])
def test_sizes_far_from_one_sort_too(value: str) -> None:
    neighbours = [
        Decimal(value) * Decimal("0.999"),
        Decimal(value),
        Decimal(value) * Decimal("1.001"),
        Decimal(0),
        Decimal(1),
    ]

    keys = [sortable(each, False, LAST) for each in sorted(neighbours)]

    assert keys == sorted(keys)
