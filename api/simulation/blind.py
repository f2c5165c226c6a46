"""The blind item of the demo: one layer, drawn and nearly judged, so that whoever tries the demo can finish and decode it.

Its envelopes hold a code that everybody may know, and the two people who decode have a PIN that everybody may know: the demo has no
secrets. Everything else is sealed as the judging room seals it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

import msgspec

from api.access.passwords import HASHER
from api.judging import sealing
from api.judging.commands.layers import context
from api.plumbing.db import Connection
from api.simulation.chains import Ledger, Payload
from api.simulation.contests import Held, Item
from api.simulation.entering import Candidate
from api.simulation.marking import Done, Drawn
from api.simulation.organisations import Tree
from api.simulation.practical import THEORY
from api.simulation.workshop import Workshop
from scoring import EntryFacts, draws

# As they stand in the guide of the encryption officer.
CODE: Final = "DEMO-DEMO-DEMO"
RESERVE: Final = "DEMO-DEMO-0000"
PIN: Final = "1234"

FIELD: Final = 6

ADD_COMMITMENT: Final = """/* simulation.add_layer_commitment */
INSERT INTO layer_commitment (id, season_id, item_id, round, layer, algorithm, commitment, list_hash, inputs, outputs, sealing,
    officer_key, reserve_key, sealed_seed, by_account, at)
VALUES ($1, $2, $3, 1, 1, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
"""
ADD_DRAW: Final = """/* simulation.add_layer_draw */
INSERT INTO layer_draw (layer_id, season_id, item_id, round, layer, result_hash, sealed_result, by_account, at)
VALUES ($1, $2, $3, 1, 1, $4, $5, $6, $7)
"""
GIVE_PIN: Final = "/* simulation.give_pin */ UPDATE account SET pin_hash = $2 WHERE id = ANY ($1::uuid[])"


class Layer(NamedTuple):
    """The layer as it was drawn, before it is sealed; keys as the rows of a simulation have them."""

    id: str
    season: str
    item: str
    officer: str
    drawn: Drawn
    drawn_at: datetime

    @property
    def committed_at(self) -> datetime:
        return self.drawn_at - timedelta(minutes=20)

    @property
    def outputs(self) -> list[str]:
        return [place.text for place, _ in self.drawn.result]

    @property
    def inputs(self) -> list[str]:
        return sorted(entry for _, entry in self.drawn.result)

    @property
    def commitment(self) -> bytes:
        return draws.commitment(self.drawn.seed)

    @property
    def list_hash(self) -> bytes:
        return draws.list_hash(self.inputs, self.outputs)

    def tell(self, ledger: Ledger) -> None:
        """Both acts, as the judging room tells them."""
        committed: Payload = {
            "round": 1, "layer": 1, "algorithm": draws.ALGORITHM, "commitment": self.commitment.hex(), "list": self.list_hash.hex(),
            "size": len(self.drawn.result),
        }  # fmt: skip
        ledger.append("layer.committed", self.id, committed, self.officer, self.committed_at)
        drawn: Payload = {"round": 1, "layer": 1, "lot": "", "result": self.drawn.hash.hex()}
        ledger.append("layer.drawn", self.id, drawn, self.officer, self.drawn_at)


def hold_blind(
    shop: Workshop, tree: Tree, held: Held, seats: Sequence[str], officer: str, live: datetime
) -> Layer:
    """Enter, draw and mark the contest's item before `seats`, the chief judge last; gives what is to be sealed.

    The session is paused at `live`: whoever comes in as judge goes straight to the one that runs.
    """
    item, ledger = held.items[0], shop.ledger_of(held.items[0])
    entrants = shop.registry.enter(held, item, _field(shop, tree, item))
    started = live.replace(microsecond=0) - timedelta(hours=3)
    marked = shop.marker.mark(
        held, item, entrants, seats, ledger, started, chief=len(seats) - 1, progress=_nearly, session_state="paused", officer=officer
    )  # fmt: skip
    at = started - timedelta(hours=1)
    layer = Layer(shop.keys.ordered("layer", 0), shop.season_id, item.id, officer, marked.drawn, at)
    layer.tell(ledger)
    facts = [EntryFacts(entry=each.code, imported={THEORY: shop.marker.theory_of(each)}) for each in entrants]
    by_code = {each.code: each for each in entrants}
    entered = held.times.marking - timedelta(hours=18)
    shop.marker.theory(item, by_code, facts, held.crew.organiser, entered, ledger)
    shop.closer.announce(item)
    ledger.close()
    return layer


def _field(shop: Workshop, tree: Tree, item: Item) -> list[Candidate]:
    """Workers of the industry lines, which name their own, in turn: people of the season behind all others."""
    lines = [each.code for each in shop.season.delegations if each.kind == "industry"]
    first = shop.plan.workers + sum(team.officials for team in shop.plan.teams)
    field: list[Candidate] = []
    for number in range(FIELD):
        sender = tree.cities[lines[number % len(lines)]]
        delegation = tree.delegations[lines[number % len(lines)]]
        field += shop.registry.people(first + number, 1, sender.firms, item.trade.code, delegation)
    return field


def _nearly(station: int, judge: int) -> Done:
    """Two stations are signed, two submitted; of the last two, the first judge's sheets are still empty."""
    if station <= 2:
        return Done(-1, "signed")
    return Done(0, "open") if judge == 0 and station > 4 else Done(-1, "submitted")


async def seal(connection: Connection, layer: Layer, supervisor: str) -> None:
    """Write the layer under its codes, and give officer and supervisor their PIN."""
    key, drawn = sealing.new_key(), layer.drawn
    layer_id, season, item, officer = map(UUID, (layer.id, layer.season, layer.item, layer.officer))
    own = await sealing.wrap(key, context(layer_id, "officer"), CODE)
    reserve = await sealing.wrap(key, context(layer_id, "reserve"), RESERVE)
    await connection.execute(
        ADD_COMMITMENT, layer_id, season, item, draws.ALGORITHM, layer.commitment, layer.list_hash, layer.inputs, layer.outputs,
        sealing.SEALING, own.bytes, reserve.bytes, sealing.seal(key, drawn.seed, context(layer_id, "seed")), officer,
        layer.committed_at,
    )  # fmt: skip
    pairs = msgspec.json.encode([(place.text, entry) for place, entry in drawn.result])
    result = sealing.seal(key, pairs, context(layer_id, "result"))
    await connection.execute(ADD_DRAW, layer_id, season, item, drawn.hash, result, officer, layer.drawn_at)
    await connection.execute(GIVE_PIN, [officer, UUID(supervisor)], HASHER.hash(PIN))
