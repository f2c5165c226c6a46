"""Why an entry goes up, stands by, stays open or is out, in the words that are read out; each reason once."""

from typing import Any

import pytest

from scoring import Composition, Entrant, Floor, QuotaRule, rank, select
from tests.scoring.builders import D, total_of, total_plan, totals
from tests.scoring.test_slots import quota

PLANT = {"columns": {"unit": "一厂"}}
ONE_PLANT = Composition(column="unit", values=("一厂",), at_most=1)
OTHER_PLANT = Composition(column="unit", values=("二厂",), at_least=1)
FLOORS = (Floor(node="total", minimum=D("90.0")), Floor(node="theory", title="理论", title_en="Theory"), Floor(node="x", minimum=D(1)))  # fmt: skip
ASK_REVIEW = (
    "是否符合上一级参赛条件尚未审核，须人工审核。",
    "Eligibility for the next tier has not been reviewed; a person must decide.",
)

REASONS: list[tuple[QuotaRule, str, dict[str, Any], list[tuple[str, str]]]] = [
    (quota(places=2), "95 90", {}, [("排名第 2，在晋级名额之内。", "Rank 2 is within the places that go up.")]),
    (quota(places=1), "95 90", {}, [("1 个晋级名额已满。", "No place is left of the 1 that go up.")]),
    (quota(places=1, substitutes=1), "95 90", {}, [("1 个晋级名额已满。", "No place is left of the 1 that go up."), ("列为第 1 候补。", "The entry is substitute number 1.")]),
    (quota(per_delegation=1), "95 90", {"delegation": "唐山"}, [("代表队的 1 个名额已满。", "The delegation has no place left of its 1.")]),
    (quota(caps={"unit": 1}), "95 90", PLANT, [("同一“unit”的 1 个名额已满。", "No place is left of the 1 for one “unit”.")]),
    (quota(places=2, composition=(ONE_PLANT,)), "95 90", PLANT, [("按构成要求，这类选手最多 1 个，已满。", "By the required composition at most 1 of this kind go up, and they are complete.")]),
    (quota(places=1, composition=(OTHER_PLANT,)), "95 90", PLANT, [("剩余名额按构成要求留给其他选手。", "The places that are left are kept for others by the required composition.")]),
    (quota(places=2, tie="one_more"), "95 90 90", {}, [("第 2 名并列，按规则增加一个名额。", "Rank 2 is shared; by rule there is one more place.")]),
    (quota(places=2, tie="all"), "95 90 90", {}, [("第 2 名并列，按规则全部晋级。", "Rank 2 is shared; by rule all of them go up.")]),
    (quota(places=2, tie="none"), "95 90 90", {}, [("第 2 名并列且超出名额，按规则均不晋级。", "Rank 2 is shared across the last place; by rule none of them goes up.")]),
    (quota(places=2), "95 90 90", {}, [("第 2 名并列 2 个，剩余名额 1 个，须先裁定。", "Rank 2 is shared by 2 entries, the number of places left is 1; this must be decided first.")]),
    (quota(places=2), "95 90 90", {"may_advance": None}, [ASK_REVIEW, ("第 2 名并列 2 个，剩余名额 1 个，须先裁定。", "Rank 2 is shared by 2 entries, the number of places left is 1; this must be decided first.")]),
    (quota(places=2, tie="one_more"), "95 90 90", {"may_advance": None}, [ASK_REVIEW, ("第 2 名并列，按规则增加一个名额。", "Rank 2 is shared; by rule there is one more place.")]),
    (quota(places=2, tie="all"), "95 90 90", {"may_advance": None}, [ASK_REVIEW, ("第 2 名并列，按规则全部晋级。", "Rank 2 is shared; by rule all of them go up.")]),
    (quota(per_delegation=1, caps={"unit": 1}), "95 90", {"may_advance": None}, [ASK_REVIEW, ("所属代表队未登记，无法计算名额，须人工核实。", "The delegation is not recorded, so its places cannot be counted; a person must find out."), ("“unit”未登记，无法计算名额，须人工核实。", "The column “unit” is not recorded, so places cannot be counted; a person must find out.")]),
    (quota(places=2), "95 90", {"may_advance": False}, [("经审核不符合上一级竞赛的参赛条件。", "The review found the entry not eligible for the next tier.")]),
    (quota(places=2, where={"unit": ("二厂",)}), "95 90", PLANT, [("不属于本规则规定的范围。", "The rule is for other entries than this one.")]),
    (quota(places=2), "95 90", {"declined": True}, [("选手已放弃晋级。", "The entry has declined to go up.")]),
    (quota(places=2, replace_until="2025-06-30"), "95 90", {"declined": True, "answered_on": "2025-07-01"}, [("放弃过晚，名额不再递补。", "The place was given up too late to be passed on and stays empty.")]),
    (quota(places=2), "95 90", {"answer_by": "2025-06-30"}, [("截至 2025-06-30 未答复，名额作废。", "The place was not answered by 2025-06-30 and has lapsed.")]),
    (quota(places=2, minimum_field=3), "95 90", {}, [("参赛 2 个，少于规定的 3 个，不产生晋级名额。", "The field of 2 is below the required 3, so nobody goes up.")]),
    (quota(minimum_total=D("90.5")), "95 90", {}, [("总分 90 未达到晋级分数线 90.5。", "The total 90 is below the required 90.5.")]),
    (quota(places=1), "95 90", {"seed": 1}, [("按规则直接晋级。", "The entry goes up by rule as seeded.")]),
    (quota(places=1), "95 90", {"seed": 1, "may_advance": None}, [ASK_REVIEW, ("按规则直接晋级。", "The entry goes up by rule as seeded.")]),
    (quota(places=1, host={"unit": ("一厂",)}, host_places=1), "95 90", PLANT, [("1 个晋级名额已满。", "No place is left of the 1 that go up."), ("占用东道主增加的名额。", "The entry takes one of the places that the host has on top.")]),
    (quota(places=2, floors=FLOORS), "95 90", {}, [("“理论”是否合格尚未登记，须人工核实。", "It is not recorded whether the part “Theory” is passed; a person must check it."), ("“x”没有成绩，须人工核实。", "The part “x” has no value; a person must check it.")]),
]  # fmt: skip

CODES = ["all_equal", "below_minimum", "cap_full", "column_unknown", "composition_full", "declined", "declined_late", "delegation_full", "delegation_unknown", "eligibility_unknown", "field_too_small", "floor_unknown", "host_place", "lapsed", "not_eligible", "not_in_group", "one_more", "open_tie", "quota_full", "reserved", "seeded", "substitute", "tie_not_admitted", "within_quota"]  # fmt: skip


@pytest.mark.parametrize(("rule", "scores", "second", "said"), REASONS, ids=range(len(REASONS)))
def test_reason_of_the_second_entry(
    rule: QuotaRule, scores: str, second: dict[str, Any], said: list[tuple[str, str]]
) -> None:
    facts = totals(*scores.split())
    entrants = [Entrant(entry="E1", delegation="唐山", **PLANT), Entrant(entry="E2", **second)]
    third = [Entrant(entry=each.entry) for each in facts[2:]]

    proposals = select(rule, rank(total_plan(), facts), [*entrants, *third], on="2025-07-01")

    (proposal,) = [each for each in proposals if each.entry == "E2"]
    assert [(each.zh, each.en) for each in proposal.reasons] == said
    assert proposal.position == 2


def test_code_of_every_reason_is_what_programs_look_for() -> None:
    found: list[str] = []
    for rule, scores, second, _ in REASONS:
        entrants = [
            Entrant(entry="E1", delegation="唐山", **PLANT),
            Entrant(entry="E2", **second),
            Entrant(entry="E3"),
        ]
        for each in select(rule, rank(total_plan(), totals(*scores.split())), entrants, on="2025-07-01"):
            if each.entry == "E2":
                found += [reason.code for reason in each.reasons]

    assert sorted(set(found)) == CODES


def test_entry_hors_concours_is_told_why() -> None:
    standings = rank(total_plan(), [total_of("H", "95", hors_concours=True)])

    (proposal,) = select(quota(places=1), standings, [Entrant(entry="H")])

    assert [(each.code, each.zh, each.en) for each in proposal.reasons] == [
        ("hors_concours", "非正式参赛选手不占晋级名额。", "An entry hors concours takes no place in the next tier.")
    ]  # fmt: skip
