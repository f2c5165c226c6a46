"""The same role somewhere else is no right here: every route that writes, every role that may write by it, and nothing changes."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from api.access.endpoints import Endpoint, endpoints_of
from api.access.rights import SELF
from tests.api.bad_input_stage import API, stage_of
from tests.api.test_bad_input import fingerprint
from tests.api.write_requests import OWN, WRITES, Belongings, belongings_of
from tests.registration.files import work
from tests.world import Client, World

# A unit of anywhere may send a file to any announced contest; what each of its rows may do is asked row by row.
FOR_ANY_UNIT = "POST /contests/{contest}/entries:bulk"
# A right that everybody has needs no walk through all roles.
SOME_ROLES = frozenset({"administrator", "organiser", "judge", "registrar"})
# Done, or refused for what the thing is, not for who asks.
FITTING = frozenset({200, 201, 202, 204, 409, 410, 412, 422})

# What belongs to one person and to no role.
OWNERS: dict[str, Callable[[Belongings], Client]] = {
    "POST /accounts/{account_id}/totp": lambda b: b.stage.marking.judge,
    "POST /accounts/{account_id}/totp:confirm": lambda b: b.stage.marking.judge,
    "POST /broadcasts/{broadcast_id}/receipt": lambda b: b.stage.marking.judge,
    "POST /jobs/{job}/transitions": lambda b: b.stage.door.registrar,
    "POST /sessions/{session_id}/heartbeat": lambda b: b.stage.marking.judge,
    "POST /sessions/{session_id}/own-signature": lambda b: b.stage.marking.judge,
    "POST /sheets/{sheet_id}/marks:batch": lambda b: b.stage.marking.judge,
    "POST /sheets/{sheet_id}/reconsideration": lambda b: b.stage.marking.judge,
    "POST /sheets/{sheet_id}/transitions": lambda b: b.stage.marking.judge,
    "DELETE /tokens/{token_id}": lambda b: b.stage.marking_organiser,
}


@pytest.fixture(scope="module")
async def belongings(app, db, settings) -> Any:
    """Everything that somebody could be wrongly let at."""
    async with World(app, db, settings) as world:
        belongings = await belongings_of(world, await stage_of(world))
        yield belongings
        # Nothing is left to do for a worker whom another test calls.
        await work(belongings.stage.door)


def name_of(endpoint: Endpoint) -> str:
    return f"{endpoint.method} {endpoint.path.removeprefix('/api/v1')}"


def writes_of(app) -> dict[str, Endpoint]:
    found = {
        name_of(each): each
        for each in endpoints_of(app.litestar.routes)
        if each.method not in ("GET", "HEAD")
    }
    return {name: each for name, each in found.items() if name not in OWN}


async def send(client: httpx.AsyncClient, name: str, belongings: Belongings) -> httpx.Response:
    write = WRITES[name]
    body = write.body(belongings)
    headers = {"idempotency-key": str(uuid4()), "if-match": '"r1"', "content-type": write.content_type}
    content = (
        None if name.startswith("DELETE") else body if isinstance(body, bytes) else json.dumps(body).encode()
    )
    return await client.request(
        name.split(maxsplit=1)[0], f"{API}{write.path(belongings)}", content=content, headers=headers
    )


class Strangers:
    """Who holds a role elsewhere: `far` at another host with a season of its own, `near` at sibling contests of the same hosts."""

    def __init__(self, world: World, belongings: Belongings) -> None:
        self.world, self.belongings = world, belongings
        self.siblings: list[UUID] = []

    async def far(self, role: str) -> Client:
        contest = await self.world.contest()
        account = await self.world.account()
        for kind, scope in (
            ("organisation", contest.organisation),
            ("contest", contest.contest),
            ("item", contest.item),
        ):
            await self.world.grant(
                account, role, kind, scope, None if kind == "organisation" else contest.contest
            )
        return await self.world.client(account=account)

    async def near(self, role: str) -> Client:
        if not self.siblings:
            for contest in self.belongings.contests:
                made = await self.world.contest(season=contest.season, organisation=contest.organisation)
                self.siblings.append(made.contest)
        account = await self.world.account()
        for contest_id in self.siblings:
            await self.world.grant(account, role, "contest", contest_id)
        return await self.world.client(account=account)


def test_every_route_that_writes_has_its_request(app):
    assert writes_of(app).keys() == WRITES.keys()


@pytest.mark.parametrize("distance", ["far", "near"])
async def test_role_elsewhere_writes_nothing_here(app, belongings, distance):
    world = belongings.stage.world
    strangers = Strangers(world, belongings)
    roles = sorted(set().union(*(endpoint.roles for endpoint in writes_of(app).values())))
    clients = {role: await getattr(strangers, distance)(role) for role in roles}
    wrong = []

    for name, endpoint in writes_of(app).items():
        if (name, distance) == (FOR_ANY_UNIT, "far"):
            continue
        for role in sorted(endpoint.roles & SOME_ROLES if endpoint.right == SELF else endpoint.roles):
            before = await fingerprint(world)
            answer = await send(clients[role], name, belongings)
            after = await fingerprint(world)
            changed = {table for table in before if before[table] != after[table]}
            if answer.status_code not in (403, 404) or changed:
                wrong.append((name, role, answer.status_code, answer.json().get("code"), changed))

    assert wrong == []


async def test_requests_are_such_as_their_owners_may_send(app, belongings):
    """Otherwise the walk would show only that nonsense is refused. After it, because these requests do change things."""
    world, stage = belongings.stage.world, belongings.stage
    hosts = {contest.organisation for contest in belongings.contests} | {stage.province.root, stage.door.unit}
    unfit = []

    # What is a person's own first: later requests take sheets and roles away.
    for name, endpoint in sorted(writes_of(app).items(), key=lambda each: each[0] not in OWNERS):
        answers = []
        if name in OWNERS:
            # Signed in afresh: a new badge or link ends what was open.
            owner = await world.client(account=OWNERS[name](belongings).account_id)
            answers.append(await send(owner, name, belongings))
        for role in sorted(endpoint.roles & SOME_ROLES or endpoint.roles):
            account = await world.account()
            for host in hosts:
                await world.grant(account, role, "organisation", host)
            answers.append(await send(await world.client(account=account), name, belongings))
        if not any(
            answer.status_code in FITTING or answer.json()["code"] == "totp_wrong" for answer in answers
        ):
            unfit.append((name, [(answer.status_code, answer.text[:200]) for answer in answers]))

    assert unfit == [], "\n".join(map(str, unfit))
