"""The organiser's results page along the publication machine."""

from msgspec.structs import replace

from frontend.views.common import FieldError, FormState, Version
from frontend.views.results import (
    AwardPreviewRow,
    FurtherAct,
    Gap,
    ItemResultsPage,
    PastStep,
    PublicationStep,
    RankBand,
    SlotRow,
    TiedRow,
    TieGroup,
)
from tests.frontend.gallery.contests import ITEM
from tests.frontend.gallery.organiser import HERE, OFFICE
from tests.frontend.gallery.ranking import COLUMNS, OUT, ROWS
from tests.frontend.gallery.screen import Screen, at, signed_in

_STEPS = (
    ("closed", "close", None),
    ("confirmed", "confirm", None),
    ("provisional", "publish", "38"),
    ("final", "finalise", "终定"),
)
_WHEN = (at(3, 2, 17, 5), at(3, 3, 10, 12), at(3, 3, 16, 42), at(3, 8, 9))


def steps(done: int, gaps: tuple[Gap, ...] = ()) -> tuple[PublicationStep, ...]:
    return tuple(
        PublicationStep(
            state=state,
            act=act,
            status="done" if number < done else "next" if number == done else "later",
            at=_WHEN[number] if number < done else None,
            by="裁判长 韩树声" if number < done else "",
            gaps=gaps if number == done else (),
            confirm_with=confirm,
        )
        for number, (state, act, confirm) in enumerate(_STEPS)
    )


CONFIRMED = ItemResultsPage(
    item=ITEM,
    state="confirmed",
    rev=3,
    steps=steps(2),
    columns=COLUMNS,
    bands=(RankBand(ROWS[:4], "一等奖", 1, 4), RankBand(ROWS[4:8], "二等奖", 5, 12), RankBand(OUT)),
    tie_rule="总分、实操、理论、用时，仍相同则并列",
    version=Version(4, "7F3A-91C0", at(3, 3, 16, 42, 5)),
    entrants=40,
    slots=(
        SlotRow("周砺成", "唐山", 1, "in", "第1名，每项前3名晋级"),
        SlotRow("陈柏舟", "石家庄", 2, "in", "第2名，每项前3名晋级"),
        SlotRow("李砚北", "保定", 3, "in", "第3名，按实操高于孟予衡"),
        SlotRow("孟予衡", "沧州", 4, "substitute", "第4名，前面有人放弃时递补"),
    ),
    slot_rule="每项前3名",
    awards=(
        AwardPreviewRow(
            "周砺成", "唐山", 1, "河北省五一劳动奖章", "eligible", "工种第1名，一线职工，赛前已备案"
        ),
        AwardPreviewRow(
            "陈柏舟", "石家庄", 2, "河北省技术能手", "needs_person", "岗位写着车间副主任，要确认是否一线"
        ),
        AwardPreviewRow(
            "李砚北", "保定", 3, "河北省技术能手", "not_eligible", "2019年已获此称号，不重复授予"
        ),
    ),
    award_rule="河北2021 第12条",
)
TIED = (TiedRow("ent_3", "QG-0003", "李砚北", "93.71"), TiedRow("ent_4", "QG-0004", "孟予衡", "93.71"))
_ALL = ("slot_accept", "slot_decline", "slot_lapse", "slot_cancel")
ANSWERED = (
    SlotRow("周砺成", "唐山", 1, "in", "第1名", "Accepted", "slt_1", 2, kept=True, acts=("slot_cancel",)),
    SlotRow("陈柏舟", "石家庄", 2, "out", "已放弃", "Declined", "slt_2", 2),
    SlotRow("李砚北", "保定", 3, "in", "第3名", "Offered", "slt_3", 1, acts=_ALL),
    SlotRow("孟予衡", "沧州", 4, "in", "第2名放弃，递补", "Offered", "slt_4", 1, acts=_ALL),
)
OPEN = replace(
    CONFIRMED,
    state="open",
    version=None,
    bands=(),
    slots=(),
    awards=(),
    steps=steps(
        0,
        (
            Gap("第07、19工位评分表没有签字", "裁判A-02", f"{HERE}/results"),
            Gap("2人没有理论成绩", "QG-0613、QG-0616", f"{HERE}/theory"),
        ),
    ),
)


def _screen(name: str, view: ItemResultsPage) -> Screen:
    return Screen(name, view, signed_in("organiser", f"{HERE}/results", OFFICE))


SCREENS = (
    _screen("org-results", CONFIRMED),
    _screen("org-results-open", OPEN),
    _screen(
        "org-results-provisional",
        replace(
            CONFIRMED,
            state="provisional",
            steps=steps(3),
            frozen=True,
            frozen_since=at(3, 2, 16),
            may_freeze=True,
            further=(FurtherAct("withdraw"),),
        ),
    ),
    _screen(
        "org-results-final",
        replace(
            CONFIRMED,
            state="final",
            steps=steps(4),
            may_offer=True,
            may_propose=True,
            may_freeze=True,
            further=(FurtherAct("amend"), FurtherAct("withdraw")),
            history=(
                PastStep("final", _WHEN[3], "省组委会办公室", version=4),
                PastStep("open", _WHEN[1], "裁判长 韩树声", "07工位漏评一项"),
            ),
        ),
    ),
    _screen(
        "org-results-tie",
        replace(
            CONFIRMED,
            state="closed",
            steps=steps(1),
            further=(FurtherAct("reopen"),),
            ties=(TieGroup(3, TIED),),
        ),
    ),
    _screen(
        "org-results-answers",
        replace(
            CONFIRMED,
            state="final",
            steps=steps(4),
            offered=True,
            slots=ANSWERED,
            form=FormState(
                {"slot": "slt_3", "act": "slot_lapse"},
                (FieldError("slt_3_reason", "没有写原因，请写明后再做。"),),
            ),
        ),
    ),
    _screen(
        "org-results-wrong-number",
        replace(
            CONFIRMED,
            form=FormState(
                {"confirm": "40"}, (FieldError("confirm", "公布的是38人的名次，没有发布。请输入38。"),)
            ),
        ),
    ),
)
