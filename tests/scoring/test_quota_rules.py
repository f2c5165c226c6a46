"""Shares, caps, compositions, hosts, seeds and places given up. Source: DOMAIN §1; builders as in test_slots."""

from collections import Counter
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring import (
    CapCase,
    Composition,
    Entrant,
    EntryFacts,
    Floor,
    QuotaRule,
    Share,
    SlotProposal,
    rank,
    select,
)
from scoring.advancement.selection import MISSED
from scoring.presets import PRESETS
from tests.scoring import strategies
from tests.scoring.builders import D, total_of, total_plan, totals
from tests.scoring.test_scoring_laws import reason_codes
from tests.scoring.test_slots import codes, quota, slots, told


def with_columns(**columns: str) -> list[Entrant]:
    """`unit="a b c"`: the columns of E1, E2, …; a dash is not known."""
    lists = {name: text.split() for name, text in columns.items()}
    count = len(next(iter(lists.values())))
    return [
        Entrant(
            entry=f"E{n + 1}",
            columns={name: values[n] for name, values in lists.items() if values[n] != "-"},
        )
        for n in range(count)
    ]


def falling(count: int) -> list[EntryFacts]:
    return totals(*(str(900 - n) for n in range(count)))


NON_PUBLIC = Composition(column="ownership", values=("private", "joint"), at_least=1)


@pytest.mark.parametrize(
    ("share", "field", "places"),
    [
        (Share(of=D("0.3")), 9, 2),
        (Share(of=D("0.3"), rounding="round"), 9, 3),
        (Share(of=D("0.25"), rounding="round"), 10, 3),
        (Share(of=D("0.3"), rounding="ceil"), 7, 3),
        (Share(of=D(2), out_of=D(3)), 30, 20),
        (Share(of=D("0.1"), minimum=2), 9, 2),
        (Share(of=D(1)), 4, 4),
    ],
)
def test_share_of_the_field_goes_up(share: Share, field: int, places: int) -> None:
    proposals = slots(quota(share=share), falling(field))

    assert [each.outcome for each in proposals].count("in") == places


def test_share_goes_up_but_no_more_than_the_places() -> None:
    assert told(slots(quota(share=Share(of=D("0.5")), places=2), falling(6))) == "in in out out out out"


@pytest.mark.parametrize(("base", "places"), [("present", 3), ("ranked", 2), ("entries", 4)])
def test_what_a_share_is_a_share_of(base: str, places: int) -> None:
    facts = [
        *falling(4),
        total_of("H1", "10", hors_concours=True),
        total_of("H2", "11", hors_concours=True),
        total_of("L1", "1", state="late"),
        total_of("L2", "1", state="absent"),
    ]

    proposals = slots(quota(share=Share(of=D("0.5")), base=base), facts)

    assert [each.outcome for each in proposals].count("in") == places


@pytest.mark.parametrize("wrong", [{"of": D(0)}, {"of": D(3), "out_of": D(2)}, {"of": D("NaN")}, {"of": D(1), "minimum": -1}])  # fmt: skip
def test_impossible_share_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"share|invalid"):
        Share(**wrong)


def test_each_value_of_a_column_has_its_cap() -> None:
    rule = quota(caps={"unit": 1}, substitutes=1)

    proposals = slots(rule, falling(5), with_columns(unit="a a b b a"))

    assert told(proposals) == "in s1 in s1 out"
    assert proposals[1].reasons[0].zh == "同一“unit”的 1 个名额已满。"


def test_several_caps_and_places_hold_at_once() -> None:
    rule = quota(places=3, caps={"unit": 1, "region": 2})

    proposals = slots(rule, falling(6), with_columns(unit="a a b c d e", region="n n n n s s"))

    assert told(proposals) == "in out in out in out"
    assert codes(proposals)[1] == "cap_full"


def test_cap_on_delegations_is_the_same_as_places_per_delegation() -> None:
    entrants = [Entrant(entry=f"E{n}", delegation=name) for n, name in ((1, "甲"), (2, "甲"), (3, None))]

    proposals = slots(quota(caps={"delegation": 1}), falling(3), entrants)

    assert told(proposals) == "in out open"
    assert codes(proposals) == ["within_quota", "delegation_full", "delegation_unknown"]


def test_unknown_column_is_a_question_and_holds_a_place() -> None:
    proposals = slots(quota(places=1, caps={"unit": 1}), falling(2), with_columns(unit="- a"))

    assert told(proposals) == "open out"
    assert proposals[0].reasons[0].code == "column_unknown"


def test_two_teams_where_a_region_held_its_own_preliminary_else_one() -> None:
    (rule,) = PRESETS["two-with-preliminary"].build()
    entrants = with_columns(region="n n n s s e", own_preliminary="yes yes yes no no -")

    proposals = slots(rule, falling(6), entrants)

    assert told(proposals) == "in in out in out open"


def test_three_of_an_item_per_region() -> None:
    (rule,) = PRESETS["three-per-region"].build()

    assert told(slots(rule, falling(5), with_columns(region="n n n n s"))) == "in in in s1 in"


@pytest.mark.parametrize(
    ("places", "ownership", "expected"),
    [
        (3, "state state state private", "in in out in"),
        (3, "state private state state", "in in in out"),
        (3, "state state state state", "in in out out"),
        (1, "state state joint private", "out out in out"),
        (3, "state private joint state", "in in in out"),
    ],
)
def test_places_are_kept_for_a_composition(places: int, ownership: str, expected: str) -> None:
    rule = quota(places=places, composition=(NON_PUBLIC,))

    assert told(slots(rule, falling(4), with_columns(ownership=ownership))) == expected


def test_place_that_nobody_fits_is_released_only_by_rule() -> None:
    release = msgspec.structs.replace(NON_PUBLIC, unfilled="release")
    entrants = with_columns(ownership="state state state")

    kept = slots(quota(places=2, composition=(NON_PUBLIC,)), falling(3), entrants)
    given = slots(quota(places=2, composition=(release,)), falling(3), entrants)

    assert (told(kept), told(given)) == ("in out out", "in in out")
    assert codes(kept)[1] == "reserved"


def test_at_least_three_from_non_public_firms() -> None:
    (rule,) = PRESETS["non-public-firms"].build(places=4)
    entrants = with_columns(ownership="public public public non_public non_public public 非公有制")

    assert told(slots(rule, falling(7), entrants)) == "in out out in in out in"


def test_fixed_composition_of_posts() -> None:
    (rule,) = PRESETS["posts"].build(numbers={"welder": 2, "fitter": 1})

    proposals = slots(rule, falling(6), with_columns(post="fitter fitter welder cook welder welder"))

    assert told(proposals) == "in out in out in out"
    assert [each.reasons[0].code for each in proposals if each.outcome == "out"] == [
        "reserved",
        "reserved",
        "composition_full",
    ]


def test_one_entry_counts_for_every_composition_it_fits() -> None:
    women = Composition(column="sex", values=("f",), at_least=1)
    rule = quota(places=2, composition=(NON_PUBLIC, women))
    entrants = with_columns(ownership="state private state private", sex="m f f m")

    assert told(slots(rule, falling(4), entrants)) == "in in out out"


def test_kept_place_respects_the_caps_of_whoever_is_to_fill_it() -> None:
    rule = quota(places=2, caps={"unit": 1}, composition=(NON_PUBLIC,))
    entrants = with_columns(unit="a a b c", ownership="state private state private")

    assert told(slots(rule, falling(4), entrants)) == "in out out in"


def test_compositions_that_cannot_all_be_met_let_in_who_meets_one() -> None:
    women = Composition(column="sex", values=("f",), at_least=1)
    entrants = with_columns(ownership="state state private", sex="m f m")

    assert told(slots(quota(places=1, composition=(NON_PUBLIC, women)), falling(3), entrants)) == "out in out"


WOMEN = Composition(column="sex", values=("f",), at_least=1)


@pytest.mark.parametrize(
    ("least", "places", "ownership", "expected"),
    [
        (1, 2, "state private", "in in"),
        (2, 3, "private state state state", "in in in out"),
        (2, 3, "state private state state", "in in in out"),
        (2, 2, "state private private", "out in in"),
    ],
)
def test_place_is_kept_only_while_somebody_further_down_fits(
    least: int, places: int, ownership: str, expected: str
) -> None:
    some = msgspec.structs.replace(NON_PUBLIC, at_least=least, unfilled="release")

    proposals = slots(
        quota(places=places, composition=(some,)), falling(4), with_columns(ownership=ownership)
    )

    assert told(proposals[: len(ownership.split())]) == expected


@pytest.mark.parametrize(
    ("least", "units", "ownership", "expected"),
    [
        (1, "a b a", "state state private", "in in out"),  # unit a has its place, so the private firm of unit a cannot fit
        (2, "b a a", "state private private", "in in out"),  # of the two of unit a only one can go up
    ],
)  # fmt: skip
def test_no_place_is_kept_for_whoever_is_over_a_cap(
    least: int, units: str, ownership: str, expected: str
) -> None:
    some = msgspec.structs.replace(NON_PUBLIC, at_least=least, unfilled="release")
    rule = quota(places=2, caps={"unit": 1}, composition=(some,))

    assert told(slots(rule, falling(3), with_columns(unit=units, ownership=ownership))) == expected


@pytest.mark.parametrize("unfilled", ["empty", "release"])
@pytest.mark.parametrize(
    ("places", "units", "ownership", "expected"),
    [
        (1, "a a", "state private", "out in"),  # the last place is kept for the private firm of the same unit
        (1, "b a a", "state state private", "out out in"),
        (2, "b a a", "state state private", "in out in"),
        (1, "a a", "private private", "in out"),  # who fits takes both
        (2, "a a b", "state private private", "in out in"),  # on the other place unit a may use up its cap
    ],
)
def test_nobody_takes_a_kept_place_by_using_up_the_cap_of_whoever_it_is_kept_for(
    unfilled: Any, places: int, units: str, ownership: str, expected: str
) -> None:
    some = msgspec.structs.replace(NON_PUBLIC, unfilled=unfilled)
    rule = quota(places=places, caps={"unit": 1}, composition=(some,))

    proposals = slots(rule, falling(3), with_columns(unit=units, ownership=ownership))

    assert told(proposals[: len(units.split())]) == expected


def test_seed_takes_a_place_but_is_not_one_of_those_in_line() -> None:
    release = msgspec.structs.replace(NON_PUBLIC, unfilled="release")
    seed = Entrant(entry="S", seed=1, columns={"ownership": "state"})
    rule = quota(places=2, composition=(release,))

    proposals = slots(rule, falling(2), [seed, *with_columns(ownership="state private")])

    assert told(proposals) == "out in in"
    assert codes(proposals)[0] == "reserved"


def test_composition_that_is_met_lets_nobody_past_those_that_cannot_all_be() -> None:
    """After the private firm one place is left, and a woman and a welder are still wanted: another private firm is neither."""
    welder = Composition(column="post", values=("welder",), at_least=1)
    rule = quota(places=2, composition=(NON_PUBLIC, WOMEN, welder))
    entrants = with_columns(
        ownership="private private state state", sex="m m f m", post="cook cook cook welder"
    )

    proposals = slots(rule, falling(4), entrants)

    assert told(proposals) == "in out in out"
    assert [each.reasons[0].code for each in proposals][1::2] == ["reserved", "quota_full"]


def test_who_meets_one_of_two_compositions_waits_for_whoever_meets_both() -> None:
    rule = quota(places=1, composition=(NON_PUBLIC, WOMEN))

    assert told(slots(rule, falling(2), with_columns(ownership="private private", sex="m f"))) == "out in"


def test_equals_who_each_meet_one_of_two_compositions_do_not_share_one_place() -> None:
    rule = quota(places=1, composition=(NON_PUBLIC, WOMEN))

    assert (
        told(slots(rule, totals("90", "90"), with_columns(ownership="private state", sex="m f")))
        == "open open"
    )


def test_places_of_a_unit_that_a_tie_lost_stay_empty() -> None:
    rule = quota(caps={"unit": 2}, tie="none")

    assert told(slots(rule, totals("95", "90", "90", "80"), with_columns(unit="a a a a"))) == "in out out out"


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"caps": {"unit": 1}}, "in s1 in s1"),
        ({"caps": {"unit": 1}, "places": 2}, "in s1 in s2"),
        ({"caps": {"unit": 1, "region": 1}}, "in s1 s2 s3"),
    ],
)
def test_substitutes_stand_by_where_places_are_counted(limits: dict[str, Any], expected: str) -> None:
    rule = quota(substitutes=3, **limits)

    assert told(slots(rule, falling(4), with_columns(unit="a a b b", region="n n n n"))) == expected


def test_place_of_a_seed_lapses_like_any_other() -> None:
    seed = Entrant(entry="S", seed=1, answer_by="2025-06-30")

    (proposal,) = select(quota(places=1), rank(total_plan(), []), [seed], on="2025-07-01")

    assert (proposal.outcome, proposal.reasons[0].code) == ("out", "lapsed")


@pytest.mark.parametrize(
    ("tie", "scores", "ownership", "expected"),
    [
        ("report", "90 90 80", "state state private", "open open in"),
        ("one_more", "90 90 80", "state state private", "in in in"),
        ("all", "90 90 90 80", "state state state private", "in in in in"),
        ("none", "90 90 80", "state state private", "out out in"),
        ("report", "90 90 80", "state private state", "in in out"),
        ("report", "90 90 90", "private private private", "open open open"),
        ("report", "90 80 80", "state private private", "in open open"),
    ],
)
def test_tie_beside_a_kept_place(tie: str, scores: str, ownership: str, expected: str) -> None:
    rule = quota(places=2, tie=tie, composition=(NON_PUBLIC,))

    assert told(slots(rule, totals(*scores.split()), with_columns(ownership=ownership))) == expected


@pytest.mark.parametrize(
    ("seeds", "expected"),
    [("within", "in in out out in in"), ("extra", "in in in in in in")],
)
def test_seeded_entries_go_in_first(seeds: str, expected: str) -> None:
    entrants = [
        *(Entrant(entry=f"E{n}") for n in (1, 2, 3)),
        Entrant(entry="E4"),
        Entrant(entry="E5", seed=2),
        Entrant(entry="W", seed=1),
    ]

    proposals = slots(quota(places=4, seeds=seeds), falling(5), entrants)

    assert told(proposals) == expected
    assert [proposals[-1].entry, proposals[-1].position] == ["W", None]
    assert proposals[-1].reasons[0].code == "seeded"


@pytest.mark.parametrize(
    ("facts", "changes", "expected"),
    [
        (total_of("S", "1", state="absent"), {}, "in"),
        (total_of("S", "1", state="disqualified"), {}, "out"),
        (total_of("S", "1"), {"declined": True}, "out"),
        (total_of("S", "1"), {"may_advance": False}, "out"),
        (total_of("S", "1"), {"may_advance": None}, "open"),
    ],
)
def test_seed_does_not_ask_for_a_result_but_for_everything_else(
    facts: EntryFacts, changes: dict[str, Any], expected: str
) -> None:
    rule = quota(places=1, minimum_total=D(60), floors=(Floor(node="total", minimum=D(60)),))

    (proposal,) = slots(rule, [facts], [Entrant(entry="S", seed=1, **changes)])

    assert proposal.outcome == expected


def test_more_seeds_than_places_are_taken_in_their_order() -> None:
    entrants = [Entrant(entry="A", seed=3), Entrant(entry="B", seed=1), Entrant(entry="C", seed=2)]

    proposals = slots(quota(places=2), [], entrants)

    assert [(each.entry, each.outcome) for each in proposals] == [("A", "out"), ("B", "in"), ("C", "in")]


def test_host_has_places_on_top_for_its_best_who_missed_one() -> None:
    rule = quota(places=2, host={"region": ("h",)}, host_places=1, substitutes=1)

    proposals = slots(rule, falling(5), with_columns(region="h n n h h"))

    assert told(proposals) == "in in s1 in out"
    assert [reason.code for reason in proposals[3].reasons] == ["quota_full", "host_place"]


@pytest.mark.parametrize(
    ("tie", "expected"),
    [("report", "in open open"), ("one_more", "in in in"), ("none", "in out out")],
)
def test_tie_for_the_place_of_the_host(tie: str, expected: str) -> None:
    rule = quota(places=1, tie=tie, host={"region": ("h",)}, host_places=1)

    assert told(slots(rule, totals("95", "90", "90"), with_columns(region="n h h"))) == expected


def test_tie_lost_within_a_unit_is_still_a_tie_for_the_place_of_the_host() -> None:
    rule = quota(places=1, caps={"unit": 1}, host={"unit": ("h",)}, host_places=1)

    assert told(slots(rule, totals("95", "90", "90"), with_columns(unit="n h h"))) == "in open open"


def test_field_below_the_minimum_sends_nobody() -> None:
    (rule,) = PRESETS["selection-of-15"].build()
    seeded = [Entrant(entry="S", seed=1)]

    small, large = slots(rule, falling(14), seeded), slots(rule, falling(15))

    assert {each.outcome for each in small} == {"out"}
    assert {reason.code for each in small[:14] for reason in each.reasons} == {"field_too_small"}
    assert [each.outcome for each in large].count("in") == 3


def test_only_entries_of_the_rules_group_take_part() -> None:
    rule = quota(places=2, where={"group": ("worker",)})

    proposals = slots(rule, falling(4), with_columns(group="student worker - worker"))

    assert told(proposals) == "out in open out"
    assert codes(proposals)[0] == "not_in_group"


@pytest.mark.parametrize(
    ("floor", "passed", "outcome"),
    [
        (Floor(node="total", minimum=D(60)), {}, "in"),
        (Floor(node="total", minimum=D("80.5"), title="总分"), {}, "out"),
        (Floor(node="theory", minimum=D(60)), {}, "open"),
        (Floor(node="theory"), {"theory": True}, "in"),
        (Floor(node="theory"), {"theory": False}, "out"),
        (Floor(node="theory"), {}, "open"),
    ],
)
def test_part_must_reach_its_floor(floor: Floor, passed: dict[str, bool], outcome: str) -> None:
    (proposal,) = slots(quota(places=1, floors=(floor,)), totals("80"), [Entrant(entry="E1", passed=passed)])

    assert proposal.outcome == outcome


@pytest.mark.parametrize(
    ("answer", "on", "replace_until", "expected"),
    [
        ({}, None, None, "in out"),
        ({"answer_by": "2025-06-30"}, None, None, "in out"),
        ({"answer_by": "2025-06-30"}, "2025-06-30", None, "in out"),
        ({"answer_by": "2025-06-30"}, "2025-07-01", None, "out in"),
        ({"answer_by": "2025-06-30", "answer": "accepted"}, "2025-07-01", None, "in out"),
        ({"answer": "declined"}, None, None, "out in"),
        ({"answer": "declined"}, "2025-07-01", "2025-06-01", "out in"),
        ({"answer": "declined", "answered_on": "2025-06-01"}, None, "2025-06-01", "out in"),
        ({"answer": "declined", "answered_on": "2025-06-02"}, None, "2025-06-01", "out out"),
        ({"answer_by": "2025-06-30"}, "2025-07-01", "2025-06-30", "out in"),
        ({"answer_by": "2025-06-30"}, "2025-07-01", "2025-06-29", "out out"),
    ],
)
def test_place_given_up_passes_on_until_it_is_too_late(
    answer: dict[str, Any], on: str | None, replace_until: str | None, expected: str
) -> None:
    rule = quota(places=1, replace_until=replace_until)
    entrants = [Entrant(entry="E1", **answer), Entrant(entry="E2")]

    proposals = select(rule, rank(total_plan(), falling(2)), entrants, on=on)

    assert told(proposals) == expected


def test_who_gives_up_too_late_without_a_place_is_out_as_anybody() -> None:
    rule = quota(places=1, replace_until="2025-06-01")
    entrants = [Entrant(entry="E1"), Entrant(entry="E2", declined=True, answered_on="2025-07-01")]

    proposals = slots(rule, falling(2), entrants)

    assert codes(proposals) == ["within_quota", "quota_full"]


@pytest.mark.parametrize("day", ["2025-6-30", "30.06.2025", "2025-13-01"])
def test_day_that_is_none_is_refused(day: str) -> None:
    with pytest.raises(ValueError, match="is no date"):
        quota(places=1, replace_until=day)
    with pytest.raises(ValueError, match="is no date"):
        Entrant(entry="E1", answer_by=day)
    with pytest.raises(ValueError, match="is no date"):
        select(quota(places=1), rank(total_plan(), []), [], on=day)


def test_funnel_takes_sixteen_and_then_eight() -> None:
    first, second = PRESETS["funnel"].build()

    up = [each.entry for each in slots(first, falling(40)) if each.outcome == "in"]
    through = [each for each in slots(second, falling(len(up))) if each.outcome == "in"]

    assert (len(up), len(through)) == (16, 8)


@pytest.mark.parametrize(
    "wrong",
    [
        {"caps": {"unit": 0}},
        {"cap_cases": (CapCase(by="unit", most=-1),)},
        {"places": 1, "host_places": 1},
        {"places": 1, "host": {"region": ("h",)}},
        {"places": 1, "host_places": -1, "host": {"region": ("h",)}},
        {"per_delegation": 1, "composition": (NON_PUBLIC,)},
        {"places": 1, "composition": (NON_PUBLIC, NON_PUBLIC)},
    ],
)
def test_rule_that_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="Quota rule up"):
        quota(**wrong)


@pytest.mark.parametrize(
    "wrong", [{}, {"at_least": -1}, {"at_least": 2, "at_most": 1}, {"at_least": 1, "values": ()}]
)
def test_composition_that_contradicts_itself_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="composition of"):
        Composition(**({"column": "post", "values": ("welder",)} | wrong))


def test_rule_of_the_old_shape_reads_as_before_and_unknown_fields_are_refused() -> None:
    stored = b'{"code":"up","version":1,"name":"n","name_en":"","places":3,"per_delegation":null,"minimum_total":null,"tie":"report","substitutes":2,"hors_concours":false}'

    assert msgspec.json.decode(stored, type=QuotaRule) == QuotaRule(
        code="up", version=1, name="n", places=3, substitutes=2
    )
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        msgspec.json.decode(b'{"code":"up","version":1,"name":"n","places":3,"place":4}', type=QuotaRule)


@st.composite
def wide_rules(draw: st.DrawFn) -> QuotaRule:
    """Places with any caps, compositions and host."""
    least = draw(st.integers(0, 2))
    most = draw(st.none() | st.integers(max(1, least), 3))
    composed = () if least == 0 and most is None else (
        Composition(column="sex", values=("f",), at_least=least, at_most=most, unfilled=draw(st.sampled_from(["empty", "release"]))),
    )  # fmt: skip
    host = draw(st.integers(0, 1))
    return QuotaRule(
        code="q",
        version=1,
        name="名额",
        places=draw(st.integers(max(1, least), 5)),
        caps={"unit": draw(st.integers(1, 3))} if draw(st.booleans()) else {},
        composition=composed,
        host={"unit": ("a",)} if host else {},
        host_places=host,
        tie=draw(st.sampled_from(["one_more", "all", "none", "report"])),
        substitutes=draw(st.integers(0, 3)),
    )


@st.composite
def wide_entrants(draw: st.DrawFn, facts: list[EntryFacts]) -> list[Entrant]:
    return [
        Entrant(
            entry=each.entry,
            columns={"unit": draw(st.sampled_from("abc")), "sex": draw(st.sampled_from("fm"))},
            declined=draw(st.integers(0, 8)) == 0,
            seed=draw(st.sampled_from([None] * 9 + [1])),
        )
        for each in facts
    ]


def in_by(proposals: tuple[SlotProposal, ...], entrants: list[Entrant], column: str) -> Counter[str]:
    values = {each.entry: each.columns[column] for each in entrants}
    return Counter(
        values[each.entry]
        for each in proposals
        if each.outcome == "in" and "host_place" not in reason_codes(each.reasons)
    )


@given(st.data(), strategies.loose_fields(), wide_rules())
def test_no_limit_is_exceeded(data: st.DataObject, facts: list[EntryFacts], rule: QuotaRule) -> None:
    entrants = data.draw(wide_entrants(facts))
    proposals = select(rule, rank(total_plan(), facts), entrants)
    taken = [each for each in proposals if each.outcome == "in"]
    hosts = [each for each in taken if "host_place" in reason_codes(each.reasons)]
    extra = sum(bool(reason_codes(each.reasons) & {"one_more", "all_equal"}) for each in taken)

    assert len(taken) - len(hosts) <= (rule.places or 0) + extra
    assert len(hosts) <= rule.host_places + extra
    if rule.caps:
        assert all(
            count <= rule.caps["unit"] + extra for count in in_by(proposals, entrants, "unit").values()
        )
    for each in rule.composition:
        if each.at_most is not None:
            assert in_by(proposals, entrants, "sex")["f"] <= each.at_most + extra


@given(st.data(), strategies.loose_fields(), wide_rules())
def test_nobody_in_line_is_passed_over_without_a_reason(
    data: st.DataObject, facts: list[EntryFacts], rule: QuotaRule
) -> None:
    entrants = data.draw(wide_entrants(facts))
    proposals = select(rule, rank(total_plan(), facts), entrants)
    # A tie within one unit or one composition says nothing of entries of another.
    plain = not rule.caps and not rule.composition
    against = {"quota_full", "tie_not_admitted"} if plain else {"quota_full"}

    for each in proposals:
        if each.outcome not in {"out", "substitute"} or not reason_codes(each.reasons) & against:
            continue
        for other in proposals:
            if other.outcome == "in" and not reason_codes(other.reasons) & {"seeded", "host_place"}:
                assert (other.position or 0) <= (each.position or 0)


@given(st.data(), strategies.loose_fields(), wide_rules())
def test_reasons_of_a_slot_say_what_its_outcome_is(
    data: st.DataObject, facts: list[EntryFacts], rule: QuotaRule
) -> None:
    entrants = data.draw(wide_entrants(facts))

    for each in select(rule, rank(total_plan(), facts), entrants):
        last = each.reasons[-1].code
        match each.outcome:
            case "in":
                assert last in {"within_quota", "seeded", "one_more", "all_equal", "host_place"}
            case "open":
                assert last == "open_tie"
            case "substitute":
                assert last == "substitute" and each.reasons[-2].code in MISSED
            case "out":
                assert last in MISSED | {"not_ranked", "hors_concours", "declined"}


@given(st.data(), strategies.loose_fields(), wide_rules())
def test_places_kept_for_a_composition_go_to_whoever_fits(
    data: st.DataObject, facts: list[EntryFacts], rule: QuotaRule
) -> None:
    entrants = data.draw(wide_entrants(facts))
    proposals = select(msgspec.structs.replace(rule, tie="report"), rank(total_plan(), facts), entrants)
    sex = {each.entry: each.columns["sex"] for each in entrants}

    for each in rule.composition:
        fitting = [slot for slot in proposals if sex[slot.entry] == "f"]
        got = sum(slot.outcome in {"in", "open"} for slot in fitting)
        turned_away = [
            slot for slot in fitting if "quota_full" in reason_codes(slot.reasons) and slot.outcome != "in"
        ]
        seeded = any(slot for slot in proposals if "seeded" in reason_codes(slot.reasons))
        if got < each.at_least and not seeded:
            assert not turned_away
