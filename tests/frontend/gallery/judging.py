"""SJ1, SJ2, SJ3 and the chief judge's sign-off. No name of a contestant is anywhere in it."""

from msgspec.structs import replace

from frontend.views.chief import ChiefItem, ChiefPage, WaitingCorrection
from frontend.views.common import FieldError, FormState
from frontend.views.judging import (
    Benchmark,
    BroadcastLine,
    Criterion,
    CriterionGroup,
    CriterionPage,
    DeductionChip,
    JudgeHead,
    JudgeSignInPage,
    MarkConflict,
    OutboxPage,
    RecentJudge,
    SessionLine,
    SessionsPage,
    SheetPage,
    SignOffPage,
    SignRow,
    StationsPage,
    StationTile,
)
from frontend.views.organiser import SessionRun
from frontend.views.papers import BlankSheetsPage, PaperCopyPage, PaperDifference, PaperLine, PaperPage
from frontend.views.results import TiedRow, TieGroup
from frontend.views.workshop import ClockLine, HandPage, IncidentLine, OwnSignPage, TabletLine, TimePage
from tests.frontend.gallery.screen import Screen, at, signed_in

HEAD = JudgeHead(
    session="ses_01J9",
    session_name="第2场 上午",
    item="钳工",
    stage="省级决赛",
    room="实操一车间",
    judge="A-03",
    starts_at=at(3, 2, 9),
    ends_at=at(3, 2, 12),
    hand_path="/judge/s/ses_01J9/time",
)
_WORDS = (
    Benchmark("0", "未达标", "锉纹杂乱，有深度超过0.05mm的划痕。"),
    Benchmark("1", "达标", "锉纹基本一致，划痕不多于3处。"),
    Benchmark("2", "良好", "锉纹方向一致，无明显划痕；局部允许1处深度不超过0.02mm的压痕。"),
    Benchmark("3", "优秀", "锉纹方向一致，全表面无可见划痕和压痕。"),
)


def _measured(
    number: int, title: str, limits: str, value: str | None, verdict: str | None, unit: str = "mm"
) -> Criterion:
    return Criterion(
        key=f"A/{number:02}", number=f"{number:02}", title=title, kind="measured", limits=limits, maximum="100",
        op_id=f"op-{number}", state="scored" if value else "unset", value=value, verdict=verdict, unit=unit,
    )  # fmt: skip


def _judged(number: int, title: str, value: str | None) -> Criterion:
    return Criterion(
        key=f"B/{number:02}", number=f"{number:02}", title=title, kind="judgement", limits="0–3", maximum="3",
        op_id=f"op-{number}", state="scored" if value else "unset", value=value, benchmarks=_WORDS,
    )  # fmt: skip


def _deducted(
    number: int, title: str, limits: str, full: str, value: str | None, *chips: DeductionChip
) -> Criterion:
    return Criterion(
        key=f"B/{number:02}", number=f"{number:02}", title=title, kind="deduction", limits=limits, maximum=full,
        op_id=f"op-{number}", state="scored" if value else "unset", value=value, chips=chips,
    )  # fmt: skip


GROUPS = (
    CriterionGroup(
        "A",
        "尺寸与形位",
        "60",
        (
            _measured(1, "外形尺寸", "60±0.03", "60.02", "within"),
            _measured(2, "燕尾宽度", "23.98–24.05", "24.03", "within"),
            _measured(3, "燕尾角度", "60°±4′", "60.03", "within", "°"),
            _measured(4, "配合间隙", "≤0.04", "0.05", "outside"),
            _measured(5, "孔距", "30±0.05", None, None, ""),
            Criterion(
                "A/06", "06", "对称度", "pass_fail", "0.06", "1", "op-6", state="scored", value="1", datum="A"
            ),
        ),
    ),
    CriterionGroup(
        "B",
        "工艺与安全",
        "40",
        (
            _judged(7, "划线与基准", "3"),
            _judged(8, "锉削方法", "2"),
            _judged(9, "锉削面质量", "2"),
            _judged(10, "棱边去毛刺", None),
            _deducted(
                11,
                "表面粗糙度",
                "余7.5/8",
                "8",
                "0.5",
                DeductionChip("0.5", "划痕"),
                DeductionChip("1", "扣分"),
            ),
            _deducted(
                12, "安全文明", "配分10", "10", None, DeductionChip("1", "扣分"), DeductionChip("2", "扣分")
            ),
        ),
    ),
)
SHEET = SheetPage(
    head=HEAD,
    station="17",
    sheet="sht_01J9",
    project="燕尾镶配",
    plan_version="v3",
    hash_fragment="7F3A",
    groups=GROUPS,
    last_key="B/09",
)
_COMPLETE = tuple(
    replace(
        group,
        criteria=tuple(
            replace(one, state="scored", value=one.value or ("3" if one.kind == "judgement" else "0"))
            for one in group.criteria
        ),
    )
    for group in GROUPS
)
_REFUSED = (
    replace(
        GROUPS[0],
        criteria=(
            replace(
                GROUPS[0].criteria[0],
                refused="第1项240.3超过量程，未保存，请填59–61。",
                value="240.3",
                verdict=None,
            ),
            *GROUPS[0].criteria[1:4],
            replace(GROUPS[0].criteria[4], state="not_attempted"),
            GROUPS[0].criteria[5],
        ),
    ),
    replace(
        GROUPS[1],
        criteria=(
            replace(
                GROUPS[1].criteria[0],
                conflict=MarkConflict("3", at(3, 2, 14, 30, 12), "2", at(3, 2, 14, 31, 40), 5),
            ),
            *GROUPS[1].criteria[1:],
        ),
    ),
)

_STATES = {
    **dict.fromkeys((1, 2, 3, 4, 6, 7, 8), "locked"),
    **dict.fromkeys((5, 13), "absent"),
    **dict.fromkeys((9, 10, 12, 14, 15), "submitted"),
    11: "conflict",
    16: "ready",
    17: "doing",
    18: "waiting",
    19: "doing",
    20: "returned",
}
_DONE = {17: 9, 18: 12, 19: 4, 20: 12}
STATIONS = StationsPage(
    head=replace(HEAD, saved="waiting", waiting=12),
    tiles=tuple(
        StationTile(
            f"{number:02}", _DONE.get(number, 12 if number < 17 else 0), 12, _STATES.get(number, "untouched")
        )
        for number in range(1, 41)
    ),
)

SIGN_IN = JudgeSignInPage(
    now=at(3, 2, 8, 41),
    device="平板12",
    venue="实操一车间",
    item="钳工 · 省级决赛",
    badge="bdg_7c1e",
    code="A-03",
    next_session="第2场",
    waiting_of_others=(("A-01", 6),),
    recent=(
        RecentJudge("A-03", at(3, 1, 16, 20)),
        RecentJudge("A-01", at(3, 1, 11, 58)),
        RecentJudge("A-05", at(2, 28, 17, 3)),
    ),
)
SIGN_OFF = SignOffPage(
    asks_pin=True,
    head=replace(HEAD, judge="A-01"),
    rows=(
        SignRow("01", 5, 5, "93.07"),
        SignRow("02", 5, 5, "92.60"),
        SignRow("07", 4, 5, None, ("A-02没有提交",)),
        SignRow("19", 5, 5, None, ("第9项A-04没有评",)),
    ),
    hash_fragment="7F3A-91C0",
)
_CLEAN = replace(SIGN_OFF, rows=SIGN_OFF.rows[:2])


def _screen(name: str, view: object, path: str) -> Screen:
    return Screen(name, view, signed_in("judge", path, "A-03"))


_SHEET = "/judge/s/ses_01J9/w/17"
_GRID = "/judge/s/ses_01J9"

CHIEF = ChiefPage(
    judge="韩树声",
    items=(
        ChiefItem(
            "itm_1",
            "钳工",
            "closed",
            (
                SessionRun("ses_1", 4, "第1场", at(3, 2, 9), 20, 20, "running"),
                SessionRun("ses_2", 2, "第2场", at(3, 2, 14), 20, 20, "paused"),
            ),
            (
                TieGroup(
                    3, (TiedRow("ent_3", "QG-0003", "", "93.71"), TiedRow("ent_4", "QG-0004", "", "93.71"))
                ),
            ),
            spreads=True,
            recheck=True,
            corrections=(
                WaitingCorrection(
                    "cor_1",
                    "sht_1",
                    "17",
                    "A-05",
                    "A/01",
                    1,
                    "外形尺寸",
                    "裁判长 韩树声",
                    at(3, 2, 11, 5),
                    own=True,
                ),
            ),
        ),
        ChiefItem("itm_2", "焊工", "open", ()),
    ),
)

OWN_SIGN = OwnSignPage(HEAD, "7f3a" * 16, "7F3A-7F3A", 40, asks_pin=True)
TIME = TimePage(
    HEAD,
    ClockLine("", True, 5_025_000, "1:23:45", 120),
    (ClockLine("07", False, 3_600_000, "1:00:00", 90),),
    started=True,
    keeps=True,
    answers=True,
    incidents=(
        IncidentLine("inc_1", "safety", "07", "A-03", at(3, 2, 10, 12), "raised"),
        IncidentLine("inc_2", "equipment", "19", "A-01", at(3, 2, 9, 40), "settled", "换了一把游标卡尺"),
    ),
    tablets=(
        TabletLine("A-01", "平板12", 86, 0, 0, at(3, 2, 10, 14)),
        TabletLine("A-03", "", None, 12, 6, at(3, 2, 9, 58), lost=True),
    ),
    once="once",
)

SESSIONS = SessionsPage(
    "A-03",
    (
        SessionLine("ses_1", "第1场", "钳工", "省级决赛", at(3, 1, 9), at(3, 1, 12), "closed"),
        SessionLine("ses_2", "第2场 上午", "钳工", "省级决赛", at(3, 2, 9), at(3, 2, 12), "running"),
        SessionLine("ses_3", "第3场", "工业机器人系统操作与智能制造单元集成应用", "省级决赛", at(3, 2, 14), at(3, 2, 17), "not_started"),
    ),
)  # fmt: skip

SAID = (
    BroadcastLine("bct_1", "请各工位暂停，10分钟后继续", at(3, 2, 10, 40)),
    BroadcastLine("bct_2", "千分尺已校准，测量项可以继续，" * 6 + "请各位裁判互相转告", at(3, 2, 10, 44)),
)

SCREENS = (
    _screen("judge-sessions", SESSIONS, "/judge"),
    _screen("judge-sessions-none", replace(SESSIONS, sessions=(), chief=True), "/judge"),
    _screen("criterion", CriterionPage(HEAD, GROUPS, "09", "锉削面质量", blank=False), _GRID + "/c/09"),
    _screen("judge", SIGN_IN, "/judge"),
    _screen(
        "judge-no-badge", replace(SIGN_IN, badge=None, code=None, waiting_of_others=(), recent=()), "/judge"
    ),
    _screen(
        "judge-wrong-pin",
        replace(SIGN_IN, form=FormState(errors=(FieldError("pin", "PIN不对，还可以试3次"),))),
        "/judge",
    ),
    _screen("judge-cooling", replace(SIGN_IN, cooling_until=at(3, 2, 8, 42, 30)), "/judge"),
    _screen("stations", STATIONS, _GRID),
    _screen("stations-broadcast", replace(STATIONS, broadcasts=SAID), _GRID),
    _screen("stations-chief", replace(STATIONS, chief=True, head=HEAD), _GRID),
    _screen("stations-paused", replace(STATIONS, session_state="paused"), _GRID),
    _screen("stations-not-mine", replace(STATIONS, session_state="not_mine"), _GRID),
    _screen("stations-empty", replace(STATIONS, tiles=()), _GRID),
    _screen("sheet", SHEET, _SHEET),
    _screen("sheet-complete", replace(SHEET, groups=_COMPLETE, last_key=None), _SHEET),
    _screen(
        "sheet-refused",
        replace(SHEET, groups=_REFUSED, head=replace(HEAD, saved="trouble", waiting=2)),
        _SHEET,
    ),
    _screen("sheet-returned", replace(SHEET, returned="第1项漏量一个面，请复测后再提交"), _SHEET),
    _screen("sheet-submitted", replace(SHEET, groups=_COMPLETE, state="submitted"), _SHEET),
    _screen(
        "sheet-locked",
        replace(
            SHEET,
            groups=_COMPLETE,
            state="locked",
            locked_by="裁判长 A-01",
            locked_at=at(3, 2, 15, 2),
            head=replace(HEAD, saved="locked"),
        ),
        _SHEET,
    ),
    _screen("chief", CHIEF, "/judge/chief"),
    _screen("chief-none", replace(CHIEF, items=()), "/judge/chief"),
    _screen(
        "chief-unclear",
        replace(
            CHIEF,
            form=FormState(
                {"item": "itm_1", "rank": "3", "place_ent_3": "1", "place_ent_4": "1", "reason": "抽签"},
                (FieldError("place_ent_4", "先后要从第1排起，每人一个，不能重复。还没有保存。"),),
            ),
        ),
        "/judge/chief",
    ),
    _screen(
        "paper",
        PaperPage(
            HEAD,
            "/judge/chief",
            (
                PaperLine("sht_1", "01", "A-01", "empty"),
                PaperLine(
                    "sht_2", "02", "A-01", "differs", 1, (PaperDifference("09", "锉削面质量", "2", "3"),)
                ),
                PaperLine("sht_3", "03", "A-01", "agrees", 2),
            ),
            types=True,
            transfers=True,
        ),
        "/paper/s/ses_01J9",
    ),
    _screen("paper-copy", PaperCopyPage(HEAD, "sht_1", "17", GROUPS, "once"), "/paper/s/ses_01J9/sht_1"),
    _screen(
        "paper-blank",
        BlankSheetsPage(
            HEAD,
            "2021年河北省职工职业技能大赛",
            "v3",
            "97CC-02AB",
            (("01", "A-01"), ("02", "A-01")),
            GROUPS,
            at(3, 2, 7, 30),
        ),
        "/paper/s/ses_01J9/blank",
    ),
    _screen("own-sign", OWN_SIGN, _GRID + "/own"),
    _screen("own-sign-open", replace(OWN_SIGN, open=("07", "19"), void=True), _GRID + "/own"),
    _screen("own-sign-done", replace(OWN_SIGN, signed_at=at(3, 2, 17)), _GRID + "/own"),
    _screen("time", TIME, _GRID + "/time"),
    _screen("time-begin", TimePage(HEAD, ClockLine("", False, 0, "0:00:00"), keeps=True), _GRID + "/time"),
    _screen("hand", HandPage(HEAD, "17", "once"), _GRID + "/hand"),
    _screen("hand-raised", HandPage(HEAD, "17", "once", raised=True), _GRID + "/hand"),
    _screen("outbox", OutboxPage(HEAD), "/judge/outbox"),
    _screen("sign", SIGN_OFF, _GRID + "/sign"),
    _screen("sign-ready", _CLEAN, _GRID + "/sign"),
    _screen("sign-done", replace(_CLEAN, signed_at=at(3, 2, 17, 5)), _GRID + "/sign"),
    _screen("sign-void", replace(_CLEAN, reopened="工位07被退回后重新提交"), _GRID + "/sign"),
)
