"""Builders with defaults: a test names only what matters to it. They write rows directly, so that a room's tests do not
depend on another room's commands."""

import contextlib
import itertools
import secrets
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self
from uuid import UUID, uuid4

import httpx
import msgspec

from api.access.actor import Actor
from api.access.authentication import ActorMemory, actor_of, token_hash
from api.access.guards import csrf_token
from api.plumbing.db import Db
from api.plumbing.settings import Settings

COUNT = itertools.count(1)


class Contest(msgspec.Struct):
    """One contest with one item in a season of its own, and the ids a test needs."""

    season: UUID
    organisation: UUID
    event: UUID
    contest: UUID
    item: UUID
    plan: UUID
    theory_stage: UUID
    practical_stage: UUID


class Client(httpx.AsyncClient):
    """A signed-in browser; `actor` is who it is. Its requests carry the CSRF token."""

    actor: Actor
    account_id: UUID


class World:
    """See the module."""

    def __init__(self, app: Any, db: Db, settings: Settings) -> None:
        self.app = app
        self.db = db
        self.settings = settings
        self.stack = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stack.aclose()

    async def fetchval(self, sql: str, *args: object) -> Any:
        """One value."""
        async with self.db.reading() as connection:
            return await connection.fetchval(sql, *args)

    async def fetch(self, sql: str, *args: object) -> list[dict[str, Any]]:
        """Rows as dicts."""
        async with self.db.reading() as connection:
            return [dict(row) for row in await connection.fetch(sql, *args)]

    async def execute(self, sql: str, *args: object) -> None:
        """A statement."""
        async with self.db.reading() as connection:
            await connection.execute(sql, *args)

    async def organisation(self, name: str | None = None, parent: UUID | None = None, **columns: Any) -> UUID:
        """An organisation; without parent a root of its own."""
        number = next(COUNT)
        name = name or f"第{number}工会{secrets.token_hex(3)}"
        values = {"kind": "federation", "tier": "province", "short_name": name[:16], **columns}
        return await self.fetchval(
            f"INSERT INTO organisation (parent_id, path, name_zh, {', '.join(values)}) "
            f"VALUES ($1, '{{}}', $2, {', '.join(f'${n + 3}' for n in range(len(values)))}) RETURNING id",
            parent, name, *values.values(),
        )  # fmt: skip

    async def account(self, name: str = "账号") -> UUID:
        """An account without any grant."""
        return await self.fetchval(
            "INSERT INTO account (login, display_name) VALUES ($1, $2) RETURNING id",
            f"u{secrets.token_hex(6)}",
            name,
        )

    async def grant(
        self, account: UUID, role: str, scope_kind: str, scope: UUID, contest: UUID | None = None
    ) -> None:
        """A grant now and without end."""
        await self.execute(
            "INSERT INTO access_grant (account_id, role, scope_kind, scope_id, contest_id) VALUES ($1, $2, $3, $4, $5)",
            account, role, scope_kind, scope, scope if scope_kind == "contest" else contest,
        )  # fmt: skip

    async def client(self, role: str | None = None, scope_kind: str = "contest", scope: UUID | None = None, *,
                     account: UUID | None = None, contest: UUID | None = None) -> Client:  # fmt: skip
        """A signed-in browser of a new account (or `account`), holding `role` at the scope."""
        account = account or await self.account()
        if role is not None:
            await self.grant(account, role, scope_kind, scope or uuid4(), contest)
        token = secrets.token_urlsafe(24)
        await self.execute(
            "INSERT INTO sign_in_session (token_hash, account_id, kind, second_factor, expires_at) "
            "VALUES ($1, $2, 'browser', true, now() + interval '1 hour')",
            token_hash(token), account,
        )  # fmt: skip
        client = Client(
            transport=httpx.ASGITransport(self.app),
            base_url="http://testserver",
            cookies={"sbq_session": token},
        )
        client.actor = await actor_of(self.db, ActorMemory(), token, bearer=False)
        client.account_id = account
        client.headers["x-csrf-token"] = csrf_token(client.actor)
        await self.stack.enter_async_context(client)
        return client

    async def actor(self, role: str, scope_kind: str, scope: UUID, **more: Any) -> Actor:
        """An actor for commands called directly."""
        return (await self.client(role, scope_kind, scope, **more)).actor

    async def season(self, organisation: UUID | None = None) -> UUID:
        """A season. Its facts lie in the partitions for the rest where `settings` made them: hundreds of own ones would slow every query."""
        organisation = organisation or await self.organisation()
        season = await self.fetchval(
            "INSERT INTO season (organisation_id, year, name_zh) VALUES ($1, 2021, $2) RETURNING id",
            organisation,
            f"赛季{next(COUNT)}",
        )
        await self.execute(
            "SELECT open_season_partitions($1) WHERE to_regclass('mark_revision_rest') IS NULL", season
        )
        return season

    async def contest(
        self,
        *,
        plan: msgspec.Struct | None = None,
        season: UUID | None = None,
        organisation: UUID | None = None,
        tier: str = "province",
        state: str = "running",
        **item: Any,
    ) -> Contest:
        """A contest with one item whose plan is `plan` (default: tests/plans.py `two_part_plan`)."""
        from scoring import plan_hash
        from tests.plans import two_part_plan

        plan = plan or two_part_plan()
        organisation = organisation or await self.organisation()
        season = season or await self.season(organisation)
        number = f"{next(COUNT)}-{secrets.token_hex(3)}"
        today = date(2021, 3, 1)
        event = await self.fetchval(
            "INSERT INTO event (season_id, name_zh, starts_on, ends_on) VALUES ($1, $2, $3, $4) RETURNING id",
            season, f"赛事{number}", today, today + timedelta(2),
        )  # fmt: skip
        contest = await self.fetchval(
            "INSERT INTO contest (season_id, event_id, slug, tier, class_code, host_id, name_zh, state, registration_opens_at, "
            "registration_closes_at, starts_on, ends_on) VALUES ($1, $2, $3, $4, 'province_1', $5, $6, $7, $8, $9, $10, $11) RETURNING id",
            season, event, f"c-{number}", tier, organisation, f"竞赛{number}", state,
            datetime(2021, 1, 10, tzinfo=UTC), datetime(2099, 1, 31, 16, tzinfo=UTC), today, today + timedelta(2),
        )  # fmt: skip
        await self.execute(
            "INSERT INTO trade (code, name_zh, name_en) VALUES ('fitter', '钳工', 'Fitter') ON CONFLICT DO NOTHING"
        )
        digest = plan_hash(plan).removeprefix("sha256:")  # type: ignore[arg-type]
        plan_id = await self.fetchval(
            "INSERT INTO plan_version (season_id, code, hash, document) VALUES ($1, $2, $3, $4) "
            "ON CONFLICT (season_id, hash) DO NOTHING RETURNING id",
            season, "test", bytes.fromhex(digest), msgspec.json.encode(plan).decode(),
        ) or await self.fetchval(
            "SELECT id FROM plan_version WHERE season_id = $1 AND hash = $2", season, bytes.fromhex(digest)
        )  # fmt: skip
        columns = {"kind": "individual", "team_size": 1, "live": "by_name", **item}
        item_id = await self.fetchval(
            f"INSERT INTO item (season_id, event_id, contest_id, trade_code, code, name_zh, plan_id, {', '.join(columns)}) "
            f"VALUES ($1, $2, $3, 'fitter', 'fitter', '钳工', $4, {', '.join(f'${n + 5}' for n in range(len(columns)))}) RETURNING id",
            season, event, contest, plan_id, *columns.values(),
        )  # fmt: skip
        await self.execute("INSERT INTO contest_item (contest_id, item_id) VALUES ($1, $2)", contest, item_id)
        await self.execute("INSERT INTO publication (item_id, season_id) VALUES ($1, $2)", item_id, season)
        stages = [
            await self.fetchval(
                "INSERT INTO stage (season_id, item_id, position, kind, node, name_zh) VALUES ($1, $2, $3, $4, $4, $5) RETURNING id",
                season, item_id, position, kind, name,
            )
            for position, kind, name in ((1, "theory", "理论"), (2, "practical", "实操"))
        ]  # fmt: skip
        return Contest(season, organisation, event, contest, item_id, plan_id, *stages)

    async def person(self, name: str = "试甲") -> tuple[UUID, UUID]:
        """A person with one version: (person id, version id)."""
        person = await self.fetchval("INSERT INTO person DEFAULT VALUES RETURNING id")
        version = await self.fetchval(
            "INSERT INTO person_version (person_id, version, name, sort_key) VALUES ($1, 1, $2, $2) RETURNING id",
            person,
            name,
        )
        return person, version

    async def entry(
        self, contest: Contest, *, name: str = "试甲", state: str = "accepted", **columns: Any
    ) -> UUID:
        """An accepted individual entry with a number."""
        person, version = await self.person(name)
        values = {"state": state, "number": f"QG-{next(COUNT):04d}", **columns}
        entry = await self.fetchval(
            f"INSERT INTO entry (season_id, contest_id, item_id, {', '.join(values)}) "
            f"VALUES ($1, $2, $3, {', '.join(f'${n + 4}' for n in range(len(values)))}) RETURNING id",
            contest.season, contest.contest, contest.item, *values.values(),
        )  # fmt: skip
        await self.execute(
            "INSERT INTO entry_member (entry_id, position, item_id, role, person_id, person_version_id) "
            "VALUES ($1, 1, $2, 'contestant', $3, $4)",
            entry, contest.item, person, version,
        )  # fmt: skip
        return entry

    async def judges(self, contest: Contest, count: int = 5) -> list[Client]:
        """Judges A-01 … as signed-in clients; the first is chief of the one panel."""
        panel = await self.fetchval(
            "INSERT INTO panel (season_id, item_id, name) VALUES ($1, $2, '评分组') RETURNING id",
            contest.season,
            contest.item,
        )
        clients = []
        for position in range(1, count + 1):
            client = await self.client("judge", "contest", contest.contest)
            judge = await self.fetchval(
                "INSERT INTO judge (contest_id, account_id, code) VALUES ($1, $2, $3) RETURNING id",
                contest.contest, client.account_id, f"A-{position:02d}",
            )  # fmt: skip
            await self.execute(
                "INSERT INTO panel_judge (panel_id, judge_id, position, chief) VALUES ($1, $2, $3, $4)",
                panel, judge, position, position == 1,
            )  # fmt: skip
            clients.append(client)
        return clients

    async def sheets(
        self, contest: Contest, entries: list[UUID], judges: list[Client], state: str = "running"
    ) -> list[list[UUID]]:
        """A running judging session in which every judge has a sheet for every entry: result[entry][judge]."""
        panel = await self.fetchval("SELECT id FROM panel WHERE item_id = $1", contest.item)
        start = datetime(2021, 3, 1, 1, tzinfo=UTC)
        session = await self.fetchval(
            "INSERT INTO judging_session (season_id, item_id, stage_id, panel_id, position, name_zh, starts_at, ends_at, state) "
            "VALUES ($1, $2, $3, $4, (SELECT count(*) + 1 FROM judging_session WHERE item_id = $2), '第1场', $5, $6, $7) RETURNING id",
            contest.season, contest.item, contest.practical_stage, panel, start, start + timedelta(hours=3), state,
        )  # fmt: skip
        draw = await self.fetchval(
            "INSERT INTO draw (season_id, item_id, number, algorithm, seed, result_hash, reason, by_account, second_account) "
            "VALUES ($1, $2, (SELECT count(*) + 1 FROM draw WHERE item_id = $2), 'test', $3, $3, '测试重抽', $4, $5) RETURNING id",
            contest.season, contest.item, secrets.token_bytes(8), judges[0].account_id, await self.account(),
        )  # fmt: skip
        sheets = []
        for station, entry in enumerate(entries, 1):
            attempt = await self.fetchval(
                "INSERT INTO attempt (season_id, item_id, session_id, draw_id, station) VALUES ($1, $2, $3, $4, $5) RETURNING id",
                contest.season, contest.item, session, draw, station,
            )  # fmt: skip
            await self.execute(
                "INSERT INTO attempt_entry (attempt_id, item_id, entry_id, draw_id) VALUES ($1, $2, $3, $4)",
                attempt,
                contest.item,
                entry,
                draw,
            )
            row = []
            for judge in judges:
                row.append(
                    await self.fetchval(
                        "INSERT INTO sheet (season_id, item_id, session_id, attempt_id, judge_id, account_id, plan_id) "
                        "SELECT $1, $2, $3, $4, j.id, j.account_id, $6 FROM judge j WHERE j.contest_id = $5 AND j.account_id = $7 RETURNING id",
                        contest.season, contest.item, session, attempt, contest.contest, contest.plan, judge.account_id,
                    )
                )  # fmt: skip
            sheets.append(row)
        return sheets
