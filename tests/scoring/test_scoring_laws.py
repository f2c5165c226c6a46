"""What holds for every field: order does not matter, better is never worse, quotas hold, explanations agree."""

import math
import re
from collections import Counter
from decimal import Decimal, getcontext, localcontext
from fractions import Fraction
from itertools import pairwise
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from scoring import (
    AwardField,
    AwardRule,
    Cut,
    Entrant,
    EntryFacts,
    Member,
    Panel,
    QuotaRule,
    Reason,
    Rounding,
    SlotProposal,
    StandingRow,
    Standings,
    evaluate,
    open_ties,
    propose,
    rank,
    select,
    standings_bytes,
)
from tests.scoring import strategies
from tests.scoring.builders import one_mark_entry, one_mark_plan, total_plan
from tests.scoring.strategies import PLAN


def shuffled(data: st.DataObject, facts: list[EntryFacts]) -> list[EntryFacts]:
    mixed = [
        msgspec.structs.replace(each, marks=tuple(data.draw(st.permutations(each.marks)))) for each in facts
    ]
    return list(data.draw(st.permutations(mixed)))


@given(st.data(), strategies.fields())
def test_order_of_marks_and_entries_does_not_matter(data: st.DataObject, facts: list[EntryFacts]) -> None:
    assert standings_bytes(rank(PLAN, shuffled(data, facts))) == standings_bytes(rank(PLAN, facts))


@given(strategies.fields())
def test_replay_of_stored_facts_gives_the_same_bytes(facts: list[EntryFacts]) -> None:
    stored = msgspec.json.decode(msgspec.json.encode(facts), type=list[EntryFacts])

    assert standings_bytes(rank(PLAN, stored)) == standings_bytes(rank(PLAN, facts))


@given(strategies.fields())
def test_callers_decimal_context_changes_nothing(facts: list[EntryFacts]) -> None:
    expected = standings_bytes(rank(PLAN, facts))

    with localcontext() as context:
        context.prec = 3
        assert standings_bytes(rank(PLAN, facts)) == expected
        assert getcontext().prec == 3


@given(st.data(), strategies.fields(smallest=2))
def test_better_mark_never_lowers_a_total_or_a_rank(data: st.DataObject, facts: list[EntryFacts]) -> None:
    index = data.draw(st.integers(0, len(facts) - 1))
    chosen = facts[index]
    at = data.draw(st.integers(0, len(chosen.marks) - 1))
    mark = chosen.marks[at]
    assert mark.value is not None
    higher = data.draw(strategies.half_points.filter(lambda value: value >= (mark.value or 0)))
    marks = (*chosen.marks[:at], msgspec.structs.replace(mark, value=higher), *chosen.marks[at + 1 :])
    better = [*facts[:index], msgspec.structs.replace(chosen, marks=marks), *facts[index + 1 :]]

    before, after = (row_of(rank(PLAN, each), chosen.entry) for each in (facts, better))

    if before.rank is not None:
        assert after.rank is not None and after.rank <= before.rank
        assert after.total is not None and before.total is not None and after.total >= before.total
    assert (before.award_rank is None) == (after.award_rank is None)


@given(strategies.panels, st.integers(0, 2), st.integers(0, 2))
def test_trimmed_mean_is_the_naive_definition(marks: list[Decimal], high: int, low: int) -> None:
    least = max(3, high + low + 1)
    panel = Panel(
        size=9,
        method="trimmed_mean",
        drop_high=high,
        drop_low=low,
        plain_below=least,
        minimum=1,
        rounding=Rounding(),
    )
    facts = one_mark_entry([str(mark) for mark in marks], seated=len(marks))

    assert evaluate(one_mark_plan(panel), facts).total == naive_mean(marks, high, low, least)


@given(strategies.fields())
def test_total_is_the_sum_of_its_weighted_parts(facts: list[EntryFacts]) -> None:
    for row in rank(PLAN, facts).rows:
        if row.total is not None:
            exact = (
                Fraction(3, 10) * Fraction(row.values["theory"])
                + Fraction(7, 10) * Fraction(row.values["practical"]) * 5
            )
            assert row.total == half_up(exact)


@given(strategies.fields())
def test_each_entry_has_one_row_and_ranks_count_those_ahead(facts: list[EntryFacts]) -> None:
    standings = rank(PLAN, facts)
    ranked = [row for row in standings.rows if row.rank is not None]

    assert Counter(row.entry for row in standings.rows) == Counter(each.entry for each in facts)
    for row in ranked:
        ahead = [other for other in ranked if (other.rank or 0) < (row.rank or 0)]
        assert row.rank == 1 + len(ahead)
        assert row.award_rank == (
            None if row.hors_concours else 1 + sum(not other.hors_concours for other in ahead)
        )
        assert row.shared == (sum(other.rank == row.rank for other in ranked) > 1)


@given(strategies.fields())
def test_explanation_of_a_rank_agrees_with_what_was_compared(facts: list[EntryFacts]) -> None:
    standings = rank(PLAN, facts)
    rows = [row for row in standings.rows if row.rank is not None]

    for above, row in pairwise(rows):
        if row.rank == above.rank:
            assert (row.decided_by, row.against, row.compared) == (None, None, above.compared)
        else:
            assert row.decided_by is not None
            at = standings.order.index(row.decided_by)
            assert row.compared[:at] == above.compared[:at]
            mine, theirs = row.compared[at], above.compared[at]
            assert mine is not None and theirs is not None
            assert mine > theirs if row.decided_by == "time" else mine < theirs
            assert row.against == above.entry


@given(strategies.fields(), st.integers(0, 9), st.sampled_from(["rank", "award_rank"]))
def test_open_tie_is_reported_exactly_when_a_boundary_cuts_a_rank(
    facts: list[EntryFacts], boundary: int, by: Any
) -> None:
    standings = rank(PLAN, facts)
    places = Counter(getattr(row, by) for row in standings.rows if getattr(row, by) is not None)
    cut = [place for place, size in places.items() if place <= boundary < place + size - 1]

    assert [tie.rank for tie in open_ties(standings, boundary, by)] == cut


@given(st.data(), strategies.loose_fields(), strategies.quotas())
def test_quota_is_never_exceeded(data: st.DataObject, facts: list[EntryFacts], rule: QuotaRule) -> None:
    proposals = select(rule, rank(total_plan(), facts), data.draw(strategies.entrants(facts)))
    taken = [each for each in proposals if each.outcome == "in"]
    widened = [each for each in taken if "one_more" in reason_codes(each.reasons)]
    extra = 1 if rule.tie == "one_more" and widened else 0

    if rule.places is not None:
        assert len(taken) <= rule.places + extra
    if rule.per_delegation is not None:
        counts = Counter(each.delegation for each in taken)
        assert all(count <= rule.per_delegation + extra for count in counts.values())
        assert None not in counts


@given(st.data(), strategies.loose_fields(), strategies.quotas())
def test_no_eligible_entrant_is_passed_over(
    data: st.DataObject, facts: list[EntryFacts], rule: QuotaRule
) -> None:
    entrants = data.draw(strategies.entrants(facts))
    standings = rank(total_plan(), facts)
    proposals = select(rule, standings, entrants)
    clear = {each.entry for each in entrants if each.may_advance and not each.declined}
    missed_out = {"quota_full", "tie_not_admitted", "delegation_full"}

    assert [each.entry for each in proposals] == [row.entry for row in standings.rows]
    for each in proposals:
        if (
            each.outcome in {"out", "substitute"}
            and each.entry in clear
            and reason_codes(each.reasons) & missed_out
        ):
            lower = [
                other
                for other in proposals
                if (other.position or 0) > (each.position or 0) and other.outcome == "in"
            ]
            assert not [
                other for other in lower if rule.per_delegation is None or other.delegation == each.delegation
            ]
        if each.outcome == "in":
            assert each.entry in clear


@given(st.data(), strategies.loose_fields(), st.integers(1, 4))
def test_no_place_stays_empty_while_a_clear_entry_waits(
    data: st.DataObject, facts: list[EntryFacts], places: int
) -> None:
    rule = QuotaRule(code="q", version=1, name="名额", places=places)
    entrants = data.draw(strategies.entrants(facts))

    proposals = select(rule, rank(total_plan(), facts), entrants)

    held = sum(each.outcome in {"in", "open"} for each in proposals)
    waiting = [each for each in proposals if "quota_full" in reason_codes(each.reasons)]
    assert held >= places or not waiting


@given(st.data(), strategies.loose_fields(), strategies.quotas())
def test_substitutes_stand_in_order_of_rank(
    data: st.DataObject, facts: list[EntryFacts], rule: QuotaRule
) -> None:
    proposals = select(rule, rank(total_plan(), facts), data.draw(strategies.entrants(facts)))
    queues: dict[str | None, list[SlotProposal]] = {}
    for each in proposals:
        if each.substitute_order is not None:
            assert each.outcome == "substitute" and each.substitute_order <= rule.substitutes
            queues.setdefault(each.delegation if rule.per_delegation else None, []).append(each)

    for queue in queues.values():
        for each in queue:
            assert each.substitute_order == 1 + sum(
                (other.position or 0) < (each.position or 0) for other in queue
            )


@given(
    st.data(),
    strategies.loose_fields(),
    st.integers(1, 4),
    st.integers(0, 3),
    st.booleans(),
    st.sampled_from(["report", "widen"]),
)
def test_awards_keep_to_their_places_and_pass_over_nobody(
    data: st.DataObject, facts: list[EntryFacts], places: int, above: int, back_fill: bool, tie: Any
) -> None:
    standings = rank(total_plan(), facts)
    rule = AwardRule(
        code="a", version=1, name="奖", name_en="Award", authority="union", field="item", cut=Cut(places=places),
        above=(Cut(places=above),) if above else (), conditions=("worker_status",), back_fill=back_fill, tie=tie,
    )  # fmt: skip
    status = {each.entry: data.draw(st.sampled_from([True, True, False, None])) for each in facts}
    people = [
        Entrant(entry=entry, members=(Member(person=entry, worker=known),)) for entry, known in status.items()
    ]
    item = AwardField(kind="item", code="i", name="项", items={"i": standings})

    proposals = propose([rule], [item], people, everyone=True)

    granted = [each for each in proposals if each.outcome == "eligible"]
    widened = [each for each in granted if "tie_widened" in reason_codes(each.reasons)]
    assert Counter(each.entry for each in proposals) == Counter(row.entry for row in standings.rows)
    assert len(granted) <= places or widened
    assert all(status[each.entry] is True for each in granted)
    last = max((each.award_rank or 0 for each in granted), default=0)
    for each in proposals:
        if each.outcome == "not_eligible" and status[each.entry] is not False and each.award_rank is not None:
            assert each.award_rank <= above or each.award_rank > last
    for each in proposals:
        assert sentences(each.reasons)


@given(st.data(), strategies.loose_fields(), strategies.quotas())
def test_every_yes_and_no_has_sentences_in_both_languages(
    data: st.DataObject, facts: list[EntryFacts], rule: QuotaRule
) -> None:
    proposals = select(rule, rank(total_plan(), facts), data.draw(strategies.entrants(facts)))

    assert all(sentences(each.reasons) for each in proposals)


@given(strategies.fields(), st.data())
def test_live_standings_of_half_marked_fields_hold_together(
    facts: list[EntryFacts], data: st.DataObject
) -> None:
    partial = [
        msgspec.structs.replace(each, marks=tuple(mark for mark in each.marks if data.draw(st.booleans())))
        for each in facts
    ]

    standings = rank(PLAN, partial)

    for row, result in ((row, evaluate(PLAN, _of(partial, row.entry))) for row in standings.rows):
        assert row.expected - row.answered == len(result.missing)
        assert row.complete == result.complete == (not result.missing)
        assert row.state != "present" or row.total == result.total


def row_of(standings: Standings, entry: str) -> StandingRow:
    return next(row for row in standings.rows if row.entry == entry)


def _of(facts: list[EntryFacts], entry: str) -> EntryFacts:
    return next(each for each in facts if each.entry == entry)


def naive_mean(marks: list[Decimal], high: int, low: int, least: int) -> Decimal:
    """Take out the highest mark so many times, then the lowest, and average what is left."""
    left = [Fraction(mark) for mark in marks]
    if len(left) >= least:
        for _ in range(high):
            left.remove(max(left))
        for _ in range(low):
            left.remove(min(left))
    return half_up(sum(left, Fraction(0)) / len(left))


def half_up(value: Fraction) -> Decimal:
    """Two decimals of a value that is not negative."""
    return (Decimal(math.floor(value * 100 + Fraction(1, 2))) / 100).quantize(Decimal("0.01"))


def reason_codes(reasons: tuple[Reason, ...]) -> set[str]:
    return {reason.code for reason in reasons}


def sentences(reasons: tuple[Reason, ...]) -> bool:
    return bool(reasons) and all(
        re.fullmatch(r"[^A-Za-z{}]+。", each.zh) and re.fullmatch(r"[A-Z][^{}\u4e00-\u9fff]+\.", each.en)
        for each in reasons
    )
