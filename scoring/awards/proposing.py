"""Who is proposed for which award, and the reason for every yes and every no. An authority decides, never this code.

An award goes down the award ranks of its field, from the places after those of the bands above. Who fails a condition
gets nothing; with `back_fill` the place passes to the next, without it the place stays empty. Who cannot be judged from
known facts needs a person and holds the place. A team takes one place and is one proposal per contestant.
"""

import copy
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from scoring.awards.batch import Batch, within_total
from scoring.awards.claims import Claim, claims_of, outcomes
from scoring.awards.fields import AwardField, AwardProposal, cut_of, deciding_standings, team_size_of
from scoring.awards.judging import Case, Judged
from scoring.awards.rules import AwardRule
from scoring.entrants.people import Entrant, Reason
from scoring.entrants.terms import field_size
from scoring.ranking.standings import StandingRow, Standings


def propose(
    rules: Iterable[AwardRule],
    fields: Iterable[AwardField],
    entrants: Iterable[Entrant],
    *,
    everyone: bool = False,
) -> tuple[AwardProposal, ...]:
    """Proposals of all rules, rule by rule and field by field, in order of award rank.

    Only entries in line for a place; with `everyone` also a no for each of the rest. Raises RuleRefused.
    """
    known = {entrant.entry: entrant for entrant in entrants}
    all_fields = tuple(fields)
    batch = Batch()
    proposals: list[AwardProposal] = []
    for rule in rules:
        before = copy.deepcopy(batch) if rule.total is not None else batch
        of_rule: list[AwardProposal] = []
        for field in all_fields:
            if field.kind == rule.field:
                of_rule += _field_proposals(rule, field, known, batch, everyone)
        if rule.total is not None:
            of_rule = [_limited(rule, each, limit) for each, limit in within_total(rule.total, of_rule)]
            batch = _noted(before, rule, known, of_rule)
        proposals += of_rule
    return tuple(proposals)


def _field_proposals(
    rule: AwardRule, field: AwardField, known: Mapping[str, Entrant], batch: Batch, everyone: bool
) -> Iterator[AwardProposal]:
    standings = deciding_standings(rule, field)
    people = [known[row.entry] for row in standings.rows if row.entry in known]
    team_size = team_size_of(field, people)
    case = Case(rule, field, batch, team_size, field_size(standings, rule.base))
    cut = cut_of(rule, field, team_size)
    claims = [] if cut is None else claims_of(case, cut, standings, known)
    if everyone:
        in_line = {claim.row.entry for claim in claims}
        claims += [
            _outside(rule, row, known.get(row.entry)) for row in standings.rows if row.entry not in in_line
        ]
    for claim in claims:
        yield from _proposals(case, standings, claim)


def _proposals(case: Case, standings: Standings, claim: Claim) -> Iterator[AwardProposal]:
    for each, (_, outcome) in zip(claim.people, outcomes(claim), strict=True):
        yield AwardProposal(
            rule=case.rule.code,
            rule_version=case.rule.version,
            field=case.field.code,
            entry=claim.row.entry,
            person=each.person,
            award_rank=claim.row.award_rank,
            outcome=outcome,
            back_filled=claim.back_filled,
            level_target=each.level_target,
            reasons=(claim.place, *each.reasons),
            preview=not standings.complete,
            facts=each.facts,
        )


def _outside(rule: AwardRule, row: StandingRow, entrant: Entrant | None) -> Claim:
    """The no for an entry that no place reaches."""
    if row.rank is None:
        reason = Reason(
            "not_ranked", "该选手没有名次，不参加评奖。", "The entry has no rank and takes no part in awards."
        )
    elif row.award_rank is None:
        reason = Reason(
            "hors_concours",
            "非正式参赛选手，不参加评奖。",
            "The entry competed hors concours and takes no award.",
        )
    else:
        zh = f"排名第 {row.award_rank}，不在本奖名额之内。"
        reason = Reason(
            "outside_places", zh, f"Rank {row.award_rank} is not within the places of this award."
        )
    people: list[str | None] = [each.person for each in entrant.contestants] if entrant else []
    facts = {"award_rank": "none" if row.award_rank is None else str(row.award_rank)}
    return Claim(
        row,
        [Judged(person, "not_eligible", (), dict(facts), rule.level_target) for person in people or [None]],
        reason,
    )


def _limited(rule: AwardRule, proposal: AwardProposal, limit: str | None) -> AwardProposal:
    """The proposal as the total over all fields leaves it."""
    if limit is None:
        return proposal
    if limit == "full":
        zh = f"本奖全部名额 {rule.total} 个已满。"
        en = f"No place is left of the {rule.total} of this award over all fields."
        reason = Reason("total_reached", zh, en)
        return msgspec.structs.replace(proposal, outcome="not_eligible", reasons=(*proposal.reasons, reason))
    zh = f"各组第 {proposal.award_rank} 名之间无法分出先后，全部名额只有 {rule.total} 个，须先裁定。"
    en = (
        f"The entries of rank {proposal.award_rank} in the fields are equal, and the number of places of this award "
        f"over all fields is {rule.total}; a person must decide first."
    )
    reason = Reason("total_tie", zh, en)
    return msgspec.structs.replace(proposal, outcome="needs_person", reasons=(*proposal.reasons, reason))


def _noted(
    batch: Batch, rule: AwardRule, known: Mapping[str, Entrant], proposals: Iterable[AwardProposal]
) -> Batch:
    """The batch of the rules before, and what is left of this one."""
    claims: dict[tuple[str, str], list[AwardProposal]] = {}
    for each in proposals:
        claims.setdefault((each.field, each.entry), []).append(each)
    for (_, entry), group in claims.items():
        entrant = known.get(entry) or Entrant(entry=entry)
        batch.add(rule, entrant, [(each.person, each.outcome) for each in group])
    return batch
