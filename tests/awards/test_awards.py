"""Award proposals from final results, the checklist, and the authority's decision."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import msgspec
import pytest

from api.plumbing.ids import encode_id
from scoring import AwardRule, CheckItem, Cut, CutCase, Floor, Ladder, LadderCase, hebei_provincial
from tests.plans import two_part_plan
from tests.results.builders import MARKS, THEORY, final_item, step

CLEAR = {
    "leader_or_civil_servant": False,
    "discipline": False,
    "unit_veto": False,
    "already_holds": False,
    "worker_status": True,
}


@pytest.fixture
async def final(world):
    """A final provincial item with the Hebei rules, filed with union and HRSS before it began."""
    contest = await world.contest()
    rules = {"awards": hebei_provincial(level_target="technician")}
    await world.execute(
        "INSERT INTO contest_rules (contest_id, revision, document, hash) VALUES ($1, 1, $2, '')",
        contest.contest,
        msgspec.json.encode(rules).decode(),
    )
    for kind in ("federation", "authority"):
        authority = await world.organisation(kind=kind)
        await world.execute(
            "INSERT INTO contest_filing (contest_id, authority_id, number, filed_on) VALUES ($1, $2, '冀赛2021-003', $3)",
            contest.contest, authority, date(2021, 1, 8),
        )  # fmt: skip
    entries, organiser = await final_item(world, contest, MARKS, THEORY)
    authority = await world.client("award_authority", "contest", contest.contest)
    people = {
        name: await world.fetchval("SELECT person_id FROM entry_member WHERE entry_id = $1", entry)
        for name, entry in entries.items()
    }
    for person in people.values():
        await world.execute(
            "INSERT INTO skill_level (person_id, trade_code, level, valid_from) VALUES ($1, 'fitter', 3, '2019-01-01')",
            person,
        )
    return contest, people, organiser, authority


def url(contest, path):
    return f"/api/v1/contests/{encode_id('contest', contest.contest)}/{path}"


async def check(authority, contest, person, answers=CLEAR):
    for question, answer in answers.items():
        reply = await authority.post(
            url(contest, "award-checks"), json={"person": encode_id("person", person), "question": question, "answer": answer},
            headers={"Idempotency-Key": f"{person}{question}{answer}"},
        )  # fmt: skip
        assert reply.status_code == 201, reply.text


async def propose(client, contest, key="propose"):
    return await client.post(url(contest, "award-proposals"), json={}, headers={"Idempotency-Key": key})


async def rows(client, contest, **filters):
    answer = await client.get(url(contest, "award-proposals"), params=filters)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


async def test_unknown_facts_are_left_to_a_person(final):
    contest, _, _, authority = final

    answer = await propose(authority, contest)

    assert answer.status_code == 201, answer.text
    assert {row["outcome"] for row in answer.json()["rows"]} == {"needs_person"}


async def test_hebei_rules_propose_medal_titles_and_promotion_with_reasons(final):
    contest, people, _, authority = final
    for person in people.values():
        await check(authority, contest, person)

    await propose(authority, contest)

    shown = await rows(authority, contest)
    assert sorted((row["rule"], row["place"], row["name"], row["outcome"]) for row in shown) == [
        ("hebei-level-promotion", 1, "乙", "eligible"),
        ("hebei-level-promotion", 2, "甲", "eligible"),
        ("hebei-level-promotion", 3, "丙", "eligible"),
        ("hebei-may-day-medal", 1, "乙", "eligible"),
        ("hebei-technical-expert", 1, "乙", "eligible"),
        ("hebei-technical-expert", 2, "甲", "eligible"),
        ("hebei-technical-expert", 3, "丙", "eligible"),
    ]
    assert all(reason["zh"] and reason["en"] for row in shown for reason in row["reasons"])


async def test_a_leader_is_refused_the_medal_and_told_why(final):
    contest, people, _, authority = final
    for name, person in people.items():
        await check(authority, contest, person, CLEAR | {"leader_or_civil_servant": name == "乙"})

    await propose(authority, contest)

    (medal,) = await rows(authority, contest, rule="hebei-may-day-medal")
    assert medal["outcome"] == "not_eligible"
    assert any(reason["code"] == "not_leader_or_official_not_met" for reason in medal["reasons"])


async def test_no_proposals_before_final(world, final):
    contest, _, organiser, authority = final
    await step(organiser, contest, "withdrawn", reason="申诉成立")

    preview = await authority.get(url(contest, "award-preview"))
    answer = await propose(authority, contest)

    assert preview.json()["preview"] is True
    assert (answer.status_code, answer.json()["code"]) == (409, "result_not_final")
    assert (
        await world.fetchval("SELECT count(*) FROM award_proposal WHERE contest_id = $1", contest.contest)
        == 0
    )


async def test_everyone_gets_a_reason_in_the_full_preview(final):
    contest, _, _, authority = final

    answer = await authority.get(url(contest, "award-preview"), params={"everyone": "true"})

    medal = {row["name"]: row for row in answer.json()["rows"] if row["rule"] == "hebei-may-day-medal"}
    assert {"甲", "乙", "丙"} == medal.keys()
    assert medal["丙"]["reasons"][0]["code"] == "outside_places"


async def decide(client, row, **body):
    return await client.post(
        f"/api/v1/proposals/{row['id']}/decisions",
        json=body,
        headers={"Idempotency-Key": uuid4().hex},
    )


async def test_authority_decides_and_a_change_of_mind_needs_a_reason(final):
    contest, people, _, authority = final
    for person in people.values():
        await check(authority, contest, person)
    await propose(authority, contest)
    (medal,) = await rows(authority, contest, rule="hebei-may-day-medal")

    granted = await decide(authority, medal, decision="granted")
    silent = await decide(authority, medal, decision="refused", base_rev=1)
    blind = await decide(authority, medal, decision="refused", base_rev=0, reason="未看到已有判定")
    changed = await decide(authority, medal, decision="refused", base_rev=1, reason="本人放弃")

    assert granted.status_code == 201, granted.text
    assert (silent.status_code, silent.json()["code"]) == (422, "reason_needed")
    assert (blind.status_code, blind.json()["code"]) == (409, "decision_changed")
    assert changed.json()["rev"] == 2


async def test_granting_against_the_rule_needs_a_reason(final):
    contest, _, _, authority = final
    await propose(authority, contest)
    (medal,) = await rows(authority, contest, rule="hebei-may-day-medal")

    answer = await decide(authority, medal, decision="granted")

    assert (answer.status_code, answer.json()["code"]) == (422, "reason_needed")


async def test_a_proposal_of_a_withdrawn_result_is_not_decided(final):
    contest, _, organiser, authority = final
    await propose(authority, contest)
    (medal,) = await rows(authority, contest, rule="hebei-may-day-medal")
    await step(organiser, contest, "withdrawn", reason="申诉成立")

    answer = await decide(authority, medal, decision="granted", reason="特批")

    assert (answer.status_code, answer.json()["code"]) == (409, "proposal_outdated")
    assert (await rows(authority, contest, rule="hebei-may-day-medal"))[0]["outdated"] is True


async def test_organiser_proposes_but_does_not_decide(final):
    contest, _, organiser, _ = final
    await propose(organiser, contest)
    (medal,) = await rows(organiser, contest, rule="hebei-may-day-medal")

    answer = await decide(organiser, medal, decision="granted", reason="同意")

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden_right")


async def with_rules(world, contest, *awards):
    await world.execute(
        "INSERT INTO contest_rules (contest_id, revision, document, hash) VALUES ($1, 2, $2, '')",
        contest.contest, msgspec.json.encode({"awards": awards}).decode(),
    )  # fmt: skip


def award(**fields):
    return AwardRule(**{
        "code": "own", "version": 1, "name": "自设奖", "name_en": "Own", "authority": "union", "field": "item", "cut": Cut(places=1),
        **fields,
    })  # fmt: skip


async def previewed(client, contest, rule):
    body = (await client.get(url(contest, "award-preview"))).json()
    assert body["refused"] == []
    return [row for row in body["rows"] if row["rule"] == rule]


async def test_a_checklist_waits_for_a_person_and_names_who_answered(world, final):
    contest, people, _, authority = final
    await with_rules(world, contest, award(checklist=(CheckItem(code="unit-veto", title="单位否决事项"),)))

    before = (await previewed(authority, contest, "own"))[0]
    await check(authority, contest, people["乙"], {"check:unit-veto": True})
    after = (await previewed(authority, contest, "own"))[0]
    await check(authority, contest, people["乙"], {"check:unit-veto": False})
    against = (await previewed(authority, contest, "own"))[0]

    assert [row["outcome"] for row in (before, after, against)] == [
        "needs_person", "eligible", "not_eligible",
    ]  # fmt: skip
    assert before["facts"]["check:unit-veto"] == "unknown"
    assert after["facts"]["check:unit-veto"].startswith("clear, 账号, 20")


async def test_an_item_of_no_checklist_is_not_answered(world, final):
    contest, people, _, authority = final

    answer = await authority.post(
        url(contest, "award-checks"), headers={"Idempotency-Key": "x"},
        json={"person": encode_id("person", people["乙"]), "question": "check:shoe-size", "answer": True},
    )  # fmt: skip

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "check_unknown")
    assert (
        await world.fetchval("SELECT count(*) FROM award_check WHERE contest_id = $1", contest.contest) == 0
    )


async def test_a_ladder_leads_each_to_a_level_by_class_rank_and_present_level(world, final):
    contest, people, _, authority = final
    await world.execute(
        "INSERT INTO skill_level (person_id, trade_code, level, valid_from) VALUES ($1, 'fitter', 4, '2020-06-01')",
        people["甲"],
    )
    await with_rules(world, contest, award(
        cut=None,
        ladder=Ladder(cases=(
            LadderCase(classes=("province_1",), last=1, target="senior_technician"),
            LadderCase(classes=("province_1",), team_sizes=(1,), last=3, target="technician"),
        )),
    ))  # fmt: skip

    await propose(authority, contest)

    shown = await rows(authority, contest)
    assert {row["name"]: (row["outcome"], row["target_level"]) for row in shown} == {
        "乙": ("eligible", 5),
        "甲": ("not_eligible", None),
        "丙": ("eligible", 4),
    }


async def test_facts_are_kept_with_a_proposal(final):
    contest, people, _, authority = final
    await check(authority, contest, people["乙"])

    await propose(authority, contest)

    (medal,) = await rows(authority, contest, rule="hebei-may-day-medal")
    assert medal["facts"]["award_rank"] == "1"
    assert (medal["facts"]["filed"], medal["facts"]["worker"]) == ("yes", "yes")
    assert medal["facts"]["total"] == medal["total"]
    assert "name_zh" not in medal["facts"]


async def test_an_award_of_one_region_asks_where_the_entry_is_from(world, final):
    contest, _, _, authority = final
    await world.execute("UPDATE entry SET unit_name = '甲厂' WHERE contest_id = $1", contest.contest)
    await with_rules(
        world, contest, award(where={"unit": ("甲厂",)}), award(code="other", where={"unit": ("乙厂",)})
    )

    own, other = await previewed(authority, contest, "own"), await previewed(authority, contest, "other")

    assert (own[0]["outcome"], own[0]["facts"]["column:unit"]) == ("eligible", "甲厂")
    assert other[0]["outcome"] == "not_eligible"


async def test_places_by_class_and_team_size(world, final):
    contest, _, _, authority = final
    cases = (CutCase(classes=("city_1",), cut=Cut(places=1)), CutCase(team_sizes=(1,), cut=Cut(places=2)))
    await with_rules(world, contest, award(cut=None, cases=cases))

    assert [row["name"] for row in await previewed(authority, contest, "own")] == ["乙", "甲"]


async def test_a_part_below_its_pass_line_costs_the_award(world):
    plan = two_part_plan()
    theory, practical = plan.root.parts
    lined = msgspec.structs.replace(theory, node=msgspec.structs.replace(theory.node, pass_at=Decimal(85)))
    contest = await world.contest(plan=msgspec.structs.replace(
        plan, root=msgspec.structs.replace(plan.root, parts=(lined, practical))
    ))  # fmt: skip
    await with_rules(world, contest, award(cut=Cut(places=3), floors=(Floor(node="theory"),)))
    await final_item(world, contest, MARKS, THEORY)
    authority = await world.client("award_authority", "contest", contest.contest)

    shown = await previewed(authority, contest, "own")

    # 甲 has 90 in the theory paper, 乙 80 and 丙 70.
    assert {row["name"]: row["outcome"] for row in shown} == {
        "乙": "not_eligible", "甲": "eligible", "丙": "not_eligible",
    }  # fmt: skip
    assert next(row["facts"]["passed:theory"] for row in shown if row["name"] == "乙") == "no"
