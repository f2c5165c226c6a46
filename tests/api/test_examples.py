"""Every example of the OpenAPI document is sent as it stands, but for its ids, and is taken."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from api.examples import REQUESTS
from api.plumbing.ids import encode_id
from tests.advancement.test_slots import offer, way_up
from tests.contests.conftest import province_of
from tests.judging.conftest import marking_of
from tests.registration.builders import gate
from tests.results.builders import MARKS, THEORY, add_theory, final_item, mark, publish, sign
from tests.world import Client, World

Sending = Callable[[World], Awaitable[tuple[Client, dict[str, str], dict[str, Any], str]]]
"""Who sends, the ids of the path, the ids in the place of those in the body, and the version that was read."""


async def a_season(world: World) -> Any:
    province = await province_of(world)
    root = encode_id("organisation", province.root)
    return province.organiser, {}, {"organisation_id": root}, ""


async def a_contest(world: World) -> Any:
    province = await province_of(world)
    ids = {
        "season_id": province.season,
        "preset_id": province.presets["hebei-provincial"],
        "host_id": encode_id("organisation", province.root),
    }
    return province.organiser, {}, ids, ""


async def an_item(world: World) -> Any:
    province = await province_of(world)
    return province.organiser, {"contest_id": (await province.contest())["id"]}, {}, ""


async def a_step_of_a_contest(world: World) -> Any:
    province = await province_of(world)
    return province.organiser, {"contest_id": (await province.contest())["id"]}, {}, '"r1"'


async def an_entry(world: World) -> Any:
    door = await gate(world)
    delegation = await world.fetchval(
        "INSERT INTO delegation (season_id, kind, name_zh, short_name) VALUES ($1, 'region', '试市', '试市') RETURNING id",
        door.contest.season,
    )
    ids = {"item": encode_id("item", door.contest.item), "delegation": encode_id("delegation", delegation)}
    return door.organiser, {"contest": encode_id("contest", door.contest.contest)}, ids, ""


async def a_review(world: World) -> Any:
    door = await gate(world)
    entry = await door.moved(door.registrar, await door.registered(), "at_organiser")
    return door.organiser, {"entry": entry["id"]}, {}, f'"r{entry["rev"]}"'


async def theory_marks(world: World) -> Any:
    marking = await marking_of(world, judges=1)
    for place, entry in enumerate(marking.entries, 1):
        await world.execute("UPDATE entry SET number = $2 WHERE id = $1", entry, f"FITTER-000{place}")
    clerk = await world.client("data_clerk", "contest", marking.contest.contest)
    return clerk, {"item_id": encode_id("item", marking.contest.item)}, {}, ""


async def a_pause(world: World) -> Any:
    marking = await marking_of(world, judges=1)
    [session] = await world.fetch(
        "SELECT id, rev FROM judging_session WHERE item_id = $1", marking.contest.item
    )
    organiser = await world.client("organiser", "contest", marking.contest.contest)
    return organiser, {"session_id": encode_id("session", session["id"])}, {}, f'"r{session["rev"]}"'


async def marks(world: World) -> Any:
    marking = await marking_of(world, judges=1)
    return marking.judge, {"sheet_id": encode_id("sheet", marking.sheet)}, {}, ""


async def a_submission(world: World) -> Any:
    judge, ids, _, _ = await marks(world)
    body = REQUESTS["post", "/api/v1/sheets/{sheet_id}/marks:batch"]
    ops = [{**each, "op_id": str(uuid4())} for each in body["ops"]]
    await judge.post(f"/api/v1/sheets/{ids['sheet_id']}/marks:batch", json={"ops": ops})
    return judge, ids, {}, ""


async def a_publication(world: World) -> Any:
    contest = await world.contest()
    entries = {name: await world.entry(contest, name=name) for name in MARKS}
    sheets = await world.sheets(contest, list(entries.values()), await world.judges(contest))
    await mark(world, contest, sheets, list(MARKS))
    await add_theory(world, contest, entries)
    await sign(world, contest)
    organiser = await world.client("organiser", "contest", contest.contest)
    await publish(organiser, contest, "closed", "confirmed")
    item = encode_id("item", contest.item)
    tag = (await organiser.get(f"/api/v1/items/{item}/publication")).headers["etag"]
    return organiser, {"item_id": item}, {}, tag


async def a_place(world: World) -> Any:
    way, _ = await way_up(world)
    _, organiser = await final_item(world, way, MARKS, THEORY)
    slot = (await offer(organiser, way, str(uuid4()))).json()["rows"][0]["slot"]
    return organiser, {"slot_id": slot}, {}, '"r1"'


SENT: dict[str, Sending] = {
    "/seasons": a_season,
    "/contests": a_contest,
    "/contests/{contest_id}/items": an_item,
    "/contests/{contest_id}/transitions": a_step_of_a_contest,
    "/contests/{contest}/entries": an_entry,
    "/entries/{entry}/transitions": a_review,
    "/items/{item_id}/theory-marks": theory_marks,
    "/sessions/{session_id}/transitions": a_pause,
    "/sheets/{sheet_id}/marks:batch": marks,
    "/sheets/{sheet_id}/transitions": a_submission,
    "/items/{item_id}/publication/transitions": a_publication,
    "/slots/{slot_id}/transitions": a_place,
}


@pytest.mark.parametrize(
    ("method", "path"), REQUESTS, ids=[path.removeprefix("/api/v1") for _, path in REQUESTS]
)
async def test_example_is_taken(world, method, path):
    client, where, ids, tag = await SENT[path.removeprefix("/api/v1")](world)
    body = REQUESTS[method, path]
    assert ids.keys() <= body.keys()
    headers = {"Idempotency-Key": str(uuid4())} | ({"If-Match": tag} if tag else {})

    answer: httpx.Response = await client.request(
        method, path.format(**where), json=body | ids, headers=headers
    )

    assert answer.status_code in (200, 201), answer.text
    rows = answer.json().get("results", answer.json().get("rows", []))
    assert {row["status"] for row in rows if "status" in row} <= {"accepted"}


async def test_document_shows_every_example_and_stands_at_both_addresses(anonymous):
    document = (await anonymous.get("/openapi.json")).json()

    shown = {
        (method, path)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if "example" in operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    }
    assert shown == REQUESTS.keys()
    assert (await anonymous.get("/api/v1/openapi.json")).json() == document
