"""BLIND-1: nothing that a judge's device receives before decoding names a contestant or can be joined to one (DESIGN 3.5).

Every GET route is walked with every id that judging knows, as judge, as chief judge with all roles that a badge opens, and in each
state that an item passes; status, headers, cookies and every byte of every answer are searched.
"""

import re
import secrets
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from litestar.routes import HTTPRoute

from api.plumbing.ids import encode_id
from frontend.rendering import app_version
from tests.judging.blind import Blind, blind_of
from tests.judging.marking import enter, op
from tests.live.streaming import stream
from tests.world import Client, World

TOKEN = re.compile(r"\b[a-z]{3}_[0-9A-Z]{26}\b|\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b")
# What an item and its contest are called is on every poster; neither stands for anybody.
# A number of the first layer; the same characters inside an id are chance.
INNER_NUMBER = re.compile(r"(?<![0-9a-fA-F-])1-00[1-4](?![0-9a-fA-F-])")
OF_EVERYBODY = ("con_", "itm_", "evt_", "sea_", "pln_", "org_")
PUBLIC_IDS = ("contest_id", "contest", "slug", "item", "item_id", "season_id", "event_id")
ENDLESS = ("/events", "/public/screens/", "/metrics")


@pytest.fixture
async def blind(world: World) -> Blind:
    return await blind_of(world, layers=2, entries=4)


async def secrets_of(world: World, blind: Blind) -> set[str]:
    """Everything that names a contestant or stands for one, made unlike anything else on earth."""
    found = set()
    rows = await world.fetch(
        "SELECT e.id, e.number, m.person_id, m.person_version_id FROM entry e JOIN entry_member m ON m.entry_id = e.id WHERE e.item_id = $1",
        blind.contest.item,
    )
    for row in rows:
        name, unit, number, mask = (
            f"{kind}{secrets.token_hex(5)}" for kind in ("隐名", "密厂", "QGX", "13**")
        )
        organisation = await world.organisation(f"{unit}所属", parent=blind.contest.organisation)
        await world.execute("UPDATE person_version SET name = $2, sort_key = $2 WHERE id = $1", row["person_version_id"], name)  # fmt: skip
        await world.execute("UPDATE entry SET number = $2, unit_name = $3, unit_id = $4 WHERE id = $1", row["id"], number, unit, organisation)  # fmt: skip
        await world.execute(
            "INSERT INTO person_document (person_id, document_type, number_cipher, number_masked, number_index) VALUES ($1, 'id_card', $2, $3, $2)",
            row["person_id"], secrets.token_bytes(20), mask,
        )  # fmt: skip
        await world.execute("INSERT INTO employment (person_id, unit_name, valid_from) VALUES ($1, $2, '2020-01-01')", row["person_id"], unit)  # fmt: skip
        await world.execute(
            "INSERT INTO theory_mark (season_id, item_id, entry_id, node, rev, state, value, account_id, hash) "
            "VALUES ($1, $2, $3, 'theory', 1, 'scored', 88.5, $4, '\\x00')",
            blind.contest.season, blind.contest.item, row["id"], blind.supervisor.account_id,
        )  # fmt: skip
        ids = (("entry", row["id"]), ("person", row["person_id"]), ("organisation", organisation))
        found |= {name, unit, number, mask, str(row["person_version_id"])}
        found |= {text for kind, value in ids for text in (str(value), encode_id(kind, value))}
    return found


def paths(site: Any) -> Iterator[str]:
    """Every address that can be read, but those that never end."""
    for route in site.litestar.routes:
        readable = isinstance(route, HTTPRoute) and "GET" in route.route_handler_map
        if readable and not any(each in route.path_format for each in ENDLESS):
            yield route.path_format


class Device:
    """A judge's tablet and everything that ever came to it."""

    def __init__(self, client: Client, ids: dict[str, list[str]]) -> None:
        self.client, self.ids = client, ids
        self.received: dict[str, str] = {}
        self.own: dict[str, str] = {}

    async def walk(self, site: Any) -> int:
        """Read everything; gives how many addresses answered."""
        before = len(self.received)
        for path in paths(site):
            for address in self._filled(path):
                answer = await self.client.get(address)
                said = f"{answer.status_code} {answer.headers} {dict(answer.cookies)} {answer.text}"
                self.received[f"{address} {len(self.received)}"] = said
                if answer.status_code == 200 and "/public/" not in address:
                    self.own[address] = said
        return len(self.received) - before

    def _filled(self, path: str) -> list[str]:
        found = [path]
        for name in re.findall(r"\{(\w+)\}", path):
            kind = re.search(rf"/([\w-]+)/\{{{name}\}}", path)
            values = self.ids.get(name) or self.ids.get(f"{kind[1] if kind else ''}/{name}") or ["x"]
            found = [each.replace(f"{{{name}}}", value) for each in found for value in values]
        return found


async def ids_of(world: World, blind: Blind, client: Client) -> dict[str, list[str]]:
    """What a curious judge could put into an address: their own things, and the item's and the contest's names."""
    sheets = await world.fetch("SELECT id FROM sheet WHERE item_id = $1 AND account_id = $2", blind.contest.item, client.account_id)  # fmt: skip
    slug = await world.fetchval("SELECT slug FROM contest WHERE id = $1", blind.contest.contest)
    draw = await world.fetchval("SELECT id FROM draw WHERE item_id = $1", blind.contest.item)
    contest, session = encode_id("contest", blind.contest.contest), blind.sessions[0]["id"]
    return {
        "contest_id": [contest], "contest": [contest], "slug": [slug], "item": [blind.item, "fitter"], "item_id": [blind.item],
        "session": [session], "session_id": [session], "station": ["01", "04"], "number": ["1", "2"],
        "sheet_id": [encode_id("sheet", row["id"]) for row in sheets], "sheet": [encode_id("sheet", row["id"]) for row in sheets[:1]],
        "layer_id": list(blind.ids.values()), "draw_id": [encode_id("draw", draw)], "version": [app_version()],
        "name": ["main.js", "outbox.js"], "kind": ["sheet", "stations", "sessions"], "season_id": [encode_id("season", blind.contest.season)],
        "event_id": [encode_id("event", blind.contest.event)], "code": ["x"],
    }  # fmt: skip


async def judge_devices(world: World, blind: Blind) -> list[Client]:
    """The chief with every role that a badge opens, and one more judge; both came in by badge."""
    rows = await world.fetch(
        "SELECT j.account_id FROM judge j JOIN panel_judge pj ON pj.judge_id = j.id WHERE j.contest_id = $1 ORDER BY pj.chief DESC, j.code LIMIT 2",
        blind.contest.contest,
    )
    await world.grant(rows[0]["account_id"], "timekeeper", "contest", blind.contest.contest)
    clients = [await world.client(account=row["account_id"]) for row in rows]
    await world.execute(
        "UPDATE sign_in_session SET kind = 'judge' WHERE account_id = ANY ($1)",
        [row["account_id"] for row in rows],
    )
    return clients


def leaks(received: dict[str, str], hidden: set[str]) -> set[tuple[str, str]]:
    named = {(where, secret) for where, text in received.items() for secret in hidden if secret in text}
    return named | {(where, each) for where, text in received.items() for each in INNER_NUMBER.findall(text)}


async def test_blind_1_no_byte_of_a_judges_device_names_a_contestant(site, world, blind):
    hidden = await secrets_of(world, blind)
    await blind.number()
    clients = await judge_devices(world, blind)
    devices = [Device(client, await ids_of(world, blind, client)) for client in clients]
    cookie = f"sbq_session={clients[0].cookies['sbq_session']}"
    events = f"/api/v1/contests/{encode_id('contest', blind.contest.contest)}/events"

    async with stream(site, events, cookie=cookie) as reader:
        await reader.until("ready")
        # Before it begins; while it runs, with marks, a raised hand, somebody called absent; signed and closed; halfway decoded.
        assert [await device.walk(site) > 100 for device in devices] == [True, True]
        session = (await blind.office.move(blind.sessions[0], "running")).json()
        await raise_hand(clients[1], session["id"])
        await mark(world, blind, clients[1])
        await call_absent(world, blind)
        for device in devices:
            await device.walk(site)
        await blind.sign()
        closed = await blind.office.move(session, "closed", with_gaps=True, reason="其余未到场")
        assert closed.status_code == 200, closed.text
        for device in devices:
            await device.walk(site)
        assert (await blind.open(2)).status_code == 201
        for device in devices:
            await device.walk(site)
        heard = await reader.until("session", 2)

    for device in devices:
        assert len(device.own) > 25
        assert leaks(device.received, hidden) == set()
        assert {"200", "403", "404"} <= {text[:3] for text in device.received.values()}
    assert len(heard) == 2
    assert leaks({"events": reader.text}, hidden) == set()


async def test_no_id_of_a_judges_device_is_known_to_units_or_the_public(site, world, blind):
    """Whoever knows both sides could join them by an id: there is none that both hold."""
    await secrets_of(world, blind)
    await blind.number()
    [_, judge] = await judge_devices(world, blind)
    device = Device(judge, await ids_of(world, blind, judge))
    entry, unit = (await world.fetch("SELECT id, unit_id FROM entry WHERE item_id = $1 LIMIT 1", blind.contest.item))[0].values()  # fmt: skip
    registrar = await world.client("registrar", "organisation", unit)
    known = {name: device.ids[name] for name in PUBLIC_IDS} | {"entry": [encode_id("entry", entry)]}
    others = Device(registrar, known)
    await blind.office.move(blind.sessions[0], "running")

    await device.walk(site)
    await others.walk(site)

    assert any(encode_id("entry", entry) in text for text in others.own.values())
    assert tokens(device) & tokens(others) == set()
    assert len(tokens(device)) > 4


def tokens(device: Device) -> set[str]:
    """What looks like an id; the examples of the API's own description are nobody's."""
    texts = [text for where, text in device.own.items() if "openapi" not in where and "/dev" not in where]
    found = {token for text in texts for token in TOKEN.findall(text)}
    return {token for token in found if not token.startswith(OF_EVERYBODY)}


async def test_the_walk_finds_a_name_where_there_is_one(site, world, blind):
    """The same walk as an organiser hits: it is the judges' pages that are clean, not the search that is blind."""
    hidden = await secrets_of(world, blind)
    await blind.number()
    device = Device(blind.office.organiser, await ids_of(world, blind, blind.office.organiser))

    await device.walk(site)

    assert len({secret for _, secret in leaks(device.received, hidden)}) > 8


async def test_chief_reads_no_theory_mark_and_no_record_of_a_blind_item(world, blind):
    await secrets_of(world, blind)
    await blind.number()
    [chief, _] = await judge_devices(world, blind)
    asked = (f"/api/v1/items/{blind.item}/theory-marks", f"/api/v1/layers/{blind.ids[1]}/record")

    assert [(await chief.get(path)).status_code for path in asked] == [404, 404]
    await blind.finish()
    for layer in (2, 1):
        opened = await blind.open(layer)
        assert opened.status_code == 201, opened.text
    assert [(await chief.get(path)).status_code for path in asked] == [200, 200]


async def raise_hand(judge: Client, session: str) -> None:
    """The judge asks for somebody at station 1."""
    answer = await judge.post(f"/judge/s/{session}/hand", data={"kind": "question", "station": "1", "text": "请裁判长来"})  # fmt: skip
    assert answer.status_code < 500


async def mark(world: World, blind: Blind, judge: Client) -> None:
    """Marks of the judge on every sheet."""
    rows = await world.fetch("SELECT id FROM sheet WHERE item_id = $1 AND account_id = $2", blind.contest.item, judge.account_id)  # fmt: skip
    for row in rows:
        results = await enter(judge, row["id"], op("C1", "5"), op("C2", "60"))
        assert [each["status"] for each in results] == ["accepted", "accepted"]


async def call_absent(world: World, blind: Blind) -> None:
    """The check-in says that somebody did not come, by the command that does so."""
    entry, rev = (await world.fetch("SELECT id, rev FROM entry WHERE item_id = $1 LIMIT 1", blind.contest.item))[0].values()  # fmt: skip
    desk = await world.client("check_in", "contest", blind.contest.contest)
    answer = await desk.post(
        f"/api/v1/entries/{encode_id('entry', entry)}/standing",
        json={"to": "absent", "reason": "未到场"},
        headers={"if-match": f'"r{rev}"', "idempotency-key": str(uuid4())},
    )
    assert answer.status_code in (200, 201), answer.text
