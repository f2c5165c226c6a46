"""Handing a session to a venue server: the organiser's page, the keeper's, a tablet's, and the page of the certificate."""

from msgspec.structs import replace

from frontend.rendering import RequestContext
from frontend.views.common import FieldError, FormState
from frontend.views.venue import (
    DifferenceLine,
    GapLine,
    InstallPage,
    KeeperPage,
    KeptSession,
    PastHandout,
    TabletPage,
    TallyLine,
    VenuePage,
    VenueReport,
    VenueSession,
    qr_of,
)
from tests.frontend.gallery.contests import ITEM
from tests.frontend.gallery.screen import Screen, at, signed_in

PATH = "/org/c/con_1/e/fitter/venue"
RIGHTS = frozenset({"contest.read", "panel.read", "draw.read", "venue.read", "standings.read"})
SITE = "https://192.168.1.20:8443"
GAPS = (
    GapLine("sheet_open", "03", "A-02", "11/12"),
    GapLine("sheet_open", "17", "A-05", "0/12"),
    GapLine("sheet_unsigned", "19", "A-01", "12/12"),
    GapLine("tablet_holds", "", "A-05", "4"),
    GapLine("older", "20", "A-03", ""),
)
TALLIES = (
    TallyLine("mark", 2399, 480),
    TallyLine("sheet_move", 388, 80),
    TallyLine("incident", 3, 1),
    TallyLine("clock_event", 5, 2),
    TallyLine("judge_signature", 4, 0),
    TallyLine("act", 402, 85),
)
REPORT = VenueReport(
    at=at(3, 2, 16, 42), bundle=3, state="paused", sheets=200, equal=199, complete=False, tallies=TALLIES, gaps=GAPS, gaps_more=12
)  # fmt: skip
OUT = VenueSession(
    id="ses_2", name="第2场", state="paused", drawn=40, out=True, number=2, label="一号车间笔记本", by="韩主任", at=at(3, 1, 18, 5),
    venue="7F3A-91C0-22BE-04D1", rev=5, report=REPORT,
    past=(PastHandout(1, "备用笔记本", at(3, 1, 8), at(3, 1, 17, 50), "韩主任", "电源损坏，未开始评分"),),
)  # fmt: skip
PAGE = VenuePage(
    item=ITEM,
    centre="A1B2-C3D4-E5F6-0718",
    address="https://contest.example.org",
    sessions=(
        VenueSession(id="ses_1", name="第1场", state="closed", drawn=40),
        OUT,
        VenueSession(id="ses_3", name="第3场", state="running", drawn=40),
        VenueSession(id="ses_4", name="第4场", state="planned", drawn=0),
    ),
    may_run=True,
)
TABLET = f"{SITE}/venue/tablet/0123456789abcdef0123"
KEEPER = KeeperPage(
    sessions=(
        KeptSession("ses_2", "钳工", "第2场", "running", 2),
        KeptSession("ses_5", "焊工", "第5场", "planned", 1),
    ),
    tablet_url=TABLET,
    tablet_qr=qr_of(TABLET),
)


def _organiser(name: str, view: VenuePage) -> Screen:
    return Screen(name, view, replace(signed_in("organiser", PATH, "韩主任"), rights=RIGHTS))


DIFFERENT = (
    DifferenceLine("standing", "", "07", "disqualified", "absent", "没有到场", "standing:7:disqualified:absent"),
    DifferenceLine("judge_avoidance", "A-03", "", "", "", "", "judge_avoidance:A-03", "已换裁判，该工位重评", "省组委会办公室", at(3, 2, 18)),
)  # fmt: skip
SCREENS = (
    _organiser("venue-page", PAGE),
    _organiser(
        "venue-complete",
        replace(
            PAGE,
            sessions=(replace(OUT, report=replace(REPORT, complete=True, gaps=(), gaps_more=0, equal=200)),),
            brought="ses_2",
        ),
    ),
    _organiser("venue-differences", replace(PAGE, sessions=(replace(OUT, report=replace(REPORT, differences=DIFFERENT)),), key="k")),
    _organiser("venue-just-out", replace(PAGE, sessions=(replace(OUT, report=None, venue=None, past=()),))),
    _organiser("venue-none", replace(PAGE, sessions=(), may_run=False)),
    _organiser(
        "venue-refused",
        replace(
            PAGE,
            form=FormState(
                {"session": "ses_2", "act": "back"},
                (FieldError("reason-ses_2", "请填写理由，2至200字。"),),
            ),
        ),
    ),
    Screen("venue-keeper", KEEPER, signed_in("organiser", "/venue", "主办单位")),
    Screen("venue-tablet", TabletPage("0123456789abcdef0123"), RequestContext(path="/venue/tablet/0", room="organiser")),
    Screen(
        "venue-install",
        InstallPage(
            " ".join(f"{number * 7 % 256:02X}" for number in range(32)),
            "http://192.168.1.20:8080/ca.crt",
            qr_of("http://192.168.1.20:8080/ca.crt"),
            f"{SITE}/judge",
            qr_of(f"{SITE}/judge"),
        ),
        RequestContext(path="/"),
    ),
)  # fmt: skip
