"""What registration has to know of a contest: its window, its rules, its items, and who may send people to it."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

import asyncpg
import msgspec

from api.access.actor import Actor
from api.plumbing.db import Connection
from api.plumbing.problems import Problem
from api.registration.rules import window_at
from api.registration.schemas import RegistrationRules
from api.registration.scopes import EntryPlace, office_of


class ContestRoom(msgspec.Struct, frozen=True, kw_only=True):
    """A contest as registration sees it. `now` is the database's clock at the start of the transaction."""

    contest_id: UUID
    season_id: UUID
    host_path: tuple[UUID, ...]
    state: str
    timezone: str
    starts_on: date
    opens_at: datetime
    closes_at: datetime
    rules: RegistrationRules
    rules_rev: int
    now: datetime

    def place(
        self, item_id: UUID, unit_path: tuple[UUID, ...] = (), sender_path: tuple[UUID, ...] = ()
    ) -> EntryPlace:
        """Where an entry to one of its items would lie."""
        return EntryPlace(
            contest_id=self.contest_id,
            item_id=item_id,
            host_path=self.host_path,
            unit_path=unit_path,
            sender_path=sender_path,
        )

    def window(self, now: datetime) -> Literal["not_announced", "not_yet", "open", "closed"]:
        """Whether people may be entered at `now`."""
        if self.state == "draft":
            return "not_announced"
        if self.state not in ("published", "running"):
            return "closed"
        return window_at(self.opens_at, self.closes_at, now)

    def require_open(self, now: datetime) -> None:
        """Raise registration_not_open or registration_closed outside the window."""
        window = self.window(now)
        if window != "open":
            raise Problem("registration_closed" if window == "closed" else "registration_not_open")


CONTEST_ROOM = """/* registration.contest_room */
SELECT c.id, c.season_id, c.state, c.timezone, c.starts_on, c.registration_opens_at, c.registration_closes_at, o.path,
       r.rev, r.minimum_age, r.one_item_per_person, now() AS now
FROM contest c
JOIN organisation o ON o.id = c.host_id
LEFT JOIN registration_rules r ON r.contest_id = c.id
WHERE c.id = $1
"""

HELD = " FOR SHARE OF c"


async def contest_room(connection: Connection, contest_id: UUID, *, held: bool = False) -> ContestRoom:
    """The contest. `held` keeps its state until the transaction ends. Raises not_found."""
    row = await connection.fetchrow(CONTEST_ROOM + (HELD if held else ""), contest_id)
    if row is None:
        raise Problem("not_found")
    return ContestRoom(
        contest_id=row["id"],
        season_id=row["season_id"],
        host_path=tuple(row["path"]),
        state=row["state"],
        timezone=row["timezone"],
        starts_on=row["starts_on"],
        opens_at=row["registration_opens_at"],
        closes_at=row["registration_closes_at"],
        rules=_rules(row),
        rules_rev=row["rev"] or 0,
        now=row["now"],
    )


def require_announced(actor: Actor, room: ContestRoom) -> None:
    """Raise not_found for a draft that the actor does not prepare: nobody else knows of it."""
    if room.state == "draft" and not office_of(actor).may("contest.read", room.place(room.contest_id).host):
        raise Problem("not_found")


def _rules(row: asyncpg.Record) -> RegistrationRules:
    if row["rev"] is None:
        return RegistrationRules()
    return RegistrationRules(minimum_age=row["minimum_age"], one_item_per_person=row["one_item_per_person"])


class ItemRef(msgspec.Struct, frozen=True, kw_only=True):
    """An item that can be entered."""

    id: UUID
    code: str
    name_zh: str
    name_en: str | None
    trade: str
    kind: str
    team_size: int


class DelegationRef(msgspec.Struct, frozen=True, kw_only=True):
    """A delegation of the season; `path` leads to its sending organisation and is empty where it has none."""

    id: UUID
    name: str
    short_name: str
    path: tuple[UUID, ...]


class UnitRef(msgspec.Struct, frozen=True, kw_only=True):
    """An organisation that enters its people."""

    id: UUID
    name: str
    path: tuple[UUID, ...]


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """Where an entry goes and who sends it."""

    item: ItemRef
    delegation: DelegationRef | None = None
    unit: UnitRef | None = None
    unit_name: str | None = None
    slot_id: UUID | None = None

    def place_in(self, room: ContestRoom) -> EntryPlace:
        """Where an entry at this target lies for rights."""
        return room.place(
            self.item.id,
            self.unit.path if self.unit else (),
            self.delegation.path if self.delegation else (),
        )


ITEMS = """/* registration.items */
SELECT i.id, i.code, i.name_zh, i.name_en, i.trade_code, i.kind, i.team_size
FROM contest_item ci JOIN item i ON i.id = ci.item_id WHERE ci.contest_id = $1 ORDER BY i.position, i.id
"""


async def items_of_contest(connection: Connection, contest_id: UUID) -> list[ItemRef]:
    """The items of the contest, shared ones included."""
    return [
        ItemRef(
            id=row["id"],
            code=row["code"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            trade=row["trade_code"],
            kind=row["kind"],
            team_size=row["team_size"],
        )
        for row in await connection.fetch(ITEMS, contest_id)
    ]


DELEGATIONS = """/* registration.delegations */
SELECT d.id, d.name_zh, d.short_name, coalesce(o.path, '{}') AS path
FROM delegation d LEFT JOIN organisation o ON o.id = d.organisation_id
WHERE d.season_id = $1 ORDER BY d.position, d.id
"""


async def delegations_of_season(connection: Connection, season_id: UUID) -> list[DelegationRef]:
    """The delegations of a season in their order."""
    return [
        DelegationRef(
            id=row["id"], name=row["name_zh"], short_name=row["short_name"], path=tuple(row["path"])
        )
        for row in await connection.fetch(DELEGATIONS, season_id)
    ]


UNITS = """/* registration.units */
SELECT id, name_zh, short_name, credit_code, path FROM organisation
WHERE id = ANY($1) OR credit_code = ANY($2) OR name_zh = ANY($2) OR short_name = ANY($2)
ORDER BY id
"""


async def unit_by_id(connection: Connection, unit_id: UUID) -> UnitRef | None:
    """An organisation."""
    row = await connection.fetchrow(UNITS, [unit_id], [])
    return None if row is None else UnitRef(id=row["id"], name=row["name_zh"], path=tuple(row["path"]))


async def units_by_text(connection: Connection, texts: list[str]) -> dict[str, list[UnitRef]]:
    """Organisations by what a file calls them: credit code, name or short name. One text may mean several."""
    found: dict[str, list[UnitRef]] = {}
    for row in await connection.fetch(UNITS, [], texts):
        unit = UnitRef(id=row["id"], name=row["name_zh"], path=tuple(row["path"]))
        for text in {row["name_zh"], row["short_name"], row["credit_code"]} & set(texts):
            found.setdefault(text, []).append(unit)
    return found
