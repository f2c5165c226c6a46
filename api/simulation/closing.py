"""From marks to results: the standing, its publication, the places in the next tier."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, Literal, NamedTuple
from uuid import UUID

import msgspec

from api.plumbing.ids import encode_id
from api.simulation.chains import Ledger, Payload
from api.simulation.contests import Held, Item
from api.simulation.dates import Notice, notice_after
from api.simulation.entering import Candidate, Entrant
from api.simulation.keys import Keys
from api.simulation.marking import Marked, Marker
from api.simulation.practical import THEORY
from api.simulation.rechecking import Checkers, Rechecker
from api.simulation.rows import Rows
from scoring import Entrant as ScoringEntrant
from scoring import EntryFacts, QuotaRule, SlotProposal, Standings, open_ties, rank, select, standings_bytes

Published = Literal["open", "provisional", "final"]
CutAt = tuple[int, Literal["rank", "award_rank"]]
_WAY: Final = ("open", "closed", "confirmed", "provisional", "final")
_HALF: Final = Decimal("0.5")


class Result(NamedTuple):
    """The standing of an item and who holds which entry in it."""

    standings: Standings
    entrants: dict[str, Entrant]
    notice: Notice


class Closer:
    """Writes results; numbers slots as they come."""

    def __init__(self, rows: Rows, keys: Keys, season_id: str, marker: Marker) -> None:
        self._rows, self._keys, self._season_id, self._marker = rows, keys, season_id, marker
        self._slots = 0
        self._rechecker = Rechecker(rows, keys, season_id)

    def close(
        self,
        held: Held,
        item: Item,
        entrants: Sequence[Entrant],
        marked: Marked,
        ledger: Ledger,
        *,
        published: Published = "final",
        send_to: str | None = None,
        cuts: Sequence[CutAt] = (),
        at: datetime | None = None,
        checks: str | None = None,
    ) -> list[Candidate]:
        """Standing, theory, publication and slots of an item; gives who goes up to the item `send_to`.

        `cuts` are places at which a tie would hold up the result: there, one of the equal ones gets half a theory mark less.
        `at`: when an open standing is taken. `checks`: who rechecks a closed one, where the rules ask for it.
        """
        by_code = {entrant.code: entrant for entrant in entrants}
        facts = [self._with_theory(each, by_code[each.entry]) for each in marked.facts]
        standings, facts = _without_ties(item, facts, cuts)
        self._marker.theory(
            item, by_code, facts, held.crew.organiser, held.times.marking - timedelta(hours=18), ledger
        )
        count = marked.number + sum(len(each.imported) for each in facts)
        notice = notice_after(marked.ended)
        body = self._snapshot(item, standings, count, at or notice.closed)
        if held.rules.recheck is not None and checks is not None:
            who = Checkers(held.crew.organiser, checks)
            self._rechecker.write(
                item.id, held.rules.recheck, standings.rows, by_code, facts, ledger, who, notice.closed + timedelta(hours=1)
            )  # fmt: skip
        self._publish(held, item, published, notice, ledger, hashlib.sha256(body).hexdigest(), marked.chief)
        quota = held.rules.quota_of(item.code)
        up = []
        if send_to is not None and quota is not None and published == "final":
            up = self._offer(held, item, send_to, quota, Result(standings, by_code, notice), ledger)
        ledger.close()
        return up

    def announce(self, item: Item) -> None:
        """An item that nothing has happened in."""
        self._rows.add("publication", item.id, self._season_id, "open", None, None, None, 1, 1)

    def _with_theory(self, facts: EntryFacts, entrant: Entrant) -> EntryFacts:
        if entrant.absent:
            return facts
        return msgspec.structs.replace(facts, imported={THEORY: self._marker.theory_of(entrant)})

    def _snapshot(self, item: Item, standings: Standings, count: int, at: datetime) -> bytes:
        body = standings_bytes(standings)
        self._rows.add(
            "standings_snapshot", self._season_id, item.id, 1, bytes.fromhex(standings.input_hash.partition(":")[2]),
            hashlib.sha256(body).digest(), count, standings.complete, len(standings.rows), body, at,
        )  # fmt: skip
        return body

    def _publish(
        self, held: Held, item: Item, state: Published, notice: Notice, ledger: Ledger, digest: str, chief: str
    ) -> None:  # fmt: skip
        steps = _WAY.index(state)
        moments = (
            notice.closed,
            notice.closed + timedelta(hours=2),
            notice.opens,
            notice.ends + timedelta(hours=9),
        )
        shown = state != "open"
        self._rows.add(
            "publication", item.id, self._season_id, state, 1 if shown else None, notice.opens if shown else None,
            notice.ends if shown else None, steps + 1, steps + 1,
        )  # fmt: skip
        for seq in range(1, steps + 1):
            snapshot = None if seq == 1 else 1
            if _WAY[seq] == "provisional":
                self._sign_off(chief, item, ledger, digest, moments[seq - 1] - timedelta(hours=1))
            self._rows.add(
                "publication_transition", item.id, seq, _WAY[seq - 1], _WAY[seq], snapshot, held.crew.organiser, moments[seq - 1]
            )  # fmt: skip
            payload: Payload = {"snapshot": snapshot, "hash": digest if snapshot else "", "reason": None}
            ledger.append("publication." + _WAY[seq], item.id, payload, held.crew.organiser, moments[seq - 1])

    def _sign_off(self, chief: str, item: Item, ledger: Ledger, digest: str, at: datetime) -> None:
        """The chief judge signs the one version that there is."""
        self._rows.add("result_sign_off", self._season_id, item.id, 1, bytes.fromhex(digest), chief, at)
        ledger.append("result.signed_off", item.id, {"snapshot": 1, "hash": digest}, chief, at)

    def _offer(
        self, held: Held, item: Item, send_to: str, quota: QuotaRule, result: Result, ledger: Ledger
    ) -> list[Candidate]:
        """Slots for whoever the rule lets in, all of them accepted."""
        offered = result.notice.ends + timedelta(hours=10)
        account = held.crew.organiser
        ledger.append("slots.offered", item.id, {"snapshot": 1}, account, offered)
        up = []
        for proposal in _let_in(quota, result):
            entrant = result.entrants[proposal.entry]
            slot = self._keys.ordered("slot", self._slots)
            self._slots += 1
            self._rows.add(
                "slot", slot, self._season_id, item.id, send_to, 1, entrant.id, proposal.position, "quota", "accepted",
                offered + timedelta(3), msgspec.json.encode(proposal.reasons).decode(), offered, 2,
            )  # fmt: skip
            answered = offered + timedelta(1)
            self._rows.add("slot_transition", slot, 1, "offered", "accepted", account, answered)
            payload: Payload = {
                "slot": encode_id("slot", UUID(slot)),
                "to": "accepted",
                "reason": None,
            }
            ledger.append("slot.accepted", slot, payload, account, answered)
            up.append(entrant.candidate._replace(slot=slot))
        return up


def _let_in(quota: QuotaRule, result: Result) -> list[SlotProposal]:
    known = [
        ScoringEntrant(entry=code, delegation=each.candidate.delegation)
        for code, each in result.entrants.items()
    ]
    return [each for each in select(quota, result.standings, known) if each.outcome == "in"]


def _without_ties(
    item: Item, facts: list[EntryFacts], cuts: Sequence[CutAt]
) -> tuple[Standings, list[EntryFacts]]:
    """The standing, with theory marks changed until nobody shares the last place of a cut."""
    while True:
        standings = rank(item.paper.plan, facts)
        tied = [tie.entries[-1] for places, by in cuts for tie in open_ties(standings, places, by)]
        if not tied:
            return standings, facts
        facts = [
            msgspec.structs.replace(each, imported={THEORY: max(each.imported[THEORY] - _HALF, Decimal(0))})
            if each.entry == tied[0]
            else each
            for each in facts
        ]
