"""Draws a contest's dates to scale. Positions are percentages, so that text keeps its size at every width."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import msgspec

from frontend.locales import Locale, texts
from frontend.views.contests import TimelineEvent
from frontend.views.formats import CONTEST_ZONE, clock, day, deadline, span

REFERENCE_WIDTH = 1152
"""Pixels of the drawing at which labels are checked for collisions; it is shown at that width only."""
_GAP = 12
_MARGIN_DAYS = 7


class Placed(msgspec.Struct, frozen=True):
    """One date on the scale: `x` and `end_x` in percent, `label_x` where its words stand, `row` 0 or 1 from the top."""

    kind: str
    title: str
    when: str
    x: str
    end_x: str | None
    label_x: str
    row: int
    at: datetime
    past: bool


class Drawing(msgspec.Struct, frozen=True):
    events: tuple[Placed, ...]
    ticks: tuple[tuple[str, bool], ...]
    today_x: str | None
    today: str
    elapsed: tuple[str, str] | None
    """From and width of the stretch of the running span that lies behind us."""

    @property
    def two_rows(self) -> bool:
        return any(event.row for event in self.events)


def placed_timeline(locale: Locale, events: Sequence[TimelineEvent], now: datetime) -> Drawing:
    """The drawing of these dates on the day `now` falls in."""
    first = min(event.at for event in events) - timedelta(days=_MARGIN_DAYS)
    last = max(event.until or event.at for event in events) + timedelta(days=_MARGIN_DAYS // 2)
    whole = last - first

    def at(instant: datetime) -> float:
        return (instant - first) / whole * 100

    placed: list[Placed] = []
    row_ends = [-1e9, -1e9]
    for event in sorted(events, key=lambda one: one.at):
        title, when = _title(locale, event), _when(locale, event)
        middle = (at(event.at) + at(event.until)) / 2 if event.until else at(event.at)
        half = max(_width(title, 18), _width(when, 16)) / 2
        centre = min(max(middle * REFERENCE_WIDTH / 100, half), REFERENCE_WIDTH - half)
        row = 0 if centre - half >= row_ends[0] + _GAP else 1
        row_ends[row] = centre + half
        placed.append(
            Placed(
                kind=event.kind,
                title=title,
                when=when,
                x=_percent(at(event.at)),
                end_x=_percent(at(event.until)) if event.until else None,
                label_x=_percent(centre / REFERENCE_WIDTH * 100),
                row=row,
                at=event.at,
                past=(event.until or event.at) <= now,
            )
        )
    running = next((one for one in events if one.until and one.at <= now < one.until), None)
    return Drawing(
        events=tuple(placed),
        ticks=tuple(_ticks(first, last)),
        today_x=_percent(at(now)) if first <= now <= last else None,
        today=day(locale, now),
        elapsed=(_percent(at(running.at)), _percent(at(now) - at(running.at))) if running else None,
    )


def _percent(value: float) -> str:
    return f"{value:.2f}%"


def _width(text: str, size: int) -> float:
    return sum(size if ord(letter) > 0x2E80 else size * 0.56 for letter in text)


def _title(locale: Locale, event: TimelineEvent) -> str:
    return texts(locale)(f"timeline.{event.kind}")


def _when(locale: Locale, event: TimelineEvent) -> str:
    if event.working_days is not None:
        return texts(locale)("timeline.working_days", n=event.working_days)
    if event.until is not None:
        last = event.until - timedelta(microseconds=1)
        text = span(locale, event.at, last)
        return f"{text}{'' if locale == 'zh' else ' '}24:00" if event.is_limit else text
    if event.is_limit:
        return texts(locale)("timeline.before", when=deadline(locale, event.at).replace("24:00", "").strip())
    text = day(locale, event.at)
    return text if event.all_day else f"{text} {clock(event.at)}"


def _ticks(first: datetime, last: datetime) -> list[tuple[str, bool]]:
    """One short tick a day and a long one a week, from Monday; only long ones in a contest of more than 150 days."""
    start: date = first.astimezone(CONTEST_ZONE).date() + timedelta(days=1)
    days = (last - first).days
    ticks = []
    for number in range(days):
        today = start + timedelta(days=number)
        long = today.weekday() == 0
        if long or days <= 150:
            instant = datetime.combine(today, datetime.min.time(), CONTEST_ZONE)
            ticks.append((_percent((instant - first) / (last - first) * 100), long))
    return ticks
