"""The places in the next tier that an item's standing gives, and what became of each."""

from typing import Final
from uuid import UUID

from api.access.actor import Actor
from api.advancement.commands import move_slot, offer_slots
from api.advancement.schemas import MoveSlot, OfferSlots, SlotList
from api.contests.schemas import Contest
from api.plumbing.calendar import parse_deadline
from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem
from frontend.locales import Locale, texts
from frontend.pages.forms import rev_of
from frontend.pages.serving import named
from frontend.views.results import SlotAnswer, SlotRow

ANSWERS: Final[dict[str, SlotAnswer]] = {
    "slot_accept": "accepted",
    "slot_decline": "declined",
    "slot_lapse": "lapsed",
    "slot_cancel": "cancelled",
}
# What may still become of a place, by its state.
POSSIBLE: Final[dict[str, tuple[str, ...]]] = {
    "offered": ("slot_accept", "slot_decline", "slot_lapse", "slot_cancel"),
    "accepted": ("slot_cancel",),
}
MOST_ROWS: Final = 100


async def offer_places(db: Db, actor: Actor, item_id: UUID, contest: Contest, fields: dict[str, str]) -> None:
    """Offer the places of the rule. A day until which they are to be answered is meant whole."""
    day = fields.get("answer_by", "").strip()
    until = parse_deadline(f"{day}T24:00", contest.timezone, "/answer_by") if day else None
    await offer_slots(db, actor, item_id, OfferSlots(until))


async def answer_place(db: Db, actor: Actor, fields: dict[str, str]) -> None:
    """Answer a place or let it lapse; one that is given up goes to the next substitute. Giving it up needs a reason."""
    reason = fields.get("reason", "").strip()[:500] or None
    if fields["act"] != "slot_accept" and reason is None:
        raise Problem("reason_needed")
    slot = parse_id("slot", fields.get("slot", ""))
    await move_slot(db, actor, slot, MoveSlot(ANSWERS[fields["act"]], reason), rev_of(fields))


def slot_rows(places: SlotList | None, locale: Locale, *, answers: bool) -> tuple[SlotRow, ...]:
    """Everybody in rank order with what the rule says; `answers` whether this reader may answer for them."""
    if places is None:
        return ()
    t = texts(locale)
    ranked = sorted((row for row in places.rows if row.rank is not None), key=lambda row: row.rank or 0)
    return tuple(
        SlotRow(
            row.name,
            row.delegation,
            row.rank or 0,
            "decide" if row.outcome == "open" else row.outcome,
            " ".join(named(locale, reason.zh, reason.en) for reason in row.reasons),
            t(f"slot_state.{row.state}") if row.state else "",
            slot=row.slot or "",
            rev=row.rev or 0,
            kept=row.state == "accepted",
            acts=POSSIBLE.get(row.state or "", ()) if answers else (),
        )
        for row in ranked[:MOST_ROWS]
    )


def may_offer(places: SlotList | None) -> bool:
    """Whether there is a rule, an item to go to, a final result, and nothing offered yet."""
    if places is None or places.preview or places.to_item is None:
        return False
    return bool(places.rule) and not any(row.slot for row in places.rows)
