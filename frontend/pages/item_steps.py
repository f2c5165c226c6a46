"""The steps of an item's publication as the results page offers them, and the step that a form takes."""

from datetime import UTC, datetime
from typing import Final, Literal
from uuid import UUID

from api.access.actor import Actor
from api.contests.schemas import Contest, Item
from api.plumbing.db import Db
from api.results.commands import freeze_board, move_publication
from api.results.schemas import MovePublication, PublicationView
from frontend.locales import Locale, texts
from frontend.pages.forms import rev_of
from frontend.pages.organising import item_address
from frontend.pages.serving import named
from frontend.rendering import ITEM_PAGES
from frontend.views.formats import deadline
from frontend.views.results import FurtherAct, Gap, PastStep, PublicationStep

To = Literal["open", "closed", "confirmed", "provisional", "final", "amended", "withdrawn"]
ACTS: Final[dict[str, To]] = {
    "close": "closed",
    "confirm": "confirmed",
    "publish": "provisional",
    "finalise": "final",
    "withdraw": "withdrawn",
    "amend": "amended",
    "reopen": "open",
    "unconfirm": "closed",
    "republish": "provisional",
}
# What is possible beside the next step, and whether it needs a reason.
FURTHER: Final[dict[str, tuple[str, ...]]] = {
    "closed": ("reopen",),
    "confirmed": ("unconfirm",),
    "provisional": ("republish", "withdraw"),
    "final": ("amend", "withdraw"),
    "amended": ("amend", "withdraw"),
}
WITHOUT_REASON: Final = frozenset({"unconfirm"})
PUBLISHES: Final = frozenset({"publish", "finalise", "withdraw", "amend", "republish"})
# How many steps lie behind a state. A withdrawn result goes back to the closing.
BEHIND: Final[dict[str, int]] = {
    "open": 0, "withdrawn": 0, "closed": 1, "confirmed": 2, "provisional": 3, "final": 4, "amended": 4,
}  # fmt: skip


class WrongWordError(Exception):
    """What had to be typed was not."""


async def take_publication_step(
    db: Db, actor: Actor, item_id: UUID, act: str, fields: dict[str, str], locale: Locale
) -> None:
    """Take the step `act`, freeze or thaw. Raises WrongWordError, and whatever the command refuses."""
    if act in ("freeze", "thaw"):
        await freeze_board(db, actor, item_id, act == "freeze", rev_of(fields))
        return
    t = texts(locale)
    typed, ranked = fields.get("confirm", "").strip(), None
    if act == "publish":
        if not (typed.isascii() and typed.isdecimal() and len(typed) < 7):
            raise WrongWordError(t("results.type_number"))
        ranked = int(typed)
    if act == "finalise" and typed != t("results.final_word"):
        raise WrongWordError(t("results.type_word", text=t("results.final_word")))
    move = MovePublication(ACTS[act], fields.get("reason", "").strip() or None, ranked)
    await move_publication(db, actor, item_id, move, rev_of(fields))


def steps_of(
    now: PublicationView, contest: Contest, item: Item, actor: Actor, locale: Locale
) -> tuple[PublicationStep, ...]:
    """The four steps to a final result: what is done, what is next and what stands in its way."""
    t = texts(locale)
    behind = BEHIND[now.state]
    taken = {step.to_state: step for step in now.history}
    steps = []
    for place, (act, state) in enumerate(list(ACTS.items())[:4]):
        done = place < behind
        last = taken.get(state) if done else None
        steps.append(
            PublicationStep(
                state=state,
                act=act,
                status="done" if done else "next" if place == behind else "later",
                at=last.at if last else None,
                by=(last.by or "") if last else "",
                gaps=_gaps(now, contest, item, actor, locale) if place == behind else (),
                allowed=actor.holds("result.publish" if act in PUBLISHES else "result.confirm"),
                confirm_with={"publish": str(now.ranked), "finalise": t("results.final_word")}.get(act),
            )
        )
    return tuple(steps)


def _gaps(
    now: PublicationView, contest: Contest, item: Item, actor: Actor, locale: Locale
) -> tuple[Gap, ...]:
    t = texts(locale)
    gaps = tuple(
        Gap(
            named(locale, gap.zh, gap.en),
            t(f"results.gap.{gap.code}"),
            _mended(gap.code, contest, item, actor),
        )
        for gap in now.gaps
    )
    if now.state == "provisional" and now.notice_closes_at and now.notice_closes_at > datetime.now(UTC):
        until = deadline(locale, now.notice_closes_at)
        return (*gaps, Gap(t("results.notice_runs", until=until), t("results.notice_why")))
    return gaps


MENDED = {"standing_incomplete": "theory", "sheets_unsigned": "draw", "blind_not_decoded": "draw"}


def _mended(code: str, contest: Contest, item: Item, actor: Actor) -> str | None:
    """The page on which what is missing is mended, for whoever may open it."""
    page = MENDED.get(code)
    if page is None:
        return f"/org/items/{item.id}/check" if actor.holds("recheck.read") else None
    return item_address(contest.id, item.code, page) if actor.holds(ITEM_PAGES[page]) else None


def further_of(now: PublicationView, actor: Actor) -> tuple[FurtherAct, ...]:
    """What may be done beside the next step: back, correct, withdraw."""
    return tuple(
        FurtherAct(act, needs_reason=act not in WITHOUT_REASON)
        for act in FURTHER.get(now.state, ())
        if actor.holds("result.publish" if act in PUBLISHES else "result.confirm")
    )


def history_of(now: PublicationView) -> tuple[PastStep, ...]:
    """Every step that was taken, the newest first."""
    return tuple(
        PastStep(step.to_state, step.at, step.by or "", step.reason or "", step.snapshot)  # type: ignore[arg-type]
        for step in reversed(now.history)
    )
