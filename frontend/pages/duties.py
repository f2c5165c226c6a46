"""What waits for a chief judge, as all of their pages tell it."""

from api.control.schemas import Correction
from frontend.locales import Locale
from frontend.pages.serving import named
from frontend.pages.session_heads import station_text
from frontend.views.chief import WaitingCorrection


def waiting_lines(corrections: tuple[Correction, ...], locale: Locale) -> tuple[WaitingCorrection, ...]:
    """Corrections that wait for a second person."""
    return tuple(
        WaitingCorrection(
            id=each.id,
            sheet=each.sheet,
            station=station_text(each.station),
            judge=each.judge,
            criterion=each.criterion,
            number=each.number,
            title=named(locale, each.title, each.title_en),
            by=each.asked_by,
            at=each.asked_at,
            own=each.own,
        )
        for each in corrections
    )
