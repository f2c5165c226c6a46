"""Scoring: from a plan and marks to totals, ranks, slots and awards. Pure, exact, the same input gives the same bytes.

It decides what follows from facts. It does not decide what is a fact, who may say so, or when anything is published.
It reads no file and no clock, draws no lots and knows no float; it imports the standard library and msgspec only.

1. **Write a plan** and check it once. A plan with faults computes nothing (`InvalidPlan`).

   >>> from decimal import Decimal as D
   >>> from scoring import *
   >>> bench = Sum(
   ...     key="practical", title="实操", title_en="Practical",
   ...     parts=(Judged(key="fit", title="配合", maximum=D(60), step=D("0.5")),
   ...            Judged(key="finish", title="表面", maximum=D(3), kind="judgement_0_3", points=D(40))),
   ...     panel=Panel(size=5, method="trimmed_mean", drop_high=1, drop_low=1, minimum=2, rounding=Rounding(digits=2)),
   ... )
   >>> plan = Plan(
   ...     code="fitter", version=1, title="钳工",
   ...     root=WeightedSum(key="total", title="总分", rounding=Rounding(digits=2), parts=(
   ...         Part(weight=D("0.3"), node=Imported(key="theory", title="理论", maximum=D(100))),
   ...         Part(weight=D("0.7"), node=bench))),
   ...     ties=(Tie(key="total"), Tie(key="practical"), Tie(key="time", of="time", better="lower")),
   ... )
   >>> check_plan(plan)
   ()
   >>> [line.key for line in criteria(plan)]
   ['fit', 'finish']

2. **Refuse wrong marks** at the door. A blank is no mark; `not_attempted` is an answer.

   >>> check_mark(plan, "fit", "scored", D("60.5")), check_mark(plan, "fit", "scored", D("42.3"))
   ('out_of_range', 'off_step')
   >>> check_mark(plan, "fit", "not_attempted", None) is None
   True

3. **Evaluate** one entry, with every value in between and every gap.

   >>> def entry(name, fit, finish):
   ...     marks = tuple(Mark(name, judge, key, "scored", D(value))
   ...                   for judge in ("J1", "J2") for key, value in (("fit", fit), ("finish", finish)))
   ...     return EntryFacts(entry=name, marks=marks, imported={"theory": D(90)},
   ...                       panels={"practical": ("J1", "J2")}, times={"time": D(5400)})
   >>> evaluate(plan, entry("E1", 45, 2)).total
   Decimal('77.17')

4. **Rank** all entries; then ask who goes up (`select`) and who is proposed for what (`propose`).

   >>> standings = rank(plan, [entry("E1", 45, 2), entry("E2", 45, 3), entry("E3", 45, 2)])
   >>> [(row.entry, row.rank, row.shared) for row in standings.rows]
   [('E2', 1, False), ('E1', 2, True), ('E3', 2, True)]
   >>> people = [Entrant(entry=name) for name in ("E1", "E2", "E3")]
   >>> rule = QuotaRule(code="to-province", version=1, name="晋级省赛", places=2)
   >>> [(slot.entry, slot.outcome, slot.reasons[0].code) for slot in select(rule, standings, people)]
   [('E2', 'in', 'within_quota'), ('E1', 'open', 'open_tie'), ('E3', 'open', 'open_tie')]

5. **Explain** a row, **follow** marks as they come in, and say what they can no longer change (`outlook`).

   >>> explain(standings, standings.rows[1], plan).en
   'Rank 2, behind E2 (rank 1): 总分 is 77.17 against 86.5, and the higher goes first.'
   >>> live = LiveStandings(plan, [entry("E1", 45, 2), entry("E2", 45, 3), entry("E3", 45, 2)])
   >>> [(row.entry, row.rank) for row in live.update(entry("E3", 60, 3)).rows]
   [('E3', 1), ('E2', 2), ('E1', 3)]
   >>> [(each.entry, each.best, each.worst, each.settled) for each in outlook(plan, [entry("E1", 45, 2), entry("E2", 45, 3)])]
   [('E2', 1, 1, True), ('E1', 2, 2, True)]

Orders beyond one item: `stand_boards`, `stand_teams`, `stand_overall`, and `run` for a whole scheme; `rank_stream` ranks fields too large to hold.

What is missing stays visible: totals are provisional until complete, unknown facts need a person, ties at a boundary stay
open, and every yes and no carries its reasons in Chinese and English.
"""

from scoring.advancement import (
    CapCase,
    Composition,
    QuotaRule,
    SlotOutcome,
    SlotProposal,
    select,
)
from scoring.awards import (
    Authority,
    AwardCap,
    AwardField,
    AwardOutcome,
    AwardProposal,
    AwardRule,
    CheckItem,
    Cut,
    CutCase,
    FieldKind,
    RuleRefused,
    propose,
)
from scoring.awards.conditions import Condition
from scoring.awards.ladders import Ladder, LadderCase
from scoring.documents import Band, Benchmark, Point, Rounding
from scoring.entrants.columns import ColumnFault, EntrantFaults, entrants_of
from scoring.entrants.passing import passed_of, with_passed
from scoring.entrants.people import LEVELS, Check, Entrant, Level, Member, Reason, Role
from scoring.entrants.terms import Floor, Share
from scoring.evaluation.bounds import Bound, bounds, final_spans
from scoring.evaluation.compiled import InvalidPlan
from scoring.evaluation.facts import EntryFacts, EntryState
from scoring.evaluation.marks import AnswerState, Mark, MarkState, Rejection, check_imported, check_mark
from scoring.evaluation.results import (
    EntryResult,
    Missing,
    NodeValue,
    PanelResult,
    SheetTotal,
    evaluate,
    evaluate_all,
)
from scoring.plans.checks import PlanFault, check_plan
from scoring.plans.nodes import (
    Attempts,
    Bands,
    Best,
    Bonus,
    Carried,
    Chosen,
    Constant,
    Deviation,
    DropWorst,
    Imported,
    Judged,
    Leaf,
    Limit,
    Linear,
    Maximum,
    Mean,
    Measured,
    Median,
    Minimum,
    Node,
    Parameter,
    Part,
    PassLine,
    Penalty,
    Piecewise,
    Power,
    Product,
    Quotient,
    RankPoints,
    Ref,
    Relative,
    Rounded,
    Sum,
    Veto,
    VoidState,
    WeightedSum,
)  # fmt: skip
from scoring.plans.panels import Panel
from scoring.plans.plan import Criterion, Plan, Tie, criteria, plan_hash, ranking_order
from scoring.presets import PRESETS, Preset, hebei_provincial, shijiazhuang_2022
from scoring.ranking.clinching import Boundary, Outlook, outlook
from scoring.ranking.explaining import explain, explanations
from scoring.ranking.live import LiveStandings
from scoring.ranking.standings import (
    OpenTie,
    StandingRow,
    Standings,
    Tied,
    open_ties,
    rank,
    standings_bytes,
    tied,
)
from scoring.ranking.streams import StreamedRank, rank_stream
from scoring.schemes.boards import board_order, stand_boards
from scoring.schemes.checks import check_scheme
from scoring.schemes.overall import OverallRow, stand_overall
from scoring.schemes.running import Outcome, RefusedAward, StageOutcome, run
from scoring.schemes.scheme import Board, Scheme, Stage, TeamRule, scheme_of
from scoring.schemes.stage_results import StageResults, stand_stage
from scoring.schemes.team_results import TeamResult
from scoring.schemes.teams import TeamRow, TeamStandings, explain_team, stand_teams
from scoring.schemes.what_if import (
    ContestCase,
    EntrantChange,
    FactsChange,
    FieldCase,
    ItemCase,
    MarkChange,
    Picture,
    WhatIf,
    what_if,
)

__all__ = [
    "LEVELS",
    "PRESETS",
    "AnswerState",
    "Attempts",
    "Authority",
    "AwardCap",
    "AwardField",
    "AwardOutcome",
    "AwardProposal",
    "AwardRule",
    "Band",
    "Bands",
    "Benchmark",
    "Best",
    "Board",
    "Bonus",
    "Bound",
    "Boundary",
    "CapCase",
    "Carried",
    "Check",
    "CheckItem",
    "Chosen",
    "ColumnFault",
    "Composition",
    "Condition",
    "Constant",
    "ContestCase",
    "Criterion",
    "Cut",
    "CutCase",
    "Deviation",
    "DropWorst",
    "Entrant",
    "EntrantChange",
    "EntrantFaults",
    "EntryFacts",
    "EntryResult",
    "EntryState",
    "FactsChange",
    "FieldCase",
    "FieldKind",
    "Floor",
    "Imported",
    "InvalidPlan",
    "ItemCase",
    "Judged",
    "Ladder",
    "LadderCase",
    "Leaf",
    "Level",
    "Limit",
    "Linear",
    "LiveStandings",
    "Mark",
    "MarkChange",
    "MarkState",
    "Maximum",
    "Mean",
    "Measured",
    "Median",
    "Member",
    "Minimum",
    "Missing",
    "Node",
    "NodeValue",
    "OpenTie",
    "Outcome",
    "Outlook",
    "OverallRow",
    "Panel",
    "PanelResult",
    "Parameter",
    "Part",
    "PassLine",
    "Penalty",
    "Picture",
    "Piecewise",
    "Plan",
    "PlanFault",
    "Point",
    "Power",
    "Preset",
    "Product",
    "QuotaRule",
    "Quotient",
    "RankPoints",
    "Reason",
    "Ref",
    "RefusedAward",
    "Rejection",
    "Relative",
    "Role",
    "Rounded",
    "Rounding",
    "RuleRefused",
    "Scheme",
    "Share",
    "SheetTotal",
    "SlotOutcome",
    "SlotProposal",
    "Stage",
    "StageOutcome",
    "StageResults",
    "StandingRow",
    "Standings",
    "StreamedRank",
    "Sum",
    "TeamResult",
    "TeamRow",
    "TeamRule",
    "TeamStandings",
    "Tie",
    "Tied",
    "Veto",
    "VoidState",
    "WeightedSum",
    "WhatIf",
    "board_order",
    "bounds",
    "check_imported",
    "check_mark",
    "check_plan",
    "check_scheme",
    "criteria",
    "entrants_of",
    "evaluate",
    "evaluate_all",
    "explain",
    "explain_team",
    "explanations",
    "final_spans",
    "hebei_provincial",
    "open_ties",
    "outlook",
    "passed_of",
    "plan_hash",
    "propose",
    "rank",
    "rank_stream",
    "ranking_order",
    "run",
    "scheme_of",
    "select",
    "shijiazhuang_2022",
    "stand_boards",
    "stand_overall",
    "stand_stage",
    "stand_teams",
    "standings_bytes",
    "tied",
    "what_if",
    "with_passed",
]
