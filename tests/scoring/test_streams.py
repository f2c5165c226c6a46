"""Huge fields are ranked from small records, and come out as `rank` has them."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring import EntryFacts, InvalidPlan, Judged, Plan, Tie, rank
from scoring.ranking.streams import rank_stream
from tests.scoring import strategies
from tests.scoring.builders import D, total_plan
from tests.scoring.test_live import PLANS
from tests.scoring.test_ordering import conditions, known, plan_by, tie_fields


@given(st.sampled_from(sorted(PLANS.keys() - {"field"})), strategies.fields(smallest=0))
def test_stream_is_ranked_like_a_field(name: str, facts: list[EntryFacts]) -> None:
    plan = PLANS[name]

    streamed = [tuple(each) for each in rank_stream(plan, iter(facts))]

    rows = rank(plan, facts).rows
    assert streamed == [(row.entry, row.rank, row.award_rank, row.total) for row in rows]
    assert [str(total) for *_, total in streamed] == [str(row.total) for row in rows]


@given(
    tie_fields(), conditions, conditions, conditions, st.sampled_from(["1224", "1223", "1334"]), st.booleans()
)
def test_conditions_hold_in_a_stream_too(
    facts: list[EntryFacts],
    one: dict[str, object],
    two: dict[str, object],
    three: dict[str, object],
    shared: str,
    total_first: bool,
) -> None:
    ties = [
        Tie(key="time", of="time", better="lower", **one),  # type: ignore[arg-type]
        Tie(key="weight", of="column", **two),  # type: ignore[arg-type]
        Tie(key="lot", of="lot", **three),  # type: ignore[arg-type]
    ]
    plan = plan_by(*(ties if total_first else [*ties, Tie(key="total")]), shared=shared)

    streamed = [(each.entry, each.rank) for each in rank_stream(plan, facts)]

    assert streamed == [(row.entry, row.rank) for row in rank(plan, facts).rows]


def test_entry_whose_name_begins_like_another_comes_first_among_equals() -> None:
    facts = [known(name, "5") for name in ("E10", "E1", "选手", "E", "é")]

    assert [each.entry for each in rank_stream(plan_by(), facts)] == ["E", "E1", "E10", "é", "选手"]


def test_facts_are_taken_one_by_one_and_not_kept() -> None:
    alive = 0

    class Watched(EntryFacts, frozen=True, weakref=True):
        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    most = 0

    def field() -> Iterator[EntryFacts]:
        nonlocal alive, most
        for n in range(50):
            alive += 1
            most = max(most, alive)
            yield Watched(entry=f"E{n}", imported={"total": D(n)})

    streamed = rank_stream(total_plan(), field())

    assert most <= 2
    assert next(streamed).entry == "E49"


def test_plan_with_faults_ranks_nothing() -> None:
    plan = Plan(code="p", version=1, title="方案", root=Judged(key="", title="", maximum=D(0)))

    with pytest.raises(InvalidPlan):
        rank_stream(plan, [])


def test_state_orders_those_without_rank() -> None:
    facts = [
        EntryFacts(entry="a", state="absent"),
        EntryFacts(entry="b"),
        known("c", "1", hors_concours=True),
    ]

    assert [each[:3] for each in rank_stream(plan_by(), facts)] == [
        ("c", 1, None),
        ("b", None, None),
        ("a", None, None),
    ]


def test_plan_that_looks_at_the_whole_field_is_refused() -> None:
    with pytest.raises(ValueError, match="speed, share look at the whole field"):
        rank_stream(PLANS["field"], [])
