"""A scheme: a whole contest as one document. Stages with their plans and who goes on, boards, teams, awards.

A plan alone is a scheme of one stage (`scheme_of`).
"""

from decimal import Decimal
from typing import Literal

import msgspec

from scoring.advancement import QuotaRule
from scoring.awards import Authority, AwardRule
from scoring.documents import Better, Document
from scoring.plans.plan import Plan, Tie


class Stage(Document, frozen=True, kw_only=True):
    """One stage: everybody (or those whom `slots` of the stage before let in) is assessed by `plan`; `slots` says who goes on."""

    key: str
    plan: Plan
    slots: QuotaRule | None = None


class Board(Document, frozen=True, kw_only=True):
    """One more order of the same results: a category (women, under 35, one group), or another node.

    `where` keeps entries whose column has one of the values; `by` ranks on that node instead of the total; `ties` replaces
    the plan's. `stage` None: the last one. An entry may stand on several boards.
    """

    key: str
    title: str
    title_en: str = ""
    stage: str | None = None
    where: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    by: str | None = None
    better: Better | None = None
    ties: tuple[Tie, ...] = ()


class TeamRule(Document, frozen=True, kw_only=True):
    """Standings of teams, delegations or units: entries with the same value in the column `by` are one team.

    | of | what an entry brings |
    | --- | --- |
    | value | its value of node `node` (default: the total) |
    | rank_points | `points` by its rank (`rest` after the last) |
    | medals | one medal for ranks 1, 2 and 3: compared gold first, or with `points` by their sum (4/3/2/1) |

    Ranks are award ranks: an entry hors concours brings nothing, and the next ones move up. Entries without a rank or without a
    team bring nothing either. `stages` (none named: the last one) are added up, or averaged over all results that count (`total`).

    In each stage the `best` results of a team count (None: all). Where fewer than `minimum` are there, the stage gives the team
    nothing: 0 where the higher total is better; where the lower is better the team is shown without rank, unless `drop` takes the
    stage away. A team without any stage is shown without rank. `most` limits how many of a team may take rank points: the ones
    behind leave their points to nobody, or with `passes_on` to the next of another team. `drop` leaves out a team's worst
    stages, those without a result first. `ties` compare teams in order: places (most first places, then second …), best (the best
    single result), or time (sum of the times `time` of what counts, lower first, unknown last).
    """

    key: str
    title: str
    title_en: str = ""
    by: str
    of: Literal["value", "rank_points", "medals"] = "value"
    node: str | None = None
    stages: tuple[str, ...] = ()
    total: Literal["sum", "mean"] = "sum"
    better: Better = "higher"
    best: int | None = None
    minimum: int = 1
    points: tuple[Decimal, ...] = ()
    rest: Decimal = Decimal(0)
    most: int | None = None
    passes_on: bool = False
    drop: int = 0
    time: str | None = None
    ties: tuple[Literal["places", "best", "time"], ...] = ()


class Scheme(Document, frozen=True, kw_only=True):
    """The document that `shibaiqian score` runs. Check it once with `check_scheme`.

    `contest_class`, `team_size` and `filed` (per authority: filed before it began) are what award rules may ask of the contest.
    """

    code: str
    version: int
    title: str
    stages: tuple[Stage, ...]
    title_en: str = ""
    boards: tuple[Board, ...] = ()
    teams: tuple[TeamRule, ...] = ()
    awards: tuple[AwardRule, ...] = ()
    contest_class: str | None = None
    team_size: int | None = None
    filed: dict[Authority, bool] = msgspec.field(default_factory=dict)


def scheme_of(plan: Plan) -> Scheme:
    """The plan as a scheme of one stage."""
    return Scheme(code=plan.code, version=plan.version, title=plan.title, title_en=plan.title_en,
                  stages=(Stage(key="main", plan=plan),))  # fmt: skip
