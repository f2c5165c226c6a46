"""Three levels of review, each with its own deciders, reasons and ways back."""

import pytest

from api.plumbing.ids import parse_id
from tests.registration.builders import gate, id_number, member, written


async def test_entry_goes_unit_organiser_committee_and_gets_its_number(door):
    first, second = await door.accepted(), await door.accepted()

    assert (first["state"], first["number"], second["number"]) == ("accepted", "FITTER-0001", "FITTER-0002")
    assert [(s["before"], s["after"]) for s in first["history"]] == [
        ("draft", "at_unit"),
        ("at_unit", "at_organiser"),
        ("at_organiser", "at_committee"),
        ("at_committee", "accepted"),
    ]
    ledger = await door.world.fetch(
        "SELECT kind, payload FROM ledger WHERE chain = $1 ORDER BY seq", door.contest.item
    )
    assert [row["kind"] for row in ledger] == ["entry_accepted", "entry_accepted"]
    assert "试甲" not in str(ledger)


async def test_number_of_a_withdrawn_entry_is_not_given_again(door):
    first = await door.accepted()
    await door.moved(door.registrar, first, "withdrawn")

    assert (await door.accepted())["number"] == "FITTER-0002"


async def test_each_level_decides_what_lies_with_it_only(door):
    entry = await door.registered()
    before = await written(door.world)

    over_the_units_head = await door.move(door.organiser, entry, "at_organiser")
    assert (over_the_units_head.status_code, over_the_units_head.json()["code"]) == (403, "not_your_level")
    assert await written(door.world) == before

    entry = await door.moved(door.registrar, entry, "at_organiser")
    by_the_unit = await door.move(door.registrar, entry, "at_committee")
    assert by_the_unit.json()["code"] == "not_your_level"


@pytest.mark.parametrize("to", ["returned", "refused"])
@pytest.mark.parametrize("reason", [None, "", " ", "缺"])
async def test_returning_and_refusing_need_a_reason(door, to, reason):
    entry = await door.registered()
    before = await written(door.world)

    answer = await door.move(door.registrar, entry, to, reason)

    assert answer.status_code == 422
    assert await written(door.world) == before


async def test_returned_entry_is_corrected_and_sent_again(door):
    number = id_number()
    entry = await door.registered(members=[member(document_number=number, post="焊工")])
    entry = await door.moved(door.registrar, entry, "returned", "岗位填写有误")
    assert (entry["reason"], entry["may_correct"]) == ("岗位填写有误", True)
    person = entry["members"][0]["person"]

    corrected = await door.registrar.patch(
        f"/api/v1/entries/{entry['id']}",
        json={"members": [{"person": person, "post": "班长"}]},
        headers={"If-Match": f'"r{entry["rev"]}"'},
    )

    assert corrected.status_code == 200, corrected.text
    (worker,) = corrected.json()["members"]
    assert (worker["person"], worker["name"], worker["post"]) == (person, "试甲", "班长")
    again = await door.moved(door.registrar, corrected.json(), "at_unit")
    assert again["state"] == "at_unit"


async def test_mistyped_name_is_corrected_by_whoever_mistyped_it(door):
    number = id_number()
    entry = await door.registered(submit_to="draft", members=[member(name="试假", document_number=number)])

    corrected = await door.registrar.patch(
        f"/api/v1/entries/{entry['id']}",
        json={"members": [member(name="试甲", document_number=number)]},
        headers={"If-Match": f'"r{entry["rev"]}"'},
    )

    assert corrected.status_code == 200, corrected.text
    assert corrected.json()["members"][0]["name"] == "试甲"
    assert corrected.json()["members"][0]["person"] == entry["members"][0]["person"]


@pytest.mark.parametrize(
    ("members", "status", "code"),
    [
        ([{"person": "per_00000000000000000000000000"}], 422, "invalid_fields"),
        ([{"person": "nobody"}], 422, "invalid_fields"),
        ([member(name="")], 422, "invalid_fields"),
        ([member(), member()], 422, "invalid_fields"),
    ],
)
async def test_wrong_correction_is_refused_and_nothing_is_written(door, members, status, code):
    draft = await door.registered(submit_to="draft")
    before = await written(door.world)

    answer = await door.registrar.patch(
        f"/api/v1/entries/{draft['id']}", json={"members": members}, headers={"If-Match": '"r1"'}
    )

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await written(door.world) == before


async def test_entry_under_review_is_not_corrected(door):
    entry = await door.registered()

    answer = await door.registrar.patch(
        f"/api/v1/entries/{entry['id']}", json={"members": [member()]}, headers={"If-Match": '"r1"'}
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "entry_not_open")


async def test_decision_based_on_an_older_version_shows_the_current_one(door):
    entry = await door.registered()
    await door.moved(door.registrar, entry, "at_organiser")
    before = await written(door.world)

    late = await door.move(door.registrar, entry, "refused", "不符合条件")
    without = await door.registrar.post(f"/api/v1/entries/{entry['id']}/transitions", json={"to": "refused"})

    assert (late.status_code, late.json()["code"]) == (412, "stale")
    assert late.json()["current"]["state"] == "at_organiser"
    assert without.status_code == 428
    assert await written(door.world) == before


async def test_skipping_a_level_is_forbidden_and_says_what_is_possible(door):
    entry = await door.registered()
    before = await written(door.world)

    answer = await door.move(door.organiser, entry, "accepted")

    assert (answer.status_code, answer.json()["code"]) == (409, "forbidden_transition")
    assert "待主办单位审核" in answer.json()["detail"]
    assert await written(door.world) == before


async def test_refused_entry_frees_the_person(door):
    worker = member()
    entry = await door.registered(members=[worker])
    await door.moved(door.registrar, entry, "refused", "不是本单位职工")

    await door.registered(members=[worker])


async def test_drawn_entry_is_not_withdrawn(door):
    entry = await door.accepted()
    entry_id = parse_id("entry", entry["id"])
    judges = await door.world.judges(door.contest, 1)
    await door.world.sheets(door.contest, [entry_id], judges)
    before = await written(door.world)

    answer = await door.move(door.registrar, entry, "withdrawn")

    assert (answer.status_code, answer.json()["code"]) == (409, "entry_is_drawn")
    assert await written(door.world) == before


async def test_other_units_and_hosts_do_not_find_the_entry(door):
    entry = await door.registered()
    other = await gate(door.world)
    before = await written(door.world)

    for client in (other.registrar, other.organiser):
        assert (await client.get(f"/api/v1/entries/{entry['id']}")).status_code == 404
        assert (await door.move(client, entry, "withdrawn")).status_code == 404
        listed = await client.get(door.path)
        assert listed.json()["data"] == []
    assert await written(door.world) == before


async def test_node_above_reads_and_does_not_decide(door):
    above = await door.world.organisation()
    below = await door.world.organisation(parent=above)
    await door.world.execute("UPDATE contest SET host_id = $2 WHERE id = $1", door.contest.contest, below)
    overseer = await door.world.client("organiser", "organisation", above)
    host = await door.world.client("organiser", "organisation", below)
    entry = await door.moved(door.registrar, await door.registered(), "at_organiser")

    assert (await overseer.get(f"/api/v1/entries/{entry['id']}")).json()["possible"] == []
    assert (await door.move(overseer, entry, "at_committee")).json()["code"] == "not_your_level"
    await door.moved(host, entry, "at_committee")


async def test_list_is_filtered_paged_and_counted(door):
    for name in ("试甲", "试乙", "试丙"):
        await door.registered(members=[member(name=name)])

    page = (await door.organiser.get(door.path, params={"limit": 2})).json()
    rest = (await door.organiser.get(door.path, params={"limit": 2, "cursor": page["next_cursor"]})).json()
    found = (await door.organiser.get(door.path, params={"q": "乙"})).json()
    literal = (await door.organiser.get(door.path, params={"q": "%"})).json()
    none = (await door.organiser.get(door.path, params={"state": "accepted"})).json()
    unstorable = (await door.organiser.get(door.path, params={"q": "\x00"})).json()

    assert [len(page["data"]), page["has_more"], len(rest["data"]), rest["has_more"]] == [2, True, 1, False]
    assert [e["members"][0]["name"] for e in found["data"]] == ["试乙"]
    assert literal["data"] == none["data"] == []
    assert unstorable["code"] == "invalid_parameter"
    assert (await door.organiser.get(door.path, params={"statee": "accepted"})).json()[
        "code"
    ] == "unknown_parameter"


STANDINGS = ["absent", "withdrew", "late", "score_cancelled", "disqualified"]


@pytest.mark.parametrize("standing", STANDINGS)
async def test_standing_is_a_fact_with_reason_and_signer(door, standing):
    entry = await door.accepted()

    changed = await _stand(door, entry, standing, "经裁判长确认")

    assert changed.status_code == 200, changed.text
    assert changed.json()["standing"] == standing
    fact = changed.json()["history"][-1]
    assert (fact["kind"], fact["after"], fact["reason"], fact["by"]) == (
        "standing",
        standing,
        "经裁判长确认",
        "账号",
    )
    back = await _stand(door, changed.json(), "present", "登记有误，更正")
    assert back.json()["standing"] == "present"
    assert len(await door.world.fetch("SELECT FROM ledger WHERE chain = $1", door.contest.item)) == 3


async def test_standing_refusals_write_nothing(door):
    waiting, entry = await door.registered(), await door.accepted()
    before = await written(door.world)

    assert (await _stand(door, waiting, "absent", "未到场")).json()["code"] == "entry_not_accepted"
    assert (await _stand(door, entry, "present", "已到场")).json()["code"] == "standing_unchanged"
    assert (await _stand(door, entry, "absent", "缺")).json()["errors"][0]["code"] == "reason_needed"
    assert (await _stand(door, entry | {"rev": 1}, "absent", "未到场")).json()["code"] == "stale"
    assert (await _stand(door, entry, "vanished", "未到场")).json()["code"] == "invalid_body"
    assert (await _stand(door, entry, "absent", "未到场", door.registrar)).status_code == 403
    assert await written(door.world) == before


async def test_standing_after_confirmation_goes_through_the_result(door):
    entry = await door.accepted()
    await door.world.execute(
        "INSERT INTO standings_snapshot (season_id, item_id, number, input_hash, output_hash, facts, complete, entries, body) "
        "VALUES ($1, $2, 1, '', '', 0, true, 0, '')",
        door.contest.season,
        door.contest.item,
    )
    for state in ("closed", "confirmed"):
        await door.world.execute(
            "UPDATE publication SET state = $2, snapshot = 1 WHERE item_id = $1", door.contest.item, state
        )
    before = await written(door.world)

    answer = await _stand(door, entry, "disqualified", "违规")

    assert (answer.status_code, answer.json()["code"]) == (409, "result_is_confirmed")
    assert await written(door.world) == before


async def _stand(door, entry, to, reason, client=None):
    return await (client or door.organiser).post(
        f"/api/v1/entries/{entry['id']}/standing",
        json={"to": to, "reason": reason},
        headers={"If-Match": f'"r{entry["rev"]}"'},
    )
