"""A contest that takes entries, the people around it, and forms as they fill them in."""

import itertools
from typing import Any
from uuid import UUID

import httpx
import msgspec

from api.people.documents import id_check_digit
from api.plumbing.ids import encode_id
from tests.world import Client, Contest, World

RUN = itertools.count(1)


def id_number(born: str = "19900101", *, male: bool = True, run: int | None = None) -> str:
    """A fictional citizen number, every time another one."""
    run = next(RUN) if run is None else run
    # 99 codes of fictional regions for every 500 running numbers of one sex.
    region, place = divmod(run, 500)
    first = f"00{region:04d}{born}{(2 * place + male) % 1000:03d}"
    return first + id_check_digit(first)


def member(**fields: Any) -> dict[str, Any]:
    """A contestant with a number of their own."""
    return {"name": "试甲", "document_number": id_number(), **fields}


def idempotent() -> dict[str, str]:
    return {"Idempotency-Key": f"key-{next(RUN)}-{id(object())}"}


class Gate(msgspec.Struct):
    """A contest with its host's organiser and one unit with a registrar; `item` is its one item."""

    world: World
    contest: Contest
    organiser: Client
    unit: UUID
    registrar: Client

    @property
    def path(self) -> str:
        return f"/api/v1/contests/{encode_id('contest', self.contest.contest)}/entries"

    def form(self, *members: dict[str, Any], **fields: Any) -> dict[str, Any]:
        """What the unit sends in."""
        return {
            "item": encode_id("item", self.contest.item),
            "unit": encode_id("organisation", self.unit),
            "members": list(members) or [member()],
            **fields,
        }

    async def register(self, client: Client | None = None, **form: Any) -> httpx.Response:
        """Send a form."""
        return await (client or self.registrar).post(
            self.path, json={**self.form(), **form}, headers=idempotent()
        )

    async def registered(self, client: Client | None = None, **form: Any) -> dict[str, Any]:
        """An entry that was taken."""
        answer = await self.register(client, **form)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def move(
        self, client: Client, entry: dict[str, Any], to: str, reason: str | None = None
    ) -> httpx.Response:
        """A step of the review, based on the entry as given."""
        return await client.post(
            f"/api/v1/entries/{entry['id']}/transitions",
            json={"to": to, "reason": reason},
            headers={"If-Match": f'"r{entry["rev"]}"'},
        )

    async def moved(
        self, client: Client, entry: dict[str, Any], to: str, reason: str | None = None
    ) -> dict[str, Any]:
        """A step that was taken."""
        answer = await self.move(client, entry, to, reason)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def accepted(self, **form: Any) -> dict[str, Any]:
        """An entry through all three levels."""
        entry = await self.registered(**form)
        entry = await self.moved(self.registrar, entry, "at_organiser")
        entry = await self.moved(self.organiser, entry, "at_committee")
        return await self.moved(self.organiser, entry, "accepted")


async def gate(world: World, **item: Any) -> Gate:
    """A published contest that takes entries."""
    contest = await world.contest(state="published", **item)
    unit = await world.organisation()
    return Gate(
        world,
        contest,
        await world.client("organiser", "organisation", contest.organisation),
        unit,
        await world.client("registrar", "organisation", unit),
    )


WRITTEN = """
SELECT (SELECT count(*) FROM entry), (SELECT count(*) FROM entry_member), (SELECT count(*) FROM entry_transition),
       (SELECT count(*) FROM entry_standing_change), (SELECT count(*) FROM person), (SELECT count(*) FROM person_document),
       (SELECT count(*) FROM person_version), (SELECT count(*) FROM employment), (SELECT count(*) FROM skill_level),
       (SELECT coalesce(sum(seq), 0) FROM ledger_head), (SELECT count(*) FROM job), (SELECT count(*) FROM job_row),
       (SELECT coalesce(sum(rev), 0) FROM entry), (SELECT count(*) FROM access_event)
"""


async def written(world: World) -> tuple[Any, ...]:
    """Everything that registration could have written, as numbers: equal before and after a refusal."""
    async with world.db.reading() as connection:
        return tuple(await connection.fetchrow(WRITTEN))
