"""The organiser's page of a contest's own data, and the plan of an item."""

from datetime import date

from msgspec.structs import replace

from frontend.views.common import Choice, FieldError, FormState
from frontend.views.contest_info import (
    ContestInfoPage,
    ContestMove,
    FilingLine,
    OrganiserRow,
)
from tests.frontend.gallery.contests import HEAD
from tests.frontend.gallery.organiser import CONTEST, OFFICE
from tests.frontend.gallery.screen import Screen, signed_in

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
)
