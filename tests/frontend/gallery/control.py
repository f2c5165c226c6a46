"""SO10 and SJ7 in every state: the matrix with all that happens in a session, one sheet of it, and the spreads of a panel."""

from typing import Literal

from msgspec.structs import replace

from frontend.rendering import RequestContext
from frontend.views.chief import WaitingCorrection
from frontend.views.common import FieldError, FormState
from frontend.views.control import (
    CellState,
    DetailLine,
    DetailMove,
    DetailPage,
    RoomCell,
    RoomJudge,
    RoomPage,
    RoomStation,
    SentLine,
    SpreadLine,
    SpreadMark,
    SpreadsPage,
)
from frontend.views.organiser import SessionRun
from frontend.views.workshop import IncidentLine
from tests.frontend.gallery.screen import Screen, at, signed_in

RIGHTS = frozenset(
    {"contest.read", "control.read", "correction.read", "draw.read", "recheck.read", "standings.read"}
)
OFFICE = "省组委会办公室"
PANEL = ("A-01", "A-02", "A-03", "A-04", "A-05")
ABSENT = frozenset({5, 13})
SPREAD = {8: 2, 11: 1}
RAISED = {27: 1, 16: 1}
# Where each judge stands: all before is submitted, at the station itself so many are marked.
REACHED = {"A-01": (25, 7), "A-02": (23, 3), "A-03": (20, 9), "A-04": (16, 4), "A-05": (27, 11)}
SESSION = SessionRun("ses_01J9", 4, "第2场", at(3, 2, 9), 40, 40, "running")
HANDS = (
    IncidentLine("inc_1", "safety", "27", "A-02", at(3, 2, 10, 45, 12), "raised", "千分尺读数卡住，要换量具"),
    IncidentLine("inc_2", "equipment", "16", "A-05", at(3, 2, 10, 41, 30), "seen", "断电，已停计时"),
    IncidentLine("inc_3", "rule", "", "A-01", at(3, 2, 9, 15), "settled"),
)


def _state(station: int, judge: str) -> tuple[CellState, int]:
    reached, done = REACHED[judge]
    if station in ABSENT:
        return "absent", 0
    if station == 2 and judge == "A-05":
        return "returned", 12
    if station < reached:
        return ("signed" if station < 5 else "submitted"), 12
    return ("marking", done) if station == reached else ("untouched", 0)


def _station(station: int) -> RoomStation:
    cells = []
    for judge in PANEL:
        state, done = _state(station, judge)
        sheet = f"sht_{station:02}{judge[-2:]}"
        cells.append(
            RoomCell(
                sheet=sheet,
                judge=judge,
                state=state,
                done=done,
                of=12,
                quiet=judge == "A-04",
                conflict=(station, judge) == (23, "A-02"),
            )
        )
    return RoomStation(
        station=f"{station:02}",
        absent=station in ABSENT,
        cells=tuple(cells),
        spreads=SPREAD.get(station, 0),
        hands=RAISED.get(station, 0),
    )


def _judge(
    judge: str,
    touch: Literal["new", "heard", "late", "offline"] = "heard",
    battery: int | None = 86,
    unsent: int = 0,
    lost: int = 0,
) -> RoomJudge:
    seen = {"heard": at(3, 2, 10, 47, 4), "late": at(3, 2, 10, 46, 22), "offline": at(3, 2, 10, 38, 4)}
    return RoomJudge(
        judge=judge,
        chief=judge == "A-01",
        touch=touch,
        device="" if touch == "new" else f"平板{judge[-2:]}",
        seen_at=seen.get(touch),
        battery=None if touch == "new" else battery,
        charging=judge == "A-05",
        unsent=unsent,
        lost=lost,
        conflict=judge == "A-02",
    )


def _blocks(stations: int) -> tuple[tuple[RoomStation, ...], ...]:
    every = tuple(_station(number) for number in range(1, stations + 1))
    return tuple(every[start : start + 10] for start in range(0, stations, 10))


WAITING = WaitingCorrection(
    "cor_1",
    "sht_1705",
    "17",
    "A-05",
    "A/01",
    1,
    "外形尺寸 60±0.03",
    "阿卜杜热西提·麦麦提图尔荪·吐尔逊江",
    at(3, 2, 11, 5),
    own=False,
)
ROOM = RoomPage(
    spreads=True,
    recheck=True,
    corrections=(WAITING,),
    session=SESSION,
    contest="con_1",
    item="itm_1",
    draw_url="/org/c/con_1/e/fitter/draw",
    item_name="钳工",
    stage="省级决赛",
    at=at(3, 2, 10, 47, 6),
    ran="1:47:06",
    running=True,
    blocks=_blocks(40),
    judges=(
        _judge("A-01"),
        _judge("A-02", "late", 64),
        _judge("A-03", battery=71),
        _judge("A-04", "offline", 38, unsent=31, lost=2),
        _judge("A-05", battery=100),
    ),
    submitted=96,
    sheets=190,
    unsent=31,
    incidents=HANDS,
    waiting=2,
    settled_hands=1,
    runs=True,
    answers=True,
    signs=True,
    sent=(
        SentLine(text="请各工位暂停，10分钟后继续", by=OFFICE, at=at(3, 2, 10, 40), everybody=False, read=3, judges=5, id="bct_1", withdraws=True),
        SentLine(text="午餐在二号食堂", by=OFFICE, at=at(3, 2, 10, 5), everybody=True, read=12, judges=12, id="bct_2", withdrawn_at=at(3, 2, 10, 20), withdrawn_by=OFFICE),
    ),
    sends=True,
    sends_to_all=True,
    key="key-of-the-form",
)  # fmt: skip
GAPS = tuple(
    f"工位{station}，{judge}（{done}/12）" for station, judge, done in (("07", "A-02", 11), ("19", "A-04", 0))
)
QUIET_HALL = replace(
    ROOM,
    session=replace(SESSION, state="planned", drawn=0),
    blocks=(),
    judges=(),
    incidents=(),
    waiting=0,
    settled_hands=0,
    submitted=0,
    sheets=0,
    unsent=0,
    ran="0:00:00",
    running=False,
)
LONG_ITEM = "工业机器人系统操作与智能制造单元集成应用（职工组·师徒同台双人赛）"
NOTE = "新疆生产建设兵团第一师阿拉尔市总工会代表队领队到场要求说明，" * 3

SHEET = DetailPage(
    sheet="sht_1705",
    session="ses_01J9",
    session_name="第2场",
    item_name="钳工",
    station="17",
    judge="A-05",
    state="signed",
    present=True,
    done=3,
    of=4,
    seq=31,
    head="7F3A-91C0",
    told=True,
    corrections=(WAITING, replace(WAITING, own=True)),
    returns=True,
    corrects=True,
    lines=(
        DetailLine(key="A/01", number=1, title="外形尺寸 60±0.03", state="scored", value="60.02", unit="mm", kind="measured", at=at(3, 2, 10, 31), rev=1),
        DetailLine(key="A/02", number=2, title="燕尾宽度", state="scored", value="-0.00", unit="mm", kind="measured", at=at(3, 2, 10, 32), rev=3),
        DetailLine(key="B/09", number=9, title="锉削面质量" * 6, state="not_attempted", value=None, unit="", kind="judgement", at=at(3, 2, 10, 33), rev=1),
        DetailLine(key="B/12", number=12, title="安全文明", state="unset", value=None, unit="", kind="deduction", at=None, rev=0),
    ),
    moves=(
        DetailMove("signed", "阿卜杜热西提·麦麦提图尔荪·吐尔逊江", at(3, 2, 11), ""),
        DetailMove("submitted", "A-05", at(3, 2, 10, 50), ""),
        DetailMove("open", "裁判长 韩树声", at(3, 2, 10, 40), "第9项漏评，退回补评"),
    ),
)  # fmt: skip

_MARKS = (("A-01", "3"), ("A-02", "1"), ("A-03", "2"), ("A-04", "3"), ("A-05", None))


def _marks(
    mine: str, low: str = "1", high: str = "3", marks: tuple[tuple[str, str | None], ...] = _MARKS
) -> tuple[SpreadMark, ...]:
    return tuple(
        SpreadMark(judge=judge, value=value, mine=judge == mine, end="low" if value == low else "high" if value == high else "")
        for judge, value in marks
    )  # fmt: skip


JUDGED = SpreadLine(
    station="08", criterion="B/09", number=9, title="锉削面质量", limit="1", spread="2", unit="", lowest="1", highest="3",
    marks=_marks("A-03"), decided="", decided_by="", own_sheet="sht_0803", own_rev=2, choices=("0", "1", "2", "3"),
)  # fmt: skip
MEASURED = replace(
    JUDGED, station="11", criterion="A/04", number=4, title="配合间隙", limit="0.5", spread="100.00", unit="mm", lowest="-0.00", highest="100.00",
    marks=_marks("A-03", "-0.00", "100.00", (("A-01", "100.00"), ("A-02", "-0.00"), ("A-03", "99.5"))), own_sheet="sht_1103", choices=(),
)  # fmt: skip
TOTAL = replace(
    JUDGED, station="12", criterion="", number=None, title="全表总分", own_sheet="", own_rev=0, choices=(),
    decided="三名裁判量具不同，复量后维持原分", decided_by="裁判长 韩树声",
)  # fmt: skip
SPREADS = SpreadsPage(
    session="ses_01J9", session_name="第2场", item_name="钳工", judge="A-03", decides=False,
    lines=(JUDGED, MEASURED, TOTAL), waiting=(("20", ("A-02", "A-04")), ("21", ("A-05",))), limited=True, key="k",
)  # fmt: skip
CHIEFS = replace(
    SPREADS,
    judge="韩树声",
    decides=True,
    lines=tuple(replace(line, own_sheet="", marks=_marks("")) for line in SPREADS.lines),
)


def here(path: str) -> RequestContext:
    return replace(signed_in("organiser", path, OFFICE), rights=RIGHTS)


def _room(name: str, view: RoomPage) -> Screen:
    return Screen(name, view, here("/org/sessions/ses_01J9/control"))


def _sheet(name: str, view: DetailPage) -> Screen:
    return Screen(name, view, here("/org/sheets/sht_1705"))


def _spreads(name: str, view: SpreadsPage) -> Screen:
    return Screen(name, view, signed_in("judge", "/judge/s/ses_01J9/diff", view.judge))


SCREENS = (
    _room("control", ROOM),
    _room("control-empty", QUIET_HALL),
    _room(
        "control-gaps",
        replace(ROOM, session=replace(SESSION, state="paused"), running=False, gaps=GAPS, submitted=188, unsent=0),
    ),
    _room(
        "control-refused",
        replace(
            ROOM,
            form=FormState(
                {"session": "ses_01J9", "act": "pause"}, (FieldError("ses_01J9_reason", "没有写原因，请写明后再做。"),)
            ),
        ),
    ),
    _room(
        "control-broadcast-refused",
        replace(
            ROOM,
            writing=True,
            form=FormState(
                {"act": "broadcast", "text": "请" * 101, "to": "contest"},
                (FieldError("text", "广播有101字，最多100字，没有发出。"),),
            ),
        ),
    ),
    _room(
        "control-closed",
        replace(ROOM, session=replace(SESSION, state="closed"), running=False, incidents=HANDS[2:], waiting=0, unsent=0),
    ),
    _room(
        "control-small",
        replace(ROOM, blocks=_blocks(3), judges=(_judge("A-01"), _judge("A-02", "new")), runs=False, answers=False, signs=False),
    ),
    _room(
        "control-stress",
        replace(
            ROOM,
            session=replace(SESSION, name="第12场 下午（补赛）"),
            item_name=LONG_ITEM,
            ran="100:00:00",
            sent=(replace(ROOM.sent[0], text=NOTE[:100]),),
            incidents=(replace(HANDS[0], note=NOTE, by="阿卜杜热西提·麦麦提图尔荪·吐尔逊江"), replace(HANDS[1], note="𠮷䶮")),
            judges=tuple(replace(one, device="新疆生产建设兵团第一师阿拉尔市总工会实操车间备用平板") for one in ROOM.judges),
        ),
    ),
    _sheet("control-sheet", SHEET),
    _sheet("control-sheet-sealed", replace(SHEET, told=False, returns=False, corrects=False, lines=(), moves=(), state="open")),
    _sheet("control-sheet-absent", replace(SHEET, present=False, returns=False, corrects=False, lines=SHEET.lines[3:], moves=(), state="open", done=0)),
    _sheet(
        "control-sheet-refused",
        replace(SHEET, form=FormState({"reason": ""}, (FieldError("reason", "没有写原因，请写明后再做。"),))),
    ),
    _spreads("spreads", SPREADS),
    _spreads("spreads-none", replace(SPREADS, lines=(), waiting=())),
    _spreads("spreads-waiting", replace(SPREADS, lines=())),
    _spreads("spreads-chief", CHIEFS),
    _spreads("spreads-refused", replace(SPREADS, form=FormState(problem="这一项刚被改过，您的改动没有保存。请看过现在的分数再改。"))),
)  # fmt: skip
