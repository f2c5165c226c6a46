"""What the results of people make of their teams. Source: DOMAIN §4."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring import EntryFacts, EntryState, Imported, Plan, TeamRule, Tie
from scoring.schemes.stage_results import StageResults, stand_stage
from scoring.schemes.teams import TeamStandings, explain_team, stand_teams
from tests.scoring.builders import D, total_plan


def stage(key: str = "final", **scores: str) -> StageResults:
    """Entries by name: their first letter is the team, a second word the state, a time or hors concours."""
    return stand_stage(key, total_plan(), [_entry(name, said) for name, said in scores.items()])


def _entry(name: str, said: str) -> EntryFacts:
    score, *more = said.split()
    state: EntryState = "absent" if "absent" in more else "present"
    times = {"clock": D(more[0][:-1])} if more and more[0].endswith("s") else {}
    team = "" if name.startswith("x") else name[0]
    return EntryFacts(
        entry=name,
        state=state,
        hors_concours="hc" in more,
        imported={"total": D(score)},
        columns={"unit": team} if team else {},
        times=times,
    )


def rule(**fields: Any) -> TeamRule:
    return TeamRule(key="teams", title="团体", by="unit", **fields)


def points(*values: int) -> tuple[Decimal, ...]:
    return tuple(map(D, values))


def table(standings: TeamStandings) -> list[tuple[str, int | None, str | None]]:
    return [(row.team, row.rank, None if row.total is None else str(row.total)) for row in standings.rows]


def counts(standings: TeamStandings, team: str) -> dict[str, str]:
    row = next(row for row in standings.rows if row.team == team)
    return {each.entry: each.counts for each in row.results}


def test_team_total_is_the_sum_of_all_its_results() -> None:
    field = stage(a1="90", a2="80", b1="85", b2="84", c1="200")

    assert table(stand_teams(rule(), [field])) == [("c", 1, "200"), ("a", 2, "170"), ("b", 3, "169")]


def test_best_results_of_a_team_count() -> None:
    standings = stand_teams(
        rule(best=2, minimum=2), [stage(a1="90", a2="10", a3="80", b1="85", b2="84", b3="70", c1="99")]
    )

    assert table(standings) == [("a", 1, "170"), ("b", 2, "169"), ("c", None, None)]
    assert counts(standings, "a") == {"a1": "counted", "a3": "counted", "a2": "not_best"}
    assert counts(standings, "c") == {"c1": "too_few"}


def test_team_mean_is_of_what_counts() -> None:
    assert table(stand_teams(rule(total="mean", best=2), [stage(a1="90", a2="85", a3="1", b1="88")])) == [
        ("b", 1, "88"),
        ("a", 2, "87.5"),
    ]


def test_node_of_a_team_rule_need_not_be_the_total() -> None:
    plan = Plan(code="p", version=1, title="方案", root=Imported(key="total", title="总分", maximum=D(100)))
    facts = [EntryFacts(entry="a1", imported={"total": D(5)}, columns={"unit": "a"})]

    assert table(stand_teams(rule(node="total"), [stand_stage("s", plan, facts)])) == [("a", 1, "5")]
    standings = stand_teams(rule(node="unknown"), [stand_stage("s", plan, facts)])
    assert (table(standings), counts(standings, "a")) == ([("a", None, None)], {"a1": "no_value"})


def test_entries_without_rank_or_hors_concours_bring_nothing() -> None:
    standings = stand_teams(rule(of="rank_points", points=points(5, 4, 3)), [stage(a1="90 hc", a2="80 absent", a3="70", b1="60", x1="65")])  # fmt: skip

    assert table(standings) == [("a", 1, "5"), ("b", 2, "3")]
    assert counts(standings, "a") == {"a3": "counted", "a1": "hors_concours", "a2": "not_ranked"}


def test_rank_points_end_with_the_rest() -> None:
    standings = stand_teams(
        rule(of="rank_points", points=points(5, 3), rest=D(1)), [stage(a1="90", b1="90", c1="80", d1="70")]
    )

    assert table(standings) == [("a", 1, "5"), ("b", 1, "5"), ("c", 3, "1"), ("d", 3, "1")]
    assert [row.shared for row in standings.rows] == [True] * 4


@pytest.mark.parametrize(
    ("passes_on", "expected"),
    [
        (False, [("a", 1, "18"), ("b", 2, "9")]),  # a3's 7 points go to nobody
        (True, [("a", 1, "18"), ("b", 2, "11")]),  # b1 takes 7 and b2 takes 4
    ],
)
def test_at_most_so_many_of_a_team_take_points(passes_on: bool, expected: list[Any]) -> None:
    field = stage(a1="90", a2="80", a3="70", b1="60", b2="50", x1="55", b3="40")
    by = rule(of="rank_points", points=points(10, 8, 7, 6, 4, 3), most=2, passes_on=passes_on)

    standings = stand_teams(by, [field])

    assert table(standings) == expected
    assert counts(standings, "a")["a3"] == "over_most"
    assert counts(standings, "b")["b3"] == "over_most"


def test_medals_are_compared_gold_first() -> None:
    field = stage(a1="90", b1="80", b2="70", c1="60")

    standings = stand_teams(rule(of="medals"), [field])

    assert [(row.team, row.rank, row.medals, row.total) for row in standings.rows] == [
        ("a", 1, (1, 0, 0), None),
        ("b", 2, (0, 1, 1), None),
        ("c", 3, (0, 0, 0), None),
    ]
    assert standings.order == ("medals",)


def test_best_medals_are_the_best_ranks_whatever_the_names() -> None:
    """Medals have no value to sort by: the rank says which of a team's results are the best."""
    standings = stand_teams(rule(of="medals", best=1), [stage(a1="70", a2="90", b1="80", b2="80", c1="60")])

    assert [(row.team, row.medals) for row in standings.rows] == [
        ("a", (1, 0, 0)), ("b", (0, 1, 0)), ("c", (0, 0, 0)),
    ]  # fmt: skip
    assert counts(standings, "a") == {"a2": "counted", "a1": "not_best"}
    assert stand_teams(rule(of="medals"), [stage(a1="90", b1="80", b2="80")]).rows[1].medals == (0, 2, 0)


def test_result_of_0_is_worse_than_any_other() -> None:
    by = rule(best=1)

    assert table(stand_teams(by, [stage(a1="0", a2="0.5")])) == [("a", 1, "0.5")]
    assert table(stand_teams(rule(best=1, better="lower"), [stage(a1="0", a2="0.5")])) == [("a", 1, "0")]


def test_results_that_count_come_first_then_by_name() -> None:
    standings = stand_teams(rule(), [stage(a1="90 hc", a2="80 absent", a3="60", a4="70")])

    assert list(counts(standings, "a")) == ["a4", "a3", "a1", "a2"]


def test_medals_may_have_points() -> None:
    field = stage(a1="90", b1="80", b2="70", c1="60", c2="50")

    assert table(stand_teams(rule(of="medals", points=points(4, 3, 2), rest=D(1)), [field])) == [
        ("b", 1, "5"),
        ("a", 2, "4"),
        ("c", 3, "2"),
    ]


def test_worst_stages_are_left_out() -> None:
    stages = [stage("1", a1="10", b1="30"), stage("2", a1="50", b1="30"), stage("3", a1="40", b1="30")]

    standings = stand_teams(rule(stages=("1", "2", "3"), drop=1), stages)

    assert table(standings) == [("a", 1, "90"), ("b", 2, "60")]
    assert [(each.stage, each.counts) for each in standings.rows[0].results] == [("1", "stage_dropped"), ("2", "counted"), ("3", "counted")]  # fmt: skip


def test_result_of_a_stage_left_out_keeps_its_own_reason() -> None:
    stages = [stage("1", a1="10", a2="9", a3="8 hc"), stage("2", a1="50", a2="40")]

    standings = stand_teams(rule(stages=("1", "2"), best=1, drop=1), stages)

    assert [(each.stage, each.entry, each.counts) for each in standings.rows[0].results] == [
        ("1", "a1", "stage_dropped"),
        ("1", "a2", "not_best"),
        ("1", "a3", "hors_concours"),
        ("2", "a1", "counted"),
        ("2", "a2", "not_best"),
    ]


def test_entry_over_the_most_takes_nothing_and_the_next_of_its_rank_does() -> None:
    field = stage(a1="90", a2="80", b1="80", c1="70")

    standings = stand_teams(rule(of="rank_points", points=points(5, 3, 2, 1), most=1), [field])

    assert table(standings) == [("a", 1, "5"), ("b", 2, "3"), ("c", 3, "1")]


def test_stage_without_a_result_is_the_first_to_be_left_out() -> None:
    stages = [stage("1", a1="1", b1="9"), stage("2", a1="10", b1="9"), stage("3", b1="9")]
    by = rule(stages=("1", "2", "3"), drop=1)

    assert table(stand_teams(by, stages)) == [("b", 1, "18"), ("a", 2, "11")]


@pytest.mark.parametrize(
    ("drop", "expected"), [(0, [("b", 1, "18"), ("a", None, None)]), (1, [("a", 1, "1"), ("b", 2, "9")])]
)
def test_missing_stage_is_no_advantage_where_less_is_better(drop: int, expected: list[Any]) -> None:
    stages = [stage("1", a1="1", b1="9"), stage("2", b1="9")]

    assert table(stand_teams(rule(stages=("1", "2"), better="lower", drop=drop), stages)) == expected


def test_best_where_less_is_better_are_the_lowest() -> None:
    standings = stand_teams(rule(better="lower", best=1), [stage(a1="3", a2="1", b1="2")])

    assert table(standings) == [("a", 1, "1"), ("b", 2, "2")]
    assert counts(standings, "a") == {"a2": "counted", "a1": "not_best"}


def test_last_stage_counts_where_none_is_named() -> None:
    assert table(stand_teams(rule(), [stage("1", a1="9"), stage("2", b1="1")])) == [("b", 1, "1")]


@pytest.mark.parametrize(
    ("ties", "field", "order", "decided_by"),
    [
        (("places",), {"a1": "9", "a2": "6", "b1": "8", "b2": "7"}, "a b", "places"),
        (("places",), {"a1": "8", "a2": "1", "b1": "9"}, "b a", "places"),
        (("best",), {"a1": "8", "a2": "7", "b1": "9", "b2": "6"}, "b a", "best"),
        (("time",), {"a1": "9 10s", "b1": "9 9.5s", "c1": "9"}, "b a c", "time"),
        (("best", "time"), {"a1": "9 10s", "b1": "9 9s"}, "b a", "time"),
        ((), {"a1": "9", "b1": "9"}, "a b", None),
        (("best",), {"a1": "9", "b1": "9"}, "a b", None),
    ],
)
def test_equal_teams_are_told_apart(
    ties: tuple[Any, ...], field: dict[str, str], order: str, decided_by: str | None
) -> None:
    standings = stand_teams(rule(ties=ties, time="clock"), [stage(**field)])

    assert " ".join(row.team for row in standings.rows) == order
    assert standings.rows[1].decided_by == decided_by


def test_best_single_result_is_the_lowest_where_less_is_better() -> None:
    standings = stand_teams(rule(better="lower", ties=("best",)), [stage(a1="4", a2="6", b1="1", b2="9")])

    assert [(row.team, row.compared) for row in standings.rows] == [("b", ("10", "1")), ("a", ("10", "4"))]


def test_row_says_who_is_ahead_and_who_shares_its_rank() -> None:
    field = stage(a1="9", b1="8", c1="8", d1="7", e1="1")
    standings = stand_teams(rule(), [field, stage("2")])
    ranked = stand_teams(rule(minimum=1), [field])
    unranked = stand_teams(rule(minimum=2), [field])

    assert (standings.rule, ranked.input_hash[:7], len(ranked.input_hash)) == ("teams", "sha256:", 71)
    assert [(row.team, row.rank, row.shared, row.decided_by, row.against) for row in ranked.rows] == [
        ("a", 1, False, None, None),
        ("b", 2, True, "total", "a"),
        ("c", 2, True, None, None),
        ("d", 4, False, "total", "c"),
        ("e", 5, False, "total", "d"),
    ]
    assert {(row.shared, row.decided_by, row.against) for row in unranked.rows} == {(False, None, None)}


def test_one_more_place_stands_ahead_of_none() -> None:
    by = rule(of="medals", ties=("places", "best"))

    standings = stand_teams(by, [stage(x1="9", x2="9", x3="9", a1="8", b1="7", b2="6")])

    assert [(row.team, row.compared) for row in standings.rows] == [
        ("a", ("0/0/0", "4", "4")),
        ("b", ("0/0/0", "5, 6", "5")),
    ]


def test_every_place_of_a_team_is_explained() -> None:
    field = stage(a1="9 10s", b1="9 9.5s", c1="9", d1="9", e1="1")
    standings = stand_teams(rule(ties=("time",), time="clock"), [field])
    none = stand_teams(rule(minimum=2), [field])

    said = [explain_team(standings, row) for row in standings.rows] + [explain_team(none, none.rows[0])]

    assert [(each.code, each.zh) for each in said] == [
        ("first", "第 1 名，排在最前。"),
        ("decided", "第 2 名，排在 b（第 1 名）之后：总用时为 10，对方为 9.5。"),
        ("decided", "第 3 名，排在 a（第 2 名）之后：总用时为 （无记录），对方为 10。"),
        ("equal", "与 c 并列第 3 名：各项排名依据全部相同。"),
        ("decided", "第 5 名，排在 d（第 3 名）之后：团体总分为 1，对方为 9。"),
        ("not_ranked", "没有名次：计入的成绩不够。"),
    ]
    assert [each.en for each in said] == [
        "Rank 1: nobody stands ahead.",
        "Rank 2, behind b (rank 1): the time is 10 against 9.5.",
        "Rank 3, behind a (rank 2): the time is not known against 10.",
        "Rank 3, shared with c: every criterion is equal.",
        "Rank 5, behind d (rank 3): the total is 1 against 9.",
        "No rank: too few results count.",
    ]


def test_hash_sees_the_rule_and_every_stage() -> None:
    fields = [stage(a1="9"), stage(a1="8")]
    hashes = {stand_teams(each, [field]).input_hash for each in (rule(), rule(best=1)) for field in fields}

    assert len(hashes) == 4


def test_team_standings_are_complete_when_their_stages_are() -> None:
    plan = Plan(
        code="p",
        version=1,
        title="方案",
        root=Imported(key="total", title="总分", maximum=D(9)),
        ties=(Tie(key="total"),),
    )
    waiting = stand_stage("s", plan, [EntryFacts(entry="a1", columns={"unit": "a"})])

    assert [stand_teams(rule(), [each]).complete for each in (waiting, stage(a1="9"))] == [False, True]


scores = st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 20)), max_size=12)


@given(scores, st.integers(1, 3), st.integers(1, 3))
def test_team_total_is_the_naive_sum_of_the_best(
    field: list[tuple[str, int]], best: int, minimum: int
) -> None:
    marks = {f"{team}{n}": str(score) for n, (team, score) in enumerate(field)}

    standings = stand_teams(rule(best=best, minimum=minimum), [stage(**marks)])

    naive: dict[str, list[int]] = {}
    for team, score in field:
        naive.setdefault(team, []).append(score)
    expected = {team: sum(sorted(found)[-best:]) for team, found in naive.items() if len(found) >= minimum}
    ranked = [row for row in standings.rows if row.rank is not None]
    assert {row.team: row.total for row in ranked} == expected
    assert [row.rank for row in ranked] == [
        1 + sum(total > expected[row.team] for total in expected.values()) for row in ranked
    ]


@given(scores, st.integers(1, 3), st.booleans())
def test_no_point_is_given_twice_and_no_team_takes_more_than_its_share(
    field: list[tuple[str, int]], most: int, passes_on: bool
) -> None:
    marks = {f"{team}{n}": f"{score}.{n:02}" for n, (team, score) in enumerate(field)}
    table_of_points = points(*range(12, 0, -1))

    standings = stand_teams(
        rule(of="rank_points", points=table_of_points, most=most, passes_on=passes_on), [stage(**marks)]
    )

    given_out = [each.value for row in standings.rows for each in row.results if each.counts == "counted"]
    assert len(given_out) == len(set(given_out))
    for row in standings.rows:
        assert sum(each.counts == "counted" for each in row.results) <= most
    if passes_on:
        assert sorted(given_out, reverse=True) == list(table_of_points[: len(given_out)])
