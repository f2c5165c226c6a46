"""Every route × every role (DESIGN 6). Routes that rooms add are found here without a change to this file."""

import asyncio
import hashlib
import re
import secrets
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest

from api.access.actor import Actor, Grant, Scope
from api.access.authentication import token_hash
from api.access.guards import csrf_token
from api.access.permissions import PAGE, endpoints_of, permissions_page
from api.access.rights import GIVES, PIN_ROLES, RIGHTS, ROLES
from api.plumbing.ids import PREFIXES, encode_id
from tests.world import World

ROOT = Path(__file__).parents[2]
NOBODY = "nobody"
AT_ONCE = 8


class Cell(msgspec.Struct, frozen=True):
    """One request: who asks what, and whether they must be turned away before any command runs."""

    method: str
    path: str
    role: str
    refused: bool


def cells(app):
    for endpoint in endpoints_of(app.litestar.routes):
        yield Cell(endpoint.method, endpoint.path, NOBODY, endpoint.right is not None)
        for role in ROLES:
            yield Cell(endpoint.method, endpoint.path, role, role not in endpoint.roles)


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
        return encode_id(kind, uuid4()) if kind in PREFIXES else "absent"

    return re.sub(r"\{([^}]+)\}", dummy, path)


async def ask(client: httpx.AsyncClient, cell: Cell, cookie: str | None) -> int:

    headers = {"idempotency-key": secrets.token_hex(8), "if-match": '"r1"'}
    if cookie is not None:
        actor = Actor(
            account_id=UUID(int=2), csrf_secret=hashlib.sha256(b"csrf:" + token_hash(cookie)).digest()
        )
        headers |= {"cookie": f"sbq_session={cookie}", "x-csrf-token": csrf_token(actor)}
    body = {} if cell.method in ("GET", "DELETE") else {"json": {}}
    return (await client.request(cell.method, with_dummies(cell.path), headers=headers, **body)).status_code


async def test_every_route_turns_away_every_role_that_lacks_its_right_and_no_other(app, world):
    table = list(cells(app))
    cookies = await sessions(world, len(table) // (len(ROLES) + 1))
    hands = {role: iter(own) for role, own in cookies.items()}
    wrong = []
    gate = asyncio.Semaphore(AT_ONCE)

    async def check(client: httpx.AsyncClient, cell: Cell) -> None:
        cookie = None if cell.role == NOBODY else next(hands[cell.role])
        async with gate:
            status = await ask(client, cell, cookie)
        refused = {NOBODY: (401,)}.get(cell.role, (403,)) if cell.refused else None
        fine = status in refused if refused else status not in (401, 403) and status < 500
        if not fine:
            wrong.append((cell, status))

    transport = httpx.ASGITransport(app, client=("172.16.0.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        await asyncio.gather(*(check(client, cell) for cell in table))

    assert wrong == [], f"{len(wrong)} of {len(table)} cells"


def test_page_of_permissions_is_the_one_the_code_gives():
    """A page written by hand once said more than the guards did."""
    assert (ROOT / PAGE).read_text("utf-8") == permissions_page(), "run: python -m api.access.permissions"


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
