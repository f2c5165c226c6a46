"""Who goes up: places, delegations, thresholds, ties, substitutes. Source: DOMAIN §1."""

from collections.abc import Iterable
from typing import Any

import pytest

from scoring import Entrant, EntryFacts, QuotaRule, SlotProposal, rank, select
from tests.scoring.builders import D, one_mark_entry, one_mark_plan, panel_of, total_of, total_plan, totals


def quota(**changes: Any) -> QuotaRule:
    return QuotaRule(code="up", version=1, name="晋级", **changes)


def people(text: str) -> list[Entrant]:
    """`"唐山 石家庄 …"`: the delegations of E1, E2, …"""
    return [Entrant(entry=f"E{n}", delegation=name) for n, name in enumerate(text.split(), 1)]


def slots(
    rule: QuotaRule, facts: Iterable[EntryFacts], entrants: Iterable[Entrant] = ()
) -> tuple[SlotProposal, ...]:
    facts = list(facts)
    return select(
        rule, rank(total_plan(), facts), list(entrants) or [Entrant(entry=each.entry) for each in facts]
    )


def told(proposals: Iterable[SlotProposal]) -> str:
    """Outcome of each entry in order: in, out, open, and s1, s2 … for substitutes."""
    return " ".join(
        f"s{each.substitute_order}" if each.substitute_order else each.outcome for each in proposals
    )


def codes(proposals: Iterable[SlotProposal]) -> list[str]:
    return [reason.code for each in proposals for reason in each.reasons]


def test_first_places_go_up_and_the_next_stand_by_in_order() -> None:
    proposals = slots(quota(places=2, substitutes=2), totals("95", "90", "85", "80", "75"))

    assert told(proposals) == "in in s1 s2 out"
    assert codes(proposals)[:3] == ["within_quota", "within_quota", "quota_full"]
    assert [each.position for each in proposals] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("tie", "scores", "expected"),
    [
        ("report", "95 90 90 80", "in open open s1"),
        ("one_more", "95 90 90 80", "in in in s1"),
        ("one_more", "95 90 90 90 80", "in open open open s1"),
        ("all", "95 90 90 90 80", "in in in in s1"),
        ("all", "95 90 80 80", "in in s1 s1"),
        ("none", "95 90 90 80", "in s1 s1 s3"),
        ("report", "95 90 80 80", "in in s1 s1"),
    ],
)
def test_tie_at_the_last_place(tie: str, scores: str, expected: str) -> None:
    assert told(slots(quota(places=2, tie=tie, substitutes=3), totals(*scores.split()))) == expected


def test_each_delegation_has_its_places_and_its_substitutes() -> None:
    rule = quota(per_delegation=2, substitutes=1)

    proposals = slots(
        rule, totals("95", "94", "93", "92", "91", "90"), people("唐山 唐山 唐山 唐山 沧州 沧州")
    )

    assert told(proposals) == "in in s1 out in in"
    assert proposals[2].reasons[0].zh == "代表队的 2 个名额已满。"


@pytest.mark.parametrize(
    ("tie", "expected"),
    [
        ("report", "in open open in"),
        ("one_more", "in in in in"),
        ("all", "in in in in"),
        ("none", "in out out in"),
    ],
)
def test_tie_at_the_last_place_of_a_delegation(tie: str, expected: str) -> None:
    assert (
        told(
            slots(
                quota(per_delegation=2, tie=tie),
                totals("95", "90", "90", "80"),
                people("唐山 唐山 唐山 沧州"),
            )
        )
        == expected
    )


def test_open_tie_of_a_delegation_holds_only_its_places_overall() -> None:
    rule = quota(per_delegation=1, places=2)

    assert (
        told(slots(rule, totals("95", "95", "90", "80"), people("唐山 唐山 沧州 邯郸"))) == "open open in out"
    )


def test_limit_per_delegation_and_overall_hold_at_once() -> None:
    rule = quota(per_delegation=1, places=2)

    assert told(slots(rule, totals("95", "94", "93", "92"), people("唐山 唐山 沧州 邯郸"))) == "in out in out"


@pytest.mark.parametrize(("score", "expected"), [("59.99", "out"), ("60", "in"), ("60.01", "in")])
def test_threshold_is_reached_at_the_line(score: str, expected: str) -> None:
    proposals = slots(quota(minimum_total=D(60)), totals(score))

    assert told(proposals) == expected


def test_who_declined_or_is_not_eligible_leaves_the_place_to_the_next() -> None:
    entrants = [
        Entrant(entry="E1", declined=True),
        Entrant(entry="E2", may_advance=False),
        Entrant(entry="E3"),
        Entrant(entry="E4"),
    ]

    proposals = slots(quota(places=1), totals("95", "90", "85", "80"), entrants)

    assert told(proposals) == "out out in out"
    assert codes(proposals) == ["declined", "not_eligible", "within_quota", "quota_full"]


def test_unknown_facts_hold_a_place_and_ask() -> None:
    entrants = [Entrant(entry="E1", may_advance=None, delegation="唐山"), Entrant(entry="E2")]

    proposals = slots(quota(places=3, per_delegation=1), totals("95", "90", "85", "80"), entrants)

    assert told(proposals) == "open open open out"
    assert codes(proposals)[:4] == [
        "eligibility_unknown",
        "delegation_unknown",
        "eligibility_unknown",
        "delegation_unknown",
    ]


def test_hors_concours_goes_up_only_where_the_rule_says_so() -> None:
    facts = [total_of("E1", "95", hors_concours=True), total_of("E2", "90")]

    assert told(slots(quota(places=1), facts)) == "out in"
    assert told(slots(quota(places=1, hors_concours=True), facts)) == "in out"


def test_unranked_entries_are_out_with_their_state() -> None:
    facts = [total_of("E1", "95", state="disqualified"), total_of("E2", "90", state="absent")]

    proposals = slots(quota(places=5), facts)

    assert told(proposals) == "out out"
    assert [each.reasons[0].zh for each in proposals] == [
        "该选手被取消资格，不参加排名。",
        "该选手缺考，不参加排名。",
    ]


def test_slots_of_unfinished_standings_are_a_preview() -> None:
    plan = one_mark_plan(panel_of())

    for marks, preview in ((["9"] * 4, True), (["9"] * 5, False)):
        (proposal,) = select(quota(places=1), rank(plan, [one_mark_entry(marks)]), [Entrant(entry="E1")])
        assert (proposal.outcome, proposal.preview) == ("in", preview)


@pytest.mark.parametrize(
    "limits", [{}, {"places": 0}, {"per_delegation": 0}, {"places": 1, "substitutes": -1}]
)
def test_rule_without_a_limit_or_with_an_empty_one_is_refused(limits: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="needs a limit"):
        quota(**limits)
