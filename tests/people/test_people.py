"""Who sees what of a person, and what an erasure takes away."""

import pytest

from api.people.documents import mask_number
from api.plumbing.ids import parse_id
from tests.registration.builders import gate, id_number, member, written


@pytest.fixture
async def door(world):
    return await gate(world)


async def test_unit_meets_its_worker_with_masked_numbers(door):
    number = id_number()
    entry = await door.registered(
        members=[
            member(document_number=number, mobile="13812345678", skill_level="senior", certificate_no="S-1")
        ]
    )

    person = (await door.registrar.get(f"/api/v1/people/{entry['members'][0]['person']}")).json()

    assert (person["name"], person["document_number"], person["mobile"]) == (
        "试甲",
        mask_number(number),
        "138***********78",
    )
    assert person["skill_levels"][0]["level"] == "senior"
    assert number not in str(person)


async def test_who_meets_a_person_nowhere_does_not_find_them(door):
    entry = await door.registered()
    stranger = (await gate(door.world)).registrar

    for person in (entry["members"][0]["person"], "per_00000000000000000000000001", "per_x", "org_x"):
        assert (await stranger.get(f"/api/v1/people/{person}")).status_code == 404


async def test_full_number_is_shown_to_the_host_against_a_reason_that_is_kept(door):
    number = id_number()
    person = (await door.registered(members=[member(document_number=number)]))["members"][0]["person"]

    answer = await door.organiser.post(f"/api/v1/people/{person}/reveal", json={"reason": "核对技能证书"})

    assert answer.json()["document_number"] == number
    assert answer.headers["Cache-Control"] == "no-store"
    (event,) = await door.world.fetch("SELECT * FROM access_event WHERE subject = $1", person)
    assert (event["action"], event["account_id"]) == ("document_revealed", door.organiser.account_id)
    assert event["contest_id"] == door.contest.contest
    assert "核对技能证书" in event["details"]
    assert number not in str(event)


async def test_refused_reveal_shows_nothing_and_notes_nothing(door):
    person = (await door.registered())["members"][0]["person"]
    other = await gate(door.world)
    before = await written(door.world)

    without_reason = await door.organiser.post(f"/api/v1/people/{person}/reveal", json={"reason": " "})
    by_the_unit = await door.registrar.post(f"/api/v1/people/{person}/reveal", json={"reason": "看看"})
    by_another_host = await other.organiser.post(f"/api/v1/people/{person}/reveal", json={"reason": "看看"})

    assert [a.status_code for a in (without_reason, by_the_unit, by_another_host)] == [422, 403, 404]
    assert await written(door.world) == before


async def test_erasure_takes_what_is_personal_and_leaves_facts(door):
    number = id_number()
    entry = await door.accepted(members=[member(document_number=number, post="焊工", mobile="13812345678")])
    person = entry["members"][0]["person"]
    person_id = parse_id("person", person)
    administrator = await door.world.client("administrator", "organisation", door.contest.organisation)
    for state in ("running", "finished"):
        await door.world.execute("UPDATE contest SET state = $2 WHERE id = $1", door.contest.contest, state)
    ledger = await door.world.fetch("SELECT * FROM ledger WHERE chain = $1 ORDER BY seq", door.contest.item)

    answer = await administrator.post(f"/api/v1/people/{person}/erasure", json={"reason": "本人申请"})

    assert answer.status_code == 200, answer.text
    assert (answer.json()["versions"], answer.json()["entries_kept"]) == (1, 1)
    stored = await door.world.fetch(
        "SELECT v.name, v.sort_key, v.sex, v.birth_date, v.education, v.mobile_cipher, d.document_type, d.number_cipher, "
        "d.number_masked, d.number_index, w.post FROM person_version v JOIN person_document d USING (person_id) "
        "JOIN employment w USING (person_id) WHERE v.person_id = $1",
        person_id,
    )
    assert [set(row.values()) for row in stored] == [{None}]
    kept = (await door.registrar.get(f"/api/v1/entries/{entry['id']}")).json()
    assert (kept["number"], kept["members"][0]["name"], kept["members"][0]["person"]) == (
        "FITTER-0001",
        None,
        person,
    )
    assert (
        await door.world.fetch("SELECT * FROM ledger WHERE chain = $1 ORDER BY seq", door.contest.item)
        == ledger
    )
    (event,) = await door.world.fetch("SELECT action, details FROM access_event WHERE subject = $1", person)
    assert event["action"] == "person_erased"
    revealed = await door.organiser.post(f"/api/v1/people/{person}/reveal", json={"reason": "核对"})
    assert (revealed.status_code, revealed.json()["code"]) == (410, "person_erased")
    again = await administrator.post(f"/api/v1/people/{person}/erasure", json={"reason": "本人申请"})
    assert again.json()["code"] == "person_erased"


async def test_document_of_an_erased_person_is_a_new_person(door):
    number = id_number()
    person = (await door.registered(members=[member(document_number=number)]))["members"][0]["person"]
    administrator = await door.world.client("administrator", "organisation", door.contest.organisation)
    await door.world.execute("UPDATE contest SET state = 'cancelled' WHERE id = $1", door.contest.contest)
    erased = await administrator.post(f"/api/v1/people/{person}/erasure", json={"reason": "本人申请"})
    assert erased.status_code == 200, erased.text

    entry = await (await gate(door.world)).registered(members=[member(name="试乙", document_number=number)])

    assert entry["members"][0]["person"] != person


async def test_refused_erasure_changes_nothing(door):
    person = (await door.registered())["members"][0]["person"]
    administrator = await door.world.client("administrator", "organisation", door.contest.organisation)
    elsewhere = await door.world.client("administrator", "organisation", await door.world.organisation())
    before = await written(door.world)

    competing = await administrator.post(f"/api/v1/people/{person}/erasure", json={"reason": "本人申请"})
    not_theirs = await elsewhere.post(f"/api/v1/people/{person}/erasure", json={"reason": "本人申请"})
    by_organiser = await door.organiser.post(f"/api/v1/people/{person}/erasure", json={"reason": "本人申请"})

    assert (competing.status_code, competing.json()["code"]) == (409, "person_is_competing")
    assert not_theirs.status_code == 404
    assert by_organiser.status_code == 403
    assert await written(door.world) == before
