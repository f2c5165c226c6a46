"""Blind numbers: each layer another officer's, sealed until two people open it, the last layer first (DOMAIN 5)."""

import asyncio
import re
from hashlib import sha256
from uuid import uuid4

import msgspec
import pytest

from api.plumbing.ids import encode_id
from api.results.commands import refresh_standings
from scoring import hebei_provincial
from scoring.draws import DrawRecord, commitment, faults, list_hash
from tests.judging.blind import Blind, blind_of, officer_of
from tests.judging.marking import enter, op
from tests.world import World

FACTS = ("layer_commitment", "layer_draw", "layer_opening", "layer_round", "draw", "attempt", "attempt_entry", "ledger")  # fmt: skip


async def written(world: World) -> tuple[int, ...]:
    """How many facts there are: a refusal leaves them alone."""
    return tuple([await world.fetchval(f"SELECT count(*) FROM {table}") for table in FACTS])


@pytest.fixture
async def blind(world: World) -> Blind:
    return await blind_of(world)


async def opened(blind: Blind) -> None:
    """All layers open."""
    for layer in range(len(blind.officers), 0, -1):
        answer = await blind.open(layer)
        assert answer.status_code == 201, answer.text


# Drawing


async def test_every_layer_leads_from_the_numbers_before_it_to_its_own(world, blind):
    await blind.number()

    entries = await world.fetch("SELECT id FROM entry WHERE item_id = $1", blind.contest.item)
    assert set(blind.lists[1].values()) == {encode_id("entry", row["id"]) for row in entries}
    assert list(blind.lists[1]) == ["1-001", "1-002", "1-003", "1-004"]
    assert sorted(blind.lists[2].values()) == list(blind.lists[1])
    assert list(blind.lists[2]) == [f"{blind.sessions[0]['id']} {station}" for station in (1, 2, 3, 4)]
    assert await world.fetchval("SELECT count(*) FROM sheet WHERE item_id = $1", blind.contest.item) == 20
    assert await world.fetchval("SELECT count(*) FROM attempt_entry WHERE item_id = $1", blind.contest.item) == 0  # fmt: skip


@pytest.mark.parametrize("layers", [1, 3])
async def test_items_have_one_to_three_layers(world, layers):
    blind = await blind_of(world, layers)
    await blind.number()
    assert len(blind.lists) == layers
    await blind.finish()

    await opened(blind)

    assert (await blind.layers())["decoded"]
    assert await world.fetchval("SELECT count(*) FROM attempt_entry WHERE item_id = $1", blind.contest.item) == 4  # fmt: skip


async def test_commitment_stands_in_the_ledger_before_anything_is_drawn(world, blind):
    committed = (await blind.commit(1)).json()["layer"]

    told = await world.fetch(
        "SELECT kind, payload->>'commitment' AS commitment, payload->>'list' AS list FROM ledger WHERE chain = $1 AND kind LIKE 'layer%'",
        blind.contest.item,
    )

    assert [(row["kind"], row["commitment"], row["list"]) for row in told] == [
        ("layer.committed", committed["commitment"], committed["list_hash"])
    ]
    record = msgspec.json.decode((await blind.record(1)).content, type=DrawRecord)
    assert (record.seed, record.result, faults(record)) == (None, None, [])
    assert list_hash(record.inputs, record.outputs).hex() == committed["list_hash"]


async def test_opened_layer_is_a_record_that_anybody_replays(blind):
    await blind.commit(1)
    assert (await blind.draw(1, lot=" 现场  七号\n")).status_code == 201
    await blind.commit(2)
    await blind.draw(2)
    await blind.finish()
    await opened(blind)

    for layer in (1, 2):
        record = msgspec.json.decode((await blind.record(layer)).content, type=DrawRecord)
        assert faults(record) == []
        assert dict(record.result or ()) == blind.lists[layer]
        assert commitment(bytes.fromhex(record.seed or "")).hex() == record.commitment
    assert msgspec.json.decode((await blind.record(1)).content, type=DrawRecord).lot == "现场 七号"


async def test_officer_who_lost_the_code_commits_anew_before_the_draw(world, blind):
    await blind.commit(1)
    first, code = blind.ids[1], blind.codes[1][0]

    assert (await blind.commit(1)).status_code == 201

    before = await written(world)
    stale = await blind.officers[0].post(f"/api/v1/layers/{first}/draw", json={"code": code})
    assert (stale.status_code, stale.json()["code"]) == (409, "layer_over")
    assert await written(world) == before
    assert (await blind.draw(1)).status_code == 201
    assert (await blind.commit(1)).json()["code"] == "layer_not_yours"


async def test_list_that_changed_after_the_commitment_is_not_drawn(world, blind):
    await blind.commit(1)
    await world.entry(blind.contest)
    before = await written(world)

    answer = await blind.draw(1)

    assert (answer.json()["code"], await written(world)) == ("layer_list_changed", before)
    await blind.commit(1)
    assert (await blind.draw(1)).status_code == 201


async def test_nobody_draws_a_layer_of_another_officer(world, blind):
    await blind.commit(1)
    before = await written(world)

    assert (await blind.commit(1, blind.officers[1])).json()["code"] == "layer_not_yours"
    assert (await blind.draw(1, blind.officers[1])).json()["code"] == "layer_not_yours"
    for role in ("organiser", "supervisor", "chief_judge"):
        other = await world.client(role, "contest", blind.contest.contest)
        assert (await blind.commit(1, other)).status_code == 403
        assert (await blind.draw(1, other)).status_code == 403
    stranger = await world.client("encryption_officer", "contest", (await world.contest()).contest)
    assert (await blind.commit(1, stranger)).status_code == 404
    assert (await blind.draw(1, stranger)).status_code == 404
    assert (await blind.record(1, stranger)).status_code == 404
    assert await written(world) == before


async def test_one_officer_holds_one_layer_only(world, blind):
    both = await world.client("encryption_officer", "contest", blind.contest.contest)
    await blind.commit(1, both)
    assert (await blind.draw(1, both)).status_code == 201
    before = await written(world)

    answer = await blind.commit(2, both)

    assert (answer.json()["code"], await written(world)) == ("layer_officer_once", before)


async def test_two_commitments_of_one_officer_do_not_make_two_layers(world, blind):
    """Whoever commits twice at once, or draws with two browsers, has one draw."""
    await blind.commit(1)

    answers = await asyncio.gather(blind.draw(1), blind.draw(1), blind.draw(1))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert {answer.json().get("code") for answer in answers if answer.status_code == 409} == {"layer_drawn"}
    assert await world.fetchval("SELECT count(*) FROM layer_draw WHERE item_id = $1", blind.contest.item) == 1


async def test_item_without_layers_has_none_to_draw(world):
    blind = await blind_of(world)
    await world.execute("UPDATE item SET blind_layers = 0 WHERE id = $1", blind.contest.item)

    assert (await blind.commit(1)).json()["code"] == "layer_none"


async def test_last_layer_asks_for_places_as_every_draw_does(world):
    blind = await blind_of(world, layers=1, entries=4)
    await world.execute("UPDATE judging_session SET stations = 3 WHERE item_id = $1", blind.contest.item)

    assert (await blind.commit(1)).json()["code"] == "draw_too_few_stations"


async def test_entry_that_was_drawn_stays(world, blind):
    await blind.commit(1)
    await blind.draw(1)
    entry = await world.fetchval("SELECT id FROM entry WHERE item_id = $1 LIMIT 1", blind.contest.item)
    rev = await world.fetchval("SELECT rev FROM entry WHERE id = $1", entry)

    answer = await blind.office.organiser.post(
        f"/api/v1/entries/{encode_id('entry', entry)}/transitions",
        json={"to": "withdrawn", "reason": "临时退出"},
        headers={"if-match": f'"r{rev}"'},
    )

    assert answer.json()["code"] == "entry_is_drawn"


# Sealed


async def test_code_is_the_only_way_to_read_a_layer(world, blind):
    await blind.commit(1)
    await blind.draw(1)
    path = f"/api/v1/layers/{blind.ids[1]}/reading"

    answer = await blind.officers[0].post(path, json={"code": blind.codes[1][0].lower()})
    assert {line["output"]: line["input"] for line in answer.json()["lines"]} == blind.lists[1]
    before = await written(world)
    for code in ("0000-0000-0000", blind.codes[1][1]):
        wrong = await blind.officers[0].post(path, json={"code": code})
        assert (wrong.status_code, wrong.json()["code"]) == (422, "layer_code_wrong")
    other = await blind.officers[1].post(path, json={"code": blind.codes[1][0]})
    assert other.json()["code"] == "layer_not_yours"
    assert await written(world) == before
    kinds = await world.fetch("SELECT kind FROM ledger WHERE chain = $1 ORDER BY seq DESC LIMIT 1", blind.contest.item)  # fmt: skip
    assert kinds[0]["kind"] == "layer.read"


async def test_guessing_a_code_rests_after_five(blind):
    await blind.commit(1)

    codes = [(await blind.draw(1, code="0000-0000-0000")).json()["code"] for _ in range(6)]

    assert codes == ["layer_code_wrong"] * 5 + ["sign_in_locked"]


async def test_database_and_key_of_the_installation_tell_no_link(world, blind):
    """Every row of every table, searched for whatever would join two numbers."""
    await blind.number()
    await blind.finish()
    tables = await world.fetch(
        "SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'migration%'"
    )
    rows = [row["row"] for table in tables for row in await world.fetch(f"SELECT t::text AS row FROM {table['name']} t")]  # fmt: skip

    assert len(rows) > 50
    for codes in blind.codes.values():
        assert not [row for row in rows for code in codes if code in row or code.replace("-", "") in row]
    # No row names a contestant and a place or a number of the first layer, one number each of two layers, or the seed of a draw.
    attempts = await world.fetch("SELECT id FROM attempt WHERE item_id = $1", blind.contest.item)
    entries = await world.fetch("SELECT id FROM entry WHERE item_id = $1", blind.contest.item)
    for row in rows:
        listed = row.count("ent_") >= 4 or row.count("ses_") >= 4
        # By itself, and not where one part of a random id ends and the next begins.
        numbered = re.search(r"(?<![0-9a-z])1-00[1-4](?![0-9a-z])", row)
        assert listed or not (numbered and ("ent_" in row or "ses_" in row))
        assert not any(str(a["id"]) in row and str(e["id"]) in row for a in attempts for e in entries)
    assert await world.fetchval("SELECT seed FROM draw WHERE item_id = $1", blind.contest.item) is None


async def test_sheets_give_the_contestants_away_to_nobody(world, blind):
    await blind.number()
    await blind.finish()

    for who in (blind.supervisor, *blind.officers, blind.office.organiser):
        [draw] = (await who.get(f"/api/v1/items/{blind.item}/draws")).json()
        assert (draw["seed"], draw["places"]) == (None, [])
        assert (await blind.record(1, who)).json()["result"] is None
    board = (await blind.supervisor.get(f"/api/v1/items/{blind.item}/standings")).json()
    assert (board["audience"], board["rows"]) == ("progress", [])


async def test_places_and_awards_say_no_more_than_the_standing(world, blind):
    """Once decoded, and not closed yet, ranks are for nobody who might still move them: not by way of a preview, either."""
    await blind.number()
    await blind.finish()
    await opened(blind)
    rules = {"quota": {"code": "top", "version": 1, "name": "前2名晋级", "places": 2}, "awards": hebei_provincial(level_target="technician")}  # fmt: skip
    await world.execute(
        "INSERT INTO contest_rules (contest_id, revision, document, hash) VALUES ($1, 9, $2, '')",
        blind.contest.contest,
        msgspec.json.encode(rules).decode(),
    )
    await refresh_standings(world.db, blind.contest.item)
    organiser = blind.office.organiser
    contest = encode_id("contest", blind.contest.contest)

    standing = (await organiser.get(f"/api/v1/items/{blind.item}/standings")).json()
    places = (await organiser.get(f"/api/v1/items/{blind.item}/slots")).json()
    awards = (await organiser.get(f"/api/v1/contests/{contest}/award-preview?everyone=true")).json()

    assert (standing["audience"], standing["rows"]) == ("progress", [])
    assert places["snapshot"] is not None
    assert (places["rows"], awards["rows"]) == ([], [])


# Decoding


async def test_two_people_open_one_layer_after_the_other_the_last_first(world, blind):
    await blind.number()
    await blind.finish()
    assert (await blind.layers())["next"] == 2

    before = await written(world)
    early = await blind.open(1)
    assert (early.status_code, early.json()["code"]) == (409, "layer_not_next")
    assert await written(world) == before
    assert (await blind.open(2)).status_code == 201
    halfway = await blind.layers()
    assert [layer["state"] for layer in halfway["layers"]] == ["drawn", "opened"]
    assert (halfway["next"], halfway["decoded"]) == (1, False)
    assert await world.fetchval("SELECT count(*) FROM attempt_entry WHERE item_id = $1", blind.contest.item) == 0  # fmt: skip
    assert (await blind.open(1)).status_code == 201

    places = await world.fetch(
        "SELECT a.station, ae.entry_id FROM attempt a JOIN attempt_entry ae ON ae.attempt_id = a.id WHERE a.item_id = $1 ORDER BY 1",
        blind.contest.item,
    )
    joined = [blind.lists[1][number] for number in blind.lists[2].values()]
    assert [encode_id("entry", row["entry_id"]) for row in places] == joined
    told = await world.fetch(
        "SELECT kind, payload FROM ledger WHERE chain = $1 AND kind = 'layer.opened' ORDER BY seq",
        blind.contest.item,
    )
    assert len(told) == 2
    payload = msgspec.json.decode(told[0]["payload"])
    assert payload["officer"] == encode_id("account", blind.officers[1].account_id)
    assert payload["supervisor"] == encode_id("account", blind.supervisor.account_id)


async def test_supervisor_may_sit_at_the_screen_with_the_officer_beside(blind):
    await blind.number()
    await blind.finish()

    answer = await blind.open(2, who=blind.supervisor, second=blind.officers[1])

    assert answer.status_code == 201, answer.text
    assert [layer["officer"] for layer in (await blind.layers())["layers"]] == ["加密裁判1", "加密裁判2"]


async def test_nobody_decodes_alone_or_with_anybody_else(world, blind):
    await blind.number()
    await blind.finish()
    before = await written(world)
    outsider = await world.client("supervisor", "contest", (await world.contest()).contest)
    await blind.give_pin(outsider, "4000")
    outside = {"login": await blind.login(outsider), "secret": "4000"}

    alone = {"login": await blind.login(blind.officers[1]), "secret": "2002"}
    assert (await blind.open(2, second=blind.officers[0])).json()["code"] == "layer_needs_two"
    assert (await blind.open(2, **{"second": alone})).json()["code"] == "layer_needs_two"
    assert (await blind.open(2, **{"second": outside})).json()["code"] == "layer_needs_two"
    # The officer of the other layer is no officer of this one.
    assert (await blind.open(2, who=blind.officers[0])).json()["code"] == "layer_needs_two"
    assert (await blind.open(2, who=blind.office.organiser, secret="1")).status_code == 403
    assert await written(world) == before


async def test_one_person_with_both_offices_is_one_person(world, blind):
    await world.grant(blind.officers[1].account_id, "supervisor", "contest", blind.contest.contest)
    await blind.number()
    await blind.finish()

    answer = await blind.open(2, second=blind.officers[1])

    assert answer.json()["code"] == "layer_needs_two"


@pytest.mark.parametrize(
    "change",
    [
        "valid_from = now() + interval '1 hour'",
        "valid_from = now() - interval '1 hour', valid_to = now()",
        "revoked_at = now()",
        "support = true, reason = '临时协助本赛事', valid_to = valid_from + interval '1 hour'",
    ],
)
async def test_second_person_holds_the_office_now(world, blind, change):
    await blind.number()
    await blind.finish()
    await world.execute(f"UPDATE access_grant SET {change} WHERE account_id = $1", blind.supervisor.account_id)  # fmt: skip

    assert (await blind.open(2)).json()["code"] == "layer_needs_two"


async def test_both_show_who_they_are(world, blind):
    await blind.number()
    await blind.finish()
    before = await written(world)
    login = await blind.login(blind.supervisor)

    for body in (
        {"secret": "9999"},
        {"second": {"login": login, "secret": "9999"}},
        {"second": {"login": "nobody", "secret": "3000"}},
    ):
        answer = await blind.open(2, **body)
        assert (answer.status_code, answer.json()["code"]) == (422, "presence_failed"), body
    await world.execute("UPDATE account SET disabled_at = now() WHERE id = $1", blind.supervisor.account_id)
    assert (await blind.open(2)).json()["code"] == "presence_failed"
    assert await written(world) == before


async def test_wrong_pins_of_the_second_person_rest_after_five(blind):
    await blind.number()
    await blind.finish()
    wrong = {"second": {"login": await blind.login(blind.supervisor), "secret": "9999"}}

    codes = [(await blind.open(2, **wrong)).json()["code"] for _ in range(6)]

    assert codes == ["presence_failed"] * 5 + ["sign_in_locked"]


async def test_second_factor_of_the_second_person_is_asked_for_and_good_once(world, blind):
    await blind.number()
    await blind.finish()
    totp = await blind.give_totp(blind.supervisor)
    before = await written(world)
    second = {"login": await blind.login(blind.supervisor), "secret": "3000"}

    async def refused(layer: int, **more: str) -> list[tuple[str, str]]:
        answer = await blind.open(layer, second=second | more)
        assert answer.status_code == 422, answer.text
        return [(each["pointer"], each["code"]) for each in answer.json()["errors"]]

    missing, wrong = await refused(2), await refused(2, totp=totp.at(0))
    unchanged = await written(world)
    code = totp.now()
    # A slip in the envelope's code costs no code of the authenticator.
    slip = await blind.open(2, second=second | {"totp": code}, code="AAAA-BBBB-CCCC")
    opened = await blind.open(2, second=second | {"totp": code})
    again = await refused(1, totp=code)

    assert (missing, wrong) == ([("/second/totp", "second_totp_needed")], [("/second/totp", "totp_wrong")])
    assert unchanged == before
    assert (slip.json()["code"], opened.status_code) == ("layer_code_wrong", 201)
    assert again == [("/second/totp", "totp_wrong")]


async def test_who_is_signed_in_is_not_asked_for_a_second_factor_again(blind):
    await blind.number()
    await blind.finish()
    await blind.give_totp(blind.officers[1])

    assert (await blind.open(2)).status_code == 201


async def test_nothing_is_opened_before_everything_is_signed_and_closed(world, blind):
    await blind.number()
    before = await written(world)
    assert (await blind.open(2)).json()["code"] == "layer_not_finished"
    assert await written(world) == before

    await blind.finish()
    await world.execute(
        "UPDATE sheet SET state = 'open' WHERE id = (SELECT id FROM sheet WHERE item_id = $1 LIMIT 1)",
        blind.contest.item,
    )
    answer = await blind.open(2)
    assert answer.json()["code"] == "layer_not_finished"
    assert "1张" in answer.json()["detail"]


async def test_station_where_nobody_came_does_not_keep_the_rest_sealed(world, blind):
    await blind.number()
    [running] = [(await blind.office.move(session, "running")).json() for session in blind.sessions]
    closed = await blind.office.move(running, "closed", with_gaps=True, reason="无人到场")
    assert closed.status_code == 200

    assert (await blind.open(2)).status_code == 201


async def test_layer_is_opened_once(world, blind):
    await blind.number()
    await blind.finish()

    answers = await asyncio.gather(*[blind.open(2) for _ in range(3)])

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert (
        await world.fetchval("SELECT count(*) FROM layer_opening WHERE item_id = $1", blind.contest.item) == 1
    )


async def test_reserve_envelope_opens_with_a_reason(world, blind):
    """The officer fell ill, or lost the envelope: whoever stands in for them opens the other one."""
    await blind.number()
    await blind.finish()
    deputy = await officer_of(world, blind.office, 2)
    await blind.give_pin(deputy, "2003")
    body = {
        "code": blind.codes[2][1],
        "second": {"login": await blind.login(blind.supervisor), "secret": "3000"},
    }
    path, before = f"/api/v1/layers/{blind.ids[2]}/opening", await written(world)

    refused = await deputy.post(path, json={**body, "secret": "2003"})
    assert (refused.json()["code"], await written(world)) == ("reason_needed", before)
    answer = await deputy.post(path, json={**body, "secret": "2003", "reason": "加密裁判突发疾病"})

    assert answer.status_code == 201, answer.text
    [_, layer] = (await blind.layers())["layers"]
    assert (layer["way"], layer["reason"]) == ("reserve", "加密裁判突发疾病")
    assert layer["opened_by"] == "加密裁判2"


async def test_wrong_code_opens_nothing(world, blind):
    await blind.number()
    await blind.finish()
    before = await written(world)

    for code in ("0000-0000-0000", blind.codes[1][0], blind.codes[1][1]):
        assert (await blind.open(2, code=code)).json()["code"] == "layer_code_wrong"
    assert await written(world) == before


async def test_after_the_first_opening_no_sheet_and_no_session_is_opened_again(world, blind):
    await blind.number()
    await blind.finish()
    await blind.open(2)
    sheet = (await world.fetch("SELECT id, seq FROM sheet WHERE item_id = $1 LIMIT 1", blind.contest.item))[0]
    chief = await world.client("chief_judge", "contest", blind.contest.contest)

    returned = await chief.post(
        f"/api/v1/sheets/{encode_id('sheet', sheet['id'])}/transitions",
        json={"to": "open", "seq": sheet["seq"], "reason": "看错一项"},
    )
    assert returned.json()["code"] == "layer_opened_already"
    session = (await blind.office.organiser.get(f"/api/v1/items/{blind.item}/sessions")).json()[0]
    assert (await blind.office.move(session, "running", reason="补评")).json()[
        "code"
    ] == "layer_opened_already"


async def test_results_close_only_when_everything_is_decoded(world, blind):
    await blind.number()
    await blind.finish()
    chief = await world.client("chief_judge", "contest", blind.contest.contest)
    path = f"/api/v1/items/{blind.item}/publication"
    shown = (await chief.get(path)).json()
    assert "blind_not_decoded" in {gap["code"] for gap in shown["gaps"]}

    async def close() -> dict[str, object]:
        rev = (await chief.get(path)).json()["rev"]
        answer = await chief.post(
            f"{path}/transitions", json={"to": "closed"}, headers={"if-match": f'"r{rev}"', "idempotency-key": str(uuid4())}
        )  # fmt: skip
        return answer.json()

    assert (await close())["code"] == "blind_not_decoded"
    await blind.open(2)
    assert (await close())["code"] == "blind_not_decoded"
    await blind.open(1)
    # Theory is still missing: what comes next is said, and it is no longer the layers.
    assert (await close())["code"] == "standing_incomplete"


async def test_redraw_of_a_blind_item_voids_all_layers(world, blind):
    await blind.number()
    asked = (await blind.office.ask("一名选手漏列")).json()
    assert asked["number"] == 2
    assert (await blind.office.confirm(asked["id"], blind.supervisor)).status_code == 201

    assert [layer["state"] for layer in (await blind.layers())["layers"]] == ["waiting", "waiting"]
    assert (await blind.office.confirm(asked["id"], blind.supervisor)).json()["code"] == "redraw_over"
    first = dict(blind.lists)
    await blind.number()

    assert (await blind.layers())["round"] == 2
    assert blind.lists[1] != first[1] or blind.lists[2] != first[2]
    listed = (await blind.supervisor.get(f"/api/v1/items/{blind.item}/draws")).json()
    assert [(draw["number"], draw["current"], draw["reason"]) for draw in listed] == [
        (1, False, None), (2, True, "一名选手漏列"),
    ]  # fmt: skip
    await blind.finish()
    await opened(blind)
    assert (
        await world.fetchval("SELECT count(*) FROM attempt_entry WHERE item_id = $1", blind.contest.item) == 4
    )


async def test_redraw_needs_something_to_void(blind):
    assert (await blind.office.ask("漏列")).json()["code"] == "draw_not_possible"
    await blind.commit(1)
    assert (await blind.office.ask("漏列")).json()["code"] == "draw_not_possible"
    await blind.draw(1)

    assert (await blind.office.ask("漏列")).status_code == 201


async def test_absent_contestant_is_not_pointed_at_before_decoding(world, blind):
    """Who is called absent while everybody is blind leaves the places as they are: the change would say whose it is."""
    await blind.number()
    judge = await world.fetchval(
        "SELECT account_id FROM sheet WHERE item_id = $1 LIMIT 1", blind.contest.item
    )
    client = await world.client(account=judge)
    [session] = [(await blind.office.move(session, "running")).json() for session in blind.sessions]
    path = f"/api/v1/sessions/{session['id']}/pack"
    before = (await client.get(path)).content

    await world.execute("UPDATE entry SET standing = 'absent' WHERE id = (SELECT id FROM entry WHERE item_id = $1 LIMIT 1)", blind.contest.item)  # fmt: skip

    assert (await client.get(path)).content == before


async def test_marks_are_taken_while_nobody_knows_whose_they_are(world, blind):
    await blind.number()
    await blind.office.move(blind.sessions[0], "running")
    row = (
        await world.fetch("SELECT id, account_id FROM sheet WHERE item_id = $1 LIMIT 1", blind.contest.item)
    )[0]
    judge = await world.client(account=row["account_id"])

    assert [each["status"] for each in await enter(judge, row["id"], op("C1", "5"))] == ["accepted"]


async def test_seal_that_does_not_fit_its_commitment_is_not_opened(world, blind):
    """Somebody with the owner's role put another layer's list hash in: it is told, not decoded."""
    await blind.number()
    await blind.finish()
    async with blind.world.db.reading() as connection:
        rows = await connection.fetch("SELECT id FROM layer_commitment WHERE item_id = $1 AND layer = 2", blind.contest.item)  # fmt: skip
    assert len(rows) == 1
    await owner(
        world,
        "ALTER TABLE layer_commitment DISABLE TRIGGER USER",
        f"UPDATE layer_commitment SET list_hash = '\\x{sha256(b'x').hexdigest()}' WHERE id = '{rows[0]['id']}'",
        "ALTER TABLE layer_commitment ENABLE TRIGGER USER",
    )

    assert (await blind.open(2)).json()["code"] == "layer_seal_broken"


async def owner(world: World, *statements: str) -> None:
    """What only the owner of the database can do."""
    import asyncpg

    connection = await asyncpg.connect(world.settings.owner_url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def test_a_sheet_is_returned_or_a_layer_opened_but_never_both(world, blind):
    """The chief judge returns a sheet in the very moment in which two people decode."""
    await blind.number()
    await blind.finish()
    chief = await world.client("chief_judge", "contest", blind.contest.contest)
    sheets = await world.fetch("SELECT id, seq FROM sheet WHERE item_id = $1 LIMIT 4", blind.contest.item)

    async def give_back(row: dict[str, object]) -> int:
        path = f"/api/v1/sheets/{encode_id('sheet', row['id'])}/transitions"
        body = {"to": "open", "seq": row["seq"], "reason": "看错一项"}
        return (await chief.post(path, json=body)).status_code

    answer, *returned = await asyncio.gather(blind.open(2), *[give_back(row) for row in sheets])

    opened = answer.status_code == 201
    late = await world.fetchval(
        "SELECT count(*) FROM sheet_transition t JOIN sheet s ON s.id = t.sheet_id JOIN layer_opening o ON o.item_id = s.item_id "
        "WHERE s.item_id = $1 AND t.to_state = 'open'",
        blind.contest.item,
    )
    assert (late == 0) if opened else (200 in returned)
