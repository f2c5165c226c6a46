"""Tickets: the QR, number and code by which somebody finds their own rank without signing in."""

from typing import ClassVar

import msgspec

from frontend.views.common import Paging


class TicketCard(msgspec.Struct, frozen=True):
    """One ticket. `url` is what the QR holds; number and digits lead to the same page."""

    entry: str
    name: str
    number: str
    digits: str
    item: str
    contest: str
    delegation: str
    url: str
    path: str
    qr: str


class TicketsPage(msgspec.Struct, frozen=True, kw_only=True):
    """GET /unit/tickets?entry=&contest= and GET /org/c/{id}/tickets?entry= ; several on a printed page."""

    TEMPLATE: ClassVar[str] = "registration/tickets.html"

    cards: tuple[TicketCard, ...]
    back_path: str
    all_path: str = ""
    """Where all tickets of the same contest stand; empty where these are all."""
    form_url: str
    """Where number and digits are typed."""
    paging: Paging
