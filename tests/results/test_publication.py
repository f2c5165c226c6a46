"""The publication machine: what stands before each step, and what readers see in each state."""

import msgspec
import pytest

from api.plumbing.etags import etag
from api.plumbing.ids import encode_id
from api.results.boundaries import ties_at_boundaries
from api.results.commands import refresh_standings
from api.results.facts import facts_of_item
from scoring import rank
from tests.results.builders import MARKS, add_theory, mark, sign, step


@pytest.fixture
async def marked(world):
    """Three entries, five judges, everything marked and signed; the organiser is signed in."""
    contest = await world.contest()
    await world.execute("UPDATE contest SET notice_days = 0 WHERE id = $1", contest.contest)
    entries = {name: await world.entry(contest, name=name) for name in MARKS}
    judges = await world.judges(contest)
    sheets = await world.sheets(contest, list(entries.values()), judges)
    await mark(world, contest, sheets, list(MARKS))
    await add_theory(world, contest, entries)
    contest_entries = entries
    organiser = await world.client("organiser", "contest", contest.contest)
    return contest, contest_entries, sheets, organiser


async def board(anonymous, contest):
    answer = await anonymous.get(f"/api/v1/public/rankings/{encode_id('item', contest.item)}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_unsigned_sheets_are_named_and_keep_an_item_open(world, marked):
    contest, _, _, organiser = marked

    answer = await step(organiser, contest, "closed")

    assert (answer.status_code, answer.json()["code"]) == (409, "sheets_unsigned")
    assert "01、02、03" in answer.json()["detail"]
    assert await world.fetchval("SELECT state FROM publication WHERE item_id = $1", contest.item) == "open"


async def test_item_goes_from_open_to_final(world, marked, anonymous):
    contest, entries, _, organiser = marked
    await sign(world, contest)

    for to in ("closed", "confirmed", "provisional", "final"):
        answer = await step(organiser, contest, to)
        assert answer.status_code == 200, answer.text

    shown = await board(anonymous, contest)
    assert shown["audience"] == "final"
    # 0.3 × 90 + 0.7 × 89.5 = 89.65; 0.3 × 80 + 0.7 × 94 = 89.80; 0.3 × 70 + 0.7 × 78 = 75.60
    assert [(row["rank"], row["name"], row["total"]) for row in shown["rows"]] == [
        (1, "乙", "89.80"),
        (2, "甲", "89.65"),
        (3, "丙", "75.60"),
    ]
    kinds = await world.fetch("SELECT kind FROM ledger WHERE chain = $1 ORDER BY seq", contest.item)
    assert [row["kind"] for row in kinds] == [
        "theory.entered", *(f"publication.{to}" for to in ("closed", "confirmed", "provisional", "final"))
    ]  # fmt: skip


async def test_steps_cannot_be_skipped(world, marked):
    contest, _, _, organiser = marked

    answer = await step(organiser, contest, "final")

    assert (answer.status_code, answer.json()["code"]) == (409, "forbidden_transition")
    assert "评分中" in answer.json()["detail"]


async def test_an_item_with_a_missing_theory_mark_does_not_close(world):
    contest = await world.contest()
    entry = await world.entry(contest)
    sheets = await world.sheets(contest, [entry], await world.judges(contest))
    await mark(world, contest, sheets, ["甲"])
    await sign(world, contest)

    answer = await step(await world.client("organiser", "contest", contest.contest), contest, "closed")

    assert (answer.status_code, answer.json()["code"]) == (409, "standing_incomplete")


async def test_nothing_becomes_final_when_one_row_was_changed_behind_the_program(world, marked, settings):
    contest, _, sheets, organiser = marked
    await sign(world, contest)
    for to in ("closed", "confirmed", "provisional"):
        assert (await step(organiser, contest, to)).status_code == 200
    await tamper(
        settings,
        f"UPDATE mark_revision SET value = value - 1 WHERE sheet_id = '{sheets[0][0]}' AND criterion = 'C2'",
    )

    answer = await step(organiser, contest, "final")

    assert (answer.status_code, answer.json()["code"]) == (409, "verification_failed")
    assert encode_id("sheet", sheets[0][0]) in answer.json()["detail"]


async def test_rewriting_a_row_and_its_chain_is_found_by_what_was_signed(world, marked, settings):
    contest, _, sheets, organiser = marked
    await sign(world, contest)
    sheet = sheets[0][0]
    await tamper(
        settings,
        f"UPDATE mark_revision m SET value = 81::numeric, hash = mark_hash((SELECT hash FROM mark_revision WHERE sheet_id = m.sheet_id AND seq = 1), "
        f"sheet_id, seq, criterion, rev, op_id, state, 81::numeric, reasons, account_id, entered_at, received_at) WHERE sheet_id = '{sheet}' AND seq = 2",
        f"UPDATE sheet SET head = (SELECT hash FROM mark_revision WHERE sheet_id = '{sheet}' AND seq = 2) WHERE id = '{sheet}'",
    )

    answer = await organiser.get(f"/api/v1/items/{encode_id('item', contest.item)}/ledger")

    assert answer.json()["broken"] == [encode_id("sheet", sheet)]


async def tamper(settings, *statements):
    """What somebody with the owner's password could do: switch the triggers off and change rows."""
    import asyncpg

    connection = await asyncpg.connect(settings.owner_url)
    try:
        for statement in statements:
            table = statement.removeprefix("DELETE ").split()[1]
            leaves = await connection.fetch(
                "SELECT relid::regclass::text AS name FROM pg_partition_tree($1::regclass) WHERE isleaf",
                table,
            )
            names = [row["name"] for row in leaves] or [table]
            for name in names:
                await connection.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
            await connection.execute(statement)
            for name in names:
                await connection.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER")
    finally:
        await connection.close()


async def test_tie_at_the_last_slot_must_be_decided(world):
    rules = {"quota": {"code": "q", "version": 1, "name": "晋级省赛", "places": 1}}
    contest = await world.contest()
    above = await world.contest(season=contest.season, organisation=contest.organisation)
    await world.execute(
        "UPDATE contest SET next_contest_id = $2, notice_days = 0 WHERE id = $1",
        contest.contest,
        above.contest,
    )
    await world.execute(
        "INSERT INTO contest_rules (contest_id, revision, document, hash) VALUES ($1, 1, $2, '')",
        contest.contest,
        msgspec.json.encode(rules).decode(),
    )
    entries = {name: await world.entry(contest, name=name) for name in ("甲", "乙")}
    judges = await world.judges(contest)
    sheets = await world.sheets(contest, list(entries.values()), judges)
    await mark(world, contest, sheets, ["甲", "乙"], {"甲": ("9", "80"), "乙": ("9", "80")})
    await add_theory(world, contest, entries, {"甲": "80", "乙": "80"})
    await sign(world, contest)
    organiser = await world.client("organiser", "contest", contest.contest)
    chief = await world.client("chief_judge", "contest", contest.contest)
    await step(organiser, contest, "closed")

    refused = await step(organiser, contest, "confirmed")
    decided = await chief.post(
        f"/api/v1/items/{encode_id('item', contest.item)}/tie-decisions",
        json={
            "entries": [encode_id("entry", entries["乙"]), encode_id("entry", entries["甲"])],
            "reason": "抽签",
        },
        headers={"Idempotency-Key": "tie"},
    )
    confirmed = await step(organiser, contest, "confirmed")

    assert (refused.status_code, refused.json()["code"]) == (409, "tie_at_boundary")
    assert decided.status_code == 201, decided.text
    assert confirmed.status_code == 200, confirmed.text


async def test_notice_period_holds_back_the_final_result(world, marked):
    contest, _, _, organiser = marked
    await world.execute("UPDATE contest SET notice_days = 5 WHERE id = $1", contest.contest)
    await sign(world, contest)
    for to in ("closed", "confirmed", "provisional"):
        await step(organiser, contest, to)

    answer = await step(organiser, contest, "final")

    assert (answer.status_code, answer.json()["code"]) == (409, "notice_running")
    # As a notice writes it: the end of a day, not an instant of some zone.
    assert "日24:00才结束" in answer.json()["detail"]
    assert answer.json()["detail_en"].count(" 24:00;") == 1


async def test_withdrawing_needs_a_reason_and_takes_the_ranks_off_the_board(world, marked, anonymous):
    contest, _, _, organiser = marked
    await sign(world, contest)
    for to in ("closed", "confirmed", "provisional"):
        await step(organiser, contest, to)

    without = await step(organiser, contest, "withdrawn")
    answer = await step(organiser, contest, "withdrawn", reason="第2场计时有误")

    assert (without.status_code, without.json()["code"]) == (422, "reason_needed")
    assert answer.status_code == 200
    shown = await board(anonymous, contest)
    assert (shown["audience"], shown["rows"], shown["withdrawn_reason"]) == ("withdrawn", [], "第2场计时有误")


async def test_publishing_asks_for_the_number_of_ranked_entries(world, marked):
    contest, _, _, organiser = marked
    await sign(world, contest)
    for to in ("closed", "confirmed"):
        await step(organiser, contest, to)

    wrong = await step(organiser, contest, "provisional", ranked=2)
    right = await step(organiser, contest, "provisional", ranked=3)

    assert (wrong.status_code, wrong.json()["code"]) == (422, "ranked_count_differs")
    assert right.status_code == 200


async def test_a_stale_step_changes_nothing(world, marked):
    contest, _, _, organiser = marked
    await sign(world, contest)
    url = f"/api/v1/items/{encode_id('item', contest.item)}/publication/transitions"

    missing = await organiser.post(url, json={"to": "closed"})
    stale = await organiser.post(url, json={"to": "closed"}, headers={"If-Match": etag(99)})

    assert (missing.status_code, stale.status_code) == (428, 412)
    assert stale.json()["current"]["state"] == "open"


async def test_live_board_shows_ranks_while_marks_come_in(world, marked, db, anonymous):
    contest, _, _, _ = marked

    assert await refresh_standings(db, contest.item)

    shown = await board(anonymous, contest)
    assert (shown["audience"], shown["judged"], shown["to_judge"]) == ("live", 3, 3)
    assert not await refresh_standings(db, contest.item)


@pytest.mark.parametrize(
    ("item", "audience"),
    [
        ({"live": "off"}, "none"),
        ({"live": "progress"}, "progress"),
        ({"live": "by_code"}, "progress"),
        ({"live": "by_code", "blind_layers": 2}, "progress"),
    ],
)
async def test_what_the_public_may_not_see_is_absent(world, db, anonymous, item, audience):
    contest = await world.contest(**item)
    entry = await world.entry(contest, name="不可见")
    sheets = await world.sheets(contest, [entry], await world.judges(contest))
    await mark(world, contest, sheets, ["甲"])
    await refresh_standings(db, contest.item)

    answer = await anonymous.get(f"/api/v1/public/rankings/{encode_id('item', contest.item)}")

    assert answer.json()["audience"] == audience
    assert answer.json()["rows"] == []
    assert "不可见" not in answer.text
    assert encode_id("entry", entry) not in answer.text


async def test_frozen_board_shows_progress_only(world, marked, db, anonymous):
    contest, _, _, organiser = marked
    await refresh_standings(db, contest.item)
    url = f"/api/v1/items/{encode_id('item', contest.item)}/publication"
    tag = (await organiser.get(url)).headers["etag"]

    answer = await organiser.patch(url, json={"frozen": True}, headers={"If-Match": tag})

    assert answer.status_code == 200, answer.text
    shown = await board(anonymous, contest)
    assert (shown["audience"], shown["frozen"], shown["rows"]) == ("progress", True, [])


async def test_absent_in_theory_has_no_rank_and_is_not_a_zero(world, marked, db, anonymous):
    contest, entries, _, _ = marked
    await world.execute(
        "INSERT INTO theory_mark (season_id, entry_id, node, rev, item_id, state, value, reason, account_id, hash) "
        "VALUES ($1, $2, 'theory', 2, $3, 'absent', NULL, '缺考', $4, '')",
        contest.season, entries["丙"], contest.item, await world.account(),
    )  # fmt: skip

    await refresh_standings(db, contest.item)

    last = (await board(anonymous, contest))["rows"][-1]
    assert (last["name"], last["rank"], last["state"]) == ("丙", None, "absent")


async def test_another_organisation_finds_nothing(world, marked):
    contest, _, _, _ = marked
    stranger = await world.client("organiser", "contest", (await world.contest()).contest)

    answer = await stranger.get(f"/api/v1/items/{encode_id('item', contest.item)}/standings")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_sheet_of_somebody_absent_keeps_nothing_open(world, marked):
    contest, entries, sheets, organiser = marked
    await sign(world, contest)
    absent = await world.entry(contest, name="丁", standing="absent")
    await world.sheets(contest, [absent], await judges_of(world, contest))

    answer = await step(organiser, contest, "closed")

    assert answer.status_code == 200, answer.text


async def judges_of(world, contest):
    rows = await world.fetch("SELECT account_id FROM judge WHERE contest_id = $1", contest.contest)
    return [await world.client(account=row["account_id"]) for row in rows]


async def test_whose_work_is_marked_in_a_blind_item_is_for_the_sworn_until_every_sheet_is_signed(world, db):
    """The chief judge, who may still return sheets, once read each name beside the total of its station."""
    contest = await world.contest(blind_layers=1, live="progress")
    entries = {name: await world.entry(contest, name=name) for name in MARKS}
    judges = await world.judges(contest)
    await mark(world, contest, await world.sheets(contest, list(entries.values()), judges), list(MARKS))
    await add_theory(world, contest, entries)
    await refresh_standings(db, contest.item)
    url = f"/api/v1/items/{encode_id('item', contest.item)}/standings"
    chief, organiser = [
        await world.client(role, "contest", contest.contest) for role in ("chief_judge", "organiser")
    ]
    supervisor = await world.client("supervisor", "contest", contest.contest)

    for client in (chief, organiser):
        shown = await client.get(url)
        assert (shown.json()["audience"], shown.json()["rows"]) == ("progress", [])
        assert not any(
            name in shown.text or encode_id("entry", entry) in shown.text for name, entry in entries.items()
        )
    assert len((await supervisor.get(url)).json()["rows"]) == 3

    await sign(world, contest)
    assert (await step(organiser, contest, "closed")).status_code == 200
    assert [len((await client.get(url)).json()["rows"]) for client in (chief, organiser)] == [3, 3]


async def test_ties_at_boundaries_are_those_that_the_rules_themselves_leave_open(world):
    """甲 and 乙 share the first rank: one place is too few, two places or one for each unit are enough."""
    contest = await world.contest()
    entries = {name: await world.entry(contest, name=name, unit_name=name) for name in ("甲", "乙")}
    sheets = await world.sheets(contest, list(entries.values()), await world.judges(contest))
    await mark(world, contest, sheets, ["甲", "乙"], {"甲": ("9", "80"), "乙": ("9", "80")})
    await add_theory(world, contest, entries, {"甲": "80", "乙": "80"})
    named = {"version": 1, "name": "奖", "name_en": "Prize", "authority": "union", "field": "item"}
    awards = [
        {"code": "one", "cut": {"places": 1}},
        {"code": "two", "cut": {"places": 2}},
        {"code": "wide", "cut": {"places": 1}, "tie": "widen"},
        {"code": "half", "cut": {"up_to": {"of": "1", "out_of": "2"}}},
        {"code": "per-unit", "cut": {"places": 2}, "caps": [{"by": "unit", "most": 1}]},
        {"code": "city", "cases": [{"classes": ["city_1"], "cut": {"places": 1}}]},
        {"code": "ladder", "ladder": {"cases": [{"target": "technician"}]}},
    ]
    rules = {"awards": [named | award | {"name": award["code"]} for award in awards]}
    await world.execute(
        "INSERT INTO contest_rules (contest_id, revision, document, hash) VALUES ($1, 1, $2, '')",
        contest.contest,
        msgspec.json.encode(rules).decode(),
    )

    async with world.db.reading() as connection:
        facts = await facts_of_item(connection, contest.item)
        ties = await ties_at_boundaries(connection, contest.item, rank(facts.plan, facts.entries))

    assert [(tie.name_zh, tie.rank, len(tie.entries)) for tie in ties] == [("one", 1, 2), ("half", 1, 2)]
