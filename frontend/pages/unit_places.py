"""The places that a unit's people have won, as its workbench shows them."""

from datetime import UTC, datetime

from api.access.actor import Actor
from api.advancement.answering import OwnSlot, own_slots
from api.plumbing.db import Db
from frontend.locales import Locale
from frontend.pages.serving import named
from frontend.views.registration import UnitSlot

# A unit answers; letting a place lapse and cancelling it are the organiser's.
ANSWERS = ("slot_accept", "slot_decline")


async def unit_slots(db: Db, actor: Actor, locale: Locale) -> tuple[UnitSlot, ...]:
    """Places that wait for an answer or for the registration, and those given up; one that was used is an entry by now."""
    if not actor.holds("slot.answer"):
        return ()
    now = datetime.now(UTC)
    found = await own_slots(db, actor)
    return tuple(_slot(each, now, locale) for each in found if not each.used)


def _slot(slot: OwnSlot, now: datetime, locale: Locale) -> UnitSlot:
    registers = slot.state == "accepted" and now < slot.registers_until
    return UnitSlot(
        slot=slot.id,
        rev=slot.rev,
        name=slot.name,
        item=named(locale, slot.item_zh, slot.item_en),
        won_in=named(locale, slot.from_contest_zh, slot.from_contest_en),
        contest=named(locale, slot.to_contest_zh, slot.to_contest_en),
        state=slot.state,
        substitute=slot.substitute,
        answer_by=slot.answer_by,
        register_url=f"/my/reg/{slot.to_item}?slot={slot.id}" if registers else None,
    )
