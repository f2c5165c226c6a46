"""Days and deadlines as officials write them. A deadline is end-exclusive: 26 February 24:00 means before 27 February 00:00.

Instants are UTC in the database; what is entered without a zone is meant in the contest's (default Asia/Shanghai).
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache
from typing import Final, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from api.plumbing.problems import FieldError, field_error, invalid_fields

T = TypeVar("T")

DEFAULT_ZONE: Final = "Asia/Shanghai"

_DAY: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DEADLINE: Final = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})[T ](?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2})(?P<fraction>\.[0-9]{1,6})?)?"
    r"(?P<zone>[Zz]|[+-][0-9]{2}:[0-9]{2})?"
)
# What a wrong field answers when its error is collected; nothing is stored of it.
_NO_DAY: Final = date.min
_NO_INSTANT: Final = datetime(1, 1, 1, tzinfo=UTC)
# PostgreSQL and Python agree on these; nobody holds a contest outside them.
_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2999


def parse_day(text: str, pointer: str = "", errors: list[FieldError] | None = None) -> date:
    """The day of a `2021-02-26`. A fault (30 February) is date_invalid, raised or added to `errors`."""
    return _day(text) or _refuse(text, pointer, errors, _NO_DAY)


def parse_deadline(
    text: str, zone: str = DEFAULT_ZONE, pointer: str = "", errors: list[FieldError] | None = None
) -> datetime:
    """The instant in UTC before which something counts: `2021-02-26T24:00` is the end of that day in `zone`.

    RFC 3339 with an offset is taken as it stands. 25:00, 24:01, 30 February and an hour that a change of clocks left out are
    date_invalid, raised or added to `errors`.
    """
    match = _DEADLINE.fullmatch(text)
    instant = _instant(match, zone) if match else None
    return instant or _refuse(text, pointer, errors, _NO_INSTANT)


def parse_zone(text: str, pointer: str = "", errors: list[FieldError] | None = None) -> str:
    """The name of a time zone that is known here. A fault is date_invalid, raised or added to `errors`."""
    if text == DEFAULT_ZONE or text in _zones():
        return text
    return _refuse(text, pointer, errors, DEFAULT_ZONE)


def show_deadline(instant: datetime, zone: str = DEFAULT_ZONE, locale: str = "zh") -> str:
    """A deadline as officials write it: midnight belongs to the day that ends, 2月26日24:00 / 26 February 24:00."""
    local = instant.astimezone(ZoneInfo(zone))
    at = f"{local:%H:%M}"
    day = local.date()
    if local.time() == time(0):
        day, at = day - timedelta(days=1), "24:00"
    return f"{day.day} {day:%B} {at}" if locale == "en" else f"{day.month}月{day.day}日{at}"


def today_in(zone: str = DEFAULT_ZONE, now: datetime | None = None) -> date:
    """The day it is in a zone."""
    return (now or datetime.now(UTC)).astimezone(ZoneInfo(zone)).date()


def _day(text: str) -> date | None:
    match = _DAY.fullmatch(text)
    if match is None or not _FIRST_YEAR <= int(match[1]) <= _LAST_YEAR:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def _instant(match: re.Match[str], zone: str) -> datetime | None:
    day = _day(match["day"])
    offset = _offset(match["zone"]) if match["zone"] else ZoneInfo(zone)
    if day is None or offset is None:
        return None
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    if hour == 24:
        exact = minute == second == 0 and not (match["fraction"] or "").strip(".0")
        return datetime.combine(day + timedelta(days=1), time(0), offset).astimezone(UTC) if exact else None
    try:
        clock = time(hour, minute, second, int((match["fraction"] or ".")[1:].ljust(6, "0")))
    except ValueError:
        return None
    local = datetime.combine(day, clock, offset)
    instant = local.astimezone(UTC)
    # Where clocks go forward, an hour has no instant: there and back again gives another one.
    return instant if instant.astimezone(offset).replace(tzinfo=None) == local.replace(tzinfo=None) else None


def _offset(text: str) -> tzinfo | None:
    if text in ("Z", "z"):
        return UTC
    hours, minutes = int(text[1:3]), int(text[4:])
    if hours > 23 or minutes > 59:
        return None
    length = timedelta(hours=hours, minutes=minutes)
    return timezone(-length if text[0] == "-" else length)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _refuse(text: str, pointer: str, errors: list[FieldError] | None, placeholder: T) -> T:
    missing = not text.strip()
    error = (
        field_error(pointer, "date_missing")
        if missing
        else field_error(pointer, "date_invalid", value=text[:40])
    )
    if errors is None:
        raise invalid_fields(error)
    errors.append(error)
    return placeholder
