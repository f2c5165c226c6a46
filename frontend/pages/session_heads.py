"""What all judge pages say of their session."""

from typing import Final

from api.access.actor import Actor
from api.judging.schemas import Session
from api.judging.schemas import SessionState as State
from api.plumbing.ids import encode_id
from frontend.locales import Locale
from frontend.pages.serving import named
from frontend.rendering import app_version
from frontend.views.judging import JudgeHead, SessionState

STATES: Final[dict[State, SessionState]] = {
    "planned": "not_started",
    "running": "running",
    "paused": "paused",
    "closed": "closed",
}


def head_of(actor: Actor | None, session: Session, judge: str, locale: Locale) -> JudgeHead:
    """The title block; of nobody on a page that a tablet puts aside."""
    return JudgeHead(
        session=session.id,
        session_name=named(locale, session.name_zh, session.name_en),
        item=session.item_name,
        stage=session.stage_name,
        judge=judge,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        hand_path=f"/judge/s/{session.id}/hand",
        account=encode_id("account", actor.account_id) if actor else "",
        app=app_version(),
        away=session.away,
    )


def station_text(number: int) -> str:
    """A station as it is painted on the floor: 07."""
    return f"{number:02}"
