"""How instants, days, marks and counts are written on a page, in each language.

Instants arrive in UTC and are shown in the contest's zone. Marks arrive as decimal strings: MiniJinja would turn a
`Decimal` into a float on its way into the template, so a view never holds one.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from zoneinfo import ZoneInfo

from minijinja import Markup, escape

from frontend.locales import Locale

CONTEST_ZONE = ZoneInfo("Asia/Shanghai")
MINUS = "−"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PHRASE_END = re.compile(r"(职工|行业|大赛|竞赛|比武|选拔赛)(?=\w)")


def _local(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant without zone reached a page")
    return instant.astimezone(CONTEST_ZONE)


def _as_day(value: date) -> date:
    return _local(value).date() if isinstance(value, datetime) else value


def _day_text(day: date, english: bool) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]}" if english else f"{day.month}月{day.day}日"


def day(locale: Locale, value: date) -> str:
    """3月2日 / 2 Mar."""
    return _day_text(_as_day(value), locale == "en")


def full_date(locale: Locale, value: date) -> str:
    """2026年3月2日 / 2 Mar 2026."""
    shown = _as_day(value)
    text = _day_text(shown, locale == "en")
    return f"{text} {shown.year}" if locale == "en" else f"{shown.year}年{text}"


def full_datetime(locale: Locale, value: datetime) -> str:
    """2026年3月2日 14:30 / 2 Mar 2026 14:30."""
    return f"{full_date(locale, value)} {_local(value):%H:%M}"


def moment(locale: Locale, value: datetime) -> str:
    """3月2日 14:30 / 2 Mar 14:30, where the year stands beside it already."""
    return f"{_day_text(_as_day(value), locale == 'en')} {_clock(_local(value))}"


def deadline(locale: Locale, value: datetime) -> str:
    """An end-exclusive limit as officials write it: midnight belongs to the day that ends, 1月31日24:00."""
    local = _local(value)
    if local.time() != time(0):
        return moment(locale, value)
    text = _day_text(local.date() - timedelta(days=1), locale == "en")
    return f"{text} 24:00" if locale == "en" else f"{text}24:00"


def _clock(local: datetime) -> str:
    return f"{local.hour}:{local.minute:02}"


def clock(value: datetime) -> str:
    """14:30."""
    return _clock(_local(value))


def clock_seconds(value: datetime) -> str:
    """14:30:05, for everything whose age matters."""
    return f"{_local(value):%H:%M:%S}"


def elapsed(milliseconds: int) -> str:
    """2:05:09, how long a clock has run."""
    seconds = milliseconds // 1000
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def fragment(digest: str) -> str:
    """The beginning of a hash as pages and paper show it: 7F3A-91C0."""
    digits = digest.removeprefix("sha256:")[:8].upper()
    return f"{digits[:4]}-{digits[4:]}"


def machine(value: date) -> str:
    """The form for `datetime=` attributes: RFC 3339 in UTC, or the plain day."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat()


def span(locale: Locale, first: date, last: date) -> str:
    """Both ends included: 1月10日至31日, 3月30日至4月2日 / 10–31 Jan; one day stands alone."""
    start, end = _as_day(first), _as_day(last)
    english = locale == "en"
    if start == end:
        return _day_text(start, english)
    same_month = (start.year, start.month) == (end.year, end.month)
    if english:
        return f"{start.day if same_month else _day_text(start, True)}–{_day_text(end, True)}"
    return f"{_day_text(start, False)}至{f'{end.day}日' if same_month else _day_text(end, False)}"


def time_left(locale: Locale, until: datetime, now: datetime) -> str:
    """4天7小时 / 4 d 7 h; under a day hours and minutes. Never negative."""
    minutes = max(0, int((until - now).total_seconds()) // 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if locale == "en":
        return f"{days} d {hours} h" if days else f"{hours} h {rest} min"
    return f"{days}天{hours}小时" if days else f"{hours}小时{rest}分"


def left_parts(until: datetime, now: datetime) -> tuple[str, str, str]:
    """Days, hours and minutes to a deadline, two digits each, for a countdown in three cells."""
    minutes = max(0, int((until - now).total_seconds()) // 60)
    return f"{minutes // 1440:02}", f"{minutes // 60 % 24:02}", f"{minutes % 60:02}"


def mark(value: str, digits: int = 2) -> str:
    """A mark with fixed decimals and a true minus sign. Raises TypeError for anything but a decimal string."""
    if not isinstance(value, str):
        raise TypeError(f"a mark reaches a page as a decimal string, not as {type(value).__name__}")
    shown = Decimal(value).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    return f"{abs(shown) if shown == 0 else shown}".replace("-", MINUS)


def people(locale: Locale, count: int) -> str:
    """4.2万 / 42,000: how a head count is read aloud in each language."""
    if locale == "en" or count < 10_000:
        return f"{count:,}" if locale == "en" else str(count)
    tenths = (Decimal(count) / 10_000).quantize(Decimal("0.1") if count < 100_000 else Decimal(1))
    return f"{tenths}万".replace(".0万", "万")


def phrases(title: str) -> Markup:
    """A Chinese title with break chances at phrase ends only, so that 职业 is never split over two lines."""
    return Markup(_PHRASE_END.sub(r"\1<wbr>", str(escape(title))))


_FIXED: dict[str, Callable[..., object]] = {
    "left_parts": left_parts,
    "clock": clock,
    "clock_seconds": clock_seconds,
    "machine": machine,
    "mark": mark,
    "phrases": phrases,
}
_BY_LOCALE: dict[str, Callable[..., object]] = {
    "day": day,
    "full_date": full_date,
    "full_datetime": full_datetime,
    "moment": moment,
    "deadline": deadline,
    "span": span,
    "time_left": time_left,
    "people": people,
}


def filters(locale: Locale) -> dict[str, Callable[..., object]]:
    """The filters of one language under the names that templates use."""
    return _FIXED | {name: partial(write, locale) for name, write in _BY_LOCALE.items()}
