"""The administration's pages, one's own account, and the forms that are not offered."""

from msgspec.structs import replace

from frontend.pages.administering import qr_picture
from frontend.views.admin import (
    AccountLine,
    AccountPage,
    AccountsPage,
    AdminPage,
    DelegationLine,
    GrantLine,
    JudgeWayPage,
    OrganisationLine,
    OrganisationsPage,
    OwnAccountPage,
    SeasonLine,
    SeasonPage,
    SeasonsPage,
    SetupStep,
    ShownOnce,
)
from frontend.views.common import Choice, FieldError, FormState, Paging
from tests.frontend.gallery.home import PROGRESS
from tests.frontend.gallery.organiser import DRAW, DRAWN, HERE, NEW, PANEL
from tests.frontend.gallery.screen import Screen, at, signed_in

OFFICE = "省组委会办公室"
ADMIN = "/org/admin"
NODES = (Choice("org_1", "河北省总工会"), Choice("org_2", "石家庄市总工会"))
REGIONS = (Choice("130000", "河北省"), Choice("130100", "石家庄市"))
PLAN = {"plan_province": "10", "plan_city": "100", "plan_base": "1000"}
ROOT = OrganisationLine("org_1", "河北省总工会", "河北省总", "工会", "河北省")
LINES = tuple(
    OrganisationLine(f"org_{n}", name, short, "工会", region, closed)
    for n, name, short, region, closed in (
        (2, "石家庄市总工会", "石家庄市", "石家庄市", False),
        (3, "河北省机械冶金建材系统工会工作委员会技能竞赛办公室", "机冶建材系统", "", False),
        (4, "原轻工业系统工会", "轻工系统", "", True),
    )
)
ACCOUNT = AccountLine("acc_1", "石家庄市赛办公室", "sjz-office", "石家庄市总工会", "password")
LINK = ShownOnce(
    ACCOUNT.name,
    qr_picture("https://example.org/login/link/0123456789abcdefghijklmnopqrstuv"),
    url="https://example.org/login/link/0123456789abcdefghijklmnopqrstuv",
    until=at(1, 9, 16),
)
BADGE = ShownOnce(
    "鲁知行",
    qr_picture("skb_0123456789abcdefghijklmnopq"),
    badge="skb_0123456789abcdefghijklmnopq",
    pin="4071",
)

START = AdminPage(
    tuple(
        SetupStep(name, "已有1个", f"{ADMIN}/{path}", number < 2)
        for number, (name, path) in enumerate(
            (("赛季", "seasons"), ("单位", "organisations"), ("账号与权限", "accounts"))
        )
    )
)
SEASONS = SeasonsPage(
    seasons=(SeasonLine("sea_1", 2026, "2026年河北省职工职业技能大赛", "河北省总工会", PROGRESS),),
    paging=Paging(1, 1),
    organisations=NODES,
    form=FormState({"year": "2026"} | PLAN),
)
SEASON = SeasonPage(
    id="sea_1",
    year=2026,
    name="2026年河北省职工职业技能大赛",
    rev=1,
    delegations=(
        DelegationLine("石家庄市代表队", "石家庄市", "地区"),
        DelegationLine("河北钢铁集团", "河钢", "企业"),
    ),
    paging=Paging(1, 2, 2),
    organisations=NODES,
    kinds=(Choice("region", "地区"), Choice("firm", "企业")),
    form=FormState({"name": "2026年河北省职工职业技能大赛"} | PLAN),
)
ORGANISATIONS = OrganisationsPage(
    lines=LINES,
    paging=Paging(1, 3, next_url=f"{ADMIN}/organisations?cursor=x"),
    here=ROOT,
    rev=2,
    above=(Choice("org_0", "全国总工会"),),
    may_change=True,
    kinds=(Choice("federation", "工会"), Choice("enterprise", "企业事业单位")),
    tiers=(Choice("city", "市级"),),
    regions=REGIONS,
    own_regions=REGIONS,
    form=FormState({"own_name": "河北省总工会", "own_short_name": "河北省总", "own_region": "130000"}),
)
ACCOUNTS = AccountsPage(
    lines=(
        ACCOUNT,
        AccountLine("acc_2", "鲁知行", "13812345678", "", "none"),
        AccountLine("acc_3", "旧账号", "old", "", "off"),
    ),
    paging=Paging(1, 3),
    organisations=NODES,
)
ONE = AccountPage(
    account=ACCOUNT,
    rev=1,
    grants=(
        GrantLine("gra_1", "主办单位", "石家庄市总工会", at(1, 1, 9), at(12, 31, 16), True, "换届"),
        GrantLine("gra_2", "审核员", "2021年河北省职工职业技能大赛省级决赛 钳工", at(1, 1, 9), None, False),
    ),
    paging=Paging(1, 2),
    roles=(Choice("organiser", "主办单位"), Choice("judge", "裁判")),
    places=NODES,
    targets=(Choice("/account", "设置密码的页面"), Choice("/", "本人的工作页")),
    hours=(Choice("24", "24小时"),),
)
OWN = OwnAccountPage("省组委会办公室", "first", must_enrol=True, confirmed=False, has_password=True)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def _screen(name: str, view: object, path: str) -> Screen:
    return Screen(name, view, signed_in("organiser", path, OFFICE))  # type: ignore[arg-type]


SCREENS = (
    _screen("admin", START, ADMIN),
    _screen("admin-seasons", SEASONS, f"{ADMIN}/seasons"),
    _screen(
        "admin-seasons-errors",
        replace(
            SEASONS,
            seasons=(),
            paging=Paging(0, 0),
            form=FormState(
                {"year": "20", "name": "2026年大赛"} | PLAN,
                (
                    FieldError("year", "须为1949到2200之间的整数，未保存。"),
                    FieldError("plan_city", "须为0到1000000之间的整数，未保存。"),
                ),
            ),
        ),
        f"{ADMIN}/seasons",
    ),
    _screen("admin-season", SEASON, f"{ADMIN}/seasons/sea_1"),
    _screen("admin-season-read", replace(SEASON, may_change=False, delegations=()), f"{ADMIN}/seasons/sea_1"),
    _screen("admin-organisations", ORGANISATIONS, f"{ADMIN}/organisations"),
    _screen(
        "admin-organisations-found",
        replace(ORGANISATIONS, here=None, above=(), query="工会", may_change=False),
        f"{ADMIN}/organisations",
    ),
    _screen("admin-accounts", ACCOUNTS, f"{ADMIN}/accounts"),
    _screen("admin-account", ONE, f"{ADMIN}/accounts/acc_1"),
    _screen("admin-account-link", replace(ONE, grants=(), shown_once=LINK), f"{ADMIN}/accounts/acc_1"),
    _screen("admin-account-own", replace(ONE, own=True, roles=()), f"{ADMIN}/accounts/acc_1"),
    _screen("account", OWN, "/account"),
    _screen(
        "account-secret", replace(OWN, waiting=True, secret=SECRET, picture=qr_picture(SECRET)), "/account"
    ),
    _screen("account-saved", replace(OWN, must_enrol=False, confirmed=True, saved=True), "/account"),
    _screen(
        "judge-way",
        JudgeWayPage("2021年河北省职工职业技能大赛", f"{HERE}/panel", "A-01", BADGE),
        f"{HERE}/judges/jdg_1/way",
    ),
    _screen("org-new-no-season", replace(NEW, missing="season"), "/org/new"),
    _screen("org-new-no-host", replace(NEW, missing="host"), "/org/new"),
    _screen("org-panel-settled", replace(PANEL, settled="final"), f"{HERE}/panel"),
    _screen(
        "org-panel-ways",
        replace(PANEL, ways=(Choice("jdg_1", "A-01 鲁知行"), Choice("jdg_2", "A-02 孟予衡"))),
        f"{HERE}/panel",
    ),
    _screen("org-draw-settled", replace(DRAWN, settled="provisional"), f"{HERE}/draw"),
    _screen(
        "org-draw-needs-sessions",
        replace(DRAW, sessions=0, plan=(), lines=(), drawn_at=None, may_plan=False),
        f"{HERE}/draw",
    ),
    _screen(
        "org-draw-needs-panel",
        replace(DRAW, sessions=0, plan=(), lines=(), drawn_at=None, panels=0),
        f"{HERE}/draw",
    ),
)
