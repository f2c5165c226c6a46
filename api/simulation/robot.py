"""Robot judges of the demo: they mark the live item through the product's own API, so that its pages move.

They take what is open on their panel's sheets, one mark every second or two; when all is marked they look at it again, slowly, and
correct a mark here and there. A person's seat (`demo-judge`) is never theirs. Whatever goes wrong on the way (the API starts again,
a sheet is submitted, somebody else was faster) they look afresh at what there is.
"""

import asyncio
import ssl
from datetime import UTC, datetime
from random import Random
from typing import Final, NamedTuple
from uuid import UUID, uuid4

import asyncpg
import httpx
import msgspec
import structlog

from api.access.authentication import token_hash
from api.access.demo import KEEP_LINK
from api.access.secret_texts import demo_token
from api.contests.plans import plan_by_id
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id
from api.plumbing.settings import Settings
from api.simulation.people import Scale, judge_place, scale_of
from scoring import criteria

log = structlog.get_logger()

SECONDS_OF_MARK: Final = 1.5
SECONDS_OF_CORRECTION: Final = 8.0
SECONDS_OF_WAIT: Final = 3.0
HUMAN: Final = "demo-judge"
# A demo speaks plain HTTP on this machine; each client would read all authorities of the world for itself.
_NO_AUTHORITIES: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

# The sheets that lie open before robot judges, in the order of the stations, each with what stands on it.
OPEN_SHEETS = """/* simulation.open_sheets */
SELECT s.id, s.account_id, s.plan_id, acc.login, a.station, a.id AS attempt_id, pj.position, m.criteria, m.revs, m.marks
FROM sheet s
JOIN judging_session js ON js.id = s.session_id AND js.state = 'running'
JOIN attempt a ON a.id = s.attempt_id AND NOT a.voided
JOIN account acc ON acc.id = s.account_id
JOIN judge j ON j.id = s.judge_id
JOIN panel_judge pj ON pj.judge_id = j.id AND pj.panel_id = js.panel_id
LEFT JOIN LATERAL (
    SELECT array_agg(criterion) AS criteria, array_agg(rev) AS revs, array_agg(value) AS marks FROM (
        SELECT DISTINCT ON (criterion) criterion, rev, value FROM mark_revision
        WHERE season_id = s.season_id AND sheet_id = s.id ORDER BY criterion, rev DESC
    ) latest
) m ON true
WHERE s.state = 'open' AND acc.login <> $1 AND (acc.login LIKE 'sim-%' OR acc.login LIKE 'demo-%')
ORDER BY s.session_id, a.station, pj.position
"""


class Task(NamedTuple):
    """One mark to make: on which sheet, over which revision. `again`: it corrects one that is there."""

    sheet: UUID
    login: str
    criterion: str
    base_rev: int
    value: str
    again: bool


class _Result(msgspec.Struct):
    status: str


class _Receipt(msgspec.Struct):
    results: list[_Result]


class _Session(msgspec.Struct):
    csrf_token: str


async def run(settings: Settings, db: Db) -> None:
    """Mark until cancelled."""
    robot = Robot(settings, db)
    try:
        while True:  # noqa: ASYNC110 - nothing is waited for, it works at a judge's pace until it is cancelled
            await asyncio.sleep(await robot.step())
    finally:
        await robot.close()


class Robot:
    """All robot judges of one installation. They lead a session each, as people would."""

    def __init__(self, settings: Settings, db: Db, seed: int | None = None) -> None:
        self._settings, self._db, self._random = settings, db, Random(seed)  # noqa: S311 - a game, no secret
        self._clients: dict[str, httpx.AsyncClient] = {}

    async def step(self) -> float:
        """Make one mark, if there is one to make; gives the seconds to rest after it."""
        try:
            async with asyncio.timeout(30):
                task = self._choose(await self._tasks())
                if task is None:
                    return SECONDS_OF_WAIT
                done = await self._mark(task)
        except (
            httpx.HTTPError,
            OSError,
            TimeoutError,
            asyncpg.PostgresError,
            asyncpg.InterfaceError,
        ) as error:
            log.info("robot_waits", because=type(error).__name__)
            return SECONDS_OF_WAIT
        if not done:
            return SECONDS_OF_WAIT
        return SECONDS_OF_CORRECTION if task.again else SECONDS_OF_MARK * self._random.uniform(0.6, 1.4)

    async def close(self) -> None:
        """Leave the sessions."""
        for client in self._clients.values():
            await client.aclose()
        self._clients.clear()

    async def _tasks(self) -> list[Task]:
        async with self._db.reading() as connection:
            return await tasks(connection, self._random)

    def _choose(self, tasks: list[Task]) -> Task | None:
        """The next open mark of one of the judges at work; only when there is none, a correction."""
        fresh = [task for task in tasks if not task.again]
        # Judges work side by side: each at the first line that is open before them.
        firsts = list({task.login: task for task in reversed(fresh)}.values())
        choice = firsts or tasks
        return self._random.choice(choice) if choice else None

    async def _mark(self, task: Task) -> bool:
        """Whether the mark was taken. One that was not is no loss: the next look shows what stands there."""
        client = self._clients.get(task.login) or await self._sign_in(task.login)
        operation = {
            "op_id": str(uuid4()), "criterion": task.criterion, "state": "scored", "value": task.value, "base_rev": task.base_rev,
            "entered_at": datetime.now(UTC).isoformat(),
        }  # fmt: skip
        answer = await client.post(
            f"/api/v1/sheets/{encode_id('sheet', task.sheet)}/marks:batch", json={"ops": [operation]}
        )
        if answer.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            await self._clients.pop(task.login).aclose()
        if answer.status_code != httpx.codes.OK:
            log.info("robot_refused", status=answer.status_code)
            return False
        return msgspec.json.decode(answer.content, type=_Receipt).results[0].status == "accepted"

    async def _sign_in(self, login: str) -> httpx.AsyncClient:
        """A session through a link, as a person of the demo gets one."""
        token = demo_token(self._settings.secret_key, login)
        async with self._db.reading() as connection:
            account = await connection.fetchval("SELECT id FROM account WHERE login = $1", login)
            await connection.execute(KEEP_LINK, token_hash(token), account)
        client = httpx.AsyncClient(base_url=self._settings.base_url, timeout=10, verify=_NO_AUTHORITIES)
        try:
            answer = await client.post("/api/v1/sign-in/link", json={"token": token})
            answer.raise_for_status()
        except httpx.HTTPError:
            await client.aclose()
            raise
        client.headers["x-csrf-token"] = msgspec.json.decode(answer.content, type=_Session).csrf_token
        self._clients[login] = client
        return client


async def tasks(connection: Connection, random: Random) -> list[Task]:
    """Every mark that robot judges could make now, in the order in which they come to it."""
    found = []
    for row in await connection.fetch(OPEN_SHEETS, HUMAN):
        lines = [scale_of(line) for line in criteria(await plan_by_id(connection, row["plan_id"]))]
        revs = dict(zip(row["criteria"] or (), row["revs"] or (), strict=True))
        marks = dict(zip(row["criteria"] or (), row["marks"] or (), strict=True))
        for line in lines:
            place = _place(row["attempt_id"], row["position"], line)
            if line.key in revs:
                place = _another(line, marks[line.key], place, random)
            found.append(
                Task(
                    row["id"],
                    row["login"],
                    line.key,
                    revs.get(line.key, 0),
                    line.texts[place],
                    line.key in revs,
                )
            )
    return found


def _place(attempt: UUID, judge: int, line: Scale) -> int:
    """What a judge thinks of a piece of work: the same whenever it is asked."""
    piece = attempt.int >> 64
    return judge_place(0, piece & 0xFFFF_FFFF, judge, line, 550 + piece % 400)


def _another(line: Scale, value: object, place: int, random: Random) -> int:
    """A step up or down from what stands there."""
    now = line.values.index(value) if value in line.values else place
    last = len(line.values) - 1
    up = now < last and (now == 0 or random.random() < 0.5)
    return min(last, max(0, now + (1 if up else -1)))
