"""A marked and signed item of three entries before five judges, with an organiser, a chief judge and a supervisor."""

from typing import Any
from uuid import UUID

import msgspec
import pytest_asyncio

from api.plumbing.ids import encode_id
from tests.results.builders import MARKS, add_theory, mark, sign, step
from tests.world import Client, Contest, World


class Controlled(msgspec.Struct):
    """`sheets[entry][judge]`; the first judge is the chief, who holds the role in the item."""

    world: World
    contest: Contest
    entries: dict[str, UUID]
    sheets: list[list[UUID]]
    judges: list[Client]
    organiser: Client
    chief: Client
    supervisor: Client

    @property
    def item(self) -> str:
        return encode_id("item", self.contest.item)

    async def steps(self, *names: str) -> None:
        for to in names:
            answer = await step(self.organiser, self.contest, to)
            assert answer.status_code == 200, answer.text

    async def rules(self, **rules: Any) -> None:
        await self.world.execute(
            "INSERT INTO contest_rules (contest_id, revision, document, hash) "
            "SELECT $1, coalesce(max(revision), 0) + 1, $2, '' FROM contest_rules WHERE contest_id = $1",
            self.contest.contest, msgspec.json.encode(rules).decode(),
        )  # fmt: skip

    async def sign_off(self, client: Client | None = None) -> Any:
        """The chief judge looks at the latest version and signs it."""
        chief = client or self.chief
        version = (await chief.get(f"/api/v1/items/{self.item}/sign-off")).json()
        body = {"snapshot": version["snapshot"], "hash": version["hash"]}
        return await post(chief, f"/items/{self.item}/sign-off", body)

    async def ledger(self) -> list[str]:
        rows = await self.world.fetch(
            "SELECT kind FROM ledger WHERE chain = $1 ORDER BY seq", self.contest.item
        )
        return [row["kind"] for row in rows]


async def post(client: Client, path: str, body: Any = None, **headers: str) -> Any:
    """A creating request with a key of its own."""
    from uuid import uuid4

    headers = {"Idempotency-Key": str(uuid4()), **headers}
    if body is None:
        return await client.post(f"/api/v1{path}", headers=headers)
    return await client.post(f"/api/v1{path}", json=body, headers=headers)


async def controlled_item(
    world: World, *, signed: bool = True, marks: dict[str, tuple[str, str]] = MARKS, **item: Any
) -> Controlled:
    """See the module; `signed` False leaves every sheet submitted."""
    contest = await world.contest(**item)
    await world.execute("UPDATE contest SET notice_days = 0 WHERE id = $1", contest.contest)
    entries = {name: await world.entry(contest, name=name) for name in marks}
    judges = await world.judges(contest)
    sheets = await world.sheets(contest, list(entries.values()), judges)
    await mark(world, contest, sheets, list(marks), marks)
    await add_theory(world, contest, entries, dict.fromkeys(marks, "80"))
    if signed:
        await sign(world, contest)
    else:
        await world.execute("UPDATE sheet SET state = 'submitted' WHERE item_id = $1", contest.item)
    await world.grant(judges[0].account_id, "chief_judge", "item", contest.item, contest.contest)
    chief = await world.client(account=judges[0].account_id)
    return Controlled(
        world, contest, entries, sheets, judges,
        await world.client("organiser", "contest", contest.contest),
        chief,
        await world.client("supervisor", "contest", contest.contest),
    )  # fmt: skip


@pytest_asyncio.fixture
async def controlled(world: World) -> Controlled:
    """The item, signed."""
    return await controlled_item(world)
