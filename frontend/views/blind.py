"""SJ10: blind numbers are drawn and decoded. Codes and links are on a page once, and none of these pages is a judge's."""

from datetime import datetime
from typing import ClassVar, Literal

import msgspec

from frontend.views.common import FormState

Act = Literal["commit", "draw", "read", "open"]


class BlindItemLine(msgspec.Struct, frozen=True):
    item: str
    name: str
    contest: str
    layers: int
    drawn: int
    opened: int


class BlindItemsPage(msgspec.Struct, frozen=True):
    """GET /blind: the items that the reader draws or decodes."""

    TEMPLATE: ClassVar[str] = "blind/items.html"

    items: tuple[BlindItemLine, ...]


class BlindHead(msgspec.Struct, frozen=True):
    """The title block of these pages, on the screen and on paper."""

    item: str
    name: str
    contest: str
    round: int
    layers: int


class LayerCard(msgspec.Struct, frozen=True, kw_only=True):
    """One layer. `act` is what the reader may do with it now; hashes are whole."""

    layer: int
    state: Literal["waiting", "committed", "drawn", "opened"]
    leads: str
    """From which numbers to which, in words."""
    id: str = ""
    officer: str = ""
    own: bool = False
    size: int = 0
    commitment: str = ""
    list_hash: str = ""
    result_hash: str = ""
    lot: str = ""
    committed_at: datetime | None = None
    drawn_at: datetime | None = None
    opened_at: datetime | None = None
    opened_by: str = ""
    second: str = ""
    reason: str = ""
    reserve: bool = False
    acts: tuple[Act, ...] = ()


class BlindPage(msgspec.Struct, frozen=True):
    """GET and POST /blind/{item}.

    act=commit; act=draw with layer, code and lot; act=read with layer and code; act=open with layer, code, secret, login,
    second_secret and perhaps reason. `acting` is the layer whose form was refused.
    """

    TEMPLATE: ClassVar[str] = "blind/layers.html"

    head: BlindHead
    cards: tuple[LayerCard, ...]
    places: int = 0
    open_sessions: int = 0
    unsigned: int = 0
    decoded: bool = False
    acting: str = ""
    form: FormState = FormState()

    @property
    def opened(self) -> int:
        return sum(card.state == "opened" for card in self.cards)

    @property
    def drawn(self) -> int:
        return sum(card.state in ("drawn", "opened") for card in self.cards)


class SlipsPage(msgspec.Struct, frozen=True):
    """The answer to act=commit: two slips for two envelopes, shown this once, and the draw itself."""

    TEMPLATE: ClassVar[str] = "blind/slips.html"

    head: BlindHead
    card: LayerCard
    code: str
    reserve: str
    form: FormState = FormState()


class ListLine(msgspec.Struct, frozen=True):
    """A number and whose it is: `name` and `delegation` in the first layer only."""

    output: str
    input: str
    name: str = ""
    delegation: str = ""


class LayerListPage(msgspec.Struct, frozen=True):
    """The answer to act=draw, act=read and act=open: the list that is printed and signed."""

    TEMPLATE: ClassVar[str] = "blind/list.html"

    head: BlindHead
    card: LayerCard
    lines: tuple[ListLine, ...]
    opened: bool = False
    """Shown because it was opened just now; else because it was drawn or read."""
    following: int | None = None
    """The layer that is opened next; None when everything is decoded."""
