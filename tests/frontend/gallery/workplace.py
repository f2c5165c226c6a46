"""Tablets at the centre, and the way to paper sheets."""

from msgspec.structs import replace

from frontend.views.common import FieldError, FormState, Paging
from frontend.views.devices import DeviceContest, DeviceContestsPage, DeviceLine, DevicesPage
from frontend.views.papers import ItemPapersPage, PaperSession
from tests.frontend.gallery.contests import HEAD, ITEM
from tests.frontend.gallery.screen import Screen, at, signed_in

PATH = f"/org/c/{HEAD.id}/devices"
PAPERS = f"/org/c/{HEAD.id}/e/{ITEM.key}/paper"
HERE = DeviceLine("dev_1", "3号平板", at(3, 1, 8, 20), False, True)
LOST = DeviceLine("dev_2", "新疆生产建设兵团第十二师头屯河区机械装备制造车间备用平板", at(3, 1, 8, 25), True)
DEVICES = DevicesPage(
    contest=HEAD,
    devices=(HERE, LOST, DeviceLine("dev_3", "4号平板", at(3, 1, 8, 31), False)),
    paging=Paging(1, 3, 3),
    held=HERE,
)


def _screen(name: str, view: object, path: str) -> Screen:
    return Screen(name, view, signed_in("organiser", path, "省组委会办公室"))


SCREENS = (
    _screen("org-devices", DEVICES, PATH),
    _screen("org-devices-new", replace(DEVICES, devices=(), paging=Paging(0, 0, 0), held=None), PATH),
    _screen("org-devices-elsewhere", replace(DEVICES, devices=(LOST,), held_elsewhere=True), PATH),
    _screen(
        "org-devices-wrong",
        replace(DEVICES, held=None, form=FormState(errors=(FieldError("name", "没有填写平板名称。"),))),
        PATH,
    ),
    _screen(
        "org-devices-choose",
        DeviceContestsPage(
            (DeviceContest("con_1", HEAD.name), DeviceContest("con_2", "沧州市职工职业技能大赛"))
        ),
        "/org/devices",
    ),
    _screen("org-devices-none", DeviceContestsPage(()), "/org/devices"),
    _screen(
        "org-papers",
        ItemPapersPage(
            ITEM,
            (
                PaperSession("ses_1", "第1场 上午", at(3, 1, 9), "closed", 200, 200),
                PaperSession("ses_2", "第2场 下午", at(3, 1, 14), "running", 200, 37),
                PaperSession("ses_3", "第3场", at(3, 2, 9), "planned", 0, 0),
            ),
        ),
        PAPERS,
    ),
    _screen("org-papers-none", ItemPapersPage(ITEM), PAPERS),
)
