"""The whole way in real processes: fetched, a day in the workshop while the centre is gone, kill -9 in between, brought back."""

import contextlib
import html
import json
import os
import re
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api.access.authentication import token_hash
from api.access.passwords import hash_secret
from api.plumbing.ids import encode_id
from api.servers.folder import free_port
from tests.judging.marking import facts, op
from tests.venue.conftest import centre_of

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

CLI = [sys.executable, "-m", "frontend.cli"]
BADGE = "badge-of-a-judge-0123456789"
TOKEN = "skc_test_" + "v" * 32


def bare() -> dict[str, str]:
    """An environment in which a venue server starts its own database."""
    return {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}


@contextlib.contextmanager
def serving(settings, tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen]]:
    """The centre, answering HTTP in a process of its own."""
    key, port = tmp_path / "centre.key", free_port()
    key.write_text(settings.secret_key)
    environment = os.environ | {
        "DATABASE_URL": settings.database_url, "DATABASE_OWNER_URL": settings.owner_url, "REDIS_URL": settings.redis_url,
        "SHIBAIQIAN_DATA": str(tmp_path), "SHIBAIQIAN_SECRET_KEY_FILE": str(key),
    }  # fmt: skip
    process = subprocess.Popen(
        [*CLI, "serve", "--port", str(port)], env=environment, stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    try:
        answered(f"{url}/health")
        yield url, process
    finally:
        process.terminate()
        process.wait(20)


def answered(url: str) -> None:
    until = time.monotonic() + 60
    while True:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(url).status_code == 200:
                return
        assert time.monotonic() < until, f"{url} does not answer"
        time.sleep(0.05)


def venue(*words: str, token: str = TOKEN) -> str:
    """A command of the venue server, run to its end; gives what it said."""
    done = subprocess.run(
        [*CLI, "venue", *words], env=bare() | {"SHIBAIQIAN_TOKEN": token}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert token not in done.stdout + done.stderr
    return done.stdout


@contextlib.contextmanager
def venue_server(data: Path, *words: str) -> Iterator[tuple[dict, subprocess.Popen]]:
    """The venue server, until the block ends or it is killed."""
    process = subprocess.Popen(
        [*CLI, "venue", "serve", "--data", str(data), "--host", "127.0.0.1", "--port", "0", "--install-port", str(free_port()),
         "--json", *words],
        env=bare(), stdout=subprocess.PIPE, stderr=(data / "serve.log").open("ab"), text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, (data / "serve.log").read_text()
        yield json.loads(line), process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.wait(60)


def trusting(data: Path) -> ssl.SSLContext:
    """A tablet on which the venue's authority is installed."""
    return ssl.create_default_context(cafile=str(data / "venue" / "ca.crt"))


def enrolled(url: str, keeper: str | None, data: Path) -> httpx.Client:
    """A tablet that the keeper has enrolled, and on which a judge has signed in by badge and PIN."""
    with httpx.Client(verify=trusting(data), base_url=url, follow_redirects=True) as laptop:
        door = laptop.get(keeper.removeprefix(url))
        assert door.status_code == 200, door.text
        token = re.search(r'name="csrf_token" value="([^"]+)"', door.text)
        form = {"csrf_token": token[1]} if token else {}
        answer = laptop.post("/login/link", data=form)
        assert answer.status_code == 200, answer.text
        [code] = set(re.findall(r"/venue/tablet/([0-9a-f]{20})", html.unescape(laptop.get("/venue").text)))
    tablet = httpx.Client(verify=trusting(data), base_url=url)
    assert tablet.post(f"/venue/tablet/{code}", data={"name": "1号平板"}).status_code == 303
    signed_in = tablet.post("/api/v1/sign-in/badge", json={"badge": BADGE, "pin": "4711"})
    assert signed_in.status_code == 200, signed_in.text
    tablet.headers["x-csrf-token"] = signed_in.json()["csrf_token"]
    return tablet


def fetched(url: str) -> httpx.Response:
    return httpx.get(url)


def mark(tablet: httpx.Client, sheet, *ops):
    answer = tablet.post(f"/api/v1/sheets/{encode_id('sheet', sheet)}/marks:batch", json={"ops": ops})
    assert answer.status_code == 200, answer.text
    return [each["status"] for each in answer.json()["results"]]


async def test_a_day_without_link(world, settings, tmp_path):
    centre = await centre_of(world)
    marking = centre.marking
    await world.execute(
        "UPDATE account SET badge_hash = $2, pin_hash = $3 WHERE id = $1",
        marking.judge.account_id, token_hash(BADGE), await hash_secret("4711"),
    )  # fmt: skip
    await world.execute(
        "INSERT INTO api_token (token_hash, account_id, name, hint, scopes, expires_at) "
        "VALUES ($1, $2, '场地', 'skc', ARRAY['venue.run', 'venue.read'], now() + interval '1 day')",
        token_hash(TOKEN), centre.organiser.account_id,
    )  # fmt: skip
    data, session = tmp_path / "laptop", encode_id("session", centre.session)
    data.mkdir()
    with serving(settings, tmp_path) as (url, _):
        said = venue("pull", "--from", url, "--session", session, "--label", "一号车间", "--data", str(data))
        assert "2 stations, 2 judges, 0 marks" in said
        again = venue("pull", "--from", url, "--session", session, "--data", str(data))
        assert "it was here already" in again

    # From here on there is no centre.
    first, second = op("C1", "8"), op("C2", "70")
    with venue_server(data) as (ready, process):
        tablet = enrolled(ready["url"], ready["keeper"], data)
        session_path = f"/api/v1/sessions/{session}"
        rev = tablet.get(f"{session_path}/stations").json()["session"]["rev"]
        begun = tablet.post(
            f"{session_path}/transitions", json={"to": "running"}, headers={"If-Match": f'"r{rev}"'}
        )
        assert begun.status_code == 200, begun.text
        assert mark(tablet, marking.sheet, first) == ["accepted"]
        process.kill()
    with venue_server(data) as (ready, _):
        cookies = tablet.cookies
        tablet = httpx.Client(
            verify=trusting(data), base_url=ready["url"], cookies=cookies, headers=tablet.headers
        )
        assert mark(tablet, marking.sheet, first, second) == ["duplicate", "accepted"]
        assert "证书" in fetched(ready["install"]).text
        authority = fetched(f"{ready['install']}/ca.crt")
        assert authority.headers["content-type"] == "application/x-x509-ca-cert"

    with serving(settings, tmp_path) as (url, _):
        said = venue("push", "--to", url, "--data", str(data))
        assert "new 2 of 2 marks" in said
        assert "gap: station 01 A-01 not submitted (2/2)" in said
        assert "new 0 of 2 marks" in venue("push", "--to", url, "--data", str(data))
    assert [each[0] for each in await facts(world, marking.sheet)] == ["C1", "C2"]

    for path in data.rglob("*"):
        if path.suffix == ".key" or path.name == "secret.key":
            assert path.stat().st_mode & 0o077 == 0, path
    logs = b"".join(path.read_bytes() for path in [*data.glob("logs/*.log"), data / "serve.log"])
    for secret in (TOKEN, "4711", (data / "venue" / "server.key").read_text().splitlines()[1]):
        assert secret.encode() not in logs


async def test_by_usb_stick_both_ways(world, settings, tmp_path):
    centre = await centre_of(world)
    data, stick = tmp_path / "laptop", tmp_path / "stick"
    data.mkdir()
    stick.mkdir()
    (stick / "session.sbq").write_bytes(await centre.handed_out())

    with venue_server(data, "--plain", "--bundle", str(stick / "session.sbq")) as (ready, _):
        assert ready["url"].startswith("http://")
        assert len(ready["sessions"]) == 1
        venue("push", "--data", str(data), "--out", str(stick / "facts.sbq"))

    report = await centre.brought((stick / "facts.sbq").read_bytes())

    assert (report["sheets"], report["equal"]) == (4, 4)
    assert (stick / "facts.sbq").stat().st_mode & 0o077 == 0
