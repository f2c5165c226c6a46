"""One screen in one state, as the gallery shows it."""

from datetime import UTC, datetime, timedelta, timezone

import msgspec

from frontend.rendering import RequestContext

BEIJING = timezone(timedelta(hours=8))


class Screen(msgspec.Struct, frozen=True):
    name: str
    view: msgspec.Struct
    context: RequestContext

    @property
    def template(self) -> str:
        return self.view.TEMPLATE


def at(month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0, year: int = 2021) -> datetime:
    """An instant as an official writes it, on the contest's clock."""
    return datetime(year, month, day, hour, minute, second, tzinfo=BEIJING).astimezone(UTC)


def public(path: str, query: str = "") -> RequestContext:
    return RequestContext(path=path, query=query, request_id="req_01J9K3")


def signed_in(room: str, path: str, actor: str, query: str = "") -> RequestContext:
    return RequestContext(
        path=path,
        query=query,
        room=room,
        actor=actor,
        csrf_token="csrf-sample",
        request_id="req_01J9K3",
        # Who is in the judges' room has a tablet.
        account="acc_01J9K3" if room == "judge" else "",
    )
