"""A whole scheme on the facts of its entries: stage after stage, then boards, teams, the order over all stages, awards.

Who is let into a stage: everybody in the first; later those whom the `slots` of the stage before let in, and those who stand by
or are still open there and yet have facts in this stage, because then somebody has decided. Without `slots` everybody goes on.
Whoever has marks in a stage without being let in is named in `uninvited` and counts nowhere.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import msgspec

from scoring.advancement import SlotProposal, select
from scoring.awards import AwardField, AwardProposal, AwardRule, FieldKind, RuleRefused, propose
from scoring.entrants.passing import with_passed
from scoring.entrants.people import Entrant, Reason
from scoring.evaluation.facts import EntryFacts
from scoring.evaluation.results import EntryResult, evaluate_all
from scoring.plans.nodes import Carried, walk
from scoring.ranking.standings import StandingRow, Standings, Tied, tied
from scoring.schemes.boards import stand_boards
from scoring.schemes.overall import OverallRow, stand_overall
from scoring.schemes.scheme import Board, Scheme
from scoring.schemes.stage_results import StageResults, stand_stage
from scoring.schemes.teams import TeamStandings, stand_teams

Results: TypeAlias = Mapping[str, EntryResult]


class StageOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """One stage: its order, every value of every entry, who goes on, which entries share a rank."""

    key: str
    standings: Standings
    results: tuple[EntryResult, ...]
    slots: tuple[SlotProposal, ...]
    ties: tuple[Tied, ...]
    uninvited: tuple[str, ...]


class RefusedAward(msgspec.Struct, frozen=True):
    """An award that was not worked out, and why."""

    rule: str
    reason: Reason


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a scheme says. `complete`: nothing is open in any stage."""

    code: str
    version: int
    complete: bool
    stages: tuple[StageOutcome, ...]
    overall: tuple[OverallRow, ...]
    boards: dict[str, Standings]
    teams: tuple[TeamStandings, ...]
    awards: tuple[AwardProposal, ...]
    refused: tuple[RefusedAward, ...]


def run(scheme: Scheme, facts: Mapping[str, Sequence[EntryFacts]], entrants: Sequence[Entrant]) -> Outcome:
    """Run the scheme on the facts of each stage, by the stage's key.

    Raises InvalidPlan; ValueError for facts that contradict a plan or each other. Facts of a later stage may be missing: who is
    let in without any is present and has no mark yet.
    """
    outcomes: list[StageOutcome] = []
    held: list[StageResults] = []
    values: dict[str, Results] = {}
    people = tuple(entrants)
    for stage in scheme.stages:
        given = {each.entry: each for each in facts.get(stage.key, ())}
        entries = _let_in(outcomes[-1], given) if outcomes else list(given)
        earlier = {each.entry: each for each in held[-1].facts} if held else {}
        carried = [node for _, node in walk(stage.plan.root) if isinstance(node, Carried)]
        field = [
            _carried(carried, given.get(entry) or _bare(entry, earlier.get(entry), people), values)
            for entry in sorted(entries)
        ]
        results = stand_stage(stage.key, stage.plan, field)
        every_value = evaluate_all(stage.plan, field)
        people = with_passed(stage.plan, results.standings, people)
        outcomes.append(
            StageOutcome(
                key=stage.key,
                standings=results.standings,
                results=every_value,
                slots=() if stage.slots is None else select(stage.slots, results.standings, people),
                ties=tuple(each for each in tied(results.standings) if len(each.rows) > 1),
                uninvited=tuple(sorted(e for e in given.keys() - set(entries) if _marked(given[e]))),
            )
        )
        held.append(results)
        values[stage.key] = {each.entry: each for each in every_value}
    return _whole(scheme, outcomes, held, people)


def _let_in(before: StageOutcome, given: Mapping[str, EntryFacts]) -> list[str]:
    if not before.slots:
        return [row.entry for row in before.standings.rows]
    return [
        slot.entry
        for slot in before.slots
        if slot.outcome == "in"
        or (slot.outcome in {"open", "substitute"} and slot.entry in given and _marked(given[slot.entry]))
    ]


def _marked(facts: EntryFacts) -> bool:
    return bool(facts.marks or facts.imported or facts.states)


def _bare(entry: str, earlier: EntryFacts | None, people: Sequence[Entrant]) -> EntryFacts:
    """What is known of an entry in a stage that the facts do not speak of; a seed may have competed in none before."""
    if earlier is None:
        columns = next((each.columns for each in people if each.entry == entry), {})
        return EntryFacts(entry=entry, columns=columns)
    return EntryFacts(
        entry=entry,
        hors_concours=earlier.hors_concours,
        columns=earlier.columns,
        lot=earlier.lot,
    )


def _carried(nodes: Sequence[Carried], facts: EntryFacts, values: Mapping[str, Results]) -> EntryFacts:
    """The facts with the values of earlier stages put in; what the facts say themselves goes before."""
    if not nodes:
        return facts
    imported, states = dict(facts.imported), dict(facts.states)
    for node in nodes:
        result = values.get(node.stage, {}).get(facts.entry)
        if result is None or node.key in imported or node.key in states:
            continue
        value = result.nodes[0] if node.of is None else result.node(node.of)
        if value.value is not None:
            imported[node.key] = value.value
        elif value.void is not None:
            states[node.key] = value.void
    return msgspec.structs.replace(facts, imported=imported, states=states)


def _whole(
    scheme: Scheme,
    outcomes: Sequence[StageOutcome],
    held: Sequence[StageResults],
    entrants: Sequence[Entrant],
) -> Outcome:
    overall = stand_overall(held)
    awards, refused = _awards(scheme, held, overall, entrants)
    return Outcome(
        code=scheme.code,
        version=scheme.version,
        complete=all(each.standings.complete for each in outcomes),
        stages=tuple(outcomes),
        overall=overall,
        boards=_boards(scheme, held),
        teams=tuple(stand_teams(rule, held) for rule in scheme.teams),
        awards=awards,
        refused=refused,
    )


def _boards(scheme: Scheme, held: Sequence[StageResults]) -> dict[str, Standings]:
    boards: dict[str, Standings] = {}
    for stage, results in zip(scheme.stages, held, strict=True):
        last = stage is scheme.stages[-1]
        wanted = [each for each in scheme.boards if each.stage == stage.key or (each.stage is None and last)]
        boards |= stand_boards(stage.plan, wanted, results.facts) if wanted else {}
    return {board.key: boards[board.key] for board in scheme.boards}


def _awards(
    scheme: Scheme, held: Sequence[StageResults], overall: Sequence[OverallRow], entrants: Sequence[Entrant]
) -> tuple[tuple[AwardProposal, ...], tuple[RefusedAward, ...]]:
    """Proposals of all rules together, because rules exclude each other; a rule that cannot be applied is set aside."""
    rules, refused = list(scheme.awards), list[RefusedAward]()
    while rules:
        fields = list(_fields(scheme, rules, held, overall))
        try:
            return propose(rules, fields, entrants), tuple(refused)
        except RuleRefused as error:
            refused.append(RefusedAward(error.rule, error.reason))
            rules = [rule for rule in rules if rule.code != error.rule]
    return (), tuple(refused)


def _fields(
    scheme: Scheme, rules: Sequence[AwardRule], held: Sequence[StageResults], overall: Sequence[OverallRow]
) -> Iterator[AwardField]:
    """What the awards range over: the scheme as a whole, and its groups by the column `group`."""
    whole = held[-1].standings if len(held) == 1 else _merged(held, overall)
    for kind in dict.fromkeys(rule.field for rule in rules):
        if kind != "group":
            yield _field(scheme, kind, scheme.code, scheme.title, scheme.title_en, whole)
            continue
        last = held[-1]
        groups = sorted({each.columns.get("group", "") for each in last.facts} - {""})
        boards = [Board(key=group, title=group, where={"group": (group,)}) for group in groups]
        for group, standings in stand_boards(scheme.stages[-1].plan, boards, last.facts).items():
            yield _field(scheme, kind, group, group, "", standings)


def _field(
    scheme: Scheme, kind: FieldKind, code: str, title: str, title_en: str, standings: Standings
) -> AwardField:
    return AwardField(
        kind=kind,
        code=code,
        name=title,
        name_en=title_en,
        items={code: standings},
        filed=scheme.filed,
        contest_class=scheme.contest_class,
        team_size=scheme.team_size,
    )


def _merged(held: Sequence[StageResults], overall: Sequence[OverallRow]) -> Standings:
    """The order over all stages as standings: each entry's row of the stage it reached, with its rank over all."""
    rows: dict[tuple[str, str], StandingRow] = {
        (stage.key, row.entry): row for stage in held for row in stage.standings.rows
    }
    last = held[-1].standings
    return msgspec.structs.replace(
        last,
        field=held[0].standings.field,
        complete=all(stage.standings.complete for stage in held),
        rows=tuple(
            msgspec.structs.replace(
                rows[each.stage, each.entry], rank=each.rank, award_rank=each.award_rank, shared=each.shared
            )
            for each in overall
        ),
    )
