"""Two at once: the database decides, and everybody gets an answer."""

import asyncio

from api.plumbing.ids import encode_id
from tests.registration.builders import gate, id_number, member


async def test_two_first_registrations_of_one_person_make_one_person(world):
    worker = member(document_number=id_number())
    doors = [await gate(world) for _ in range(4)]

    entries = await asyncio.gather(*(door.registered(members=[worker]) for door in doors))

    assert len({entry["members"][0]["person"] for entry in entries}) == 1
    people = await world.fetchval(
        "SELECT count(*) FROM person p WHERE NOT EXISTS (SELECT FROM person_version v WHERE v.person_id = p.id)"
    )
    assert people == 0


async def test_last_place_goes_to_one(world):
    door = await gate(world, capacity=3)

    answers = await asyncio.gather(*(door.register() for _ in range(8)))

    assert sorted(a.status_code for a in answers) == [201] * 3 + [409] * 5
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"item_full"}


async def test_last_place_of_a_delegation_goes_to_one(world):
    door = await gate(world, per_delegation=1)
    delegation = await world.fetchval(
        "INSERT INTO delegation (season_id, kind, name_zh, short_name) VALUES ($1, 'region', '试市', '试市') RETURNING id",
        door.contest.season,
    )

    answers = await asyncio.gather(
        *(door.register(delegation=encode_id("delegation", delegation)) for _ in range(6))
    )

    assert sorted(a.status_code for a in answers) == [201] + [409] * 5


async def test_person_enters_an_item_once_however_often_it_is_tried_at_once(door):
    worker = member()

    answers = await asyncio.gather(*(door.register(members=[worker]) for _ in range(6)))

    assert sorted(a.status_code for a in answers) == [201] + [409] * 5
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"person_already_entered"}


async def test_one_of_two_items_wins_where_a_person_may_enter_one(door):
    second = await door.world.fetchval(
        "INSERT INTO item (season_id, event_id, contest_id, trade_code, code, name_zh, kind, team_size, plan_id) "
        "SELECT season_id, event_id, contest_id, trade_code, 'welder', '焊工', kind, team_size, plan_id FROM item "
        "WHERE id = $1 RETURNING id",
        door.contest.item,
    )
    await door.world.execute("INSERT INTO contest_item VALUES ($1, $2)", door.contest.contest, second)
    await door.world.execute(
        "INSERT INTO registration_rules (contest_id, one_item_per_person) VALUES ($1, true)",
        door.contest.contest,
    )
    worker = member()

    answers = await asyncio.gather(
        *(
            door.register(members=[worker], item=encode_id("item", item))
            for item in (door.contest.item, second) * 3
        )
    )

    assert sorted(a.status_code for a in answers) == [201] + [409] * 5


async def test_acceptances_at_once_get_different_numbers(door):
    entries = []
    for _ in range(5):
        entry = await door.moved(door.registrar, await door.registered(), "at_organiser")
        entries.append(await door.moved(door.organiser, entry, "at_committee"))

    accepted = await asyncio.gather(*(door.moved(door.organiser, entry, "accepted") for entry in entries))

    assert sorted(entry["number"] for entry in accepted) == [f"FITTER-{n:04d}" for n in range(1, 6)]


async def test_two_decisions_at_once_are_one_decision_and_one_stale(door):
    entry = await door.registered()

    answers = await asyncio.gather(
        door.move(door.registrar, entry, "at_organiser"),
        door.move(door.registrar, entry, "refused", "不符合条件"),
    )

    assert sorted(a.status_code for a in answers) == [200, 412]
