"""The organiser's page of a contest's own data, and the plan of an item."""

from datetime import date
from decimal import Decimal

from msgspec.structs import replace

from frontend.pages.plan_lines import compared_line, plan_lines, tie_lines
from frontend.views.common import Choice, FieldError, FormState
from frontend.views.contest_info import (
    ContestInfoPage,
    ContestMove,
    FilingLine,
    OrganiserRow,
    PlanPage,
)
from frontend.views.rules import CriterionLimit, ItemLimits, RulesPage
from scoring import Band, Benchmark, Judged, Measured, Plan, Rounding, Sum, WeightedSum
from tests.frontend.gallery.contests import HEAD, ITEM
from tests.frontend.gallery.organiser import CONTEST, HERE, OFFICE
from tests.frontend.gallery.screen import Screen, at, signed_in
from tests.plans import two_part_plan

_VALUES = {
    "name": HEAD.name,
    "name_en": "Hebei skills contest 2021, final",
    "registration_from": "2021-01-10",
    "registration_until": "2021-01-31",
    "starts_on": "2021-03-01",
    "ends_on": "2021-03-03",
    "notice_days": "5",
    "minimum_age": "18",
}
INFO = ContestInfoPage(
    contest=HEAD,
    rev=3,
    editable=(
        "name",
        "name_en",
        "registration_from",
        "registration_until",
        "starts_on",
        "ends_on",
        "notice_days",
    ),
    organisers=(
        OrganiserRow(1, "lead", "河北省总工会", "org_1"),
        OrganiserRow(2, "host", "石家庄市总工会", "org_2"),
        OrganiserRow(3, "committee", "大赛组委会"),
        OrganiserRow(4, "co_organiser", ""),
    ),
    roles=(
        Choice("lead", "Lead organiser"),
        Choice("host", "Host"),
        Choice("co_organiser", "Co-organiser"),
        Choice("committee", "Committee"),
    ),
    filings=(FilingLine("河北省人力资源和社会保障厅", "冀人社竞〔2021〕3号", date(2021, 2, 20)),),
    authorities=(Choice("org_8", "河北省人力资源和社会保障厅"), Choice("org_1", "河北省总工会")),
    moves=(ContestMove("running"), ContestMove("cancelled", needs_reason=True)),
    rules_rev=1,
    form=FormState(_VALUES),
)


def _fitter() -> Plan:
    """The small plan of the tests with a measured criterion and benchmarks beside it."""
    plan = two_part_plan()
    assert isinstance(plan.root, WeightedSum)
    theory, practical = plan.root.parts
    assert isinstance(practical.node, Sum)
    measured = Measured(
        key="A/02", title="燕尾宽度", title_en="Dovetail width", maximum=Decimal(50), unit="mm",
        bands=(
            Band(points=Decimal(10), low=Decimal("23.98"), high=Decimal("24.05")),
            Band(points=Decimal(5), high=Decimal("24.10")),
        ),
    )  # fmt: skip
    judged = Judged(
        key="B/09", title="锉纹", title_en="File marks", maximum=Decimal(3), kind="judgement_0_3", points=Decimal(8),
        benchmarks=(
            Benchmark(value=Decimal(0), word="未达标", word_en="Below", text="划痕深", text_en="Deep scratches"),
            Benchmark(value=Decimal(3), word="优秀", word_en="Excellent", text="无可见划痕", text_en="No scratch"),
        ),
    )  # fmt: skip
    work = replace(practical.node, parts=(*practical.node.parts, measured, judged), rounding=Rounding())
    return replace(plan, root=replace(plan.root, parts=(theory, replace(practical, node=work))))


# Lines are in the reader's language already, so that the gallery shows them in English for both.
PLAN = PlanPage(
    item=ITEM,
    rev=2,
    title="理论30%、实操70%",
    version="v2 7F3A-91C0",
    at=at(1, 8, 9),
    lines=plan_lines(_fitter(), "en"),
    ties=tie_lines(_fitter(), "en"),
    compared=compared_line(_fitter(), "en"),
    document='{\n  "code": "fitter",\n  "version": 2\n}',
    lives=(Choice("progress", "progress only", True), Choice("by_name", "ranks and names")),
    layers=(Choice("0", "None", True), Choice("1", "One layer")),
    form=FormState({"capacity": "40", "per_delegation": "3"}),
)


_LIMITS = {
    "recheck": "yes", "top": "10", "top_percent": "", "rest_percent": "15", "errors_percent": "5", "criterion": "1", "sheet": "8",
    "criterion_fitter": "0.5", "sheet_fitter": "", "limit:fitter:a01": "0.02", "criterion_welder": "", "sheet_welder": "", "years": "3", "one_per_unit": "yes",
}  # fmt: skip
RULES = RulesPage(
    contest=HEAD,
    rev=4,
    items=(
        ItemLimits(
            "fitter",
            "钳工",
            (
                CriterionLimit("limit:fitter:a01", "孔径"),
                CriterionLimit("limit:fitter:a02", "表面粗糙度与去毛刺是否均匀"),
            ),
        ),
        ItemLimits("welder", "工业机器人系统操作与智能制造单元集成应用（职工组·师徒同台双人赛）"),
    ),
    form=FormState(_LIMITS),
)


def _rules(name: str, view: RulesPage) -> Screen:
    return Screen(name, view, signed_in("organiser", f"{CONTEST}/rules", OFFICE))


def _plan(name: str, view: PlanPage) -> Screen:
    return Screen(name, view, signed_in("organiser", f"{HERE}/plan", OFFICE))


def _screen(name: str, view: ContestInfoPage) -> Screen:
    return Screen(name, view, signed_in("organiser", f"{CONTEST}/info", OFFICE))


SCREENS = (
    _screen("org-info", INFO),
    _screen(
        "org-info-errors",
        replace(
            INFO,
            filings=(),
            form=FormState(
                _VALUES | {"act": "organisers", "ends_on": "2021-02-28"},
                (
                    FieldError("ends_on", "结束早于开始，请改日期"),
                    FieldError("name_2", "名称里有看不见的字符"),
                ),
            ),
        ),
    ),
    _screen(
        "org-info-over",
        replace(
            INFO, contest=replace(HEAD, state="archived"), editable=(), moves=(), open=False, may_change=False
        ),
    ),
    _rules("org-rules", RULES),
    _rules(
        "org-rules-errors",
        replace(
            RULES,
            form=FormState(
                _LIMITS | {"rest_percent": "10", "years": "30"},
                (
                    FieldError("rest_percent", "其余成绩的抽查比例不得低于15%，未保存。"),
                    FieldError("years", "请填0到20之间的数，最多4位小数，未保存。"),
                ),
            ),
        ),
    ),
    _rules(
        "org-rules-stale",
        replace(
            RULES,
            now={"top": "6", "criterion_fitter": "", "one_per_unit": ""},
            form=FormState(_LIMITS, problem="内容已被他人修改，您的改动没有保存。"),
        ),
    ),
    _rules("org-rules-over", replace(RULES, open=False)),
    _plan("org-plan", PLAN),
    _plan("org-plan-checked", replace(PLAN, checked=True)),
    _plan(
        "org-plan-errors",
        replace(
            PLAN,
            form=FormState(
                {"document": "{}"},
                (
                    FieldError("document", "total：各部分权重合计为1.1，应为1或100。"),
                    FieldError("document", "total › practical › C2：该节点的满分0必须大于0。"),
                ),
            ),
        ),
    ),
    _plan("org-plan-locked", replace(PLAN, open=False)),
)
