"""API-2: whatever a caller sends by the OpenAPI document or against it, there is no 5xx, and every refusal is a problem."""

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import time

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable

from api.access.authentication import token_hash
from api.access.rights import RIGHTS, ROLES

EXAMPLES = int(os.environ.get("SHIBAIQIAN_FUZZ_EXAMPLES", "4"))


# Roles that one account may hold together; what one of the two may not call, the other may.
ACCOUNTS = (
    sorted(set(ROLES) - {"team_leader", "encryption_officer", "contestant", "supervisor", "award_authority"}),
    ["award_authority", "contestant", "encryption_officer", "supervisor", "team_leader"],
)


@pytest.fixture(scope="session")
async def tokens(db) -> list[str]:
    """API tokens with every right in their scopes, of two accounts that between them hold every role at one organisation."""
    async with db.transaction() as connection:
        organisation = await connection.fetchval(
            "INSERT INTO organisation (path, kind, tier, name_zh, short_name) VALUES ('{}', 'federation', 'province', $1, '模糊') RETURNING id",
            f"模糊测试工会{secrets.token_hex(4)}",
        )
        return [await token_of(connection, organisation, roles) for roles in ACCOUNTS]


async def token_of(connection, organisation, roles) -> str:
    token = "skc_test_" + secrets.token_urlsafe(32)
    account = await connection.fetchval(
        "INSERT INTO account (login, display_name) VALUES ($1, '模糊') RETURNING id",
        f"fuzz{secrets.token_hex(4)}",
    )
    for role in roles:
        await connection.execute(
            "INSERT INTO access_grant (account_id, role, scope_kind, scope_id) VALUES ($1, $2, 'organisation', $3)",
            account,
            role,
            organisation,
        )
    await connection.execute(
        "INSERT INTO api_token (token_hash, account_id, name, hint, scopes, expires_at) VALUES ($1, $2, 'fuzz', 'fuzz', $3, now() + interval '1 hour')",
        token_hash(token), account, sorted(RIGHTS),
    )  # fmt: skip
    return token


@pytest.fixture(scope="session")
def server(settings, tmp_path_factory) -> str:
    """The API in a process of its own on the tests' database."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "DATABASE_URL": settings.database_url,
        "DATABASE_OWNER_URL": settings.owner_url,
        "REDIS_URL": settings.redis_url,
        "SHIBAIQIAN_DATA": str(tmp_path_factory.mktemp("fuzz")),
    }
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "--factory",
        "api.app:create_app",
        "--port",
        str(port),
        "--no-access-log",
        "--log-level",
        "critical",
    ]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                if httpx.get(f"{url}/health", timeout=1).status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.05)
        yield url
    finally:
        process.terminate()
        process.wait(10)


def operations():
    """Every operation of the document; read from the application without a server, so that each is a test of its own."""
    from pathlib import Path

    from api.app import build
    from api.plumbing.settings import Settings

    app = build(
        Settings(
            database_url="",
            owner_url="",
            redis_url="redis://127.0.0.1:1",
            data_dir=Path(),
            secret_key="5b" * 32,
        )
    )
    schema = app.litestar.openapi_schema.to_schema()
    return sorted((method.upper(), path) for path, methods in schema["paths"].items() for method in methods)


# Of a plan's nodes; a strategy over all thirty kinds, each holding all of them, takes minutes to draw one. Every kind is
# generated in tests/scoring/test_generated_plans.py.
NODES = {"WeightedSum", "Sum", "Judged", "Measured", "Imported"}


@pytest.fixture(scope="session")
def schema(server):
    """The document as the server gives it, with few kinds of nodes."""
    document = httpx.get(f"{server}/openapi.json").json()
    for component in document["components"]["schemas"].values():
        keep_few_nodes(component)
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=server)
    return schema


def keep_few_nodes(value):
    if isinstance(value, dict):
        if len(value.get("oneOf", ())) > len(NODES):
            value["oneOf"] = [
                each for each in value["oneOf"] if each.get("$ref", "").rpartition("/")[2] in NODES
            ]
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            keep_few_nodes(each)


@pytest.mark.parametrize(("method", "path"), operations(), ids=str)
def test_no_input_breaks_an_operation(schema, tokens, method, path):
    operation = schema[path][method]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    def check(case):
        for token in tokens:
            answer = case.call(headers={"Authorization": f"Bearer {token}"}, timeout=20)
            if answer.status_code != 403:
                break
        assert answer.status_code < 500, f"{case.as_curl_command()}\n{answer.text}"
        if answer.status_code >= 400:
            assert answer.headers["content-type"][0].startswith("application/problem+json"), answer.text
            assert {"code", "detail", "detail_en", "request_id", "next"} <= answer.json().keys()

    given(case=operation.as_strategy())(check)()
    # Nothing may be wrong about an operation without input; what is left then is an empty strategy.
    with contextlib.suppress(Unsatisfiable):
        given(case=operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE))(check)()
