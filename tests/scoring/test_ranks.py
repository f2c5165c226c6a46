"""Who stands where, and why. Source of the order: DOMAIN §4."""

import msgspec
import pytest

from scoring import (
    EntryFacts,
    EntryState,
    Mark,
    OpenTie,
    Plan,
    Standings,
    Tie,
    open_ties,
    rank,
    standings_bytes,
)
from tests.scoring.builders import (
    JUDGES,
    D,
    final_plan,
    one_mark_entry,
    one_mark_plan,
    panel_of,
    scored,
    sheet,
    total_of,
    total_plan,
    totals,
)

PLAN = final_plan(criteria=2)


def entry(name: str, theory: str, practical: str, time: str | None = None, **changes: object) -> EntryFacts:
    """Every judge gives the same: `practical` out of 20."""
    half = str(D(practical) / 2)
    fields: dict[str, object] = {
        "entry": name,
        "marks": tuple(
            mark for judge in JUDGES for mark in sheet(name, judge, [half, half], ["A/01", "B/02"])
        ),
        "imported": {"theory": D(theory)},
        "times": {} if time is None else {"time": D(time)},
    }
    return msgspec.convert(fields | changes, EntryFacts)


def order_of(standings: Standings) -> list[tuple[str, int | None, str | None]]:
    return [(row.entry, row.rank, row.decided_by) for row in standings.rows]


def test_equal_totals_share_a_rank_and_the_next_rank_is_left_out() -> None:
    standings = rank(total_plan(), totals("90", "95", "90", "80"))

    assert [(row.entry, row.rank, row.shared) for row in standings.rows] == [
        ("E2", 1, False),
        ("E1", 2, True),
        ("E3", 2, True),
        ("E4", 4, False),
    ]


def test_each_row_names_the_criterion_that_decided_against_the_row_above() -> None:
    standings = rank(
        PLAN,
        [
            entry("total", "90", "20"),
            entry("practical", "60", "20"),  # 18 + 70 = 88
            entry("less-practical", "95", "17"),  # 28.5 + 59.5 = 88
            entry("slower", "60", "14", "200"),
            entry("faster", "60", "14", "100"),
            entry("no-time", "60", "14"),
        ],
    )

    assert order_of(standings) == [
        ("total", 1, None),
        ("practical", 2, "total"),
        ("less-practical", 3, "practical"),
        ("faster", 4, "total"),
        ("slower", 5, "time"),
        ("no-time", 6, "time"),
    ]
    assert standings.order == ("total", "practical", "time", "theory")
    assert standings.rows[2].compared == (D(88), D(17), None, D(95))
    assert standings.rows[2].against == "practical"


def test_theory_may_decide_before_practical() -> None:
    theory_first = final_plan(criteria=2, ties=(Tie(key="total"), Tie(key="theory"), Tie(key="practical")))

    assert order_of(rank(theory_first, [entry("P", "60", "20"), entry("T", "95", "17")])) == [
        ("T", 1, None),
        ("P", 2, "theory"),
    ]


def test_module_below_the_panel_may_decide() -> None:
    plan = final_plan(criteria=2, ties=(Tie(key="total"), Tie(key="A")))
    marks = {"X": ("5", "6"), "Y": ("6", "5")}
    facts = [
        EntryFacts(
            entry=name,
            marks=tuple(mark for judge in JUDGES for mark in sheet(name, judge, values, ["A/01", "B/02"])),
            imported={"theory": D(80)},
        )
        for name, values in marks.items()
    ]

    assert order_of(rank(plan, facts)) == [("Y", 1, None), ("X", 2, "A")]


def test_chief_judges_recorded_decision_comes_where_the_plan_puts_it() -> None:
    ties = (Tie(key="total"), Tie(key="chief", of="decision", better="lower"))
    plan = final_plan(criteria=2, ties=ties)

    standings = rank(
        plan, [entry("X", "80", "10", decision=2), entry("Y", "80", "10", decision=1), entry("Z", "80", "10")]
    )

    assert order_of(standings) == [("Y", 1, None), ("X", 2, "chief"), ("Z", 3, "chief")]


def test_rank_on_rounded_shares_what_the_published_number_cannot_tell_apart() -> None:
    # 9.004 and 9.001 are both published as 9.00.
    panel = panel_of(1, drop_high=0, drop_low=0)
    facts = [one_mark_entry(["9.004"], "X"), one_mark_entry(["9.001"], "Y")]
    rounded = one_mark_plan(panel, step="0.001")

    assert [(row.rank, row.shared) for row in rank(rounded, facts).rows] == [(1, True), (1, True)]
    exact = msgspec.structs.replace(rounded, rank_on="exact")
    assert order_of(rank(exact, facts)) == [("X", 1, None), ("Y", 2, "A")]
    assert [str(row.total) for row in rank(exact, facts).rows] == ["9.00", "9.00"]


@pytest.mark.parametrize("state", ["absent", "withdrew", "late", "disqualified", "score_cancelled"])
def test_entry_that_does_not_count_is_shown_without_rank_and_total(state: EntryState) -> None:
    standings = rank(total_plan(), [total_of("E1", "99", state=state), total_of("E2", "80")])

    assert [(row.entry, row.rank, row.award_rank, row.state) for row in standings.rows] == [
        ("E2", 1, 1, "present"),
        ("E1", None, None, state),
    ]
    assert (standings.rows[1].total, standings.rows[1].values, standings.rows[1].compared) == (None, {}, ())
    assert (standings.field, standings.complete) == (1, True)


def test_hors_concours_has_a_rank_and_no_award_rank_and_the_next_move_up() -> None:
    facts = [
        *totals("95", "85", "85"),
        total_of("H", "90", hors_concours=True),
        total_of("G", "85", hors_concours=True),
    ]

    standings = rank(total_plan(), facts)

    assert [(row.entry, row.rank, row.award_rank) for row in standings.rows] == [
        ("E1", 1, 1),
        ("H", 2, None),
        ("E2", 3, 2),
        ("E3", 3, 2),
        ("G", 3, None),
    ]


def test_live_standings_rank_what_is_known_and_say_it_is_provisional() -> None:
    plan = one_mark_plan(panel_of())
    facts = [
        one_mark_entry(["7"] * 5, "done", 5),
        one_mark_entry(["9"] * 2, "running", 5),
        one_mark_entry([], "waiting", 5),
    ]

    standings = rank(plan, facts)

    assert [(row.entry, row.rank, row.provisional, row.answered, row.expected) for row in standings.rows] == [
        ("running", 1, True, 2, 5),
        ("done", 2, False, 5, 5),
        ("waiting", None, False, 0, 5),
    ]
    assert standings.complete is False


@pytest.mark.parametrize(
    ("boundary", "tie"),
    [(1, ()), (2, (OpenTie(2, 1, ("E2", "E3", "E4")),)), (3, (OpenTie(2, 2, ("E2", "E3", "E4")),)), (4, ()), (5, ()), (0, ())],
)  # fmt: skip
def test_tie_across_a_boundary_is_reported(boundary: int, tie: tuple[OpenTie, ...]) -> None:
    assert open_ties(rank(total_plan(), totals("95", "90", "90", "90", "80")), boundary) == tie


def test_tie_of_award_ranks_leaves_out_hors_concours() -> None:
    standings = rank(total_plan(), [total_of("H", "90", hors_concours=True), *totals("90", "80")])

    assert open_ties(standings, 1) == (OpenTie(1, 1, ("E1", "H")),)
    assert open_ties(standings, 1, by="award_rank") == ()


def test_entry_given_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="given twice"):
        rank(total_plan(), [*totals("90"), *totals("80")])


def test_spelling_of_a_number_changes_no_byte() -> None:
    spelled = [total_of("E1", "90.00"), total_of("E2", "8E+1")]

    assert standings_bytes(rank(total_plan(), spelled)) == standings_bytes(
        rank(total_plan(), totals("90", "80"))
    )


def test_cleared_mark_and_order_of_seats_change_no_byte() -> None:
    def standings(*marks: Mark, seats: tuple[str, ...] = ("J1", "J2")) -> bytes:
        facts = EntryFacts(entry="E1", marks=marks, panels={"A": seats})
        return standings_bytes(rank(one_mark_plan(panel_of()), [facts]))

    scored_by_one, cleared = scored("E1", "J1", "A", "9"), Mark("E1", "J2", "A", "cleared")

    assert standings(scored_by_one, cleared) == standings(scored_by_one)
    assert standings(scored_by_one, seats=("J2", "J1")) == standings(scored_by_one)


@pytest.mark.parametrize(
    "changed",
    [
        entry("E1", "81", "10", "100"),
        entry("E1", "80", "11", "100"),
        entry("E1", "80", "10", "101"),
        entry("E1", "80", "10", "100", decision=1),
        entry("E1", "80", "10", "100", state="late"),
        entry("E1", "80", "10", "100", hors_concours=True),
        entry("E1", "80", "10", "100", panels={"practical": JUDGES}),
        entry("E2", "80", "10", "100"),
    ],
)
def test_input_hash_sees_every_fact(changed: EntryFacts) -> None:
    assert rank(PLAN, [changed]).input_hash != rank(PLAN, [entry("E1", "80", "10", "100")]).input_hash


def test_input_hash_sees_the_plan() -> None:
    other = Plan(code="total", version=2, title="总分", root=total_plan().root)

    assert rank(other, totals("90")).input_hash != rank(total_plan(), totals("90")).input_hash


def test_standings_survive_their_bytes() -> None:
    standings = rank(PLAN, [entry("E1", "80", "10", "100"), entry("E2", "80", "10")])

    assert msgspec.json.decode(standings_bytes(standings), type=Standings) == standings


def test_no_entries_make_complete_empty_standings() -> None:
    standings = rank(total_plan(), [])

    assert (standings.rows, standings.field, standings.complete) == ((), 0, True)
