"""The report of `shibaiqian score`: what its JSON looks like, and how an outcome becomes one.

The shape is stable: fields are added, never renamed or taken away; `format` changes if that ever has to happen. Numbers are
strings, so that no reader loses a digit; what is not there is null. docs/plan-format.md explains every field.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

import msgspec

from frontend.scorefiles.sheets import Note, Sheets
from scoring.advancement import SlotProposal
from scoring.awards import AwardProposal
from scoring.decimals import plain
from scoring.entrants.people import Reason
from scoring.evaluation.facts import EntryState
from scoring.evaluation.results import EntryResult, Missing, PanelResult
from scoring.plans.nodes import VoidState, walk
from scoring.plans.plan import Plan
from scoring.ranking.explaining import explanations
from scoring.ranking.standings import Standings
from scoring.schemes.boards import board_order
from scoring.schemes.running import Outcome, RefusedAward, StageOutcome
from scoring.schemes.scheme import Board, Scheme, TeamRule
from scoring.schemes.team_results import TeamResult
from scoring.schemes.teams import TeamStandings, explain_team

FORMAT: Final = "shibaiqian-score/1"


class NodeReport(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One node of one entry; `exact` only where rounding changed it, `open` only where marks are still missing."""

    key: str
    value: Decimal | None
    exact: Decimal | None = None
    void: VoidState | None = None
    passed: bool | None = None
    open: bool = False


class RowReport(msgspec.Struct, frozen=True, kw_only=True):
    """One entry in one stage or on one board."""

    entry: str
    name: str
    rank: int | None
    award_rank: int | None
    shared: bool
    total: Decimal | None
    state: EntryState
    void: VoidState | None
    hors_concours: bool
    complete: bool
    decided_by: str | None
    against: str | None
    why: Reason
    compared: tuple[str | None, ...]
    nodes: tuple[NodeReport, ...] = ()
    panels: tuple[PanelResult, ...] = ()
    missing: tuple[Missing, ...] = ()


class TieReport(msgspec.Struct, frozen=True, kw_only=True):
    """Entries that nothing in the plan tells apart."""

    rank: int
    entries: tuple[str, ...]


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """A node by its titles; `depth` 0 is the root."""

    key: str
    title: str
    title_en: str
    depth: int


class StageReport(msgspec.Struct, frozen=True, kw_only=True):
    """One stage: its order, every value, who goes on."""

    key: str
    title: str
    title_en: str
    plan_hash: str
    input_hash: str
    complete: bool
    order: tuple[str, ...]
    nodes: tuple[Column, ...]
    rows: tuple[RowReport, ...]
    ties: tuple[TieReport, ...]
    slots: tuple[SlotProposal, ...]
    uninvited: tuple[str, ...]


class BoardReport(msgspec.Struct, frozen=True, kw_only=True):
    """A board; its rows have no nodes of their own."""

    key: str
    title: str
    title_en: str
    order: tuple[str, ...]
    rows: tuple[RowReport, ...]


class TeamRowReport(msgspec.Struct, frozen=True, kw_only=True):
    """One team and what counted for it."""

    team: str
    rank: int | None
    shared: bool
    total: Decimal | None
    medals: tuple[int, int, int]
    why: Reason
    results: tuple[TeamResult, ...]


class TeamsReport(msgspec.Struct, frozen=True, kw_only=True):
    """Standings of teams by one rule."""

    key: str
    title: str
    title_en: str
    complete: bool
    rows: tuple[TeamRowReport, ...]


class OverallReport(msgspec.Struct, frozen=True, kw_only=True):
    """One entry over all stages."""

    entry: str
    name: str
    rank: int | None
    award_rank: int | None
    shared: bool
    stage: str
    stage_rank: int | None
    total: Decimal | None
    state: EntryState


class AwardTitle(msgspec.Struct, frozen=True, kw_only=True):
    """An award rule by its name."""

    code: str
    title: str
    title_en: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The whole answer."""

    format: str
    code: str
    version: int
    title: str
    title_en: str
    complete: bool
    stages: tuple[StageReport, ...]
    overall: tuple[OverallReport, ...]
    boards: tuple[BoardReport, ...]
    teams: tuple[TeamsReport, ...]
    award_rules: tuple[AwardTitle, ...]
    awards: tuple[AwardProposal, ...]
    awards_refused: tuple[RefusedAward, ...]
    notes: tuple[Note, ...]


def report_of(scheme: Scheme, outcome: Outcome, sheets: Sheets) -> Report:
    """Everything the scheme says of these facts, with the names from the file of entries."""
    names = {entry: person.name for entry, person in sheets.people.items()}
    return Report(
        format=FORMAT,
        code=scheme.code,
        version=scheme.version,
        title=scheme.title,
        title_en=scheme.title_en,
        complete=outcome.complete,
        stages=tuple(_stage(stage.plan, each, names) for stage, each in zip(scheme.stages, outcome.stages, strict=True)),
        overall=tuple(
            OverallReport(entry=each.entry, name=names.get(each.entry, ""), rank=each.rank, award_rank=each.award_rank, shared=each.shared,
                          stage=each.stage, stage_rank=each.stage_rank, total=each.total, state=each.state)
            for each in outcome.overall
        ),
        boards=tuple(_board(scheme, board, outcome.boards[board.key], names) for board in scheme.boards),
        teams=tuple(_teams(rule, each) for rule, each in zip(scheme.teams, outcome.teams, strict=True)),
        award_rules=tuple(AwardTitle(code=each.code, title=each.name, title_en=each.name_en) for each in scheme.awards),
        awards=outcome.awards,
        awards_refused=outcome.refused,
        notes=tuple(sheets.notes),
    )  # fmt: skip


def _stage(plan: Plan, stage: StageOutcome, names: dict[str, str]) -> StageReport:
    results = {each.entry: each for each in stage.results}
    return StageReport(
        key=stage.key,
        title=plan.title,
        title_en=plan.title_en,
        plan_hash=stage.standings.plan_hash,
        input_hash=stage.standings.input_hash,
        complete=stage.standings.complete,
        order=stage.standings.order,
        nodes=tuple(
            Column(key=node.key, title=node.title, title_en=node.title_en, depth=len(above))
            for above, node in walk(plan.root)
        ),
        rows=_rows(stage.standings, explanations(stage.standings, plan), names, results),
        ties=tuple(
            TieReport(rank=each.rank, entries=tuple(row.entry for row in each.rows)) for each in stage.ties
        ),
        slots=stage.slots,
        uninvited=stage.uninvited,
    )


def _rows(
    standings: Standings, why: Iterable[Reason], names: dict[str, str], results: dict[str, EntryResult]
) -> tuple[RowReport, ...]:
    rows = []
    for row, reason in zip(standings.rows, why, strict=True):
        # Marks of an entry that is not present stay among the facts and are not published.
        result = results.get(row.entry) if row.state == "present" else None
        compared = tuple(
            row.texts.get(str(at), None if value is None else str(value))
            for at, value in enumerate(row.compared)
        )
        rows.append(
            RowReport(
                entry=row.entry, name=names.get(row.entry, ""), rank=row.rank, award_rank=row.award_rank, shared=row.shared,
                total=row.total, state=row.state, void=row.void, hors_concours=row.hors_concours, complete=row.complete,
                decided_by=row.decided_by, against=row.against, why=reason, compared=compared,
                nodes=() if result is None else _nodes(result),
                panels=() if result is None else result.panels,
                missing=() if result is None else result.missing,
            )
        )  # fmt: skip
    return tuple(rows)


def _nodes(result: EntryResult) -> tuple[NodeReport, ...]:
    return tuple(
        NodeReport(
            key=each.key,
            value=each.value,
            exact=None
            if each.exact is None or each.value is None or each.exact == each.value
            else plain(each.exact),
            void=each.void,
            passed=each.passed,
            open=not each.complete,
        )
        for each in result.nodes
    )


def _board(scheme: Scheme, board: Board, standings: Standings, names: dict[str, str]) -> BoardReport:
    stage = next((each for each in scheme.stages if each.key == board.stage), scheme.stages[-1])
    why = explanations(standings, stage.plan, board_order(stage.plan, board))
    return BoardReport(
        key=board.key,
        title=board.title,
        title_en=board.title_en,
        order=standings.order,
        rows=_rows(standings, why, names, {}),
    )


def _teams(rule: TeamRule, standings: TeamStandings) -> TeamsReport:
    rows: Sequence[TeamRowReport] = [
        TeamRowReport(
            team=row.team,
            rank=row.rank,
            shared=row.shared,
            total=row.total,
            medals=row.medals,
            why=explain_team(standings, row),
            results=row.results,
        )
        for row in standings.rows
    ]
    return TeamsReport(
        key=rule.key, title=rule.title, title_en=rule.title_en, complete=standings.complete, rows=tuple(rows)
    )
