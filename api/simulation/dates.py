"""When a simulated season happens: months before the final for counties, weeks for cities, everything counted from one day.

| tier | first day | registration | result final |
| --- | --- | --- | --- |
| county, enterprise | 165 to 106 days before the final | 40 to 20 days before the first day | after the notice of 5 working days |
| city | 75 to 56 days before | 20 to 8 days before the first day | the same |
| province | see `Batch` | | |
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NamedTuple

from api.plumbing.calendar import DEFAULT_ZONE
from api.results.notice import notice_end

NOTICE_DAYS: Final = 5
_CHINA: Final = timedelta(hours=8)
_BASE_DAYS: Final = (165, 60)
_CITY_DAYS: Final = (75, 20)


class Times(NamedTuple):
    """The dates of one contest. `opens` and `closes` bound registration, the latter end-exclusive; `marking` is when judges begin."""

    opens: datetime
    closes: datetime
    day: date
    last_day: date
    marking: datetime


class Notice(NamedTuple):
    """When a result was closed and confirmed, shown and final."""

    closed: datetime
    opens: datetime
    ends: datetime


def base_times(final: date, ordinal: int) -> Times:
    """Dates of a county contest."""
    return _times(final - timedelta(_BASE_DAYS[0] - ordinal * 7 % _BASE_DAYS[1]), 40, 20)


def city_times(final: date, ordinal: int) -> Times:
    """Dates of a city contest."""
    return _times(final - timedelta(_CITY_DAYS[0] - ordinal * 3 % _CITY_DAYS[1]), 20, 8)


def provincial_times(first: date, last: date, opens: date, closes: date) -> Times:
    """Dates of a batch of the final; registration closes with the end of the day `closes`."""
    return Times(midnight(opens), midnight(closes + timedelta(1)), first, last, working_hour(first))


def notice_after(ended: datetime) -> Notice:
    """The usual way of a result: closed in the evening, shown the next morning, final when the notice has run."""
    opens = ended + timedelta(hours=20)
    return Notice(ended + timedelta(hours=1), opens, notice_end(opens, NOTICE_DAYS, DEFAULT_ZONE))


def day_in_china(instant: datetime) -> date:
    """The day that an instant lies in."""
    return (instant.astimezone(UTC) + _CHINA).date()


def midnight(day: date) -> datetime:
    """The beginning of a day in China."""
    return datetime.combine(day, time(), UTC) - _CHINA


def working_hour(day: date) -> datetime:
    """Nine in the morning in China."""
    return midnight(day) + timedelta(hours=9)


def _times(day: date, opens: int, closes: int) -> Times:
    return Times(
        midnight(day - timedelta(opens)),
        midnight(day - timedelta(closes)),
        day,
        day + timedelta(1),
        working_hour(day),
    )
