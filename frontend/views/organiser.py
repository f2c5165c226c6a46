"""SO1 workbench, SO2 new contest, SO3 task list, SO5 reviews, and the item's draw, panel and theory pages."""

from datetime import date, datetime
from typing import ClassVar, Literal

import msgspec

from api.judging.schemas import Away
from frontend.views.common import Choice, ContestHead, FormState, ItemHead, Mark, Paging, Tier
from frontend.views.contests import ContestRow, TierProgress

TaskStatus = Literal["todo", "doing", "attention", "done"]


class NeedsMe(msgspec.Struct, frozen=True):
    what: str
    detail: str
    url: str
    due_at: datetime | None = None


class OrganiserContest(msgspec.Struct, frozen=True):
    """A contest I run: `open_tasks` are those that need somebody now."""

    id: str
    row: ContestRow
    tier: Tier
    open_tasks: int


class WorkbenchPage(msgspec.Struct, frozen=True):
    """GET /org?tier=&cursor=&before=&back= ; SO1."""

    TEMPLATE: ClassVar[str] = "organiser/workbench.html"

    season: str
    now: datetime
    organisation: str
    contests: tuple[OrganiserContest, ...]
    needs_me: tuple[NeedsMe, ...] = ()
    progress: tuple[TierProgress, ...] = ()
    tiers: tuple[Choice, ...] = ()
    paging: Paging = Paging(0, 0)


class PresetChoice(msgspec.Struct, frozen=True):
    value: str
    name: str
    about: str
    chosen: bool = False


class NewContestPage(msgspec.Struct, frozen=True):
    """GET and POST /org/new.

    Fields: preset, name, region, next_contest, registration_from, registration_until, starts_on, ends_on, item (repeated), key.
    The tier is the preset's.
    """

    TEMPLATE: ClassVar[str] = "organiser/new_contest.html"

    presets: tuple[PresetChoice, ...]
    next_contests: tuple[Choice, ...]
    """To which the best may go on."""
    regions: tuple[Choice, ...]
    items: tuple[Choice, ...]
    missing: Literal["host", "season"] | None = None
    """What has to be there before there is a form."""
    key: str = ""
    """Sent twice, the form makes one contest."""
    form: FormState = FormState()


class Task(msgspec.Struct, frozen=True):
    """`url` is None where the reader may see how far it is, but not open it."""

    name: str
    detail: str
    status: TaskStatus
    url: str | None


class TaskGroup(msgspec.Struct, frozen=True):
    kind: Literal["before", "during", "after"]
    tasks: tuple[Task, ...]

    @property
    def done(self) -> int:
        return sum(task.status == "done" for task in self.tasks)


class GateReason(msgspec.Struct, frozen=True):
    """Why publishing is blocked; `fix` says what the link does, such as 去补."""

    what: str
    detail: str
    fix: str
    url: str


class Activity(msgspec.Struct, frozen=True):
    at: datetime
    text: str


class ContestTasksPage(msgspec.Struct, frozen=True):
    """GET /org/c/{id}; POST /org/c/{id}/publish publishes the announcement. SO3."""

    TEMPLATE: ClassVar[str] = "organiser/tasks.html"

    contest: ContestHead
    rev: int
    now: datetime
    groups: tuple[TaskGroup, ...]
    gate: tuple[GateReason, ...]
    season: str = ""
    progress: tuple[TierProgress, ...] = ()
    registration_opens_at: datetime | None = None
    version: str = ""
    version_on: date | None = None
    activity: tuple[Activity, ...] = ()
    screens: bool = False
    """Whether this reader keeps screens or presents."""
    form: FormState = FormState()


class ReviewRow(msgspec.Struct, frozen=True):
    """One entry under review. `number` is the masked document number, masked by the server."""

    entry: str
    rev: int
    name: str
    item: str
    delegation: str
    unit: str
    post: str
    skill_level: str
    submitted_at: datetime
    state: Literal["submitted", "returned", "approved", "rejected", "withdrawn"]
    level: str = ""
    """With whom it lies now, in words."""
    number: str = ""
    warnings: tuple[str, ...] = ()
    reason: str = ""
    standing: str = "present"
    """What became of an accepted entrant on the day."""


class ReviewPage(msgspec.Struct, frozen=True):
    """GET /org/c/{id}/regs?state=&item=&q= ; POST /org/c/{id}/regs/{entry} with act (approve | return | reject), rev, reason;
    POST /org/c/{id}/regs/{entry}/standing with to, reason and rev."""

    TEMPLATE: ClassVar[str] = "organiser/review.html"
    ROW: ClassVar[str] = "organiser/_review_done.html"
    """The row after a decision; `rows` holds this one alone."""

    contest: ContestHead
    states: tuple[Choice, ...]
    """One tab per state; `text` is the count."""
    items: tuple[Choice, ...]
    rows: tuple[ReviewRow, ...]
    paging: Paging
    query: str = ""
    message: str = ""
    form: FormState = FormState()
    refused_entry: str | None = None
    """The entry whose decision was refused; `form.problem` says why."""
    standings: tuple[Choice, ...] = ()
    """What may be noted of an accepted entrant; none for a reader who may not."""


class DrawLine(msgspec.Struct, frozen=True):
    position: int
    number: str
    session: str
    station: str
    name: str | None = None
    """None when the item is blind and this reader may not join number and person."""
    delegation: str | None = None


class SessionRun(msgspec.Struct, frozen=True):
    """A judging session; it is started, paused and closed where it is listed."""

    id: str
    rev: int
    name: str
    starts_at: datetime
    stations: int
    drawn: int
    state: Literal["planned", "running", "paused", "closed"]
    away: Away | None = None
    """Judged on a venue server: nothing is done with it here."""


class RedrawAsked(msgspec.Struct, frozen=True):
    """A redraw that waits for a second person; `may_confirm` if the reader may be that person."""

    id: str
    by: str
    at: datetime
    reason: str
    may_confirm: bool


class DrawPage(msgspec.Struct, frozen=True):
    """GET and POST /org/c/{id}/e/{item}/draw.

    act=draw: with stations where no session is planned; act=plan plans the sessions and leaves the draw to somebody else. The seed is drawn by the server. act=redraw with reason asks for a redraw;
    another person confirms it at POST …/draw/confirm with redraw. act=start, pause, resume, close (with_gaps=yes in spite of gaps) or reopen with session, rev and reason.
    """

    TEMPLATE: ClassVar[str] = "organiser/draw.html"

    item: ItemHead
    approved: int
    stations: int
    sessions: int
    plan: tuple[SessionRun, ...] = ()
    drawn_at: datetime | None = None
    drawn_by: str = ""
    seed: str = ""
    list_hash: str = ""
    result_hash: str = ""
    """The whole of it, for the list that is signed."""
    commitment: str = ""
    """What was recorded before the draw: the hash of the seed."""
    committed_at: datetime | None = None
    draw_id: str = ""
    record_path: str = ""
    """The draw as `shibaiqian draw verify` reads it; empty where layers hold the records."""
    lines: tuple[DrawLine, ...] = ()
    redraw: RedrawAsked | None = None
    may_draw: bool = True
    locked: bool = False
    away: bool = False
    """A session is with a venue server."""
    """A session has begun: a redraw is no longer possible."""
    settled: str = ""
    """The state of a result that is out: nothing is drawn, started or closed any more."""
    panels: int = 1
    may_plan: bool = True
    """Whether the reader may plan sessions; who may not can draw once somebody else has."""
    blind_path: str = ""
    """Where the layers are drawn; the item has blind numbers, and act=draw plans sessions only."""
    layers_drawn: bool = False
    form: FormState = FormState()


class StandsAside(msgspec.Struct, frozen=True):
    """Why a judge must stand aside: the unit, the days there (registered for the contest without `since`), how many contestants."""

    unit: str
    entries: int
    since: date | None = None
    until: date | None = None


class PanelJudge(msgspec.Struct, frozen=True):
    """A judge of the contest; `seated` on this item's panel or not. `aside`: from the unit of a contestant, with the `reasons`
    unless the item is blind to the reader; `together`: codes of judges with whom the rules let them sit on no panel."""

    id: str
    code: str
    name: str
    unit: str
    role: Literal["judge", "chief_judge"]
    seated: bool = True
    aside: bool = False
    reasons: tuple[StandsAside, ...] = ()
    together: tuple[str, ...] = ()
    replaced_by: str = ""
    """Whose code works on this seat at a venue, while the seat here is still this judge's."""
    stands_for: str = ""


class SeatChange(msgspec.Struct, frozen=True):
    """A judge took another's place; both by code."""

    judge: str
    by: str
    at: datetime
    reason: str
    ordered_by: str
    at_venue: bool


class NewWayIn(msgspec.Struct, frozen=True):
    """The link of a judge whose account was made just now. It is shown once."""

    name: str
    url: str
    until: datetime


class PanelPage(msgspec.Struct, frozen=True):
    """GET and POST /org/c/{id}/e/{item}/panel.

    act=add with login and judge_name (for a login that nobody has); act=seat with seat (repeated), chief and rev; act=replace with
    judge, by, reason, rev and begun=yes.
    """

    TEMPLATE: ClassVar[str] = "organiser/panel.html"

    item: ItemHead
    rule: str
    required: int
    judges: tuple[PanelJudge, ...]
    rev: int = 0
    settled: str = ""
    """The state of a result that is closed or out: judges are no longer seated or replaced."""
    ways: tuple[Choice, ...] = ()
    """Judges to whom the reader may give a new badge or link."""
    way_in: NewWayIn | None = None
    leaving: tuple[Choice, ...] = ()
    """Who sits on the panel and may be replaced; with nobody in reserve there is nothing to choose."""
    reserves: tuple[Choice, ...] = ()
    changes: tuple[SeatChange, ...] = ()
    form: FormState = FormState()

    @property
    def marking(self) -> int:
        return sum(judge.seated for judge in self.judges)


class RowError(msgspec.Struct, frozen=True):
    """One fault of an uploaded row: where, what was there, what is wrong and what to put."""

    row: int
    column: str
    value: str
    text: str


class DryRun(msgspec.Struct, frozen=True):
    """What an import would do. `upload` names the kept file for the commit."""

    upload: str
    file_name: str
    rows: int
    new: int
    changed: int
    unchanged: int
    errors: tuple[RowError, ...] = ()
    error_file_url: str | None = None

    @property
    def faulty(self) -> int:
        return len({error.row for error in self.errors})

    @property
    def good(self) -> int:
        return self.rows - self.faulty


class TheoryPage(msgspec.Struct, frozen=True):
    """GET and POST /org/c/{id}/e/{item}/theory.

    act=check with file (multipart) answers with `dry_run`; act=commit with upload writes the good rows.
    """

    TEMPLATE: ClassVar[str] = "organiser/theory.html"

    item: ItemHead
    weight: Mark
    maximum: Mark
    entrants: int
    present: int
    """How many entrants have a theory mark already."""
    template_url: str
    step: Literal["choose", "check", "done"] = "choose"
    dry_run: DryRun | None = None
    form: FormState = FormState()
