"""The Caddyfile: read by Caddy, then run by it before a stand-in."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from tests.deploy.proxy import CADDYFILE, Proxy, StandIn, running_proxy, standing_in
from tests.deploy.tools import program, run

SITE = "contest.example.org"


def caddy(*words: str | Path, folder: Path) -> tuple[int, str]:
    settings = {"PATH": os.environ["PATH"], "SHIBAIQIAN_SITE": SITE, "HOME": str(folder)}
    answer = run(program("caddy", "caddy"), *words, env=settings)
    return answer.returncode, answer.stdout or answer.stderr


def test_caddy_accepts_the_file(tmp_path):
    assert caddy("validate", "--config", CADDYFILE, "--adapter", "caddyfile", folder=tmp_path)[0] == 0


def test_caddy_refuses_a_file_with_a_fault(tmp_path):
    bad = tmp_path / "Caddyfile"
    bad.write_text(CADDYFILE.read_text().replace("reverse_proxy", "reverse_poxy"))

    assert caddy("validate", "--config", bad, "--adapter", "caddyfile", folder=tmp_path)[0] != 0


def test_a_name_is_served_over_https_only(tmp_path):
    _, text = caddy("adapt", "--config", CADDYFILE, "--adapter", "caddyfile", folder=tmp_path)

    servers = json.loads(text)["apps"]["http"]["servers"].values()
    assert [(server["listen"], "automatic_https" in server) for server in servers] == [([":443"], False)]


@pytest_asyncio.fixture
async def behind(tmp_path: Path) -> AsyncIterator[tuple[StandIn, Proxy]]:
    """A stand-in behind Caddy."""
    async with standing_in() as (stand_in, place):
        with running_proxy(place, tmp_path) as proxy:
            yield stand_in, proxy


@pytest.mark.parametrize(
    "path", ["/metrics", "/metrics/", "/metrics/x", "/METRICS", "/%6detrics", "/x/../metrics", "//metrics"]
)
async def test_numbers_for_the_operator_are_not_passed_on(behind, path):
    stand_in, proxy = behind

    answer = await _get_raw(proxy, path)

    assert answer.startswith("HTTP/1.1 404 ")
    assert not [reached for reached in stand_in.reached if "metrics" in reached.lower()]


async def test_event_arrives_while_the_next_is_still_to_come(behind):
    stand_in, proxy = behind

    async with httpx.AsyncClient() as client, client.stream("GET", f"{proxy.url}/live") as answer:
        lines = answer.aiter_lines()
        assert [await anext(lines), await anext(lines)] == ["id: 1", "data: first"]
        stand_in.go_on.set()
        rest = [line async for line in lines]

    assert "data: second" in rest
    assert "content-encoding" not in answer.headers


async def test_stream_ends_at_the_program_when_its_reader_leaves(behind):
    stand_in, proxy = behind

    async with httpx.AsyncClient() as client, client.stream("GET", f"{proxy.url}/live") as answer:
        await anext(answer.aiter_lines())

    await asyncio.wait_for(stand_in.left.wait(), 30)


async def test_tables_are_compressed(behind):
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{behind[1].url}/table", headers={"Accept-Encoding": "gzip"})

    assert answer.headers["content-encoding"] == "gzip"
    assert answer.json()["size"] == 0


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/api/v1/sheets/s/marks:batch", 2_000_000, 200),
        ("/api/v1/sheets/s/marks:batch", 2_000_001, 413),
        ("/api/v1/contests/c/entries:bulk", 22_000_000, 200),
        ("/api/v1/contests/c/entries:bulk", 22_000_001, 413),
        ("/api/v1/contests/c/d/entries:bulk", 2_000_001, 413),
    ],
)
async def test_only_lists_of_people_may_be_large(behind, path, size, status):
    async with httpx.AsyncClient(timeout=60) as client:
        answer = await client.post(behind[1].url + path, content=b"x" * size)

    assert answer.status_code == status


async def test_address_of_a_visitor_is_the_one_that_caddy_sees(behind):
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{behind[1].url}/who", headers={"X-Forwarded-For": "203.0.113.7"})

    assert answer.json()["for"] == "127.0.0.1"


async def test_reader_of_a_page_is_told_when_nobody_answers(tmp_path):
    with running_proxy("127.0.0.1:1", tmp_path) as proxy:
        async with httpx.AsyncClient(timeout=60) as client:
            answer = await client.get(proxy.url)

    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/plain; charset=utf-8")
    assert "请稍后再试" in answer.text


async def test_log_keeps_no_address_of_a_page(tmp_path):
    """Errors and, at the level used here, all requests are written down by Caddy with address and cookies unless told otherwise."""
    talkative = tmp_path / "Caddyfile"
    talkative.write_text(CADDYFILE.read_text().replace("\tlog {\n", "\tlog {\n\t\tlevel DEBUG\n"))

    with running_proxy("127.0.0.1:1", tmp_path, talkative) as proxy:
        async with httpx.AsyncClient(timeout=60) as client:
            await client.get(
                f"{proxy.url}/one-time-secret", headers={"Cookie": "sbq_session=one-time-secret"}
            )
        log = proxy.log.read_text()

    assert '"status":502' in log
    assert "one-time-secret" not in log


async def _get_raw(proxy: Proxy, path: str) -> str:
    """A path as it stands: clients tidy it up before they send it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(proxy.url.rsplit(":", 1)[1]))
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    return answer.decode()
