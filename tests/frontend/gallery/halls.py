"""S1 and S2: the hall in every state, the screens' keeper and the presenter."""

from msgspec.structs import replace

from frontend.views.common import Choice, FieldError, FormState
from frontend.views.screens import (
    CeremonyPage,
    HallAward,
    HallRow,
    RevealStep,
    ScreenPage,
    ScreenRow,
    ScreensPage,
)  # fmt: skip
from frontend.views.venue import qr_of
from tests.frontend.gallery.contests import ITEM
from tests.frontend.gallery.ranking import LONG, ROWS
from tests.frontend.gallery.screen import Screen, at, public, signed_in

PATH = "/screen/k7m2p9x4qa"
MOVES = (0, 0, 2, -1, -1, 1, -1, 0, 0, 3)


def _hall(place: int) -> HallRow:
    row = ROWS[place]
    team = f"{row.delegation} {row.unit.removeprefix(row.delegation)[:8]}"
    return HallRow(
        row.entry, row.rank or 0, row.name, team, row.total or "0", MOVES[place % 10], place < 4, place == 3
    )


HALL = ScreenPage(
    id="scr_1", code="k7m2p9x4qa", contest="con_1", contest_name="2021年河北省职工职业技能大赛", title="钳工 成绩榜",
    state="board", judged=40, to_judge=40, at=at(3, 3, 16, 42, 5), pages=(tuple(map(_hall, range(10))), tuple(map(_hall, (10, 11)))),
    moving=True, awards=(HallAward("一等奖", 1, 4), HallAward("二等奖", 5, 12), HallAward("三等奖", 13, 24)),
    tie_rule="同分先比实操，再比理论、用时",
)  # fmt: skip
BARE = replace(HALL, pages=(), awards=(), tie_rule="", at=None)
STRESS = replace(
    HALL,
    contest_name="新疆生产建设兵团第十二师头屯河区职工职业技能大赛暨全国选拔赛",
    pages=(
        (
            HallRow("reg_1", 1, "阿卜杜热依木江·买买提吐尔逊·阿布都克里木·艾合买提江·玉素甫"[:30], f"新疆生产建设兵团 {LONG[:16]}", "100.00", -12, True, True),
            HallRow("reg_2", 2, "𠮷䶮", "雄安 厂", "-0.00", 128),
        ),
    ),
)  # fmt: skip
PARTS = (("理论", "95.20"), ("实操", "93.07"))
LADDER = tuple(
    RevealStep(row.rank or 0, True, row.shared, row.name, row.unit, row.total, PARTS, "一等奖" if place < 4 else "二等奖")
    for place, row in enumerate(ROWS[:10])
)  # fmt: skip
REVEAL = replace(
    BARE,
    title="钳工",
    state="reveal",
    steps=(RevealStep(1, False), replace(LADDER[1], current=True), *LADDER[2:]),
    position=9,
    judged=9,
    to_judge=10,
    version=4,
    fragment="7F3A-91C0",
)
ORG = "/org/c/con_1/screens"
SITE = "https://jinsai.example.cn"
SHOWS = (
    Choice("board:itm_1", "成绩榜 钳工"),
    Choice("reveal:itm_1", "揭晓 钳工"),
    Choice("notice:", "公告"),
)
SCREENS_PAGE = ScreensPage(
    contest=ITEM.contest,
    screens=(
        ScreenRow(
            "scr_1",
            "主席台左侧",
            SITE + PATH,
            "board:itm_1",
            "成绩榜 钳工",
            3,
            at(3, 3, 16, 41),
            False,
            qr_of(SITE + PATH),
        ),
        ScreenRow(
            "scr_2", "走廊", SITE + "/screen/aaaaaaaaaa", "notice:", "午休，13:30继续", 1, at(3, 3, 15), True
        ),
        ScreenRow(
            "scr_3", "休息室", SITE + "/screen/bbbbbbbbbb", "board:itm_1", "成绩榜 钳工", 1, None, True
        ),
    ),
    shows=SHOWS,
    ceremonies=(("钳工", "/org/c/con_1/e/fitter/ceremony"),),
    key="k",
)
PRESENT = CeremonyPage(item=ITEM, steps=tuple(reversed(LADDER)), position=8, rev=9, jumps=((1, 9),), key="k")
PRESENT_PATH = "/org/c/con_1/e/fitter/ceremony"


def _organiser(name: str, view: ScreensPage | CeremonyPage, path: str) -> Screen:
    return Screen(name, view, signed_in("organiser", path, "韩主任"))


SCREENS = (
    Screen("hall", HALL, public(PATH)),
    Screen("hall-stress", STRESS, public(PATH)),
    Screen(
        "hall-frozen", replace(BARE, state="progress", judged=37, frozen_since=at(3, 2, 16)), public(PATH)
    ),
    Screen("hall-none", replace(BARE, state="none"), public(PATH)),
    Screen(
        "hall-withdrawn", replace(BARE, state="withdrawn", notice="第19工位评分表漏录一名裁判"), public(PATH)
    ),
    Screen("hall-notice", replace(BARE, state="notice", notice="午休，13:30继续"), public(PATH)),
    Screen("hall-reveal", REVEAL, public(PATH)),
    Screen("hall-waiting", replace(BARE, state="waiting"), public(PATH)),
    Screen(
        "hall-reveal-soon",
        replace(
            REVEAL, steps=tuple(RevealStep(place, False) for place in range(1, 11)), position=0, judged=0
        ),
        public(PATH),
    ),
    _organiser("org-screens", SCREENS_PAGE, ORG),
    _organiser("org-screens-none", replace(SCREENS_PAGE, screens=(), may_change=False), ORG),
    _organiser(
        "org-screens-errors",
        replace(
            SCREENS_PAGE, form=FormState({"name": "走廊"}, (FieldError("name", "本赛事已有同名屏幕。"),))
        ),
        ORG,
    ),
    _organiser("present", PRESENT, PRESENT_PATH),
    _organiser("present-start", CeremonyPage(item=ITEM, key="k"), PRESENT_PATH),
    _organiser("present-done", replace(PRESENT, position=10, jumps=()), PRESENT_PATH),
)
