"""SJ10 in every state: nothing drawn, slips, sealed, ready, halfway, decoded, refused; and the lists that are signed."""

from msgspec.structs import replace

from frontend.rendering import RequestContext
from frontend.views.blind import (
    BlindHead,
    BlindItemLine,
    BlindItemsPage,
    BlindPage,
    LayerCard,
    LayerListPage,
    ListLine,
    SlipsPage,
)
from frontend.views.common import FormState
from tests.frontend.gallery.screen import Screen, at, signed_in

PATH = "/blind/itm_01J9K3F0000000000000000000"
OFFICER = "王建国"
HEAD = BlindHead(PATH[7:], "钳工", "2021年河北省职工职业技能大赛决赛", 1, 2)
HASH = "9f2c41d07be8a3556e10c4bb21f7a9d8035e6cf1b4a2978de0c35a1f68b7d402"
FIRST = LayerCard(
    layer=1, state="drawn", leads="选手 → 第1层号", id="lay_1", officer=OFFICER, size=40, commitment=HASH, list_hash=HASH[::-1],
    result_hash=HASH[8:] + HASH[:8], lot="七号", committed_at=at(3, 1, 7, 30), drawn_at=at(3, 1, 7, 36),
)  # fmt: skip
SECOND = replace(
    FIRST, layer=2, leads="第1层号 → 工位", id="lay_2", officer="李秀兰", lot="", committed_at=at(3, 1, 7, 50), drawn_at=at(3, 1, 7, 55)
)  # fmt: skip
OPENED = {"state": "opened", "opened_at": at(3, 2, 17, 4), "second": "赵监督", "acts": ()}
WAITING = (
    LayerCard(layer=1, state="waiting", leads=FIRST.leads, acts=("commit",)),
    LayerCard(layer=2, state="waiting", leads=SECOND.leads),
)
SEALED = BlindPage(
    HEAD, (replace(FIRST, own=True, acts=("read",)), SECOND), places=40, open_sessions=2, unsigned=37
)
READY = replace(
    SEALED,
    cards=(FIRST, replace(SECOND, own=True, acts=("read", "open"))),
    open_sessions=0,
    unsigned=0,
)
HALFWAY = replace(
    READY, cards=(replace(FIRST, acts=("open",)), replace(SECOND, opened_by=SECOND.officer, **OPENED))
)
DECODED = replace(
    READY,
    decoded=True,
    cards=(
        replace(FIRST, opened_by="周代", reserve=True, reason="加密裁判突发疾病，由代理人解密", **OPENED),
        replace(SECOND, opened_by=SECOND.officer, **OPENED),
    ),
)
COMMITTED = replace(
    SEALED,
    places=0,
    cards=(
        replace(FIRST, state="committed", own=True, result_hash="", drawn_at=None, lot="", acts=("draw", "commit")),
        WAITING[1],
    ),
)  # fmt: skip
PEOPLE = tuple(
    ListLine(f"1-{number:03}", f"QG-{417 - number:04}", name, delegation)
    for number, (name, delegation) in enumerate(
        [("陈志强", "石家庄市"), ("阿卜杜热西提·麦麦提图尔荪", "新疆生产建设兵团第一师阿拉尔市总工会代表队"), ("𠮷䶮", "唐山市")] * 13, 1
    )
)  # fmt: skip
PLACES = tuple(ListLine(f"第{1 + n // 20}场 {n % 20 + 1:02}", f"1-{(n * 7) % 40 + 1:03}") for n in range(40))


def here(path: str = PATH, actor: str = OFFICER) -> RequestContext:
    return signed_in("organiser", path, actor)


SCREENS = (
    Screen("blind-items", BlindItemsPage((
        BlindItemLine("itm_1", "钳工", HEAD.contest, 2, 0, 0), BlindItemLine("itm_2", "焊工", HEAD.contest, 3, 3, 0),
        BlindItemLine("itm_3", "数控车工", HEAD.contest, 2, 2, 1), BlindItemLine("itm_4", "电工", HEAD.contest, 1, 1, 1),
    )), here("/blind")),
    Screen("blind-items-none", BlindItemsPage(()), here("/blind")),
    Screen("blind", replace(SEALED, cards=WAITING, places=0), here()),
    Screen("blind-committed", COMMITTED, here()),
    Screen("blind-slips", SlipsPage(HEAD, COMMITTED.cards[0], "K7QF-3M9T-XPA2", "0H4Z-WR8C-62ND"), here()),
    Screen("blind-sealed", SEALED, here()),
    Screen("blind-ready", READY, here()),
    Screen("blind-refused", replace(READY, acting="lay_2", form=FormState({"login": "supervisor-zhao"}, problem="加密码不对，未执行，名单仍然密封。请核对信封里的12位加密码；连错5次暂停60秒。")), here()),
    Screen("blind-halfway", HALFWAY, here()),
    Screen("blind-decoded", DECODED, here()),
    Screen("blind-list-people", LayerListPage(HEAD, FIRST, PEOPLE), here()),
    Screen("blind-list-places", LayerListPage(HEAD, HALFWAY.cards[1], PLACES, opened=True, following=1), here()),
)  # fmt: skip
