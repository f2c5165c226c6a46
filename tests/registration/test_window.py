"""When people may be entered. The end is outside: 26 February 24:00 is 27 February 00:00, and open until just before it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from api.plumbing.calendar import parse_deadline
from api.plumbing.ids import encode_id
from api.plumbing.problems import Problem
from api.registration.rooms import contest_room
from api.registration.rules import full_years, window_at
from tests.registration.builders import written

OPENS = datetime(2021, 1, 10, tzinfo=UTC)
CLOSES = parse_deadline("2021-02-26T24:00")
INSTANT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("now", "window"),
    [
        (OPENS - INSTANT, "not_yet"),
        (OPENS, "open"),
        (CLOSES - INSTANT, "open"),
        (CLOSES, "closed"),
        (CLOSES + INSTANT, "closed"),
    ],
)
def test_window_is_open_from_its_first_instant_to_just_before_its_end(now, window):
    assert window_at(OPENS, CLOSES, now) == window


async def test_stored_deadline_of_24_00_lets_in_the_last_microsecond_and_not_the_next(door):
    await door.world.execute(
        "UPDATE contest SET registration_closes_at = $2 WHERE id = $1", door.contest.contest, CLOSES
    )
    async with door.world.db.reading() as connection:
        room = await contest_room(connection, door.contest.contest)

    room.require_open(CLOSES - INSTANT)
    with pytest.raises(Problem) as refused:
        room.require_open(CLOSES)

    assert refused.value.code == "registration_closed"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("registration_opens_at = now() + interval '1 day'", "registration_not_open"),
        ("registration_closes_at = now()", "registration_closed"),
        ("state = 'cancelled'", "registration_closed"),
    ],
)
async def test_outside_the_window_nobody_is_entered(door, change, code):
    await door.world.execute(f"UPDATE contest SET {change} WHERE id = $1", door.contest.contest)
    before = await written(door.world)

    by_unit = await door.register()
    by_host = await door.register(door.organiser)

    assert [a.json()["code"] for a in (by_unit, by_host)] == [code, code]
    assert await written(door.world) == before


async def test_draft_submitted_late_is_refused_but_a_correction_asked_for_is_taken(door):
    draft = await door.registered(submit_to="draft")
    returned = await door.moved(door.registrar, await door.registered(), "returned", "岗位不清")
    await door.world.execute(
        "UPDATE contest SET registration_closes_at = now() WHERE id = $1", door.contest.contest
    )

    late = await door.move(door.registrar, draft, "at_unit")
    corrected = await door.move(door.registrar, returned, "at_unit")

    assert (late.status_code, late.json()["code"]) == (409, "registration_closed")
    assert corrected.status_code == 200


async def test_draft_contest_is_unknown_to_units(door):
    await door.world.execute("UPDATE contest SET state = 'cancelled' WHERE id = $1", door.contest.contest)
    hidden = await door.world.contest(state="draft")
    answer = await door.registrar.post(
        door.path.replace(door.path.split("/")[4], encode_id("contest", hidden.contest)),
        json=door.form(),
        headers={"Idempotency-Key": "draft-contest"},
    )

    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("born", "age"),
    [
        (date(2005, 3, 2), 15),
        (date(2005, 3, 1), 16),
        (date(2005, 2, 28), 16),
        (date(2004, 2, 29), 17),
    ],
)
def test_age_is_counted_in_full_years_on_the_first_day(born, age):
    assert full_years(born, date(2021, 3, 1)) == age
