"""What stands in a database for years keeps its meaning: plans, standings and rules written before scoring knew more than five nodes.

The hashes were taken with that older engine; nothing here may be brought up to date.
"""

import hashlib
from decimal import Decimal

import msgspec

from api.contests.feeding import unfed
from api.contests.rules import ContestRules
from scoring import Cut, EntryFacts, Mark, Plan, Standings, check_plan, plan_hash, rank, standings_bytes

PLAN = """
{"code":"old","version":3,"title":"钳工","title_en":"Fitter","root":{"node":"weighted_sum","key":"total","title":"总分","rounding":{},
"parts":[{"weight":"0.30","node":{"node":"imported","key":"theory","title":"理论","maximum":"100","step":"0.5"}},
{"weight":"0.7","node":{"node":"sum","key":"practical","title":"实操","panel":{"size":3,"method":"trimmed_mean","drop_high":1,"drop_low":1,"rounding":{"digits":2}},
"rounding":{"digits":2,"mode":"half_even"},"parts":[
{"node":"judged","key":"A1","title":"锉削","maximum":"3","kind":"judgement_0_3","points":"40","benchmarks":[{"value":"3","word":"优"}]},
{"node":"measured","key":"B1","title":"尺寸","maximum":"50","unit":"mm","bands":[{"points":"60","low":"23.98","high":"24.05"},{"points":"20","high":"24.20"}]}]}}]},
"ties":[{"key":"total"},{"key":"practical"},{"key":"time","of":"time","better":"lower"},{"key":"chief","of":"decision","better":"lower"}]}
"""

RULES = """
{"quota": {"code": "q", "version": 1, "name": "晋级", "name_en": "", "places": 3, "per_delegation": null, "minimum_total": null,
 "tie": "report", "substitutes": 2, "hors_concours": false}, "awards": [{"code": "medal", "version": 1, "name": "奖章",
 "name_en": "Medal", "authority": "union", "field": "trade", "cut": {"places": 1, "share": null, "rounding": "floor", "minimum": 1},
 "above": [], "conditions": ["worker_status"], "minimum_field": 0, "back_fill": false, "tie": "report", "excludes": [],
 "level_target": null, "deciding_items": {}}]}
"""


def plan() -> Plan:
    return msgspec.json.decode(PLAN, type=Plan)


def entry(name: str, judgement: str, size: str, theory: str, **more: object) -> EntryFacts:
    marks = tuple(
        Mark(name, judge, criterion, "scored", Decimal(value))
        for judge in ("A-01", "A-02", "A-03")
        for criterion, value in (("A1", judgement), ("B1", size))
    )
    panels = {"practical": ("A-01", "A-02", "A-03")}
    return EntryFacts(entry=name, marks=marks, imported={"theory": Decimal(theory)}, panels=panels, **more)  # type: ignore[arg-type]


def facts() -> list[EntryFacts]:
    return [
        entry("e1", "2", "24.00", "80.5"),
        entry("e2", "3", "24.10", "77.0", decision=1),
        entry("e3", "2", "24.00", "80.50", hors_concours=True),
        EntryFacts(entry="e4", state="absent"),
        EntryFacts(entry="e5", panels={"practical": ("A-01",)}, times={"time": Decimal("61.20")}),
    ]


def test_an_old_plan_keeps_its_hash_and_can_be_used():
    assert plan_hash(plan()) == "sha256:67fcb844082074ea5d64f01fe80315a236bc354c449efac9e24ce01e66de0a4a"
    assert (check_plan(plan()), unfed(plan())) == ((), ())


def test_an_old_standing_is_computed_again_byte_for_byte():
    standings = rank(plan(), facts())
    body = standings_bytes(standings)

    assert standings.input_hash == "sha256:88d1297cc8a2c6b5d11f841b149d87104f8b0a17290b7038e1b3fd03cd410069"
    assert (
        hashlib.sha256(body).hexdigest() == "dcf1711978c49ec80a520665857c560fa621aa0719b286f96156fd643e23758f"
    )
    assert standings_bytes(msgspec.json.decode(body, type=Standings)) == body


def test_old_rules_say_what_they_said():
    rules = msgspec.json.decode(RULES, type=ContestRules)

    assert rules.quota is not None
    assert (rules.quota.places, rules.quota.substitutes, rules.quota.tie) == (3, 2, "report")
    assert (rules.awards[0].cut, rules.awards[0].caps, rules.awards[0].ladder) == (Cut(places=1), (), None)
