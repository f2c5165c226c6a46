"""P4: one's own rank, and the way to it without a QR code."""

from datetime import datetime
from typing import ClassVar, Literal

import msgspec

from frontend.views.common import FormState, ItemHead
from frontend.views.results import RankRow


class OwnRankPage(msgspec.Struct, frozen=True):
    """GET /r/{code}. In the states none, progress and withdrawn there is neither a row nor a name. `results/_own.html` is polled."""

    TEMPLATE: ClassVar[str] = "results/own.html"
    LIVE: ClassVar[str] = "results/_own.html"

    item: ItemHead
    code: str
    state: Literal["none", "progress", "live", "provisional", "final", "amended", "withdrawn"]
    own: RankRow | None = None
    award: str = ""
    near: tuple[RankRow, ...] = ()
    entrants: int = 0
    judged: int = 0
    to_judge: int = 0
    at: datetime | None = None
    frozen_since: datetime | None = None
    withdrawn_at: datetime | None = None
    withdrawn_reason: str = ""
    amended_at: datetime | None = None
    amended_note: str = ""
    appeals_until: datetime | None = None


class FindOwnPage(msgspec.Struct, frozen=True):
    """GET /r; POST the same with number and digits."""

    TEMPLATE: ClassVar[str] = "results/find_own.html"

    unknown: bool = False
    """The code of an address is none of ours."""
    form: FormState = FormState()
