"""Previews and proposals with their reasons and decisions."""

from datetime import date
from uuid import UUID

import asyncpg
import msgspec

from api.access.actor import Actor
from api.advancement.schemas import ReasonView
from api.awards.cases import LADDER, AwardCase, CaseItem, award_case
from api.awards.schemas import AwardPreview, DecisionView, Outcome, ProposalRow
from api.contests.scopes import contest_scope, item_scope
from api.plumbing.db import Connection, Db
from api.plumbing.ids import encode_id, parse_id
from api.plumbing.paging import Page, decode_cursor, page_of
from api.results.queries import ranks_told
from api.results.schemas import shown
from scoring import AwardProposal, AwardRule, Reason, RuleRefused, propose

STARTS_ON = "/* awards.starts_on */ SELECT starts_on FROM contest WHERE id = $1"

# Total order: rule as it stands in the contest, then item, place, person.
PROPOSALS = """/* awards.proposals */
SELECT p.id, p.rule_code, p.rule_version, p.authority, p.item_id, i.name_zh AS item_name, i.name_en AS item_name_en, p.entry_id, p.person_id,
       e.number, v.name, coalesce(d.short_name, '') AS delegation, coalesce(o.name_zh, e.unit_name, '') AS unit, p.place, p.outcome,
       p.target_level, p.reasons, p.facts, pub.snapshot IS DISTINCT FROM p.snapshot OR pub.state NOT IN ('final', 'amended') AS outdated,
       x.decision, x.reason, x.by, x.at, x.rev
FROM award_proposal p
JOIN item i ON i.id = p.item_id
JOIN publication pub ON pub.item_id = p.item_id
JOIN entry e ON e.id = p.entry_id
LEFT JOIN entry_member m ON m.entry_id = e.id AND m.person_id = p.person_id
LEFT JOIN person_version v ON v.id = m.person_version_id
LEFT JOIN delegation d ON d.id = e.delegation_id
LEFT JOIN organisation o ON o.id = e.unit_id
LEFT JOIN LATERAL (
    SELECT c.decision, c.reason, a.display_name AS by, c.at, c.rev FROM award_decision c JOIN account a ON a.id = c.by_account
    WHERE c.proposal_id = p.id ORDER BY c.rev DESC LIMIT 1
) x ON true
WHERE p.contest_id = $1 AND p.generation = (SELECT max(generation) FROM award_proposal WHERE contest_id = $1)
  AND ($2::text IS NULL OR p.rule_code = $2) AND ($3::text IS NULL OR p.outcome = $3)
  AND ($4::text IS NULL OR (p.rule_code, p.item_id, p.place, p.id) > ($4, $5::uuid, $6::int, $7::uuid))
ORDER BY p.rule_code, p.item_id, p.place, p.id LIMIT $8
"""


# Names of the award that are stored among the facts.
NAMES = frozenset({"name_zh", "name_en"})


async def preview(db: Db, actor: Actor, contest_id: UUID, *, everyone: bool) -> AwardPreview:
    """What the rules say of the standings as they are; with `everyone` also why the others get nothing. Nothing of an item
    whose ranks the actor may not read."""
    async with db.reading() as connection:
        contest = await contest_scope(connection, contest_id)
        actor.require("award.read", contest.scope)
        case = await load_case(connection, contest_id, contest.season_id)
        proposals, refused = propose_all(case, everyone=everyone)
        told = {
            encode_id("item", item_id)
            for item_id in case.items
            if await ranks_told(connection, actor, await item_scope(connection, item_id))
        }
        rows = [_preview_row(case, proposal) for proposal in proposals]
        return AwardPreview(
            contest=encode_id("contest", contest_id),
            preview=not case.final,
            rows=[row for row in rows if row.item in told],
            refused=[ReasonView(reason.code, reason.zh, reason.en) for reason in refused],
        )


async def load_case(connection: Connection, contest_id: UUID, season_id: UUID) -> AwardCase:
    """The contest as its award rules see it."""
    starts_on = await connection.fetchval(STARTS_ON, contest_id)
    assert isinstance(starts_on, date)
    return await award_case(connection, contest_id, season_id, starts_on)


def propose_all(case: AwardCase, *, everyone: bool = False) -> tuple[tuple[AwardProposal, ...], list[Reason]]:
    """The proposals of every rule that can be applied, and why the others cannot."""
    refused: list[Reason] = []
    applicable = []
    for rule in case.rules:
        try:
            propose((rule,), case.fields, case.entrants)
        except RuleRefused as error:
            refused.append(error.reason)
        else:
            applicable.append(rule)
    # Once more together: a higher award of the batch may exclude a lower one.
    return propose(applicable, case.fields, case.entrants, everyone=everyone), refused


async def proposals(
    db: Db,
    actor: Actor,
    contest_id: UUID,
    rule: str | None,
    outcome: Outcome | None,
    limit: int,
    cursor: str | None,
) -> Page[ProposalRow]:
    """The newest generation of proposals with the decisions on them."""
    key = decode_cursor(cursor, 4)
    async with db.reading() as connection:
        contest = await contest_scope(connection, contest_id)
        actor.require("award.read", contest.scope)
        after = (key[0], UUID(key[1]), int(key[2]), UUID(key[3])) if key else (None, None, None, None)
        rows = await connection.fetch(PROPOSALS, contest_id, rule, outcome, *after, limit + 1)
    keys = [[row["rule_code"], str(row["item_id"]), str(row["place"]), str(row["id"])] for row in rows]
    return page_of([_stored_row(row) for row in rows], limit, keys)


def _stored_row(row: asyncpg.Record) -> ProposalRow:
    facts = msgspec.json.decode(row["facts"], type=dict[str, str])
    return ProposalRow(
        id=encode_id("proposal", row["id"]),
        rule=row["rule_code"],
        rule_version=row["rule_version"],
        name_zh=facts.get("name_zh", row["rule_code"]),
        name_en=facts.get("name_en", row["rule_code"]),
        authority=row["authority"],
        item=encode_id("item", row["item_id"]),
        item_name=row["item_name"],
        item_name_en=row["item_name_en"] or row["item_name"],
        entry=encode_id("entry", row["entry_id"]),
        person=encode_id("person", row["person_id"]),
        number=row["number"] or "",
        name=row["name"] or "",
        delegation=row["delegation"],
        unit=row["unit"],
        place=row["place"],
        total=facts.get("total"),
        outcome=row["outcome"],
        target_level=row["target_level"],
        reasons=msgspec.json.decode(row["reasons"], type=list[ReasonView]),
        facts={name: value for name, value in facts.items() if name not in NAMES},
        outdated=row["outdated"],
        decision=DecisionView(row["decision"], row["reason"], row["by"], row["at"], row["rev"])
        if row["decision"]
        else None,
    )


def _preview_row(case: AwardCase, proposal: AwardProposal) -> ProposalRow:
    rule = next(rule for rule in case.rules if rule.code == proposal.rule)
    entry_id = parse_id("entry", proposal.entry)
    person = case.people.get((proposal.person or "") + proposal.entry)
    item = next(
        item
        for item in case.items.values()
        if any(row.entry == proposal.entry for row in item.snapshot.standings.rows)
    )
    return ProposalRow(
        id=None,
        rule=rule.code,
        rule_version=str(rule.version),
        name_zh=rule.name,
        name_en=rule.name_en,
        authority=rule.authority,
        item=encode_id("item", item.id),
        item_name=item.name_zh,
        item_name_en=item.name_en,
        entry=encode_id("entry", entry_id),
        person=proposal.person,
        number=person.number if person else "",
        name=person.name if person else "",
        delegation=person.delegation if person else "",
        unit=person.unit if person else "",
        place=proposal.award_rank,
        total=next(
            (shown(row.total) for row in item.snapshot.standings.rows if row.entry == proposal.entry), None
        ),
        outcome=proposal.outcome,
        target_level=target_level(proposal),
        reasons=[ReasonView(reason.code, reason.zh, reason.en) for reason in proposal.reasons],
        facts=proposal.facts,
    )


def facts_of(rule: AwardRule, item: CaseItem, proposal: AwardProposal) -> dict[str, str]:
    """What stands beside a proposal on its list: the facts it rests on, the award's names and the total behind the place."""
    totals = (shown(row.total) for row in item.snapshot.standings.rows if row.entry == proposal.entry)
    names = {"name_zh": rule.name, "name_en": rule.name_en}
    return proposal.facts | names | {"total": next(totals, None) or ""}


def target_level(proposal: AwardProposal) -> int | None:
    """The level a promotion leads to, as the database counts: 0 apprentice … 7 首席技师."""
    return None if proposal.level_target is None else LADDER.index(proposal.level_target) - 1
