"""Enrolling tablets at the centre: this one, and which there are."""

from datetime import datetime
from typing import ClassVar

import msgspec

from frontend.views.common import ContestHead, FormState, Paging


class DeviceLine(msgspec.Struct, frozen=True):
    """An enrolled tablet. `here`: the reader holds it in their hands."""

    id: str
    name: str
    at: datetime
    revoked: bool
    here: bool = False


class DevicesPage(msgspec.Struct, frozen=True, kw_only=True):
    """GET /org/c/{id}/devices; POST the same with act=enrol (name) or act=withdraw (device)."""

    TEMPLATE: ClassVar[str] = "organiser/devices.html"

    contest: ContestHead
    devices: tuple[DeviceLine, ...]
    paging: Paging
    held: DeviceLine | None = None
    """What this browser is enrolled as, for whichever contest."""
    held_elsewhere: bool = False
    """It is enrolled for another contest than this one."""
    form: FormState = FormState()


class DeviceContest(msgspec.Struct, frozen=True):
    """A contest whose tablets the reader may enrol."""

    id: str
    name: str


class DeviceContestsPage(msgspec.Struct, frozen=True):
    """GET /org/devices: the way from the judges' door, where no contest is named."""

    TEMPLATE: ClassVar[str] = "organiser/device_contests.html"

    contests: tuple[DeviceContest, ...]
