"""SO1, SO2, SO3, SO5 and the draw, panel and theory pages."""

from datetime import date

from msgspec.structs import replace

from frontend.views.common import Choice, FieldError, FormState, Paging
from frontend.views.contests import TierProgress
from frontend.views.organiser import (
    Activity,
    ContestTasksPage,
    DrawLine,
    DrawPage,
    DryRun,
    GateReason,
    NeedsMe,
    NewContestPage,
    NewWayIn,
    OrganiserContest,
    PanelJudge,
    PanelPage,
    PresetChoice,
    ReviewPage,
    ReviewRow,
    RowError,
    SeatChange,
    SessionRun,
    StandsAside,
    Task,
    TaskGroup,
    TheoryPage,
    WorkbenchPage,
)
from tests.frontend.gallery.contests import HEAD, ITEM
from tests.frontend.gallery.home import PROGRESS, ROWS
from tests.frontend.gallery.screen import Screen, at, signed_in

OFFICE = "省组委会办公室"
DRAFT = replace(HEAD, state="draft")
CONTEST = f"/org/c/{HEAD.id}"
HERE = f"{CONTEST}/e/{ITEM.key}"

WORKBENCH = WorkbenchPage(
    season="2021",
    now=at(1, 8, 16, 30),
    organisation="河北省职工技能大赛组委会办公室",
    contests=tuple(
        OrganiserContest(f"con_{number}", row, "province", number % 3) for number, row in enumerate(ROWS[:4])
    ),
    needs_me=(
        NeedsMe("焊工评分方案合计98分", "应为100分，差在第7项", CONTEST, at(1, 10, 9)),
        NeedsMe("沧州退回的3份报名要重审", "钳工2人，电工1人", f"{CONTEST}/regs"),
    ),
    progress=PROGRESS,
    tiers=(Choice("province", "", True), Choice("city", ""), Choice("county", ""), Choice("enterprise", "")),
)

NEW = NewContestPage(
    presets=(
        PresetChoice(
            "hebei-final", "河北省级决赛", "理论30%，实操70%，5名裁判去一高一低，五一劳动奖章和技术能手", True
        ),
        PresetChoice("hebei-city", "市级选拔赛", "同省级方案，前3名晋级省赛"),
        PresetChoice("blank", "空白", "自己填评分方案和规则"),
    ),
    next_contests=(Choice("con_9", "2021年河北省职工职业技能大赛省级决赛"),),
    regions=(Choice("130000", "河北省"), Choice("130100", "石家庄市"), Choice("130200", "唐山市")),
    items=tuple(
        Choice(f"t{number}", name, number < 4)
        for number, name in enumerate(("钳工", "车工", "铣工", "焊工", "电工", "数控加工中心", "砌筑工"))
    ),
)

TASKS = ContestTasksPage(
    contest=DRAFT,
    rev=3,
    now=at(1, 8, 16, 30),
    season="2021",
    progress=(
        TierProgress("province", 3, 10),
        TierProgress("city", 63, 100),
        TierProgress("base", 742, 1000),
    ),
    registration_opens_at=at(1, 10, 9),
    version="v2",
    version_on=date(2021, 1, 8),
    groups=(
        TaskGroup(
            "before",
            (
                Task("赛事信息与通知", "通知v2已定稿", "done", CONTEST),
                Task("评分方案", "12项中11项校验通过", "attention", CONTEST),
                Task("报名名额与审核", "11市中9市已确认名额", "doing", f"{CONTEST}/regs"),
            ),
        ),
        TaskGroup(
            "during",
            (
                Task("场次、工位与抽签", "报名截止后可做", "todo", f"{HERE}/draw"),
                Task("裁判与回避", "砌筑工只有4名裁判", "attention", f"{HERE}/panel"),
                Task("设备与演练", "平板41/60台已登记", "doing", CONTEST),
            ),
        ),
        TaskGroup(
            "after",
            (
                Task("成绩复核与发布", "实操结束后可做", "todo", f"{HERE}/results"),
                Task("颁奖与大屏", "成绩签字后可做", "todo", CONTEST),
                Task("证书与归档", "公示期满后可做", "todo", CONTEST),
            ),
        ),
    ),
    gate=(
        GateReason("焊工评分方案合计98分", "应为100分，差在第7项", "去改", CONTEST),
        GateReason("砌筑工缺1名评分裁判", "规则要5名，现有4名", "去补", f"{HERE}/panel"),
        GateReason("没有填备案号", "晚于比赛日备案，荣誉无效", "去填", CONTEST),
    ),
    activity=(
        Activity(at(1, 8, 16, 20), "沧州、衡水确认报名名额"),
        Activity(at(1, 8, 15, 47), "焊工评分方案改为v3，校验未过"),
        Activity(at(1, 8, 14, 5), "登记平板12台，共41台"),
        Activity(at(1, 8, 11, 32), "竞赛通知v2定稿，2人复核"),
    ),
)


def _entry(number: int, name: str, city: str, unit: str, **more: object) -> ReviewRow:
    return replace(
        ReviewRow(
            entry=f"ent_{number}",
            rev=1,
            name=name,
            item="钳工",
            delegation=city,
            unit=unit,
            post="装配钳工",
            skill_level="高级工",
            submitted_at=at(1, 18, 9, number),
            state="submitted",
        ),
        **more,
    )


REVIEW = ReviewPage(
    contest=HEAD,
    states=(
        Choice("submitted", "38", True),
        Choice("returned", "4"),
        Choice("approved", "216"),
        Choice("rejected", "2"),
    ),
    items=(Choice("", "全部项目", True), Choice("t1", "钳工"), Choice("t2", "焊工")),
    rows=(
        _entry(1, "鲁知行", "沧州", "沧州渤新管道装备集团有限责任公司"),
        _entry(
            2,
            "米拉·阿不力克木",
            "唐山",
            "唐山曹妃甸港务装备制造有限公司",
            warnings=("本项唐山已报3人，名额3人",),
        ),
        _entry(3, "薛怀远", "邢台", "邢台冀中机械厂", state="returned", reason="技能等级证书看不清，请重传"),
    ),
    paging=Paging(1, 3, 38, next_url=f"{CONTEST}/regs?state=submitted&cursor=c3"),
)

DRAW = DrawPage(item=ITEM, approved=40, stations=0, sessions=0)
_DRAWN = ("陈柏舟", "石家庄"), ("周砺成", "唐山"), ("李砚北", "保定"), ("孟予衡", "沧州")
DRAWN = replace(
    DRAW,
    stations=40,
    sessions=1,
    plan=(SessionRun("ses_1", 1, "第1场", at(3, 1, 9), 40, 40, "planned"),),
    drawn_at=at(2, 28, 15, 2),
    drawn_by="加密裁判 赵云帆",
    seed="20210228-150142-7731",
    list_hash="91C0-7F3A",
    result_hash="91c07f3a" * 8,
    commitment="7f3a91c0" * 8,
    committed_at=at(2, 28, 14, 40),
    draw_id="drw_01ARZ3NDEKTSV4RRFFQ69G5FAV",
    record_path="/api/v1/draws/drw_01ARZ3NDEKTSV4RRFFQ69G5FAV/record",
    lines=tuple(
        DrawLine(number, f"QG-{number:04}", "第1场 上午", f"{number:02}", name, city)
        for number, (name, city) in enumerate(_DRAWN, 1)
    ),
)

PANEL = PanelPage(
    item=ITEM,
    rule="5名裁判评分，去掉一个最高分和一个最低分；同一单位最多1名。",
    required=5,
    judges=(
        PanelJudge("jdg_1", "A-01", "韩树声", "省机械工程学会", "chief_judge"),
        PanelJudge("jdg_2", "A-02", "田雨农", "燕山大学", "judge"),
        PanelJudge("jdg_3", "A-03", "白鹤年", "石家庄长安精密机床厂", "judge"),
        PanelJudge("jdg_4", "A-04", "严守一", "省职工大学", "judge", seated=False),
    ),
)

CHANGED = replace(
    PANEL,
    judges=(
        PANEL.judges[0],
        replace(PANEL.judges[1], replaced_by="A-04"),
        PANEL.judges[2],
        replace(PANEL.judges[3], stands_for="A-02"),
    ),
    changes=(
        SeatChange("A-02", "A-04", at(3, 2, 10, 12), "突发疾病，由备用裁判接替", "省组委会办公室", True),
    ),
)
ASIDE = replace(
    PANEL,
    judges=(
        *PANEL.judges[:2],
        replace(
            PANEL.judges[2],
            aside=True,
            reasons=(
                StandsAside("石家庄长安精密机床厂", 3, date(2015, 7, 1)),
                StandsAside(
                    "新疆生产建设兵团第一师阿拉尔市精密制造有限公司", 1, date(2019, 3, 1), date(2020, 12, 31)
                ),
                StandsAside("石家庄长安精密机床厂", 3),
            ),
        ),
        replace(PANEL.judges[3], together=("A-01", "A-02")),
    ),
)

THEORY = TheoryPage(
    item=ITEM,
    weight="30",
    maximum="100",
    entrants=40,
    present=0,
    template_url=f"{HERE}/theory/template.xlsx",
)
DRY_RUN = DryRun(
    upload="upl_01J9",
    file_name="钳工理论成绩.xlsx",
    rows=40,
    new=37,
    changed=0,
    unchanged=0,
    errors=(
        RowError(5, "理论成绩", "105", "超过满分100，未导入，请填0–100。"),
        RowError(12, "参赛号", "QG-9999", "本项没有这个参赛号，未导入，请核对。"),
        RowError(12, "理论成绩", "", "没有填写。缺考请写“缺考”，不要写0。"),
        RowError(31, "理论成绩", "8O.5", "不是数字（第2位是字母O），未导入。"),
    ),
    error_file_url=f"{HERE}/theory/upl_01J9/errors.xlsx",
)


def _screen(name: str, view: object, path: str, query: str = "") -> Screen:
    return Screen(name, view, signed_in("organiser", path, OFFICE, query))


SCREENS = (
    _screen("org", WORKBENCH, "/org"),
    _screen("org-empty", replace(WORKBENCH, contests=(), needs_me=(), progress=(), tiers=()), "/org"),
    _screen("org-new", NEW, "/org/new"),
    _screen(
        "org-new-errors",
        replace(
            NEW,
            form=FormState(
                {"name": "省级决赛", "ends_on": "2021-02-28", "starts_on": "2021-03-01"},
                (
                    FieldError("name", "同名赛事已经存在，请加上年份"),
                    FieldError("ends_on", "比赛结束早于开始，请改日期"),
                ),
            ),
        ),
        "/org/new",
    ),
    _screen("org-tasks", TASKS, CONTEST),
    _screen("org-tasks-ready", replace(TASKS, gate=()), CONTEST),
    _screen("org-tasks-published", replace(TASKS, gate=(), contest=HEAD), CONTEST),
    _screen("org-regs", REVIEW, f"{CONTEST}/regs"),
    _screen(
        "org-regs-approved",
        replace(
            REVIEW,
            rows=(
                _entry(1, "鲁知行", "沧州", "沧州渤新管道装备集团有限责任公司", state="approved"),
                _entry(3, "薛怀远", "邢台", "邢台冀中机械厂", state="approved", standing="absent"),
            ),
            standings=(Choice("present", "Present"), Choice("absent", "Absent")),
            refused_entry="ent_3",
            form=FormState(problem="没有写原因，请写明后再做。"),
        ),
        f"{CONTEST}/regs",
        "state=approved",
    ),
    _screen("org-regs-empty", replace(REVIEW, rows=(), paging=Paging(0, 0, 0)), f"{CONTEST}/regs"),
    _screen(
        "org-regs-conflict",
        replace(
            REVIEW,
            refused_entry="ent_1",
            form=FormState(problem="另一位审核员14:31已退回此报名，您的决定没有保存。请刷新后再看。"),
        ),
        f"{CONTEST}/regs",
    ),
    _screen("org-draw", DRAW, f"{HERE}/draw"),
    _screen("org-drawn", DRAWN, f"{HERE}/draw"),
    _screen(
        "org-draw-locked",
        replace(DRAWN, locked=True, plan=(replace(DRAWN.plan[0], state="running"),)),
        f"{HERE}/draw",
    ),
    _screen(
        "org-draw-sessions",
        replace(
            DRAWN,
            locked=True,
            plan=tuple(
                replace(DRAWN.plan[0], id=f"ses_{number}", name=f"第{number}场", state=state)
                for number, state in enumerate(("closed", "paused", "running", "planned"), 1)
            ),
            form=FormState(
                {"session": "ses_3", "act": "pause"},
                (FieldError("ses_3_reason", "没有写原因，请写明后再做。"),),
            ),
        ),
        f"{HERE}/draw",
    ),
    _screen("org-panel", PANEL, f"{HERE}/panel"),
    _screen(
        "org-panel-way-in",
        replace(PANEL, way_in=NewWayIn("段晓川", "https://example.org/login/link/Zr3pW0", at(2, 28, 9))),
        f"{HERE}/panel",
    ),
    _screen("org-panel-changed", CHANGED, f"{HERE}/panel"),
    _screen("org-panel-aside", ASIDE, f"{HERE}/panel"),
    _screen("org-panel-empty", replace(PANEL, judges=()), f"{HERE}/panel"),
    _screen("org-theory", THEORY, f"{HERE}/theory"),
    _screen("org-theory-check", replace(THEORY, step="check", dry_run=DRY_RUN), f"{HERE}/theory"),
    _screen("org-theory-done", replace(THEORY, step="done", present=37), f"{HERE}/theory"),
    _screen(
        "org-theory-refused",
        replace(THEORY, form=FormState(errors=(FieldError("file", "读不出这个文件，请另存为XLSX后再试"),))),
        f"{HERE}/theory",
    ),
)
