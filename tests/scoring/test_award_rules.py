"""What an award rule may ask beyond places: cases, floors, checklists, caps, totals, ties above. Source: DOMAIN §7."""

from collections import Counter
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring import (
    AwardCap,
    AwardField,
    AwardProposal,
    AwardRule,
    Check,
    CheckItem,
    Cut,
    CutCase,
    Entrant,
    Floor,
    Ladder,
    LadderCase,
    Member,
    RuleRefused,
    Share,
    Standings,
    propose,
    rank,
)
from scoring.awards.batch import Batch
from tests.scoring import strategies
from tests.scoring.builders import D, total_of, total_plan, totals
from tests.scoring.test_awards import alone, award, descending, field_of, run, told, worker
from tests.scoring.test_scoring_laws import reason_codes, sentences


def dense(scores: str) -> Standings:
    """Standings that number shared ranks 1 2 2 3."""
    plan = msgspec.structs.replace(total_plan(), shared="1223")
    return rank(plan, totals(*scores.split()))


def outcome_of(
    rule: AwardRule, member: dict[str, Any], **entrant: Any
) -> tuple[str, set[str], dict[str, str]]:
    """What the only entry gets, with the codes and facts."""
    field = entrant.pop("field", {})
    (proposal,) = propose(
        [rule],
        [msgspec.structs.replace(field_of(descending(1)), **field)],
        [Entrant(entry="E1", members=(worker("P", **member),), **entrant)],
    )
    return proposal.outcome, reason_codes(proposal.reasons), proposal.facts


@pytest.mark.parametrize(
    ("cut", "field", "start", "places"),
    [
        (Cut(share=D(2), out_of=D(3)), 30, 0, 20),
        (Cut(up_to=Share(of=D("0.5"))), 21, 3, 7),
        (Cut(up_to=Share(of=D("0.5"))), 4, 3, 0),
        (Cut(places=9, up_to=Share(of=D("0.3"))), 30, 3, 6),
        (Cut(places=9, share=D("0.5"), up_to=Share(of=D("0.3"))), 100, 0, 9),
    ],
)
def test_band_may_end_at_a_share_of_the_field(cut: Cut, field: int, start: int, places: int) -> None:
    assert cut.size(field, start) == places


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"cut": None}, "needs a cut"),
        ({"total": 0}, "total of award rule"),
    ],
)
def test_rule_that_cannot_be_is_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        award(**wrong)
    with pytest.raises(ValueError, match="cap on awards"):
        AwardCap(most=0)


CASES = (
    CutCase(cut=Cut(places=3), classes=("one",), team_sizes=(1,)),
    CutCase(cut=Cut(places=1), classes=("one",), team_sizes=(2,)),
    CutCase(cut=Cut(places=2), classes=("two",)),
)


@pytest.mark.parametrize(
    ("changes", "fallback", "granted"),
    [
        ({"contest_class": "one", "team_size": 1}, None, 3),
        ({"contest_class": "one", "team_size": 2}, None, 1),
        ({"contest_class": "one", "team_size": 3}, None, 0),
        ({"contest_class": "one", "team_size": 3}, Cut(places=4), 4),
        ({"contest_class": "two", "team_size": 3}, None, 2),
        ({"contest_class": "one"}, None, 3),
    ],
)
def test_places_by_class_and_team_size(changes: dict[str, Any], fallback: Cut | None, granted: int) -> None:
    standings = descending(6)
    field = msgspec.structs.replace(field_of(standings), **changes)

    proposals = propose(
        [award(cut=fallback, cases=CASES)], [field], [alone(row.entry) for row in standings.rows]
    )

    assert len(proposals) == granted


@pytest.mark.parametrize("changes", [{"team_size": 1}, {"contest_class": "one"}])
def test_places_are_not_guessed_where_class_or_team_size_is_unknown(changes: dict[str, Any]) -> None:
    field = msgspec.structs.replace(field_of(descending(2)), **changes)
    uneven = [alone("E1"), Entrant(entry="E2", team_size=2)]

    with pytest.raises(RuleRefused, match="class or the team size"):
        propose([award(cut=None, cases=CASES)], [field], uneven)


@pytest.mark.parametrize(
    ("rule", "field", "outcome", "code"),
    [
        ({"classes": ("one",)}, {"contest_class": "one"}, "eligible", "class"),
        ({"classes": ("one",)}, {"contest_class": "two"}, "not_eligible", "class_not_met"),
        ({"classes": ("one",)}, {}, "needs_person", "class_unknown"),
        ({"team_sizes": (1,)}, {}, "eligible", "team_size"),
        ({"team_sizes": (2, 3)}, {}, "not_eligible", "team_size_not_met"),
        ({"minimum_field": 2}, {}, "not_eligible", "field_too_small"),
    ],
)
def test_award_is_for_certain_contests(
    rule: dict[str, Any], field: dict[str, Any], outcome: str, code: str
) -> None:
    got, codes, _ = outcome_of(award(**rule), {}, field=field)

    assert (got, code in codes) == (outcome, True)


def test_team_size_that_differs_is_a_question() -> None:
    proposals = run(award(team_sizes=(1,)), "95 90", Entrant(entry="E2", members=(worker("A"), worker("B"))))

    assert {each.outcome for each in proposals} == {"needs_person"}


@pytest.mark.parametrize(
    ("rule", "member", "entrant", "outcome", "code"),
    [
        ({"minimum_total": D(999)}, {}, {}, "eligible", "minimum_total"),
        ({"minimum_total": D(1000)}, {}, {}, "not_eligible", "below_minimum"),
        ({"floors": (Floor(node="theory"),)}, {}, {"passed": {"theory": True}}, "eligible", "floor"),
        ({"floors": (Floor(node="theory"),)}, {}, {"passed": {"theory": False}}, "not_eligible", "floor_not_met"),
        ({"floors": (Floor(node="theory"),)}, {}, {}, "needs_person", "floor_unknown"),
        ({"floors": (Floor(node="total", minimum=D(1)),)}, {}, {}, "eligible", "floor"),
        ({"floors": (Floor(node="none", minimum=D(1)),)}, {}, {}, "needs_person", "floor_unknown"),
        ({"where": {"sex": ("f",)}}, {}, {"columns": {"sex": "f"}}, "eligible", "group"),
        ({"where": {"sex": ("f",)}}, {}, {"columns": {"sex": "m"}}, "not_eligible", "group_not_met"),
        ({"where": {"sex": ("f",)}}, {}, {}, "needs_person", "group_unknown"),
        ({"minimum_level": "senior"}, {}, {}, "eligible", "minimum_level"),
        ({"minimum_level": "technician"}, {}, {}, "not_eligible", "minimum_level_not_met"),
        ({"minimum_level": "senior"}, {"level": None}, {}, "needs_person", "minimum_level_unknown"),
        ({"barred_honours": ("medal",)}, {}, {}, "eligible", "earlier_honour"),
        ({"barred_honours": ("medal",)}, {"honours": frozenset({"medal"})}, {}, "not_eligible", "earlier_honour_not_met"),
        ({"barred_honours": ("medal",)}, {"honours": None}, {}, "needs_person", "earlier_honour_unknown"),
    ],
)  # fmt: skip
def test_condition_of_entry_or_person(
    rule: dict[str, Any], member: dict[str, Any], entrant: dict[str, Any], outcome: str, code: str
) -> None:
    got, codes, _ = outcome_of(award(**rule), member, **entrant)

    assert (got, code in codes) == (outcome, True)


@pytest.mark.parametrize(
    ("checks", "outcome", "code", "fact"),
    [
        ({}, "needs_person", "check_open", "unknown"),
        ({"veto": Check(outcome="clear", reviewer="")}, "needs_person", "check_open", "unknown"),
        ({"veto": Check(outcome="clear", reviewer="Li")}, "eligible", "check_clear", "clear, Li"),
        ({"veto": Check(outcome="against", reviewer="Li", on="2025-06-30")}, "not_eligible", "check_against", "against, Li, 2025-06-30"),
    ],
)  # fmt: skip
def test_checklist_is_never_silently_automatic(
    checks: dict[str, Check], outcome: str, code: str, fact: str
) -> None:
    rule = award(checklist=(CheckItem(code="veto", title="一票否决", title_en="Veto"),))

    got, codes, facts = outcome_of(rule, {"checks": checks})

    assert (got, code in codes, facts["check:veto"]) == (outcome, True, fact)


def test_proposal_names_the_facts_it_rests_on() -> None:
    rule = award(
        conditions=("worker_status", "filed_before_start", "not_holder", "not_leader_or_official", "clear_record", "level_below_target"),
        level_target="technician", where={"sex": ("f",)}, floors=(Floor(node="total", minimum=D(1)),),
    )  # fmt: skip

    _, _, facts = outcome_of(
        rule, {"clear_record": None, "honours": frozenset({"b", "a"})}, columns={"sex": "f"}
    )

    assert facts == {
        "award_rank": "1", "total": "999", "field": "1", "places": "1-2", "value:total": "999", "column:sex": "f", "worker": "yes",
        "filed": "yes", "honours": "a, b", "leader_or_official": "no", "clear_record": "unknown", "level": "senior",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("after_tie", "scores", "silver", "bronze"),
    [
        ("decide", "95 95 90 85 80", "E1? E2?", "E3"),
        ("skip", "95 95 90 85 80", "", "E3"),
        ("shift", "95 95 90 85 80", "E3", "E4"),
        ("skip", "95 95 95 90 85", "", ""),
        ("shift", "95 95 95 90 85", "E4", "E5"),
        ("skip", "95 90 85 80 75", "E2", "E3"),
        ("shift", "95 90 85 80 75", "E2", "E3"),
    ],
)
def test_what_a_shared_gold_leaves_of_silver_and_bronze(
    after_tie: str, scores: str, silver: str, bronze: str
) -> None:
    one = Cut(places=1)
    facts = totals(*scores.split())
    standings = rank(total_plan(), facts)
    people = [alone(each.entry) for each in facts]

    def winners(above: tuple[Cut, ...]) -> str:
        rule = award(cut=one, above=above, tie="widen", after_tie=after_tie)
        proposals = propose([rule], [field_of(standings)], people)
        return " ".join(each.entry + ("?" if each.outcome == "needs_person" else "") for each in proposals)

    assert winners((one,)) == silver
    assert winners((one, one)) == bronze


def test_places_are_counted_also_where_ranks_are_numbered_without_gaps() -> None:
    standings = dense("95 90 90 85 80")
    people = [alone(row.entry) for row in standings.rows]

    proposals = propose([award(cut=Cut(places=3))], [field_of(standings)], people)
    second_band = propose([award(cut=Cut(places=1), above=(Cut(places=3),))], [field_of(standings)], people)

    assert told(proposals) == "E1:eligible E2:eligible E3:eligible"
    assert [(each.entry, each.award_rank) for each in second_band] == [("E4", 3)]


@pytest.mark.parametrize(("base", "granted"), [("present", 2), ("ranked", 1), ("entries", 3)])
def test_what_the_share_of_an_award_is_a_share_of(base: str, granted: int) -> None:
    facts = [
        *totals("95", "90", "85"),
        total_of("H", "10", hors_concours=True),
        total_of("L", "9", state="late"),
        total_of("M", "9", state="late"),
    ]
    standings = rank(total_plan(), facts)

    proposals = propose(
        [award(cut=Cut(share=D("0.5")), base=base)],
        [field_of(standings)],
        [alone(each.entry) for each in facts],
    )

    assert len(proposals) == granted


def unit(entry: str, name: str | None, **member: Any) -> Entrant:
    return msgspec.structs.replace(alone(entry, **member), columns={"unit": name} if name else {})


@pytest.mark.parametrize(
    ("units", "back_fill", "expected"),
    [
        ("a a b c", False, "E1:eligible E2:not_eligible E3:eligible"),
        ("a a b c", True, "E1:eligible E2:not_eligible E3:eligible E4:eligible"),
        ("a b c d", True, "E1:eligible E2:eligible E3:eligible"),
    ],
)
def test_unit_gets_no_more_than_its_cap(units: str, back_fill: bool, expected: str) -> None:
    rule = award(cut=Cut(places=3), caps=(AwardCap(by="unit", most=1),), back_fill=back_fill)
    entrants = [unit(f"E{n}", name) for n, name in enumerate(units.split(), 1)]

    assert told(run(rule, "95 90 85 80", *entrants)) == expected


def test_cap_counts_every_award_of_a_unit_or_delegation() -> None:
    rule = award(cut=Cut(places=4), caps=(AwardCap(by="unit", most=2),))
    by_delegation = award(cut=Cut(places=4), caps=(AwardCap(by="delegation", most=1),))
    sent = [msgspec.structs.replace(alone(f"E{n}"), delegation=name) for n, name in enumerate("aabc", 1)]

    by_unit = run(rule, "95 90 85 80", *[unit(f"E{n}", name) for n, name in enumerate("aaab", 1)])

    assert told(by_unit) == "E1:eligible E2:eligible E3:not_eligible E4:eligible"
    assert told(run(by_delegation, "95 90 85 80", *sent)) == (
        "E1:eligible E2:not_eligible E3:eligible E4:eligible"
    )


@pytest.mark.parametrize(
    "caps", [(AwardCap(by="unit", most=2),), (AwardCap(most=9), AwardCap(by="unit", most=2))]
)
def test_tie_for_the_last_award_of_a_unit_counts_those_before(caps: tuple[AwardCap, ...]) -> None:
    rule = award(cut=Cut(places=3), caps=caps)

    proposals = run(rule, "95 90 90", *[unit(f"E{n}", "a") for n in (1, 2, 3)])

    assert [each.reasons[0].code for each in proposals] == ["within_places", "cap_tie", "cap_tie"]


def test_award_of_one_member_rules_out_another_award_of_the_entry() -> None:
    first = award(code="first", conditions=("worker_status",))
    second = award(code="second", excludes=frozenset({"first"}))
    team = Entrant(entry="E1", members=(worker("A", worker=False), worker("B")))

    proposals = propose([first, second], [field_of(descending(1))], [team])

    assert told(proposals[2:]) == "E1:not_eligible E1:not_eligible"


def test_band_goes_on_behind_what_a_shared_gold_left_empty() -> None:
    rule = award(cut=Cut(places=2), above=(Cut(places=1),), tie="widen", after_tie="skip")

    assert told(run(rule, "95 95 90 85")) == "E3:eligible"


def test_band_above_that_ends_at_a_share_begins_behind_the_one_above_it() -> None:
    above = (Cut(places=1), Cut(up_to=Share(of=D("0.5"))))

    assert told(run(award(cut=Cut(places=1), above=above), "95 90 85 80")) == "E3:eligible"


def test_ladder_with_cases_of_places_gives_nothing_where_none_fits() -> None:
    rule = award(cut=None, cases=CASES, ladder=Ladder(cases=(LadderCase(up=1),)))
    field = msgspec.structs.replace(field_of(descending(1)), contest_class="three", team_size=1)

    assert propose([rule], [field], [alone("E1")]) == ()


def test_facts_name_all_honours_and_a_level_that_is_not_known() -> None:
    rule = award(barred_honours=("x",), ladder=Ladder(cases=(LadderCase(up=1),)))

    _, _, facts = outcome_of(rule, {"honours": frozenset("ba"), "level": None})

    assert (facts["honours"], facts["level"]) == ("a, b", "unknown")


def test_tie_within_one_unit_is_left_to_a_person() -> None:
    rule = award(cut=Cut(places=3), caps=(AwardCap(by="unit", most=1),))

    proposals = run(rule, "95 95 90", unit("E1", "a"), unit("E2", "a"), unit("E3", None))

    assert [each.outcome for each in proposals] == ["needs_person"] * 3
    assert [each.reasons[0].code for each in proposals] == ["cap_tie", "cap_tie", "within_places"]
    assert "cap_unknown" in reason_codes(proposals[2].reasons)


def test_question_about_a_capped_award_is_a_question_about_the_next() -> None:
    rule = award(cut=Cut(places=2), caps=(AwardCap(by="unit", most=1),), conditions=("worker_status",))

    proposals = run(rule, "95 90", unit("E1", "a", worker=None), unit("E2", "a"))

    assert [each.outcome for each in proposals] == ["needs_person", "needs_person"]
    assert "cap_open" in reason_codes(proposals[1].reasons)


@pytest.mark.parametrize(
    ("cap", "expected"),
    [
        (AwardCap(most=1), "E1:eligible F1:not_eligible"),
        (AwardCap(most=2), "E1:eligible F1:eligible"),
        (AwardCap(most=1, awards=("other",)), "E1:eligible F1:eligible"),
        (AwardCap(by="entry", most=1), "E1:eligible F1:eligible"),
    ],
)
def test_person_gets_at_most_so_many_awards_over_all_fields(cap: AwardCap, expected: str) -> None:
    fields = [field_of(descending(1)), field_of(descending(1, "F"), code="turner")]
    entrants = [Entrant(entry=entry, members=(worker("Wang"),)) for entry in ("E1", "F1")]

    assert told(propose([award(caps=(cap,))], fields, entrants)) == expected


def test_who_is_not_eligible_takes_nothing_from_the_total() -> None:
    rule = award(cut=Cut(places=3), total=2, conditions=("worker_status",))

    assert told(run(rule, "95 90 85", alone("E1", worker=False))) == "E1:not_eligible E2:eligible E3:eligible"


@pytest.mark.parametrize(
    ("total", "expected"),
    [
        (4, {"eligible": 4}),
        (3, {"eligible": 2, "needs_person": 2}),
        (2, {"eligible": 2, "not_eligible": 2}),
        (1, {"needs_person": 2, "not_eligible": 2}),
    ],
)
def test_total_over_all_fields_takes_better_ranks_first(total: int, expected: dict[str, int]) -> None:
    fields = [field_of(descending(3)), field_of(descending(3, "F"), code="turner")]
    entrants = [alone(f"{prefix}{n}") for prefix in "EF" for n in (1, 2, 3)]

    proposals = propose([award(total=total)], fields, entrants)

    assert Counter(each.outcome for each in proposals) == expected
    assert all(sentences(each.reasons) for each in proposals)


def test_award_lost_to_the_total_excludes_nothing_below_it() -> None:
    medal = award(code="medal", cut=Cut(places=2), total=2)
    title = award(code="title", cut=Cut(places=2), excludes=frozenset({"medal"}))
    fields = [field_of(descending(2)), field_of(descending(2, "F"), code="turner")]
    entrants = [alone(f"{prefix}{n}") for prefix in "EF" for n in (1, 2)]

    proposals = propose([medal, title], fields, [*entrants[:3]])

    assert told(each for each in proposals if each.rule == "title") == (
        "E1:not_eligible E2:eligible F1:not_eligible F2:needs_person"
    )


def test_no_case_of_places_leaves_everybody_outside() -> None:
    field = msgspec.structs.replace(field_of(descending(2)), contest_class="three", team_size=1)

    proposals = propose([award(cut=None, cases=CASES)], [field], [alone("E1")], everyone=True)

    assert [each.reasons[0].code for each in proposals] == ["outside_places", "outside_places"]


def test_batch_tells_what_somebody_without_a_name_holds() -> None:
    batch = Batch()
    batch.add(award(), Entrant(entry="E1"), [(None, "needs_person")])

    assert batch.holds("award", "E1", None) is None
    assert batch.holds("award", "E2", None) is False


def test_award_rule_of_the_old_shape_reads_as_before_and_unknown_fields_are_refused() -> None:
    stored = (
        b'{"code":"award","version":1,"name":"\xe5\xa5\x96","name_en":"Award","authority":"union","field":"trade",'
        b'"cut":{"places":2,"share":null,"rounding":"floor","minimum":1},"above":[],"conditions":["worker_status"],"minimum_field":0,'
        b'"back_fill":false,"tie":"report","excludes":["x"],"level_target":null,"deciding_items":{}}'
    )

    assert msgspec.json.decode(stored, type=AwardRule) == award(
        conditions=("worker_status",), excludes=frozenset({"x"})
    )
    for unknown in (stored.replace(b'"minimum_field"', b'"smallest"'), stored.replace(b'"share"', b'"part"')):
        with pytest.raises(msgspec.ValidationError, match="unknown field"):
            msgspec.json.decode(unknown, type=AwardRule)


def test_rule_writes_what_it_says_and_reads_it_again() -> None:
    rule = award(cases=CASES, caps=(AwardCap(by="unit"),), floors=(Floor(node="theory"),), total=9)

    assert msgspec.json.decode(msgspec.json.encode(rule), type=AwardRule) == rule
    assert b"back_fill" not in msgspec.json.encode(rule)


@given(
    st.data(),
    strategies.loose_fields(),
    st.integers(1, 4),
    st.integers(0, 3),
    st.sampled_from(["skip", "shift", "decide"]),
    st.booleans(),
)
def test_caps_and_bands_hold_whatever_the_field(
    data: st.DataObject, facts: Any, places: int, above: int, after_tie: Any, back_fill: bool
) -> None:
    standings = rank(total_plan(), facts)
    rule = AwardRule(
        code="a", version=1, name="奖", name_en="Award", authority="union", field="item", cut=Cut(places=places),
        above=(Cut(places=above),) if above else (), after_tie=after_tie, back_fill=back_fill,
        conditions=("worker_status",), caps=(AwardCap(by="unit", most=2),),
    )  # fmt: skip
    people = [
        Entrant(
            entry=each.entry,
            columns={"unit": data.draw(st.sampled_from("ab"))},
            members=(Member(person=each.entry, worker=data.draw(st.sampled_from([True, True, False]))),),
        )
        for each in facts
    ]
    units = {each.entry: each.columns["unit"] for each in people}

    proposals = propose(
        [rule], [AwardField(kind="item", code="i", name="项", items={"i": standings})], people
    )

    granted = [each for each in proposals if each.outcome == "eligible"]
    assert len(granted) <= places
    assert all(count <= 2 for count in Counter(units[each.entry] for each in granted).values())
    assert all(sentences(each.reasons) for each in proposals)
    for each in proposals:
        assert (each.outcome == "eligible") == _all_met(each)


def _all_met(proposal: AwardProposal) -> bool:
    """The explanation says yes throughout."""
    against = {"worker_status_not_met", "open_tie", "cap_tie", "cap_reached", "cap_open"}
    return not reason_codes(proposal.reasons) & against
