"""A simulated season is a season: the figures of its plan, sound chains, standings that follow from facts, nobody without a slot."""

from collections import Counter
from datetime import date

import pytest

from api.judging import drawing
from api.people.commands import known_people, says_nothing_new
from api.people.identities import prepare_person, read_number
from api.people.schemas import IdentityInput
from api.plumbing.crypto import Cipher
from api.plumbing.ids import encode_id
from api.results.boundaries import ties_at_boundaries
from api.results.facts import count_facts
from api.results.ledger import verify_item
from api.results.snapshots import snapshot_by_number, take_snapshot
from api.simulation.people import workers
from api.simulation.scaling import scale
from api.simulation.season import SeasonThereError, simulate
from api.simulation.season_file import load_season
from tests.simulation.conftest import SCALE, Place, silent

PLAN = scale(load_season(), SCALE)

ITEMS = """
SELECT i.id, i.season_id, c.tier, p.state, p.snapshot FROM item i JOIN contest c ON c.id = i.contest_id
JOIN publication p ON p.item_id = i.id ORDER BY i.id
"""


@pytest.fixture(params=["demo", "finished"])
def season(request: pytest.FixtureRequest) -> Place:
    return request.getfixturevalue(request.param)


async def test_tiers_hold_as_many_contests_as_the_plan_says(season):
    rows = await season.connection.fetch("SELECT tier, slug FROM contest")

    held = Counter(row["tier"] for row in rows)
    assert (held["city"], held["base"]) == (len(PLAN.city), len(PLAN.base))
    assert {each.slug for each in (*PLAN.city, *PLAN.base)} <= {row["slug"] for row in rows}


async def test_trades_teams_and_people_of_the_final_are_those_of_the_plan(season):
    row = await season.connection.fetchrow("""
        SELECT count(DISTINCT i.id) AS trades, count(DISTINCT (e.delegation_id, i.id)) AS teams, count(DISTINCT m.person_id) AS people,
               count(DISTINCT m.person_id) FILTER (WHERE m.role = 'contestant') AS contestants
        FROM item i JOIN contest c ON c.id = i.contest_id AND c.tier = 'province' AND c.slug NOT LIKE '%-blind'
        JOIN entry e ON e.item_id = i.id JOIN entry_member m ON m.entry_id = e.id
    """)

    expected = (len(PLAN.trades), len(PLAN.teams), PLAN.people, PLAN.contestants)
    assert (row["trades"], row["teams"], row["people"], row["contestants"]) == expected


async def test_every_worker_is_entered_once_below_the_final_or_sent_by_an_industry_line(season):
    entered = await season.connection.fetchval("""
        SELECT count(DISTINCT m.person_id) FROM entry_member m JOIN entry e ON e.id = m.entry_id JOIN contest c ON c.id = e.contest_id
        WHERE m.role = 'contestant' AND c.slug NOT LIKE '%-blind' AND (c.tier = 'base' OR (c.tier = 'province' AND e.via_slot_id IS NULL))
    """)

    assert entered == SCALE


async def test_everyone_from_a_region_in_the_final_or_in_a_city_came_through_a_slot_of_their_own(season):
    without = await season.connection.fetch("""
        SELECT e.id FROM entry e
        JOIN contest c ON c.id = e.contest_id JOIN delegation d ON d.id = e.delegation_id
        JOIN entry_member m ON m.entry_id = e.id AND m.role = 'contestant'
        LEFT JOIN slot s ON s.id = e.via_slot_id AND s.to_item_id = e.item_id AND s.state = 'accepted'
        LEFT JOIN entry_member before ON before.entry_id = s.entry_id AND before.person_id = m.person_id
        WHERE c.tier <> 'base' AND d.kind = 'region' AND before.person_id IS NULL
    """)
    unused = await season.connection.fetchval(
        "SELECT count(*) FROM slot s WHERE NOT EXISTS (SELECT FROM entry e WHERE e.via_slot_id = s.id)"
    )

    assert without == []
    assert unused == 0


async def test_slots_are_those_that_the_rule_gives(season):
    wrong = await season.connection.fetchval("""
        SELECT count(*) FROM slot s JOIN item i ON i.id = s.from_item_id JOIN contest c ON c.id = i.contest_id
        JOIN item n ON n.id = s.to_item_id JOIN contest_rules r ON r.contest_id = c.id
        WHERE n.contest_id <> c.next_contest_id OR n.trade_code <> i.trade_code
           OR s.place > (r.document -> 'quota' ->> 'places')::int
    """)

    assert wrong == 0


async def test_every_chain_holds_and_every_standing_follows_from_its_facts_byte_for_byte(season):
    for item in await season.connection.fetch(ITEMS):
        snapshot = await season.connection.fetchval(
            "SELECT max(number) FROM standings_snapshot WHERE item_id = $1", item["id"]
        )
        found = await verify_item(season.connection, item["id"], item["season_id"], snapshot)
        assert found.sound
        if snapshot is not None:
            assert found.marks > 0
            facts = await count_facts(season.connection, item["id"], item["season_id"])
            assert (
                facts == (await snapshot_by_number(season.connection, item["id"], item["season_id"], 1)).facts
            )
            _, fresh = await take_snapshot(season.connection, item["id"], item["season_id"])
            assert not fresh


async def test_no_final_result_hides_a_tie_at_a_place_that_counts(season):
    for item in await season.connection.fetch(ITEMS):
        if item["snapshot"] is not None:
            standings = (
                await snapshot_by_number(season.connection, item["id"], item["season_id"], item["snapshot"])
            ).standings
            assert standings.complete
            assert await ties_at_boundaries(season.connection, item["id"], standings) == []


async def test_ledgers_of_contests_hold(season):
    broken = await season.connection.fetchval("""
        SELECT count(*) FROM (
            SELECT digest = sha256(salt || convert_to(payload::text, 'UTF8')) AND hash = sha256(
                coalesce(lag(hash) OVER (PARTITION BY chain ORDER BY seq), '\\x') || convert_to(concat_ws(E'\\x1f', chain, seq, kind,
                subject, encode(digest, 'hex'), coalesce(account_id::text, '')), 'UTF8')) AS sound
            FROM ledger
        ) link WHERE NOT sound
    """)

    assert broken == 0


async def test_every_id_number_begins_with_00_and_registration_knows_the_person_again(season):
    cipher = Cipher(season.settings.secret_key)
    rows = await season.connection.fetch(
        "SELECT person_id, number_cipher, number_index, number_masked FROM person_document"
    )

    assert {read_number(cipher, row["number_cipher"], row["number_index"])[:2] for row in rows} == {"00"}
    assert {row["number_masked"][:2] for row in rows} == {"00"}
    on = date(2026, 11, 21) if await _is_live(season) else load_season().final_starts_on
    worker = next(workers(1, 0, 1, on=on, employers=4))
    errors: list = []
    given = IdentityInput(name=worker.name, document_number=worker.id_number, education=worker.education)
    prepared = prepare_person(cipher, given, "", errors, today=on, demo=True)
    assert prepared is not None
    known = await known_people(season.connection, [prepared.index])
    assert says_nothing_new(known[prepared.index], prepared)


async def test_entries_have_a_history_that_leads_to_their_state(season):
    wrong = await season.connection.fetchval("""
        SELECT count(*) FROM entry e LEFT JOIN LATERAL (
            SELECT to_state FROM entry_transition WHERE entry_id = e.id ORDER BY seq DESC LIMIT 1
        ) t ON true WHERE e.state <> coalesce(t.to_state, 'draft')
    """)
    refused = await season.connection.fetchval("""
        SELECT count(*) FROM (
            SELECT 'entry' AS machine, from_state, to_state FROM entry_transition
            UNION ALL SELECT 'publication', from_state, to_state FROM publication_transition
            UNION ALL SELECT 'sheet', from_state, to_state FROM sheet_transition
            UNION ALL SELECT 'slot', from_state, to_state FROM slot_transition
            UNION ALL SELECT 'contest', from_state, to_state FROM contest_transition
        ) t WHERE NOT EXISTS (SELECT FROM allowed_transition a WHERE (a.machine, a.from_state, a.to_state) = (t.machine, t.from_state, t.to_state))
    """)

    assert (wrong, refused) == (0, 0)


async def test_provincial_contests_were_filed_with_both_authorities_before_they_began(season):
    filings = await season.connection.fetch("""
        SELECT c.id, array_agg(o.kind ORDER BY o.kind) AS kinds, bool_and(f.filed_on < c.starts_on) AS before
        FROM contest c JOIN contest_filing f ON f.contest_id = c.id JOIN organisation o ON o.id = f.authority_id
        WHERE c.tier = 'province' GROUP BY c.id
    """)

    assert all(row["kinds"] == ["authority", "federation"] and row["before"] for row in filings)
    assert len(filings) == await season.connection.fetchval(
        "SELECT count(*) FROM contest WHERE tier = 'province'"
    )


async def test_awards_are_proposed_where_every_result_is_final(season):
    states = await season.connection.fetch("""
        SELECT DISTINCT pub.state FROM award_proposal p JOIN publication pub ON pub.item_id = p.item_id
    """)
    proposed = await season.connection.fetch(
        "SELECT outcome, count(*) AS number FROM award_proposal GROUP BY outcome"
    )

    assert [row["state"] for row in states] == ["final"]
    assert {row["outcome"] for row in proposed} >= {"eligible", "needs_person"}


async def test_a_finished_season_is_final_throughout(finished):
    states = await finished.connection.fetch("SELECT DISTINCT p.state FROM publication p")
    contests = await finished.connection.fetch("SELECT DISTINCT state FROM contest")

    assert [row["state"] for row in states] == ["final"]
    assert [row["state"] for row in contests] == ["finished"]


async def test_a_database_takes_one_season(finished):
    with pytest.raises(SeasonThereError, match="season already"):
        await simulate(finished.settings, SCALE, 2, silent)


async def _is_live(season: Place) -> bool:
    return bool(
        await season.connection.fetchval("SELECT EXISTS (SELECT FROM account WHERE login = 'demo-judge')")
    )


async def test_every_draw_can_be_replayed_from_its_seed(season):
    rows = await season.connection.fetch("""
        SELECT d.id, d.algorithm, d.seed, d.result_hash, array_agg(js.id ORDER BY js.position, a.station) AS sessions,
               array_agg(a.station ORDER BY js.position, a.station) AS stations,
               array_agg(ae.entry_id ORDER BY js.position, a.station) AS entries
        FROM draw d JOIN attempt a ON a.draw_id = d.id JOIN judging_session js ON js.id = a.session_id
        JOIN attempt_entry ae ON ae.attempt_id = a.id GROUP BY d.id
    """)

    assert rows
    for row in rows:
        places = [
            drawing.Place(encode_id("session", session), station)
            for session, station in zip(row["sessions"], row["stations"], strict=True)
        ]
        entries = [encode_id("entry", entry) for entry in row["entries"]]
        result = drawing.drawn(row["seed"], entries, places)
        assert [entry for _, entry in result] == entries
        assert drawing.result_hash(row["algorithm"], row["seed"], result) == row["result_hash"]


async def test_judges_submit_their_own_sheets_the_chief_signs_and_the_ledger_says_so(season):
    wrong = await season.connection.fetchval("""
        SELECT count(*) FROM sheet_transition t JOIN sheet s ON s.id = t.sheet_id
        JOIN judging_session js ON js.id = s.session_id JOIN panel_judge pj ON pj.panel_id = js.panel_id AND pj.chief
        JOIN judge j ON j.id = pj.judge_id
        WHERE t.by_account <> CASE t.to_state WHEN 'submitted' THEN s.account_id ELSE j.account_id END
    """)
    unsaid = await season.connection.fetchval("""
        SELECT count(*) FROM sheet_transition t WHERE NOT EXISTS (
            SELECT FROM ledger l WHERE l.subject = t.sheet_id AND l.kind = 'sheet.' || t.to_state
            AND l.payload ->> 'head' = encode(t.head, 'hex') AND l.account_id = t.by_account)
    """)

    assert (wrong, unsaid) == (0, 0)
