"""A blind item with its officers, supervisor, judges and sessions; each method is one request of one of them."""

from functools import cache
from typing import Any
from uuid import UUID

import httpx
import pyotp

from api.access.passwords import HASHER
from api.access.second_factor import new_totp_secret, seal
from api.access.secret_texts import cipher_of
from tests.judging.marking import enter, op
from tests.judging.test_preparing import Preparing, preparing
from tests.world import Client, World

CRITERIA = ("C1", "C2")


@cache
def hashed(secret: str) -> str:
    """A PIN or password as it is kept; once for all tests, because it is slow on purpose."""
    return HASHER.hash(secret)


class Blind:
    """See the module. `officers[k - 1]` is the officer of layer k; PINs are 2001, 2002, … and the supervisor's is 3000."""

    def __init__(self, world: World, office: Preparing, officers: list[Client], supervisor: Client) -> None:
        self.world, self.office, self.officers, self.supervisor = world, office, officers, supervisor
        self.contest, self.item = office.contest, office.item
        self.codes: dict[int, tuple[str, str]] = {}
        self.ids: dict[int, str] = {}
        self.lists: dict[int, dict[str, str]] = {}
        self.sessions: list[dict[str, Any]] = []

    async def commit(self, layer: int, who: Client | None = None) -> httpx.Response:
        """Commit to the next layer and keep its codes."""
        answer = await (who or self.officers[layer - 1]).post(f"/api/v1/items/{self.item}/layers", json={})
        if answer.status_code == 201:
            body = answer.json()
            self.codes[layer], self.ids[layer] = (body["code"], body["reserve"]), body["layer"]["id"]
        return answer

    async def draw(self, layer: int, who: Client | None = None, **body: str) -> httpx.Response:
        """Draw the layer with the officer's code."""
        body = {"code": self.codes[layer][0], **body}
        answer = await (who or self.officers[layer - 1]).post(
            f"/api/v1/layers/{self.ids[layer]}/draw", json=body
        )
        if answer.status_code == 201:
            self.lists[layer] = {line["output"]: line["input"] for line in answer.json()["lines"]}
        return answer

    async def number(self) -> None:
        """Commit to and draw every layer."""
        for layer in range(1, len(self.officers) + 1):
            assert (await self.commit(layer)).status_code == 201
            answer = await self.draw(layer)
            assert answer.status_code == 201, answer.text

    async def open(
        self,
        layer: int,
        who: Client | None = None,
        second: Client | dict[str, str] | None = None,
        **body: Any,
    ) -> httpx.Response:
        """Open the layer: by default its officer at the screen, and the supervisor beside."""
        who, second = who or self.officers[layer - 1], second or self.supervisor
        if not isinstance(second, dict):
            second = {"login": await self.login(second), "secret": await self.pin(second)}
        secret = body.pop("secret", None) or await self.pin(who)
        body = {"code": self.codes[layer][0], "secret": secret, "second": second, **body}
        return await who.post(f"/api/v1/layers/{self.ids[layer]}/opening", json=body)

    async def layers(self, who: Client | None = None) -> dict[str, Any]:
        """How far they are."""
        answer = await (who or self.supervisor).get(f"/api/v1/items/{self.item}/layers")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def record(self, layer: int, who: Client | None = None) -> httpx.Response:
        """The layer as a document."""
        return await (who or self.supervisor).get(f"/api/v1/layers/{self.ids[layer]}/record")

    async def login(self, who: Client) -> str:
        """Under which name somebody signs in."""
        login: str = await self.world.fetchval("SELECT login FROM account WHERE id = $1", who.account_id)
        return login

    async def pin(self, who: Client) -> str:
        """Somebody's PIN."""
        return "3000" if who is self.supervisor else f"200{self.officers.index(who) + 1}"

    async def give_pin(self, who: Client, pin: str) -> None:
        """Set it."""
        await self.world.execute(
            "UPDATE account SET pin_hash = $2 WHERE id = $1", who.account_id, hashed(pin)
        )

    async def give_totp(self, who: Client) -> pyotp.TOTP:
        """Turn the second factor on."""
        secret = new_totp_secret()
        sealed = seal(cipher_of(self.world.settings.secret_key), who.account_id, secret)
        await self.world.execute(
            "UPDATE account SET totp_cipher = $2, totp_confirmed = true WHERE id = $1", who.account_id, sealed
        )
        return pyotp.TOTP(secret)

    async def finish(self, *, marks: bool = True) -> None:
        """Every session started, marked, signed by the chief and closed."""
        sheets = await self.world.fetch(
            "SELECT s.id, s.account_id FROM sheet s JOIN attempt a ON a.id = s.attempt_id AND NOT a.voided "
            "WHERE s.item_id = $1 ORDER BY a.station, s.id",
            self.contest.item,
        )
        running = [(await self.office.move(session, "running")).json() for session in self.sessions]
        judges: dict[UUID, Client] = {}
        for number, sheet in enumerate(sheets):
            account = sheet["account_id"]
            judges[account] = judges.get(account) or await self.world.client(account=account)
            if marks:
                value = str(number % 10)
                await enter(judges[account], sheet["id"], *[op(each, value) for each in CRITERIA])
        await self.sign()
        for session in running:
            moved = await self.office.move(session, "closed")
            assert moved.status_code == 200, moved.text

    async def sign(self) -> None:
        """Every sheet signed, as the chief judge's own command would leave it."""
        for state in ("submitted", "signed"):
            await self.world.execute(
                "UPDATE sheet SET state = $2 WHERE item_id = $1 AND seq > 0", self.contest.item, state
            )


async def blind_of(world: World, layers: int = 2, entries: int = 4, **contest: Any) -> Blind:
    """A blind item ready for its layers."""
    office = await preparing(world, blind_layers=layers, live="progress", **contest)
    sessions = await office.ready(entries=entries, stations=entries)
    officers = [await officer_of(world, office, layer) for layer in range(1, layers + 1)]
    supervisor = await world.client("supervisor", "contest", office.contest.contest)
    blind = Blind(world, office, officers, supervisor)
    blind.sessions = sessions
    for who in (*officers, supervisor):
        await blind.give_pin(who, await blind.pin(who))
    return blind


async def officer_of(world: World, office: Preparing, layer: int) -> Client:
    """Somebody who holds one layer of the item and nothing else."""
    account = await world.account(f"加密裁判{layer}")
    await world.execute(
        "INSERT INTO access_grant (account_id, role, scope_kind, scope_id, contest_id, blind_layer) "
        "VALUES ($1, 'encryption_officer', 'blind_layer', $2, $3, $4)",
        account, office.contest.item, office.contest.contest, layer,
    )  # fmt: skip
    return await world.client(account=account)
