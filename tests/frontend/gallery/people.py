"""P10, P12, SA1, X2 and the page of a problem."""

from msgspec.structs import replace

from frontend.rendering import RequestContext
from frontend.views.access import LoginPage, ProblemPage
from frontend.views.awards import (
    AwardListPage,
    AwardTab,
    BatchLine,
    BatchListPage,
    Candidate,
    Dossier,
    Fact,
)
from frontend.views.common import Choice, FieldError, FormState, Paging
from frontend.views.registration import (
    MemberRow,
    OpenItem,
    RegisteredPage,
    RegistrationPage,
    UnitEntry,
    UnitPage,
    UnitSlot,
)
from tests.frontend.gallery.contests import HEAD, ITEM
from tests.frontend.gallery.screen import Screen, at, public, signed_in

UNIT = "沧州渤新管道装备集团有限责任公司"
_FILLED = {
    "name": "艾尼瓦尔·吐尔逊江",
    "document_type": "id_card",
    "document_number": "00010519491231002X",
    "mobile": "13800000000",
    "post": "装配钳工",
    "skill_level": "senior",
    "delegation": "cangzhou",
    "declaration": "yes",
}
REGISTRATION = RegistrationPage(
    item=ITEM,
    unit=UNIT,
    now=at(1, 20, 10),
    document_types=(Choice("id_card", "ID card", True), Choice("passport", "Passport")),
    skill_levels=(
        Choice("junior", "Junior"),
        Choice("senior", "Senior", True),
        Choice("technician", "Technician"),
    ),
    delegations=(Choice("cangzhou", "沧州市"), Choice("power", "电力行业")),
    places_left=2,
    closes_at=at(2, 1),
)
TEAM = replace(
    REGISTRATION,
    members=(
        MemberRow("m1_", "选手 1"),
        MemberRow("m2_", "选手 2"),
        MemberRow("m3_", "领队", role="leader"),
        MemberRow("m4_", "教练", role="coach"),
    ),
)
_TEAM_FILLED = {
    **{
        f"m1_{field}": value for field, value in _FILLED.items() if field not in ("delegation", "declaration")
    },
    **{
        f"m2_{field}": value for field, value in _FILLED.items() if field not in ("delegation", "declaration")
    },
    "m2_name": "薛怀远",
    "m3_name": "孟予衡",
    "m3_document_type": "passport",
    "delegation": "cangzhou",
    "declaration": "yes",
}
UNIT_PAGE = UnitPage(
    unit=UNIT,
    now=at(1, 20, 10),
    states=(Choice("submitted", "3", True), Choice("returned", "1"), Choice("approved", "6")),
    entries=(
        UnitEntry(
            "ent_1", "孟予衡", HEAD.name, "钳工", "/c/hebei-2021/e/itm_1", "submitted", at(1, 18, 9, 1)
        ),
        UnitEntry(
            "ent_2",
            "薛怀远",
            HEAD.name,
            "电工",
            "/c/hebei-2021/e/itm_2",
            "returned",
            at(1, 19, 15, 30),
            reason="技能等级证书看不清，请在1月25日24:00前重传",
            fix_url="/my/reg/itm_2?entry=ent_2",
        ),
    ),
    paging=Paging(1, 2, 2),
    open_items=(
        OpenItem("itm_1", "钳工", HEAD.name, at(2, 1), 2),
        OpenItem("itm_4", "焊工", HEAD.name, at(2, 1), 0),
    ),
)

DOSSIER = Dossier(
    decision="awd_2",
    rev=3,
    rank=2,
    name="陈柏舟",
    item="钳工省级决赛",
    total="93.71",
    field=40,
    facts=(
        Fact("身份证", "130***********4X", reveal_url="/award/bat_1/awd_2/reveal"),
        Fact("单位", "石家庄长安精密机床厂"),
        Fact("岗位", "装配车间副主任，钳工班", detail="单位说明：每月在岗操作不少于18天", attention=True),
        Fact("单位意见", "同意推荐，3月3日盖章", document_url="/documents/81"),
        Fact("名次证明", "与发布的v4一致 7F3A-91C0"),
        Fact("已有荣誉", "市技术能手（2019年），不冲突"),
        Fact("重复", "没有发现"),
    ),
    question="车间副主任是否算一线职工？",
)
AWARDS = AwardListPage(
    batch="bat_1",
    award="hebei.technician",
    title="省技术能手 2021年省级决赛批次",
    source="12项 第1–3名",
    submitted_at=at(3, 4, 10, 20),
    candidates=36,
    hash_fragment="2D4E-07A9",
    preview=False,
    rule="省级一类单人赛第1–3名，一线职工，赛前已备案，授予省技术能手。已有此称号的不重复授予，名额不递补。",
    tabs=(AwardTab("eligible", 29), AwardTab("needs_person", 5, True), AwardTab("not_eligible", 2)),
    rows=(
        Candidate(
            "awd_1", 1, "鲁知行", "焊工", "沧州", "单位意见的公章与单位名称不一致",
            "第6条：意见上是集团公司，报名单位是其分公司。",
        ),
        Candidate(
            "awd_2", 2, "陈柏舟", "钳工", "石家庄", "岗位写着“车间副主任”，要确认是否一线",
            "第3条：企业负责人不授予；班组长以下算一线。", chosen=True,
        ),
        Candidate(
            "awd_3", 2, "米拉·阿不力克木", "化学检验员", "唐山", "工作年限差12天满1年",
            "第4条：1年从入职日算到比赛首日，可由委员会认定。",
        ),
        Candidate(
            "awd_4", 3, "薛怀远", "电工", "邢台", "疑似与另一赛事候选人是同一人",
            "第8条：证件号相同，市级决赛电工第1名已申报。",
        ),
        Candidate(
            "awd_5", 3, "霍青川", "砌筑工", "邯郸", "第3名并列2人，超出名额1人",
            "第2条：并列在授奖线上，规则允许扩额或由裁判长裁定。", decided="returned",
        ),
    ),
    paging=Paging(1, 5, 5),
    dossier=DOSSIER,
    changes=("砌筑工第3名改判", "焊工第1名补交了单位意见"),
)  # fmt: skip
_OTHER_TAB = (AwardTab("eligible", 29), AwardTab("needs_person", 5), AwardTab("not_eligible", 0, True))

LOGIN = RequestContext(path="/login", csrf_token="csrf-before-sign-in")
NOT_FOUND = ProblemPage(
    status=404,
    title="没有找到这个页面",
    detail="地址不对，或者这里没有您能看的内容。",
    data_safe="没有任何内容被改动。",
    next_step="检查地址，或从首页重新查找。",
    request_id="req_01J9K3F7A",
    at=at(3, 2, 14, 31),
    code="not_found",
)


def _unit(name: str, view: object, path: str) -> Screen:
    return Screen(name, view, signed_in("unit", path, "沧州渤新管道"))


def _award(name: str, view: object, path: str = "/award/bat_1") -> Screen:
    return Screen(name, view, signed_in("authority", path, "省技能评审办"))


_REG = "/my/reg/itm_01J9K3F"

SCREENS = (
    _unit("reg", REGISTRATION, _REG),
    _unit(
        "reg-errors",
        replace(
            REGISTRATION,
            form=FormState(
                _FILLED | {"document_number": "110105194912310021"},
                (FieldError("document_number", "身份证号第18位不对，请核对"),),
            ),
        ),
        _REG,
    ),
    _unit("reg-check", replace(REGISTRATION, step="check", form=FormState(_FILLED)), _REG),
    _unit("reg-team", TEAM, _REG),
    _unit(
        "reg-team-errors",
        replace(
            TEAM,
            form=FormState(
                _TEAM_FILLED,
                (
                    FieldError("m2_document_number", "薛怀远：身份证号第18位不对，请核对"),
                    FieldError("m3_document_number", "领队：没有填写证件号码"),
                ),
            ),
        ),
        _REG,
    ),
    _unit("reg-team-check", replace(TEAM, step="check", form=FormState(_TEAM_FILLED)), _REG),
    _unit("reg-full", replace(REGISTRATION, state="full", places_left=0), _REG),
    _unit(
        "reg-done", RegisteredPage(ITEM, "艾尼瓦尔·吐尔逊江", "R-20210120-0412", at(1, 20, 10, 4), 1), _REG
    ),
    _unit("unit", UNIT_PAGE, "/unit"),
    _unit(
        "unit-slots",
        replace(
            UNIT_PAGE,
            slots=(
                UnitSlot("slt_1", 1, "孟予衡", "钳工", "沧州市选拔赛", HEAD.name, "offered", True, at(2, 1)),
                UnitSlot(
                    "slt_2",
                    2,
                    "薛怀远",
                    "电工",
                    "沧州市选拔赛",
                    HEAD.name,
                    "accepted",
                    register_url="/my/reg/itm_2?slot=slt_2",
                ),
                UnitSlot("slt_3", 2, "鲁知行", "焊工", "沧州市选拔赛", HEAD.name, "declined"),
            ),
            form=FormState(
                {"slot": "slt_1", "act": "slot_decline"},
                (FieldError("slt_1_reason", "没有写原因，请写明后再做。"),),
            ),
        ),
        "/unit",
    ),
    _unit("unit-empty", replace(UNIT_PAGE, entries=(), open_items=(), paging=Paging(0, 0, 0)), "/unit"),
    _award("award", AWARDS),
    _award("award-preview", replace(AWARDS, preview=True, changes=())),
    _award("award-none", replace(AWARDS, tabs=_OTHER_TAB, rows=(), dossier=None, paging=Paging(0, 0, 0))),
    _award(
        "award-decided",
        replace(
            AWARDS,
            dossier=replace(
                DOSSIER,
                decided="granted",
                decided_at=at(3, 5, 9, 10),
                decided_by="周审核",
                undo_until=at(3, 5, 9, 10, 30),
            ),
        ),
    ),
    _award(
        "award-no-reason",
        replace(AWARDS, form=FormState(errors=(FieldError("reason", "退回要写理由，还没有保存"),))),
    ),
    _award(
        "awards",
        BatchListPage(
            "省技能评审办",
            (
                BatchLine("bat_1", "省技术能手", "2021年省级决赛 12项", at(3, 4, 10, 20), 36, 5),
                BatchLine("bat_2", "河北省五一劳动奖章", "2021年省级决赛 12项", at(3, 4, 10, 20), 12, 0),
            ),
        ),
        "/award",
    ),
    _award("awards-empty", BatchListPage("省技能评审办", ()), "/award"),
    Screen("login", LoginPage(sends_links=True), LOGIN),
    Screen("login-plain", LoginPage(), LOGIN),
    Screen("login-by-link", LoginPage(step="link"), LOGIN),
    Screen(
        "login-wrong",
        LoginPage(
            form=FormState({"account": "shijiazhuang"}, problem="账号或密码不对。连错5次会暂停15分钟。")
        ),
        LOGIN,
    ),
    Screen("login-totp", LoginPage(step="totp"), LOGIN),
    Screen("login-link", LoginPage(step="link_sent"), LOGIN),
    Screen("problem-404", NOT_FOUND, public("/c/none")),
    Screen(
        "problem-500",
        replace(
            NOT_FOUND,
            status=500,
            title="服务器没有回应",
            detail="处理这一步时出了错，已经记录。",
            data_safe="这一步没有保存；之前收到回执的都在。",
            next_step="请再试一次。还不行时把错误号告诉现场管理员。",
            code="internal_error",
            retry_path="/unit",
        ),
        public("/unit"),
    ),
    Screen(
        "problem-forbidden",
        replace(NOT_FOUND, status=403, title="这里需要别的权限", code="forbidden"),
        public("/blind/s/1"),
    ),
)
