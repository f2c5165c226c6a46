"""Award proposals of a finished final, as the awards room makes them, and the answers to the checklist that came in before."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from api.awards.queries import facts_of, load_case, propose_all, target_level
from api.plumbing.db import Connection
from api.plumbing.ids import parse_id
from api.simulation.contests import Held
from api.simulation.dates import midnight
from api.simulation.keys import Keys
from api.simulation.rows import Rows

ASKED: Final = ("worker_status", "leader_or_civil_servant", "discipline", "unit_veto", "already_holds")
_UNANSWERED_EVERY: Final = 4
_HOLDER_EVERY: Final = 7


async def propose_awards(
    connection: Connection, rows: Rows, keys: Keys, season_id: str, held: Held, account: str
) -> None:
    """Answer most questions about the first ten of each item, then propose. Every row before it must have been written."""
    at = midnight(held.times.last_day) + timedelta(days=11, hours=9)
    contest, season = UUID(held.id), UUID(season_id)
    case = await load_case(connection, contest, season)
    first = sorted({proposal.person for proposal in propose_all(case)[0] if proposal.person is not None})
    for place, known in enumerate(first):
        if place % _UNANSWERED_EVERY:
            _answer(rows, held.id, str(parse_id("person", known)), place, account, at)
    await rows.write()
    case = await load_case(connection, contest, season)
    proposals, _ = propose_all(case)
    rules = {rule.code: rule for rule in case.rules}
    held.ledger.append(
        "awards.proposed", held.id, {"generation": 1, "proposals": len(proposals)}, account, at + timedelta(1)
    )
    for number, proposal in enumerate(proposals):
        person = case.people.get((proposal.person or "") + proposal.entry)
        if person is None or proposal.award_rank is None:
            continue
        rule, item = rules[proposal.rule], case.items[person.item_id]
        rows.add(
            "award_proposal", keys.ordered("proposal", number), season_id, held.id, 1, rule.code, str(rule.version), rule.authority,
            str(item.id), item.snapshot.number, str(person.entry_id), str(person.person_id), proposal.award_rank, proposal.outcome,
            target_level(proposal), msgspec.json.encode(proposal.reasons).decode(),
            msgspec.json.encode(facts_of(rule, item, proposal)).decode(), at + timedelta(1),
        )  # fmt: skip


def _answer(rows: Rows, contest: str, person: str, place: int, account: str, at: datetime) -> None:
    for question in ASKED:
        answer = question == "worker_status" or (question == "already_holds" and place % _HOLDER_EVERY == 1)
        rows.add("award_check", contest, person, question, 1, answer, account, at)
