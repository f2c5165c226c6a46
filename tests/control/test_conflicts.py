"""Nobody marks a contestant of the own unit, by employment that is valid on the contest's days or so many years before."""

from datetime import date

import pytest

from api.plumbing.ids import encode_id
from tests.judging.conftest import marking_of


@pytest.fixture
async def seated(world):
    """A drawn session that has not begun, two judges, and a unit."""
    it = await marking_of(world, judges=2, state="planned")
    return it, await world.organisation()


async def employ(world, judge, unit, since, until=None):
    """The judge's person works there; gives the person."""
    person, _ = await world.person("裁判")
    await world.execute("UPDATE account SET person_id = $2 WHERE id = $1", judge.account_id, person)
    await world.execute(
        "INSERT INTO employment (person_id, organisation_id, valid_from, valid_to) VALUES ($1, $2, $3, $4)",
        person, unit, since, until,
    )  # fmt: skip


async def enter_from(world, it, unit):
    await world.execute("UPDATE entry SET unit_id = $2 WHERE id = $1", it.entries[0], unit)


async def conflicts(world, it):
    organiser = await world.client("organiser", "contest", it.contest.contest)
    answer = await organiser.get(f"/api/v1/items/{encode_id('item', it.contest.item)}/conflicts")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def start(world, it):
    organiser = await world.client("organiser", "contest", it.contest.contest)
    session = await world.fetchval("SELECT id FROM judging_session WHERE item_id = $1", it.contest.item)
    return await organiser.post(
        f"/api/v1/sessions/{encode_id('session', session)}/transitions",
        json={"to": "running"},
        headers={"If-Match": '"r1"'},
    )


async def rule(world, it, **avoidance):
    import msgspec

    await world.execute(
        "INSERT INTO contest_rules (contest_id, revision, document, hash) VALUES ($1, 1, $2, '')",
        it.contest.contest, msgspec.json.encode({"avoidance": avoidance}).decode(),
    )  # fmt: skip


async def test_an_entry_accepted_after_the_draw_is_shown_and_keeps_the_session_from_starting(world, seated):
    it, unit = seated
    await employ(world, it.judges[1], unit, date(2015, 1, 1))
    assert await conflicts(world, it) == []

    await enter_from(world, it, unit)

    [found] = await conflicts(world, it)
    assert (found["code"], found["entries"]) == ("A-02", 1)
    refused = await start(world, it)
    assert (refused.status_code, refused.json()["code"]) == (409, "judge_avoidance")
    assert "A-02" in refused.json()["detail"]


async def test_an_employment_that_becomes_known_later_is_found(world, seated):
    it, unit = seated
    await enter_from(world, it, unit)
    assert await conflicts(world, it) == []

    await employ(world, it.judges[0], unit, date(2021, 2, 28))

    assert [each["code"] for each in await conflicts(world, it)] == ["A-01"]


async def test_without_a_conflict_the_session_starts(world, seated):
    it, unit = seated
    await enter_from(world, it, unit)

    assert (await start(world, it)).status_code == 200


@pytest.mark.parametrize(
    ("until", "years", "found"),
    [
        # The contest is held from 1 to 3 March 2021.
        (date(2021, 3, 1), 0, False),
        (date(2021, 3, 2), 0, True),
        (date(2019, 3, 1), 2, False),
        (date(2019, 3, 2), 2, True),
        (date(2019, 3, 2), 1, False),
    ],
)
async def test_years_before_the_contest_count_as_the_rules_say(world, seated, until, years, found):
    it, unit = seated
    await rule(world, it, years=years)
    await enter_from(world, it, unit)
    await employ(world, it.judges[1], unit, date(2010, 1, 1), until)

    assert bool(await conflicts(world, it)) is found


async def test_a_later_employer_changes_nothing(world, seated):
    it, unit = seated
    await enter_from(world, it, unit)

    await employ(world, it.judges[1], unit, date(2021, 3, 4))

    assert await conflicts(world, it) == []


async def test_the_room_marks_the_judge_and_in_a_blind_item_no_cell(world):
    for layers in (0, 1):
        it = await marking_of(world, judges=2, blind_layers=layers, live="progress")
        unit = await world.organisation()
        await employ(world, it.judges[1], unit, date(2015, 1, 1))
        await enter_from(world, it, unit)
        session = await world.fetchval("SELECT id FROM judging_session WHERE item_id = $1", it.contest.item)
        chief = await world.client("chief_judge", "contest", it.contest.contest)

        shown = (await chief.get(f"/api/v1/sessions/{encode_id('session', session)}/control")).json()

        assert [judge["conflict"] for judge in shown["judges"]] == [False, True]
        cells = [cell["conflict"] for station in shown["stations"] for cell in station["cells"]]
        assert any(cells) is (layers == 0)


async def test_one_judge_of_a_unit_where_the_rules_say_so(world, seated):
    it, unit = seated
    await rule(world, it, one_judge_per_unit=True)
    await world.execute("UPDATE judge SET unit_id = $2 WHERE contest_id = $1", it.contest.contest, unit)
    third = await world.client("judge", "contest", it.contest.contest)
    judge = await world.fetchval(
        "INSERT INTO judge (contest_id, account_id, code, unit_id) VALUES ($1, $2, 'A-09', $3) RETURNING id",
        it.contest.contest, third.account_id, unit,
    )  # fmt: skip
    panel = await world.fetchval("SELECT id FROM panel WHERE item_id = $1", it.contest.item)
    seat = await world.fetchval("SELECT judge_id FROM panel_judge WHERE panel_id = $1 AND NOT chief", panel)
    organiser = await world.client("organiser", "contest", it.contest.contest)

    answer = await organiser.post(
        f"/api/v1/panels/{encode_id('panel', panel)}/replacements",
        json={"judge": encode_id("judge", seat), "by": encode_id("judge", judge), "reason": "生病"},
        headers={"If-Match": '"r1"'},
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "judges_of_one_unit")


async def test_the_reason_tells_the_unit_the_days_and_how_many(world, seated):
    it, unit = seated
    await employ(world, it.judges[1], unit, date(2015, 1, 1), date(2021, 3, 2))
    await enter_from(world, it, unit)
    name = await world.fetchval("SELECT name_zh FROM organisation WHERE id = $1", unit)

    [found] = await conflicts(world, it)

    assert found["reasons"] == [{"unit": name, "since": "2015-01-01", "until": "2021-03-02", "entries": 1}]


async def test_whoever_marks_a_blind_item_reads_no_reason(world):
    it = await marking_of(world, judges=2, blind_layers=1, live="progress")
    unit = await world.organisation()
    await employ(world, it.judges[1], unit, date(2015, 1, 1))
    await enter_from(world, it, unit)
    # One place of which nobody knows yet who worked there.
    await world.execute(
        "INSERT INTO attempt (season_id, item_id, session_id, draw_id, station) "
        "SELECT season_id, item_id, session_id, draw_id, 99 FROM attempt WHERE item_id = $1 LIMIT 1",
        it.contest.item,
    )
    chief = await world.client("chief_judge", "contest", it.contest.contest)
    path = f"/api/v1/items/{encode_id('item', it.contest.item)}/conflicts"

    [told], [cut] = await conflicts(world, it), (await chief.get(path)).json()

    assert len(told["reasons"]) == 1
    assert (cut["code"], cut["units"], cut["reasons"]) == ("A-02", [], [])
