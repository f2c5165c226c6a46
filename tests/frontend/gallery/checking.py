"""O10, recheck and sign-off in every state: asked, looked at, confirmed, refused, over; drawn, with errors, everything; signed, void."""

from msgspec.structs import replace

from api.control.schemas import (
    AwardMoved,
    CheckLine,
    Correction,
    CorrectionPreview,
    MarkShown,
    Moved,
    Place,
    RankMoved,
    Recheck,
    Rechecks,
    SignedVersion,
    SlotMoved,
)
from frontend.views.common import FieldError, FormState
from frontend.views.control import AskCorrectionPage, ControlPage, CorrectionPage
from tests.frontend.gallery.control import LONG_ITEM, here
from tests.frontend.gallery.screen import Screen, at

UYGHUR = "阿卜杜热西提·麦麦提图尔荪·吐尔逊江·买买提明江·艾合买提"
MOVED = Moved(
    ranks=(
        RankMoved(who="李砚北", before=Place(3, "93.71"), after=Place(4, "93.46")),
        RankMoved(who=UYGHUR, before=Place(4, "93.71"), after=Place(3, "93.71")),
        RankMoved(who="𠮷䶮", before=Place(None, "-0.00"), after=Place(40, "100.00")),
    ),
    slots=(SlotMoved(who="李砚北", before="in", after="substitute"), SlotMoved(who=UYGHUR, before="substitute", after="in")),
    awards=(
        AwardMoved(name_zh="河北省技术能手", name_en="Hebei Technical Expert", who="李砚北", before="eligible", after="not_eligible"),
        AwardMoved(name_zh="河北省技术能手", name_en="Hebei Technical Expert", who=UYGHUR, before=None, after="needs_person"),
    ),
)  # fmt: skip
OLD, NEW = MarkShown("scored", "3"), MarkShown("scored", "2")
ASKING = AskCorrectionPage(
    sheet="sht_1705", station="17", judge="A-05", item_name="钳工", criterion="B/09", number=9, title="锉削面质量",
    limits="0–3", unit="", value="3", base_rev=1, published=True, key="k",
)  # fmt: skip
CLEAN = FormState()
TYPED = FormState({"value": "2", "reason": "抄录时看错行，与纸质评分表不符", "note": "17工位第9项订正"})
PREVIEW = CorrectionPreview(
    sheet="sht_1705", station=17, judge="A-05", number=9, title="锉削面质量", title_en="Filed surface", before=OLD, after=NEW,
    base_rev=1, moved=MOVED, publication="provisional",
)  # fmt: skip
ASKED = Correction(
    id="cor_1", item="itm_1", sheet="sht_1705", station=17, judge="A-05", criterion="B/09", number=9, title="锉削面质量",
    title_en="Filed surface", before=OLD, after=NEW, reason="抄录时看错行，与纸质评分表不符", note="17工位第9项订正", outcome="waiting",
    own=False, asked_by="裁判长 韩树声", asked_at=at(3, 3, 9, 12), moved=MOVED,
)  # fmt: skip
MADE = replace(ASKED, outcome="made", by="监督组 赵正清", at=at(3, 3, 9, 40))
REFUSED = replace(
    ASKED, id="cor_2", outcome="refused", by="监督组 赵正清", at=at(3, 3, 9, 40), refused_because="纸质评分表写的也是3，无须更正",
    after=MarkShown("not_attempted", None),
)  # fmt: skip
OVER = replace(
    ASKED,
    id="cor_3",
    outcome="over",
    number=12,
    before=MarkShown("unset", None),
    after=MarkShown("scored", "100.00"),
)

VERSION = SignedVersion(item="itm_1", snapshot=4, hash="7f3a91c0" * 8, complete=True, unsigned=0)
SIGNED = replace(
    VERSION, signed=4, signed_hash=VERSION.hash, by="裁判长 韩树声", at=at(3, 3, 10, 12), valid=True
)
VOID = replace(SIGNED, snapshot=5, hash="04d122be" * 8, valid=False, void=True)


def _line(place: int, **changes: object) -> CheckLine:
    line = CheckLine(
        key=f"ent_{place}", session_id="ses_1", session="第2场", station=place, number="", because="drawn", open=True, outcome=None,
        sheets=tuple(f"sht_{place:02}0{judge}" for judge in range(1, 6)), errors=0, facts=60, mine=False,
    )  # fmt: skip
    return replace(line, **changes)


LINES = (
    _line(3, because="top", open=False, outcome="ok", by="监督组 赵正清", at=at(3, 3, 9)),
    _line(17, because="top", open=False, outcome="error", errors=1, note="第9项抄录错行，与纸质评分表不符", by=UYGHUR, at=at(3, 3, 9, 5)),
    _line(21, outcome="ok", facts=61, by="监督组 赵正清"),
    _line(28),
    _line(31, mine=True),
    _line(0, session_id=None, session="", station=None, number="QG-0613", sheets=()),
)  # fmt: skip
DRAWN = Recheck(
    id="rck_1", number=1, snapshot=4, algorithm="sha256-fisher-yates-1", seed="9f2c41d07be8a3556e10c4bb21f7a9d8035e6cf1b4a2978de0c35a1f68b7d402",
    at=at(3, 3, 8, 40), by="裁判长 韩树声", everything=False, checked=2, of=6, errors=1, rate="0.8", limit="5", done=False, entries=LINES,
)  # fmt: skip
CHECK = ControlPage(
    item="itm_1",
    item_name="钳工",
    results_url="/org/c/con_1/e/fitter/results",
    version=VERSION,
    hash_fragment="7F3A-91C0",
    signed_fragment="",
    recheck=Rechecks(item="itm_1", required=True, ready=True, current=DRAWN),
    corrections=(ASKED, MADE, REFUSED, OVER),
    signs=True,
    draws=True,
    records=True,
    asks_pin=True,
    key="k",
)
NOTHING = Rechecks(item="itm_1", required=True, ready=False, current=None)
ALL_DONE = replace(
    DRAWN, everything=True, checked=6, errors=3, rate="6.7", done=True,
    entries=tuple(replace(line, because="all", open=False, outcome=line.outcome or "ok", by="监督组 赵正清", mine=False) for line in LINES),
)  # fmt: skip


def _check(name: str, view: ControlPage) -> Screen:
    return Screen(name, view, here("/org/items/itm_1/check"))


def _ask(name: str, view: AskCorrectionPage) -> Screen:
    return Screen(name, view, here("/org/sheets/sht_1705/correct"))


def _correction(name: str, correction: Correction, confirms: bool = False, form: FormState = CLEAN) -> Screen:
    return Screen(
        name,
        CorrectionPage(
            correction=correction,
            confirms=confirms,
            needs_note=confirms and correction.note is None,
            key="k",
            form=form,
        ),
        here("/org/corrections/cor_1"),
    )


SCREENS = (
    _ask("correct", ASKING),
    _ask("correct-preview", replace(ASKING, preview=PREVIEW, form=TYPED)),
    _ask("correct-nothing-moves", replace(ASKING, published=False, preview=replace(PREVIEW, moved=Moved()), form=TYPED)),
    _ask(
        "correct-refused",
        replace(ASKING, value=None, form=replace(TYPED, errors=(FieldError("value", "4超过量程，未保存，请填0–3。"),))),
    ),
    _correction("correction", ASKED, confirms=True),
    _correction("correction-needs-note", replace(ASKED, note=None), confirms=True),
    _correction("correction-own", replace(ASKED, own=True)),
    _correction("correction-made", MADE),
    _correction("correction-refused", REFUSED),
    _correction("correction-over", OVER),
    _correction(
        "correction-stale", ASKED, True, FormState(problem="成绩刚有变动，更正没有执行。请看过新的名次再确认。")
    ),
    _check("check", CHECK),
    _check("check-empty", replace(CHECK, recheck=NOTHING, corrections=(), version=replace(VERSION, complete=False))),
    _check("check-no-rule", replace(CHECK, recheck=replace(NOTHING, required=False), corrections=(), draws=False, signs=False)),
    _check("check-to-draw", replace(CHECK, recheck=replace(NOTHING, ready=True), version=replace(VERSION, unsigned=3), corrections=())),
    _check("check-all", replace(CHECK, recheck=replace(CHECK.recheck, current=ALL_DONE), item_name=LONG_ITEM)),
    _check(
        "check-signed",
        replace(CHECK, version=SIGNED, signed_fragment="7F3A-91C0", recheck=replace(CHECK.recheck, current=ALL_DONE)),
    ),
    _check("check-void", replace(CHECK, version=VOID, hash_fragment="04D1-22BE", signed_fragment="7F3A-91C0")),
    _check("check-wrong-pin", replace(CHECK, form=FormState({"act": "sign"}, problem="PIN不对，没有签发。还可以试3次。"))),
)  # fmt: skip
