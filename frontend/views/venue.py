"""Handing a session to a venue server, as organisers and the keeper of the laptop see it."""

from datetime import datetime
from typing import ClassVar

import msgspec
import segno

from frontend.views.common import FormState, ItemHead


def qr_of(text: str) -> str:
    """A QR code as an address for an image."""
    return str(segno.make(text, error="m", micro=False).svg_data_uri(scale=6, border=4, light="#fff"))


class InstallPage(msgspec.Struct, frozen=True):
    """The page on a port of its own from which tablets take the venue's authority."""

    TEMPLATE: ClassVar[str] = "venue/install.html"

    fingerprint: str
    ca_url: str
    ca_qr: str
    site_url: str
    site_qr: str


class GapLine(msgspec.Struct, frozen=True):
    """What is not there yet; `word` is a key of the texts."""

    word: str
    station: str
    judge: str
    done: str


class DifferenceLine(msgspec.Struct, frozen=True):
    """What somebody has to settle, or has settled; `word` is a key of the texts, `here` and `there` are standings."""

    word: str
    judge: str
    station: str
    here: str
    there: str
    reason: str
    key: str = ""
    settled: str = ""
    """What came of it; empty while it is open."""
    by: str = ""
    at: datetime | None = None


class TallyLine(msgspec.Struct, frozen=True):
    """Facts of one kind: how many there are, and how many the last bundle brought."""

    word: str
    sent: int
    new: int


class VenueReport(msgspec.Struct, frozen=True, kw_only=True):
    """What the last bundle brought."""

    at: datetime
    bundle: int
    state: str
    sheets: int
    equal: int
    complete: bool
    tallies: tuple[TallyLine, ...]
    gaps: tuple[GapLine, ...]
    differences: tuple[DifferenceLine, ...] = ()
    gaps_more: int = 0


class PastHandout(msgspec.Struct, frozen=True):
    """A hand-out that is over."""

    number: int
    label: str
    at: datetime
    ended_at: datetime
    by: str
    reason: str
    differences: tuple[DifferenceLine, ...] = ()


class VenueSession(msgspec.Struct, frozen=True, kw_only=True):
    """A session of the item. `out`: it is with a venue server, of which the other fields tell."""

    id: str
    name: str
    state: str
    drawn: int
    without_badge: tuple[str, ...] = ()
    """Codes of judges of the panel who could not sign in at a venue."""
    out: bool = False
    number: int = 0
    label: str = ""
    by: str = ""
    at: datetime | None = None
    venue: str | None = None
    rev: int = 0
    report: VenueReport | None = None
    past: tuple[PastHandout, ...] = ()


class VenuePage(msgspec.Struct, frozen=True, kw_only=True):
    """GET and POST /org/c/{id}/e/{item}/venue; act=out (session, label), facts (session, file) back (session, rev, reason)
    or settle (session, number, difference, reason, key)."""

    TEMPLATE: ClassVar[str] = "organiser/venue.html"

    item: ItemHead
    centre: str
    address: str
    sessions: tuple[VenueSession, ...]
    may_run: bool
    key: str = ""
    brought: str = ""
    """Id of the session whose facts have just come in."""
    form: FormState = FormState()


class KeptSession(msgspec.Struct, frozen=True):
    """A session that is judged on this laptop."""

    id: str
    item: str
    name: str
    state: str
    number: int


class KeeperPage(msgspec.Struct, frozen=True, kw_only=True):
    """GET /venue on a venue server."""

    TEMPLATE: ClassVar[str] = "venue/keeper.html"

    sessions: tuple[KeptSession, ...]
    tablet_url: str
    tablet_qr: str


class TabletPage(msgspec.Struct, frozen=True):
    """GET and POST /venue/tablet/{code}: make this browser a device."""

    TEMPLATE: ClassVar[str] = "venue/tablet.html"

    code: str
    form: FormState = FormState()
