"""The cast of the contests room: a province with a city, a season, its organiser, and contests made from the built-in presets."""

import itertools
from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio

from api.plumbing.ids import encode_id, parse_id
from tests.world import Client, World

COUNT = itertools.count(1)

Body = dict[str, Any]


class Province:
    """Ids as the outside sees them, and who is signed in."""

    root: UUID
    city_node: UUID
    season_node: UUID
    organiser: Client
    city_organiser: Client
    presets: dict[str, str]

    def __init__(self, world: World) -> None:
        self.world = world

    @property
    def season(self) -> str:
        """The season's id."""
        return encode_id("season", self.season_node)

    def body(self, **changes: Any) -> Body:
        """A well-formed contest of the province with two of its trades; the contest's name is new each time."""
        return {
            "season_id": self.season,
            "preset_id": self.presets["hebei-provincial"],
            "host_id": encode_id("organisation", self.root),
            "name_zh": f"职工职业技能大赛第{next(COUNT)}届",
            "registration_opens_at": "2021-01-10T08:00",
            "registration_closes_at": "2021-02-26T24:00",
            "starts_on": "2021-03-01",
            "ends_on": "2021-03-03",
            "items": ["fitter", "welder"],
            **changes,
        }

    def city_body(self, **changes: Any) -> Body:
        """A well-formed contest of the city with one trade."""
        host = encode_id("organisation", self.city_node)
        return self.body(preset_id=self.presets["hebei-city"], host_id=host, items=["fitter"]) | changes

    async def post(self, path: str, body: Any, client: Client | None = None) -> httpx.Response:
        """POST with a fresh Idempotency-Key."""
        headers = {"Idempotency-Key": f"contest-{next(COUNT)}"}
        return await (client or self.organiser).post(f"/api/v1{path}", json=body, headers=headers)

    async def contest(self, **changes: Any) -> Body:
        """A contest of the province, as the API answers it."""
        made = await self.post("/contests", self.body(**changes))
        assert made.status_code == 201, made.text
        return made.json()

    async def move(self, contest: Body, to: str, reason: str | None = None) -> httpx.Response:
        """One step of the contest, on the version that is in force."""
        path = f"/api/v1/contests/{contest['id']}"
        tag = (await self.organiser.get(path)).headers["etag"]
        return await self.organiser.post(
            f"{path}/transitions", json={"to": to, "reason": reason}, headers={"If-Match": tag}
        )

    async def accepted_entry(self, item: Body) -> UUID:
        """An accepted entry in an item."""
        person, version = await self.world.person()
        item_id = parse_id("item", item["id"])
        entry: UUID = await self.world.fetchval(
            "INSERT INTO entry (season_id, contest_id, item_id, state, number) "
            "SELECT season_id, contest_id, id, 'accepted', $2 FROM item WHERE id = $1 RETURNING id",
            item_id,
            f"QG-{next(COUNT)}",
        )
        await self.world.execute(
            "INSERT INTO entry_member (entry_id, position, item_id, role, person_id, person_version_id) "
            "VALUES ($1, 1, $2, 'contestant', $3, $4)",
            entry, item_id, person, version,
        )  # fmt: skip
        return entry


async def province_of(world: World) -> Province:
    """A province with everybody signed in."""
    province = Province(world)
    province.root = await world.organisation(name_en="Federation", region_code="130000")
    province.city_node = await world.organisation(parent=province.root, tier="city", region_code="130100")
    province.season_node = await world.season(province.root)
    province.organiser = await world.client("organiser", "organisation", province.root)
    province.city_organiser = await world.client("organiser", "organisation", province.city_node)
    rows = await world.fetch("SELECT id, code FROM preset WHERE organisation_id IS NULL AND version = 1")
    province.presets = {row["code"]: encode_id("preset", row["id"]) for row in rows}
    return province


@pytest_asyncio.fixture
async def province(world: World) -> Province:
    """See `Province`."""
    return await province_of(world)


@pytest.fixture
def errors_of() -> Callable[[httpx.Response], list[tuple[str, str]]]:
    """Pointer and code of every field error of an answer."""
    return lambda answer: [(each["pointer"], each["code"]) for each in answer.json()["errors"]]
