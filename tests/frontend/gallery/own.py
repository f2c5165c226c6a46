"""P4: ranked, without a rank, in every state of the board; and the way without a QR code."""

from msgspec.structs import replace

from frontend.pages.administering import qr_picture
from frontend.views.common import FormState, Paging
from frontend.views.own_rank import FindOwnPage, OwnRankPage
from frontend.views.tickets import TicketCard, TicketsPage
from tests.frontend.gallery.contests import ITEM
from tests.frontend.gallery.ranking import OUT, ROWS, STRESS
from tests.frontend.gallery.screen import Screen, at, public, signed_in

PATH = "/r/01j9k3fxxxxxxxxxxxxxxxxxxx0123456789abcdef"
OWN = replace(ROWS[5], own=True)
RANKED = OwnRankPage(
    item=ITEM, code=PATH[3:], state="final", own=OWN, award="二等奖", near=(*ROWS[2:5], OWN, *ROWS[6:9]), entrants=40,
    at=at(3, 3, 16, 42),
)  # fmt: skip
BARE = OwnRankPage(item=ITEM, code=PATH[3:], state="progress", judged=37, to_judge=40)
LONG = STRESS.bands[0].rows

URL = f"https://sbq.example.cn{PATH}"
CARDS = tuple(
    TicketCard(row.entry, row.name, row.number, f"{70406 + place:06}", "钳工", "2021年河北省职工职业技能大赛", row.delegation, URL, PATH, qr_picture(URL))
    for place, row in enumerate((*ROWS[:3], LONG[0]))
)  # fmt: skip
TICKETS = TicketsPage(
    cards=CARDS,
    back_path="/unit",
    all_path="/unit/tickets",
    form_url="https://sbq.example.cn/r",
    paging=Paging(1, 4, 4),
)

SCREENS = (
    Screen("own", RANKED, public(PATH)),
    Screen("own-live", replace(RANKED, state="live", award="", judged=37, to_judge=40), public(PATH)),
    Screen("own-provisional", replace(RANKED, state="provisional", appeals_until=at(3, 3, 18, 42)), public(PATH)),
    Screen("own-stress", replace(RANKED, own=replace(LONG[0], own=True), near=(replace(LONG[0], own=True), LONG[1])), public(PATH)),
    Screen("own-absent", replace(RANKED, own=OUT[1], award="", near=()), public(PATH)),
    Screen("own-no-row", replace(RANKED, own=None, award="", near=()), public(PATH)),
    Screen("own-progress", BARE, public(PATH)),
    Screen("own-frozen", replace(BARE, frozen_since=at(3, 2, 16)), public(PATH)),
    Screen("own-withdrawn", replace(BARE, state="withdrawn", withdrawn_at=at(3, 2, 10, 12), withdrawn_reason="第19工位评分表漏录一名裁判"), public(PATH)),
    Screen("own-none", replace(BARE, state="none"), public(PATH)),
    Screen("tickets", TICKETS, signed_in("unit", "/unit/tickets", "长安精密机床厂")),
    Screen("tickets-none", replace(TICKETS, cards=(), all_path=""), signed_in("unit", "/unit/tickets", "长安精密机床厂")),
    Screen("find-own", FindOwnPage(), public("/r")),
    Screen("find-own-unknown", FindOwnPage(unknown=True), public(PATH)),
    Screen("find-own-wrong", FindOwnPage(form=FormState({"number": "QG-0406"}, problem="没有这个参赛号，或者查询码不对。")), public("/r")),
)  # fmt: skip
