"""Every route × every role (DESIGN 6). Routes that rooms add are found here without a change to this file."""

import asyncio
import hashlib
import re
import secrets
from pathlib import Path
from uuid import uuid4

import httpx
import msgspec
import pytest

from api.access.actor import Actor, Grant, Scope
from api.access.authentication import token_hash
from api.access.endpoints import Endpoint, endpoints_of
from api.access.guards import csrf_token
from api.access.rights import GIVES, PIN_ROLES, RIGHTS, ROLES
from api.permissions import PAGE, permissions_page
from api.plumbing.ids import PREFIXES, encode_id
from tests.world import World

ROOT = Path(__file__).parents[2]
NOBODY = "nobody"
AT_ONCE = 8
# The API has its own walk; files and the machine's own pages know no roles.
NOT_PAGES = ("/api/", "/static", "/metrics", "/health", "/openapi", "/sw.js")


class Cell(msgspec.Struct, frozen=True):
    """One request: who asks what, and whether they must be turned away before any command runs."""

    method: str
    path: str
    role: str
    refused: bool


def cells(endpoints: list[Endpoint]) -> list[Cell]:
    """All routes × (nobody and every role)."""
    return [
        Cell(
            endpoint.method,
            endpoint.path,
            role,
            endpoint.right is not None if role == NOBODY else role not in endpoint.roles,
        )
        for endpoint in endpoints
        for role in (NOBODY, *ROLES)
    ]


async def sessions(world: World, count: int) -> dict[str, list[str]]:
    """`count` sessions of one account per role, at a scope where there is nothing: no cell can spend another's."""
    cookies = {}
    for role in ROLES:
        account = await world.account()
        await world.grant(account, role, "contest", uuid4())
        cookies[role] = [secrets.token_urlsafe(18) for _ in range(count)]
        await world.execute(
            "INSERT INTO sign_in_session (token_hash, account_id, kind, second_factor, expires_at) "
            "SELECT h, $2, 'browser', true, now() + interval '1 hour' FROM unnest($1::bytea[]) h",
            [token_hash(cookie) for cookie in cookies[role]], account,
        )  # fmt: skip
    return cookies


def with_dummies(path: str) -> str:
    """The path with well-formed ids of things that are not there."""

    def dummy(match: re.Match[str]) -> str:
        kind = match[1].split(":")[0].removesuffix("_id")
        if kind in ("station", "number"):
            return "1"
        return encode_id(kind, uuid4()) if kind in PREFIXES else "absent"

    return re.sub(r"\{([^}]+)\}", dummy, path)


async def ask(client: httpx.AsyncClient, cell: Cell, cookie: str | None) -> httpx.Response:
    headers = {"idempotency-key": secrets.token_hex(8), "if-match": '"r1"'}
    if cookie is not None:
        secret = hashlib.sha256(b"csrf:" + token_hash(cookie)).digest()
        actor = Actor(account_id=uuid4(), csrf_secret=secret)
        headers |= {"cookie": f"sbq_session={cookie}", "x-csrf-token": csrf_token(actor)}
    body = {} if cell.method in ("GET", "DELETE") else {"json": {}}
    async with asyncio.timeout(60):
        return await client.request(cell.method, with_dummies(cell.path), headers=headers, **body)


def is_fine(cell: Cell, answer: httpx.Response) -> bool:
    """Turned away with the right status, or let through to whatever the command says."""
    # Judges have a door of their own: badge and PIN. A door itself may lead on to wherever it likes.
    door = answer.headers.get("location", "").partition("?")[0].endswith(("/login", "/judge"))
    to_the_door = answer.status_code == 303 and door and "/login" not in cell.path
    if not cell.refused:
        return answer.status_code not in (401, 403) and answer.status_code < 500 and not to_the_door
    if cell.role != NOBODY:
        return answer.status_code == 403
    return answer.status_code == 401 or (to_the_door and not cell.path.startswith("/api/"))


async def wrong_cells(app, world: World, endpoints: list[Endpoint]) -> list[tuple[Cell, int]]:
    """Cells that answer otherwise than the table says."""
    cookies = await sessions(world, len(endpoints))
    hands = {role: iter(own) for role, own in cookies.items()}
    gate = asyncio.Semaphore(AT_ONCE)
    transport = httpx.ASGITransport(app, client=("172.16.0.1", 1))

    async def check(cell: Cell) -> tuple[Cell, int] | None:
        cookie = None if cell.role == NOBODY else next(hands[cell.role])
        async with gate:
            answer = await ask(client, cell, cookie)
        return None if is_fine(cell, answer) else (cell, answer.status_code)

    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        found = await asyncio.gather(*map(check, cells(endpoints)))
    return [wrong for wrong in found if wrong]


async def test_every_route_turns_away_every_role_that_lacks_its_right_and_no_other(app, world):
    endpoints = endpoints_of(app.litestar.routes)

    assert len(endpoints) > 60
    assert await wrong_cells(app, world, endpoints) == []


async def test_every_page_does_the_same_and_shows_nobody_the_door(app, world, settings):
    from frontend.app import application

    pages = application(settings).litestar
    endpoints = [e for e in endpoints_of(pages.routes, "/") if not e.path.startswith(NOT_PAGES)]
    # One process has one pool: the pages borrow what the running application has opened.
    own = pages.state.query_parameters
    pages.state.update(app.litestar.state.dict())
    pages.state.query_parameters = own

    assert await wrong_cells(pages, world, endpoints) == []


def test_page_of_permissions_is_the_one_the_code_gives():
    """A page written by hand once said more than the guards did."""
    assert (ROOT / PAGE).read_text("utf-8") == permissions_page(), "run: python -m api.permissions"


@pytest.mark.parametrize("role", ROLES)
def test_no_role_gives_what_it_is_not_above(role):
    below = GIVES.get(role, frozenset())

    assert "administrator" not in below or role == "administrator"


def test_pin_opens_nothing_that_changes_people_or_results():
    opened = {right for right, rule in RIGHTS.items() if rule.roles & PIN_ROLES}

    assert not opened & {
        "account.manage",
        "grant.give",
        "token.manage",
        "award.decide",
        "result.publish",
        "entry.review",
    }


ORGANISATION, NODE, CONTEST, OTHER = uuid4(), uuid4(), uuid4(), uuid4()


@pytest.mark.parametrize(
    ("grant", "right", "reaches"),
    [
        # A node reads its subtree, and writes at the node only.
        (Grant("organiser", "organisation", ORGANISATION), "contest.read", True),
        (Grant("organiser", "organisation", ORGANISATION), "contest.change", False),
        (Grant("organiser", "organisation", NODE), "contest.change", True),
        (Grant("organiser", "organisation", OTHER), "contest.read", False),
        # The contest's own grant, and the short one for support.
        (Grant("organiser", "contest", CONTEST), "contest.change", True),
        (Grant("organiser", "contest", OTHER), "contest.change", False),
        (Grant("organiser", "contest", CONTEST, support=True), "contest.change", True),
        (Grant("organiser", "contest", CONTEST, support=True), "grant.give", False),
        # An auditor reads everything below and changes nothing.
        (Grant("auditor", "organisation", ORGANISATION), "contest.read", True),
        (Grant("auditor", "organisation", NODE), "contest.change", False),
    ],
)
def test_reach_of_a_grant_in_a_contest_of_a_lower_node(grant, right, reaches):
    actor = Actor(account_id=uuid4(), grants=(grant,), session_kind="browser")

    assert actor.may(right, Scope(organisation_path=(ORGANISATION, NODE), contest_id=CONTEST)) is reaches


async def test_roles_are_those_of_the_database(world):
    rows = await world.fetch("SELECT code FROM role")

    assert {row["code"] for row in rows} == set(ROLES)
    assert set().union(*(rule.roles for rule in RIGHTS.values())) == set(ROLES)
