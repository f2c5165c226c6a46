"""How long a provisional result is shown before it can become final (公示)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

SATURDAY = 5


def notice_end(opened: datetime, working_days: int, zone: str) -> datetime:
    """The end of the last of so many working days after the day of publication, end-exclusive, in UTC.

    0 days end at once. Working days are Monday to Friday: moved holidays are not known here, a longer period is set per contest.
    Source: DOMAIN 7, publication of n working days, five being common.
    """
    if working_days == 0:
        return opened
    day = opened.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    left = working_days
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < SATURDAY
    # Wall-clock midnight of the next day, whatever the zone does in between.
    return (day + timedelta(days=1)).astimezone(UTC)
