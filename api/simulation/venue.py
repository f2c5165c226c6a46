"""One running item to rehearse a venue with: stations, panels of judges who go round them, a sheet for each judge at each station.

Everybody is invented. Built like a season, through COPY, in one transaction; its judges come in by reusable links, so the
product must run as a demo.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Final, NamedTuple
from uuid import UUID

import asyncpg
import msgspec

from api.access.authentication import token_hash
from api.access.demo import KEEP_LINK
from api.access.secret_texts import demo_token
from api.judging import drawing
from api.judging.drawing import Place
from api.plumbing.db import APP_ROLE
from api.plumbing.ids import encode_id
from api.plumbing.settings import Settings
from api.simulation.chains import Ledger, Payload
from api.simulation.keys import Keys
from api.simulation.rows import Rows, into
from scoring import Benchmark, Judged, Panel, Plan, Rounding, Sum, plan_hash

CRITERIA: Final = 12
_WORDS: Final = (("未达标", "below"), ("达标", "meets"), ("良好", "good"), ("优秀", "excellent"))
_LENGTH: Final = timedelta(days=1)


class Robot(NamedTuple):
    """A judge without a person: how it comes in, its session and its sheets by station, as the outside sees them."""

    login: str
    token: str
    session: str
    sheets: dict[int, str]


class Venue(NamedTuple):
    """The item and those who mark it."""

    season: UUID
    item: UUID
    robots: tuple[Robot, ...]


def rehearsed_plan(judges: int) -> Plan:
    """Twelve judgements from 0 to 3, by so many judges."""
    lines = tuple(
        Judged(
            key=f"J{number:02}", title=f"第{number}项要求", title_en=f"Requirement {number}", maximum=Decimal(3), kind="judgement_0_3",
            points=Decimal(number),
            benchmarks=tuple(
                Benchmark(value=Decimal(value), word=zh, word_en=en, text=f"{zh}。") for value, (zh, en) in enumerate(_WORDS)
            ),
        )
        for number in range(1, CRITERIA + 1)
    )  # fmt: skip
    root = Sum(
        key="practical",
        title="实操",
        title_en="Practical",
        panel=Panel(size=judges),
        rounding=Rounding(),
        parts=lines,
    )
    return Plan(code="rehearsal", version=1, title="场馆演练", title_en="Venue rehearsal", root=root)


async def build_venue(settings: Settings, stations: int, judges: int, round_of: int, seed: int) -> Venue:
    """Build it into a migrated database without a season. A panel of `judges` goes round `round_of` stations."""
    connection = await asyncpg.connect(settings.database_url, server_settings={"role": APP_ROLE})
    try:
        async with connection.transaction():
            await connection.execute(
                "INSERT INTO trade (code, name_zh, name_en) VALUES ('fitter', '钳工', 'Fitter') ON CONFLICT DO NOTHING"
            )
            builder = _Builder(Rows(into(connection)), seed, rehearsed_plan(judges))
            builder.contest()
            await builder.rows.write()
            await connection.execute("SELECT open_season_partitions($1::text::uuid)", builder.season)
            robots = builder.venue(stations, judges, round_of)
            await builder.rows.write()
            tokens = {}
            for login, account in builder.accounts.items():
                tokens[login] = demo_token(settings.secret_key, login)
                await connection.execute(KEEP_LINK, token_hash(tokens[login]), UUID(account))
    finally:
        await connection.close()
    return Venue(
        UUID(builder.season),
        UUID(builder.item),
        tuple(Robot(login, tokens[login], session, sheets) for login, session, sheets in robots),
    )


class _Builder:
    def __init__(self, rows: Rows, seed: int, plan: Plan) -> None:
        self.rows, self.keys, self.plan, self.seed = rows, Keys(seed), plan, seed
        ordered = self.keys.ordered
        self.organisation, self.season, self.contest_id = (
            ordered("organisation", 0),
            ordered("season", 0),
            ordered("contest", 0),
        )
        self.item, self.stage, self.plan_id = ordered("item", 0), ordered("stage", 0), ordered("plan", 0)
        self.organiser = ordered("account", 0)
        self.now = datetime.now(UTC).replace(microsecond=0)
        self.accounts: dict[str, str] = {}

    def contest(self) -> None:
        """The contest with its one item."""
        add, today, event = self.rows.add, self.now.date(), self.keys.ordered("event", 0)
        add(
            "organisation",
            self.organisation,
            None,
            "{}",
            "federation",
            "province",
            None,
            "演练工会",
            "Rehearsal Federation",
            "演练工会",
        )
        add("season", self.season, self.organisation, today.year, "场馆演练", "Venue rehearsal", 0, 0, 0)
        add("account", self.organiser, "rehearsal-organiser", "演练经办人", None, self.organisation)
        digest = bytes.fromhex(plan_hash(self.plan).removeprefix("sha256:"))
        add(
            "plan_version", self.plan_id, self.season, self.plan.code, digest, msgspec.json.encode(self.plan).decode(), self.organiser
        )  # fmt: skip
        add("event", event, self.season, "场馆演练", "Venue rehearsal", None, today, today)
        add(
            "contest", self.contest_id, self.season, event, "rehearsal", "province", "province_1", self.organisation, None, None,
            "场馆演练", "Venue rehearsal", "running", self.now - 3 * _LENGTH, self.now - 2 * _LENGTH, today, today, None, self.now - 3 * _LENGTH,
        )  # fmt: skip
        add(
            "item", self.item, self.season, event, self.contest_id, "fitter", "rehearsal", "演练项目", "Rehearsal", "individual", 1, 0, None,
            None, 0, "by_name", self.plan_id, 1,
        )  # fmt: skip
        add("contest_item", self.contest_id, self.item)
        add("stage", self.stage, self.season, self.item, 1, "practical", "practical", "实操", "Practical")
        add("publication", self.item, self.season, "open", None, None, None, 0, 1)

    def venue(self, stations: int, judges: int, round_of: int) -> list[tuple[str, str, dict[int, str]]]:
        """Sessions, judges, draw and sheets: (login, session, sheets by station) of every judge."""
        sessions = {
            first: self.keys.scattered("session", 0, first) for first in range(1, stations + 1, round_of)
        }
        places = [
            Place(encode_id("session", UUID(session)), station)
            for first, session in sessions.items()
            for station in range(first, min(first + round_of, stations + 1))
        ]
        panels = {
            first: self._panel(number, session, judges)
            for number, (first, session) in enumerate(sessions.items())
        }
        robots: dict[str, tuple[str, str, dict[int, str]]] = {}
        draw, drawn = self._draw(places)
        for place, entry in drawn:
            first = (place.station - 1) // round_of * round_of + 1
            attempt = self.keys.scattered("attempt", 0, place.station)
            self.rows.add("attempt", attempt, self.season, self.item, sessions[first], draw, place.station)
            self.rows.add("attempt_entry", attempt, self.item, entry, draw)
            for login, judge, account in panels[first]:
                sheet = self.keys.scattered(f"sheet/{judge}", 0, place.station)
                self.rows.add(
                    "sheet", sheet, self.season, self.item, sessions[first], attempt, judge, account, self.plan_id, "open", 0, b""
                )  # fmt: skip
                sheets = robots.setdefault(login, (login, place.session, {}))[2]
                sheets[place.station] = encode_id("sheet", UUID(sheet))
        return list(robots.values())

    def _panel(self, number: int, session: str, judges: int) -> list[tuple[str, str, str]]:
        """A panel with its session: (login, judge, account) of each seat."""
        add, panel, seats = self.rows.add, self.keys.scattered("panel", 0, number), []
        add("panel", panel, self.season, self.item, f"第{number + 1}组")
        for place in range(1, judges + 1):
            serial = number * judges + place
            account, judge = self.keys.ordered("account", serial), self.keys.scattered("judge", 0, serial)
            login = f"rehearsal-judge-{serial:04d}"
            letter, rest = divmod(serial - 1, 999)
            add("account", account, login, f"机器裁判{serial}", None, self.organisation)
            add("judge", judge, self.contest_id, account, f"{chr(ord('A') + letter)}-{rest + 1:02d}")
            add("panel_judge", panel, judge, place, place == 1)
            add(
                "access_grant", self.keys.ordered("grant", serial), account, "judge", "contest", self.contest_id, self.contest_id,
                self.now - _LENGTH,
            )  # fmt: skip
            self.accounts[login] = account
            seats.append((login, judge, account))
        add(
            "judging_session", session, self.season, self.item, self.stage, panel, number + 1, f"第{number + 1}场", f"Session {number + 1}",
            self.now - timedelta(hours=1), self.now + _LENGTH, 9999, "running",
        )  # fmt: skip
        return seats

    def _draw(self, places: list[Place]) -> tuple[str, list[tuple[Place, str]]]:
        """One entry for each station, drawn as the judging room draws."""
        add, entries = self.rows.add, {}
        for number in range(1, len(places) + 1):
            person, version = self.keys.ordered("person", number), self.keys.ordered("version", number)
            name, entry = f"演{number:03d}", self.keys.ordered("entry", number)
            add("person", person, self.now)
            add("person_version", version, person, 1, name, name, None, None, None, self.now)
            add(
                "entry", entry, self.season, self.contest_id, self.item, None, None, f"YL-{number:03d}", "accepted", "present", None,
                self.organiser, self.now, 1,
            )  # fmt: skip
            add("entry_member", entry, 1, self.item, "contestant", person, version, None)
            entries[encode_id("entry", UUID(entry))] = entry
        draw, seed = self.keys.ordered("draw", 0), sha256(f"rehearsal/{self.seed}".encode()).digest()
        result = drawing.drawn(seed, entries, places)
        digest = drawing.result_hash(drawing.ALGORITHM, seed, result)
        add(
            "draw", draw, self.season, self.item, 1, drawing.ALGORITHM, seed, digest, self.organiser, self.now
        )
        ledger = Ledger(self.rows, self.keys, self.season, self.item)
        payload: Payload = {
            "number": 1,
            "algorithm": drawing.ALGORITHM,
            "result": digest.hex(),
            "reason": None,
        }
        ledger.append("draw.made", draw, payload, self.organiser, self.now)
        ledger.close()
        return draw, [(place, entries[code]) for place, code in result]
