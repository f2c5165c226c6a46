"""What the demo shows: every state a page can be in, an account per role, and one season however often it is started."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from api.access import passwords
from api.access.demo import demo_links
from api.control.gates import recheck_gap
from api.judging import sealing
from api.judging.commands.layers import context
from api.plumbing.ids import encode_id
from api.results.ledger import verify_item
from api.results.snapshots import latest_snapshot
from api.simulation.blind import CODE, PIN, RESERVE
from api.simulation.demo import prepare
from api.simulation.rows import COLUMNS, CopyInto
from api.simulation.season import build
from frontend.cli.draw import verify
from scoring import draws
from tests.simulation.conftest import NOW, SCALE, silent

LIVE = "SELECT i.id FROM item i WHERE i.live = 'by_name'"


async def test_its_final_shows_marking_notice_awards_and_registration_side_by_side(demo):
    rows = await demo.connection.fetch("""
        SELECT c.state AS contest, p.state, i.live, i.blind_layers FROM item i JOIN contest c ON c.id = i.contest_id AND c.tier = 'province'
        JOIN publication p ON p.item_id = i.id ORDER BY c.slug, i.position
    """)

    assert [tuple(row) for row in rows] == [
        ("running", "open", "by_name", 0),
        ("running", "provisional", "progress", 0),
        ("running", "open", "progress", 1),
        ("finished", "final", "progress", 0),
        ("published", "open", "progress", 0),
    ]


async def test_two_clerks_can_type_the_same_paper_sheet(demo):
    rows = await demo.connection.fetch("""
        SELECT a.login, g.scope_id FROM access_grant g JOIN account a ON a.id = g.account_id
        WHERE g.role = 'data_clerk' AND a.login LIKE 'demo-%' ORDER BY 1
    """)

    assert [row["login"] for row in rows] == ["demo-data-clerk", "demo-second-data-clerk"]
    assert len({row["scope_id"] for row in rows}) == 1


async def test_the_live_item_is_half_marked(demo):
    rows = await demo.connection.fetch(f"""
        SELECT s.state, s.seq, j.code, js.state AS session FROM sheet s JOIN judge j ON j.id = s.judge_id
        JOIN judging_session js ON js.id = s.session_id WHERE s.item_id = ({LIVE})
    """)

    assert {row["session"] for row in rows} == {"running"}
    assert {row["code"] for row in rows} == {f"A-0{number}" for number in range(1, 6)}
    assert {row["state"] for row in rows} == {"open", "submitted", "signed"}
    assert {row["seq"] for row in rows if row["state"] != "open"} == {12}
    open_sheets = Counter((row["seq"] > 0) for row in rows if row["state"] == "open")
    assert open_sheets[True] > 3
    assert open_sheets[False] > 3


async def test_the_seat_of_the_human_judge_has_nothing_half_done(demo):
    seqs = await demo.connection.fetch(f"""
        SELECT DISTINCT s.seq FROM sheet s JOIN account a ON a.id = s.account_id
        WHERE a.login = 'demo-judge' AND s.item_id = ({LIVE}) ORDER BY 1
    """)

    assert [row["seq"] for row in seqs] == [0, 12]


async def test_registration_is_open_with_entries_in_every_state(demo):
    row = await demo.connection.fetchrow("""
        SELECT c.registration_opens_at, c.registration_closes_at, array_agg(DISTINCT e.state) AS states
        FROM contest c JOIN entry e ON e.contest_id = c.id WHERE c.tier = 'province' AND c.state = 'published' GROUP BY c.id
    """)

    assert row["registration_opens_at"] < NOW < row["registration_closes_at"]
    assert set(row["states"]) == {"draft", "at_unit", "at_organiser", "at_committee", "returned", "accepted"}


async def test_the_notice_of_the_provisional_result_runs_and_no_fact_lies_ahead(demo):
    notice = await demo.connection.fetchrow(
        "SELECT notice_opens_at, notice_closes_at FROM publication WHERE state = 'provisional'"
    )
    ahead = await demo.connection.fetchval("SELECT count(*) FROM mark_revision WHERE received_at > $1", NOW)
    final = await demo.connection.fetchval("SELECT max(at) FROM publication_transition")

    assert notice["notice_opens_at"] < NOW < notice["notice_closes_at"]
    assert ahead == 0
    assert final < NOW


async def test_the_demo_registrar_has_entries_in_the_open_contest(demo):
    states = await demo.connection.fetch("""
        SELECT e.state FROM entry e JOIN contest c ON c.id = e.contest_id AND c.state = 'published'
        JOIN delegation d ON d.id = e.delegation_id JOIN access_grant g ON g.scope_id = d.organisation_id
        JOIN account a ON a.id = g.account_id WHERE a.login = 'demo-registrar'
    """)

    assert len({row["state"] for row in states}) >= 2


async def test_counties_and_enterprises_both_hold_contests(demo):
    rows = await demo.connection.fetch("""
        SELECT DISTINCT o.kind FROM contest c JOIN organisation o ON o.id = c.host_id WHERE c.tier = 'base'
    """)

    assert {row["kind"] for row in rows} == {"federation", "enterprise"}


async def test_every_demo_account_gets_a_link_and_holds_its_role(demo):
    links = await demo_links(demo.settings)

    assert list(links)[:4] == ["organiser", "judge", "chief_judge", "authority"]
    assert {"registrar", "reviewer", "contestant", "administrator", "supervisor", "auditor"} <= set(links)
    rows = await demo.connection.fetch("""
        SELECT a.login, array_agg(g.role) AS roles FROM account a LEFT JOIN access_grant g ON g.account_id = a.id
        WHERE a.login LIKE 'demo-%' GROUP BY a.login
    """)
    renamed = {
        "demo-authority": "award_authority",
        "demo-city-organiser": "organiser",
        "demo-second-data-clerk": "data_clerk",
    }
    for row in rows:
        assert renamed.get(row["login"], row["login"].removeprefix("demo-").replace("-", "_")) in row["roles"]


async def test_the_demo_judge_sits_first_and_the_chief_on_the_same_panel(demo):
    rows = await demo.connection.fetch(f"""
        SELECT j.code, a.login, pj.chief FROM panel p JOIN panel_judge pj ON pj.panel_id = p.id JOIN judge j ON j.id = pj.judge_id
        JOIN account a ON a.id = j.account_id WHERE p.item_id = ({LIVE}) ORDER BY pj.position
    """)

    assert (rows[0]["code"], rows[0]["login"]) == ("A-01", "demo-judge")
    assert [row["login"] for row in rows if row["chief"]] == ["demo-chief-judge"]


async def test_the_demo_contestant_is_somebody_in_the_live_item(demo):
    entries = await demo.connection.fetchval(f"""
        SELECT count(*) FROM account a JOIN entry_member m ON m.person_id = a.person_id AND m.item_id = ({LIVE})
        WHERE a.login = 'demo-contestant'
    """)

    assert entries == 1


BLIND = "SELECT id FROM item WHERE blind_layers = 1"


async def test_the_blind_item_is_drawn_nearly_marked_and_sealed(demo):
    sheets = await demo.connection.fetch(f"""
        SELECT a.station, s.state, count(*) AS sheets, min(acc.login) FILTER (WHERE s.state = 'open') AS left FROM sheet s
        JOIN attempt a ON a.id = s.attempt_id JOIN account acc ON acc.id = s.account_id
        WHERE s.item_id = ({BLIND}) GROUP BY 1, 2 ORDER BY 1, 2
    """)
    sealed = await demo.connection.fetchrow(f"""
        SELECT (SELECT state FROM judging_session WHERE item_id = i.id) AS session, item_is_decoded(i.id) AS decoded,
               (SELECT count(*) FROM attempt_entry WHERE item_id = i.id) AS named, (SELECT count(seed) FROM draw WHERE item_id = i.id) AS seeds,
               (SELECT count(*) FROM layer_draw WHERE item_id = i.id) AS layers, (SELECT count(*) FROM standings_snapshot WHERE item_id = i.id) AS boards
        FROM item i WHERE i.id = ({BLIND})
    """)

    by = await demo.connection.fetchval(
        f"SELECT a.login FROM draw d JOIN account a ON a.id = d.by_account WHERE d.item_id = ({BLIND})"
    )

    judge = "demo-judge"
    assert by == "demo-encryption-officer"
    assert [tuple(row) for row in sheets] == [
        (1, "signed", 5, None), (2, "signed", 5, None), (3, "submitted", 5, None), (4, "submitted", 5, None),
        (5, "open", 1, judge), (5, "submitted", 4, None), (6, "open", 1, judge), (6, "submitted", 4, None),
    ]  # fmt: skip
    assert tuple(sealed) == ("paused", False, 0, 0, 1, 0)


@pytest.mark.parametrize("envelope", ["officer", "reserve"])
async def test_the_envelopes_of_the_demo_open_a_sound_draw(demo, envelope):
    row = await demo.connection.fetchrow(f"""
        SELECT c.*, d.result_hash, d.sealed_result, d.lot FROM layer_commitment c JOIN layer_draw d ON d.layer_id = c.id WHERE c.item_id = ({BLIND})
    """)
    code = {"officer": CODE, "reserve": RESERVE}[envelope]

    key = await sealing.unwrap(row[f"{envelope}_key"], code, context(row["id"], envelope))
    seed = sealing.unseal(key, row["sealed_seed"], context(row["id"], "seed"))
    result = msgspec.json.decode(
        sealing.unseal(key, row["sealed_result"], context(row["id"], "result")), type=list[tuple[str, str]]
    )

    assert draws.commitment(seed) == row["commitment"]
    assert draws.list_hash(row["inputs"], row["outputs"]) == row["list_hash"]
    assert draws.drawn(seed, row["inputs"], row["outputs"], row["lot"]) == result
    assert draws.result_hash(seed, result, row["lot"]) == row["result_hash"]


async def test_every_open_draw_of_the_demo_was_committed_to_before_and_is_verified_by_the_command(
    demo, tmp_path
):
    draws_made = await demo.connection.fetch("""
        SELECT d.*, c.payload->>'commitment' AS commitment, c.payload->>'list' AS list, d.at - c.at AS before FROM draw d
        JOIN item i ON i.id = d.item_id AND i.blind_layers = 0
        JOIN contest k ON k.id = i.contest_id AND k.tier = 'province'
        LEFT JOIN ledger c ON c.chain = d.item_id AND c.subject = d.id AND c.kind = 'draw.committed'
    """)
    places = """
        SELECT a.session_id, a.station, ae.entry_id FROM attempt a JOIN attempt_entry ae ON ae.attempt_id = a.id
        JOIN judging_session s ON s.id = a.session_id WHERE a.draw_id = $1 ORDER BY s.position, a.station
    """

    for draw in draws_made:
        pairs = [
            (
                f"{encode_id('session', row['session_id'])} {row['station']}",
                encode_id("entry", row["entry_id"]),
            )
            for row in await demo.connection.fetch(places, draw["id"])
        ]
        record = draws.DrawRecord(
            algorithm=draw["algorithm"], commitment=draw["commitment"], list_hash=draw["list"],
            inputs=tuple(sorted(entry for _, entry in pairs)), outputs=tuple(place for place, _ in pairs), seed=draw["seed"].hex(),
            result=tuple(pairs), result_hash=draw["result_hash"].hex(),
        )  # fmt: skip
        (file := tmp_path / "draw.json").write_bytes(msgspec.json.encode(record))
        told = CliRunner().invoke(verify, [str(file)])

        assert told.exit_code == 0, told.output
        assert "种子与抽签前登记的哈希" in told.output.partition("未核对")[0]
        assert draw["before"].total_seconds() > 0
    assert len(draws_made) > 1


async def test_the_recheck_of_the_published_item_is_done_and_that_of_the_live_one_is_asked_for(demo):
    rules = await demo.connection.fetchval(
        f"SELECT document::text FROM contest_rules r JOIN item i ON i.contest_id = r.contest_id WHERE i.id = ({LIVE})"
    )
    [item] = await demo.connection.fetch(
        "SELECT item_id, season_id FROM publication WHERE state = 'provisional'"
    )
    snapshot = await latest_snapshot(demo.connection, item["item_id"], item["season_id"])
    sample = await demo.connection.fetch("""
        SELECT e.because, count(r.entry_id) AS checked FROM recheck_entry e JOIN recheck c ON c.id = e.recheck_id
        LEFT JOIN recheck_result r USING (recheck_id, entry_id) GROUP BY 1 ORDER BY 1
    """)

    gap = await recheck_gap(demo.connection, item["item_id"], item["season_id"], snapshot.standings)

    assert msgspec.json.decode(rules)["recheck"] == {"top": 3}
    assert gap is None
    assert {row["because"]: row["checked"] for row in sample} == {"drawn": 2, "top": 3}
    assert (await verify_item(demo.connection, item["item_id"], item["season_id"], snapshot.number)).sound


async def test_officer_and_supervisor_of_the_demo_have_the_pin_of_the_guide(demo):
    hashes = await demo.connection.fetch(
        "SELECT login, pin_hash FROM account WHERE pin_hash IS NOT NULL ORDER BY login"
    )

    assert [row["login"] for row in hashes] == ["demo-encryption-officer", "demo-supervisor"]
    assert all([await passwords.matches(row["pin_hash"], PIN) for row in hashes])
    guide = (Path(__file__).parents[2] / "docs/guides/encryption-officer.md").read_text("utf-8")
    assert f"`{CODE}`" in guide
    assert f"PIN `{PIN}`" in guide


async def test_the_chains_of_the_blind_item_hold(demo):
    item, season = await demo.connection.fetchrow(f"SELECT id, season_id FROM item WHERE id = ({BLIND})")

    verification = await verify_item(demo.connection, item, season, None)

    assert verification.broken == []


async def test_a_start_killed_midway_leaves_nothing_and_the_next_builds_the_same_season_once(demo, empty):
    def killed(copy: CopyInto) -> CopyInto:
        async def until_sheets(table: str, columns: tuple[str, ...], lines: bytes) -> None:
            if table == "sheet":
                raise ConnectionResetError
            await copy(table, columns, lines)

        return until_sheets

    before = await _contents(empty)
    with pytest.raises(ConnectionResetError):
        await build(empty.settings, SCALE, 1, silent, live_at=NOW, wrap=killed)
    assert await _contents(empty) == before

    await build(empty.settings, SCALE, 1, silent, live_at=NOW)
    built = await _contents(empty)
    assert built == await _contents(demo)

    await prepare(empty.settings, SCALE, silent)
    assert await _contents(empty) == built


async def _contents(place) -> dict[str, str]:
    """A digest of each table; without ciphers, which are never the same twice, and keys that the database made."""
    contents = {}
    for table, columns in COLUMNS.items():
        of_seed = [each for each in columns if each not in ("number_cipher", "preset_id")]
        contents[table] = await place.connection.fetchval(
            f"SELECT coalesce(md5(string_agg(t::text, E'\\n' ORDER BY t::text)), '') FROM (SELECT {', '.join(of_seed)} FROM {table}) t"
        )
    return contents


def test_now_is_in_working_hours():
    assert datetime(2026, 11, 21, 2, tzinfo=UTC) == NOW
