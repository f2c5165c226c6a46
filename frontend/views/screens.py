"""S1 and S2: what a big screen shows; SO12: screens and ceremony as those who run them see them."""

from datetime import datetime
from typing import ClassVar, Literal

import msgspec

from frontend.views.common import Choice, ContestHead, FormState, ItemHead, Mark


class HallRow(msgspec.Struct, frozen=True):
    """One row of the hall. `move` are places gained in the last minute; `last` says that an award's line lies below."""

    entry: str
    rank: int
    name: str
    team: str
    total: Mark
    move: int | None = None
    first: bool = False
    last: bool = False


class HallAward(msgspec.Struct, frozen=True):
    """An award with its places, for the foot of the screen."""

    name: str
    first: int
    last: int


class RevealStep(msgspec.Struct, frozen=True):
    """One place of a ceremony; `known` says whether it is revealed, and only then are name and total there."""

    rank: int
    known: bool
    shared: bool = False
    name: str = ""
    team: str = ""
    total: Mark | None = None
    parts: tuple[tuple[str, Mark | None], ...] = ()
    award: str = ""
    current: bool = False


class ScreenPage(msgspec.Struct, frozen=True, kw_only=True):
    """GET /screen/{code}. `screen/_show.html` is the part that is fetched again when something has changed.

    `state`: board, progress, none, withdrawn, notice, reveal, waiting (a ceremony that has not begun). `pages` holds ten rows each.
    """

    TEMPLATE: ClassVar[str] = "screen/page.html"
    SHOW: ClassVar[str] = "screen/_show.html"

    id: str
    code: str
    contest: str
    contest_name: str
    title: str
    state: Literal["board", "progress", "none", "withdrawn", "notice", "reveal", "waiting"]
    judged: int = 0
    to_judge: int = 0
    at: datetime | None = None
    pages: tuple[tuple[HallRow, ...], ...] = ()
    moving: bool = False
    awards: tuple[HallAward, ...] = ()
    tie_rule: str = ""
    frozen_since: datetime | None = None
    audience: str = "live"
    """What kind of result the board is: live, provisional, final or amended."""
    notice: str = ""
    steps: tuple[RevealStep, ...] = ()
    position: int = 0
    version: int | None = None
    fragment: str = ""

    @property
    def all_judged(self) -> bool:
        return 0 < self.to_judge <= self.judged

    @property
    def current(self) -> RevealStep | None:
        return next((step for step in self.steps if step.current), None)


class ScreenRow(msgspec.Struct, frozen=True):
    """A screen as its keepers see it. `url` is its whole address, as it is typed into a browser far from this one; `qr` the same as an image."""

    id: str
    name: str
    url: str
    view: str
    what: str
    rev: int
    seen_at: datetime | None
    lost: bool
    qr: str = ""


class ScreensPage(msgspec.Struct, frozen=True):
    """GET /org/c/{id}/screens; POST the same with act=add (name, show, notice) or act=point|reload (screen, rev, show, notice)."""

    TEMPLATE: ClassVar[str] = "organiser/screens.html"

    contest: ContestHead
    screens: tuple[ScreenRow, ...]
    shows: tuple[Choice, ...]
    ceremonies: tuple[tuple[str, str], ...] = ()
    """Name and address of the ceremony of every item whose result is final."""
    may_change: bool = True
    key: str = ""
    form: FormState = FormState()


class CeremonyPage(msgspec.Struct, frozen=True):
    """GET /org/c/{id}/e/{item}/ceremony; POST the same with act=start (places) or act=go (position, rev)."""

    TEMPLATE: ClassVar[str] = "ceremony/present.html"

    item: ItemHead
    steps: tuple[RevealStep, ...] = ()
    position: int = 0
    rev: int = 0
    jumps: tuple[tuple[int, int], ...] = ()
    """(first n places, position) that one may jump to."""
    key: str = ""
    form: FormState = FormState()

    @property
    def count(self) -> int:
        return len(self.steps)

    @property
    def next(self) -> RevealStep | None:
        return self.steps[self.position] if self.position < len(self.steps) else None

    @property
    def shown(self) -> RevealStep | None:
        return self.steps[self.position - 1] if self.position else None
