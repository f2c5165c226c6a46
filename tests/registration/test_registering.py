"""Entering people: what is taken, what is refused, and that a refusal writes nothing."""

from uuid import uuid4

import pytest

from api.people.documents import mask_number
from api.plumbing.ids import encode_id, parse_id
from tests.registration.builders import gate, id_number, idempotent, member, written


async def test_unit_enters_a_worker_and_its_review_begins_at_the_unit(door):
    number = id_number("19880229")

    entry = await door.registered(
        members=[
            member(
                name="试 乙",
                document_number=number,
                post="车间班长",
                skill_level="senior",
                mobile="+86 13800000001",
            )
        ]
    )

    assert entry["state"] == "at_unit"
    assert entry["number"] is None
    assert entry["possible"] == ["at_organiser", "returned", "refused", "withdrawn"]
    (worker,) = entry["members"]
    assert worker["document_number"] == mask_number(number)
    assert (worker["post"], worker["skill_level"]) == ("车间班长", "senior")
    assert [step["after"] for step in entry["history"]] == ["at_unit"]


async def test_full_number_stands_nowhere_in_the_database(door):
    number = id_number()

    await door.registered(members=[member(document_number=number, mobile="13812340099")])

    (row,) = await door.world.fetch("SELECT d.* FROM person_document d ORDER BY d.person_id DESC LIMIT 1")
    assert row["number_masked"] == mask_number(number)
    assert number.encode() not in row["number_cipher"] + row["number_index"]
    version = await door.world.fetch("SELECT * FROM person_version ORDER BY id DESC LIMIT 1")
    assert b"13812340099" not in version[0]["mobile_cipher"]


async def test_sex_and_birth_date_come_from_the_identity_card(door):
    entry = await door.registered(members=[member(document_number=id_number("19950607", male=False))])

    rows = await door.world.fetch(
        "SELECT sex, birth_date::text FROM person_version WHERE person_id = $1",
        parse_id("person", entry["members"][0]["person"]),
    )
    assert rows == [{"sex": "F", "birth_date": "1995-06-07"}]


async def test_same_key_answers_the_same_entry(door):
    headers, form = idempotent(), door.form()

    first = await door.registrar.post(door.path, json=form, headers=headers)
    again = await door.registrar.post(door.path, json=form, headers=headers)

    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json()["id"] == first.json()["id"]
    assert first.headers["Location"] == f"/api/v1/entries/{first.json()['id']}"


async def test_team_has_as_many_contestants_as_its_item_and_leaders_beside_them(world):
    door = await gate(world, kind="triple", team_size=3)

    entry = await door.registered(
        members=[member(role="leader"), member(role="coach"), member(), member(), member()]
    )

    assert [m["role"] for m in entry["members"]] == [
        "leader",
        "coach",
        "contestant",
        "contestant",
        "contestant",
    ]


async def test_entrant_without_unit_begins_at_the_organiser(door):
    entry = await door.registered(door.organiser, unit=None, unit_name="某建筑工地")

    assert entry["state"] == "at_organiser"
    assert entry["unit"] == "某建筑工地"


async def test_registrar_may_pass_the_own_entry_on_at_once(door):
    entry = await door.registered(submit_to="at_organiser")

    assert entry["state"] == "at_organiser"


async def test_contestant_enters_themselves_only(door):
    contestant = await door.world.client("contestant", "contest", door.contest.contest)

    entry = await door.registered(contestant, unit=None)
    for_another_unit = await door.register(contestant)
    seen_by_another = await (await door.world.client("contestant", "contest", door.contest.contest)).get(
        f"/api/v1/entries/{entry['id']}"
    )

    for_another = await door.register(contestant, unit=None, members=[member()])

    assert entry["state"] == "at_organiser"
    assert (for_another.status_code, for_another.json()["code"]) == (403, "not_yourself")
    assert for_another_unit.status_code == 404
    assert seen_by_another.status_code == 404


async def test_second_registration_of_a_document_is_the_same_person(world):
    number = id_number()
    first, second = await gate(world), await gate(world)

    a = await first.registered(members=[member(document_number=number)])
    b = await second.registered(members=[member(document_number=number.lower(), education="本科")])

    assert a["members"][0]["person"] == b["members"][0]["person"]
    person = parse_id("person", a["members"][0]["person"])
    versions = await world.fetch(
        "SELECT education FROM person_version WHERE person_id = $1 ORDER BY version", person
    )
    assert [v["education"] for v in versions] == [None, "本科"]


async def test_transfer_changes_no_entry_made_before(world):
    number = id_number()
    first, second = await gate(world), await gate(world)
    before = await first.registered(members=[member(document_number=number, post="焊工")])
    await world.execute(
        "UPDATE employment SET valid_from = valid_from - 400 WHERE person_id = $1",
        parse_id("person", before["members"][0]["person"]),
    )

    await second.registered(members=[member(document_number=number, post="班长")])

    kept = (await first.registrar.get(f"/api/v1/entries/{before['id']}")).json()
    assert (kept["members"][0]["unit"], kept["members"][0]["post"]) == (
        before["members"][0]["unit"],
        "焊工",
    )
    person = (await second.registrar.get(f"/api/v1/people/{before['members'][0]['person']}")).json()
    assert [e["until"] is None for e in person["employments"]] == [True, False]


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"name": ""}, "/members/0/name", "name_empty"),
        ({"name": "试\u200b甲"}, "/members/0/name", "name_invisible"),
        ({"name": "试\u202e甲"}, "/members/0/name", "name_invisible"),
        ({"name": "试" * 31}, "/members/0/name", "name_too_long"),
        ({"name": "<b>试</b>"}, "/members/0/name", "name_character"),
        ({"name": "123"}, "/members/0/name", "name_without_letter"),
        ({"document_number": ""}, "/members/0/document_number", "document_empty"),
        ({"document_number": "12345"}, "/members/0/document_number", "id_length"),
        ({"document_number": "110105491231002"}, "/members/0/document_number", "id_fifteen_digits"),
        ({"document_number": "11010519491231002O"}, "/members/0/document_number", "id_character"),
        ({"document_number": "010105194912310021"}, "/members/0/document_number", "id_never_assigned"),
        ({"document_number": "110105199002300021"}, "/members/0/document_number", "id_date"),
        ({"document_number": "110105299902280021"}, "/members/0/document_number", "id_date_in_future"),
        ({"document_number": "110105194912310021"}, "/members/0/document_number", "id_check_digit"),
        (
            {"document_type": "passport", "document_number": "?"},
            "/members/0/document_number",
            "document_shape",
        ),
        ({"sex": "X"}, "/members/0/sex", "sex_unknown"),
        ({"sex": "女"}, "/members/0/sex", "sex_contradicts_document"),
        ({"birth_date": "1990-02-30"}, "/members/0/birth_date", "date_invalid"),
        ({"birth_date": "1990-01-02"}, "/members/0/birth_date", "birth_contradicts_document"),
        ({"birth_date": "2999-01-01"}, "/members/0/birth_date", "birth_in_future"),
        ({"mobile": "12345"}, "/members/0/mobile", "mobile_invalid"),
        ({"education": "本\u200f科"}, "/members/0/education", "name_invalid"),
        ({"post": "a" * 41}, "/members/0/post", "name_invalid"),
        ({"certificate_no": "\u2066"}, "/members/0/certificate_no", "name_invalid"),
        ({"document_number": id_number("20060101")}, "/members/0/document_number", "under_age"),
        (
            {"document_type": "passport", "document_number": "E1234567"},
            "/members/0/birth_date",
            "birth_date_needed",
        ),
        ({"role": "leader"}, "/members", "wrong_team_size"),
    ],
)
async def test_wrong_field_is_named_and_nothing_is_written(door, fields, pointer, code):
    before = await written(door.world)

    answer = await door.register(members=[member(**fields)])

    assert answer.status_code == 422
    assert (pointer, code) in [(e["pointer"], e["code"]) for e in answer.json()["errors"]]
    assert await written(door.world) == before


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"members": []}, 400, "invalid_body"),
        ({"members": [{"name": "试甲", "surprise": 1}]}, 400, "invalid_body"),
        ({"item": "itm_0"}, 422, "invalid_fields"),
        ({"delegation": encode_id("delegation", uuid4())}, 422, "invalid_fields"),
        ({"unit": encode_id("organisation", uuid4())}, 422, "invalid_fields"),
        ({"slot": "slt_wrong"}, 422, "invalid_fields"),
        ({"slot": encode_id("slot", uuid4())}, 409, "slot_of_another"),
        ({"submit_to": "accepted"}, 400, "invalid_body"),
    ],
)
async def test_wrong_target_is_refused_and_nothing_is_written(door, fields, status, code):
    before = await written(door.world)

    answer = await door.register(**fields)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await written(door.world) == before


async def test_another_units_registrar_finds_no_place_to_enter(door):
    before = await written(door.world)
    stranger = await door.world.client("registrar", "organisation", await door.world.organisation())

    answer = await door.register(stranger)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert await written(door.world) == before


async def test_document_under_another_name_is_refused_until_a_reviewer_vouches(door):
    number = id_number()
    first = await door.registered(members=[member(document_number=number)])
    other = await gate(door.world)
    before = await written(door.world)

    refused = await other.register(members=[member(name="试丙", document_number=number)])
    by_unit = await other.register(members=[member(name="试丙", document_number=number, name_changed=True)])
    unchanged = await written(door.world)
    vouched = await other.registered(
        other.organiser, members=[member(name="试丙", document_number=number, name_changed=True)]
    )

    assert (refused.status_code, refused.json()["code"]) == (409, "document_of_another_name")
    assert by_unit.json()["code"] == "document_of_another_name"
    assert unchanged == before
    assert vouched["members"][0]["person"] == first["members"][0]["person"]
    kept = (await door.registrar.get(f"/api/v1/entries/{first['id']}")).json()
    assert kept["members"][0]["name"] == "试甲"


async def test_person_enters_an_item_once_and_again_after_withdrawing(door):
    worker = member()
    first = await door.registered(members=[worker])
    before = await written(door.world)

    second = await door.register(members=[worker])
    assert (second.status_code, second.json()["code"]) == (409, "person_already_entered")
    assert await written(door.world) == before

    await door.moved(door.registrar, first, "withdrawn")
    await door.registered(members=[worker])


async def test_person_twice_in_one_entry_is_refused(world):
    door = await gate(world, kind="pair", team_size=2)
    twin = member()

    answer = await door.register(members=[twin, twin])

    assert [e["code"] for e in answer.json()["errors"]] == ["person_twice_in_entry"]


async def test_one_item_per_person_where_the_contest_says_so(door):
    other_item = await door.world.fetchval(
        "INSERT INTO item (season_id, event_id, contest_id, trade_code, code, name_zh, kind, team_size, plan_id) "
        "SELECT season_id, event_id, contest_id, trade_code, 'welder', '焊工', kind, team_size, plan_id FROM item "
        "WHERE id = $1 RETURNING id",
        door.contest.item,
    )
    await door.world.execute("INSERT INTO contest_item VALUES ($1, $2)", door.contest.contest, other_item)
    rules = door.path.removesuffix("entries") + "registration-rules"
    read = await door.organiser.get(rules)
    assert read.json()["minimum_age"] == 16
    worker = member()
    await door.registered(members=[worker])

    allowed = await door.register(members=[worker], item=encode_id("item", other_item))
    assert allowed.status_code == 201
    await door.moved(door.registrar, allowed.json(), "withdrawn")
    changed = await door.organiser.put(
        rules,
        json={"minimum_age": 18, "one_item_per_person": True},
        headers={"If-Match": read.headers["ETag"]},
    )
    assert changed.status_code == 200
    refused = await door.register(members=[worker], item=encode_id("item", other_item))

    assert (refused.status_code, refused.json()["code"]) == (409, "one_item_per_person")


async def test_places_of_item_and_delegation_are_limits(world):
    door = await gate(world, capacity=2, per_delegation=1)
    sender = await world.fetchval(
        "INSERT INTO delegation (season_id, kind, name_zh, short_name) VALUES ($1, 'region', '试市', '试市') RETURNING id",
        door.contest.season,
    )
    delegation = encode_id("delegation", sender)
    await door.registered(delegation=delegation)
    before = await written(world)

    second_of_delegation = await door.register(delegation=delegation)
    assert (second_of_delegation.status_code, second_of_delegation.json()["code"]) == (409, "delegation_full")
    assert await written(world) == before

    await door.registered()
    third = await door.register()
    assert (third.status_code, third.json()["code"]) == (409, "item_full")
    draft = await door.registered(submit_to="draft")
    places = (await door.registrar.get(f"/api/v1/items/{door.form()['item']}/places")).json()
    assert (places["state"], places["places_left"]) == ("full", 0)

    # A draft holds no place, and finds none when it is submitted.
    assert (await door.move(door.registrar, draft, "at_unit")).json()["code"] == "item_full"
