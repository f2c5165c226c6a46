"""SO11: an item's standing on its way to a final result, and what follows from it: places in the next tier and awards."""

from datetime import UTC, datetime
from typing import Final, Literal, cast
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.access.actor import Actor
from api.advancement.commands import offer_slots
from api.advancement.queries import slots
from api.advancement.schemas import OfferSlots, SlotList
from api.awards.commands import propose_awards
from api.awards.queries import preview, proposals
from api.awards.schemas import AwardPreview, ProposalRow
from api.contests.schemas import Contest, Item
from api.dependencies import FromActor, FromDb
from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem
from api.results.commands import move_publication
from api.results.queries import publication, staff_board
from api.results.schemas import MovePublication, PublicationView
from frontend.locales import Locale, texts
from frontend.pages.organising import (
    contest_of,
    item_address,
    item_head,
    item_of,
    listed,
    require_answered,
    rev_of,
)
from frontend.pages.rankings import rank_page
from frontend.pages.serving import PageRequest, form_fields, form_state, go, locale_of, named, show
from frontend.views.common import FieldError, FormState, PublicationState
from frontend.views.formats import full_datetime
from frontend.views.results import (
    AwardPreviewRow,
    Gap,
    ItemResultsPage,
    PublicationStep,
    SlotRow,
)

To = Literal["closed", "confirmed", "provisional", "final", "withdrawn"]
ACTS: Final[dict[str, To]] = {
    "close": "closed",
    "confirm": "confirmed",
    "publish": "provisional",
    "finalise": "final",
    "withdraw": "withdrawn",
}
# How many steps lie behind a state. A withdrawn result goes back to the closing.
BEHIND: Final[dict[str, int]] = {
    "open": 0, "withdrawn": 0, "closed": 1, "confirmed": 2, "provisional": 3, "final": 4, "amended": 4,
}  # fmt: skip
FIELD_OF: Final = {"ranked_count_differs": "confirm", "reason_needed": "reason"}
MOST_ROWS: Final = 30


@get("/org/c/{contest_id:str}/e/{item:str}/results", opt={"right": "standings.read"})
async def show_results(
    request: PageRequest, db: FromDb, actor: FromActor, contest_id: FromPath[str], item: FromPath[str]
) -> Response[str]:
    """The standing and the next step."""
    return await _page(request, db, actor, contest_id, item, FormState())


@post("/org/c/{contest_id:str}/e/{item:str}/results", opt={"right": "result.confirm"}, status_code=200)
async def take_step(
    request: PageRequest, db: FromDb, actor: FromActor, contest_id: FromPath[str], item: FromPath[str]
) -> Response[str] | Redirect:
    """Take a step of the publication, offer the places, or make the award proposals."""
    fields = await form_fields(request)
    found = item_of(await contest_of(db, actor, contest_id), item)
    item_id = parse_id("item", found.id)
    act = fields.get("act", "")
    try:
        if act == "offer":
            await offer_slots(db, actor, item_id, OfferSlots())
        elif act == "propose":
            await propose_awards(db, actor, parse_id("contest", contest_id))
        elif act in ACTS:
            await _move(db, actor, item_id, act, fields, locale_of(request))
        else:
            raise Problem("invalid_parameter")
    except Problem as problem:
        require_answered(problem)
        form = form_state(request, fields, problem)
        if problem.code in FIELD_OF:
            form = FormState(fields, (FieldError(FIELD_OF[problem.code], form.problem or ""),))
        return await _page(request, db, actor, contest_id, item, form, problem.status)
    except _WrongWordError as wrong:
        form = FormState(fields, (FieldError("confirm", str(wrong)),))
        return await _page(request, db, actor, contest_id, item, form, 422)
    return go(request, item_address(contest_id, item, "results"))


class _WrongWordError(Exception):
    """What had to be typed was not."""


async def _move(
    db: Db, actor: Actor, item_id: UUID, act: str, fields: dict[str, str], locale: Locale
) -> None:
    t = texts(locale)
    typed, ranked = fields.get("confirm", "").strip(), None
    if act == "publish":
        if not (typed.isascii() and typed.isdecimal() and len(typed) < 7):
            raise _WrongWordError(t("results.type_number"))
        ranked = int(typed)
    if act == "finalise" and typed != t("results.final_word"):
        raise _WrongWordError(t("results.type_word", text=t("results.final_word")))
    move = MovePublication(ACTS[act], fields.get("reason", "").strip() or None, ranked)
    await move_publication(db, actor, item_id, move, rev_of(fields))


async def _page(
    request: PageRequest, db: Db, actor: Actor, contest_id: str, code: str, form: FormState, status: int = 200
) -> Response[str]:
    locale = locale_of(request)
    contest = await contest_of(db, actor, contest_id)
    item = item_of(contest, code)
    item_id = parse_id("item", item.id)
    now = await publication(db, actor, item_id)
    board = rank_page(await staff_board(db, actor, item_id), code, locale, "", "", "")
    places = await slots(db, actor, item_id) if actor.holds("slot.read") else None
    awards = await _awards(db, actor, contest)
    made = await _made(db, actor, contest) if awards else []
    page = ItemResultsPage(
        item=item_head(contest, item, locale),
        state=cast("PublicationState", now.state),
        rev=now.rev,
        steps=_steps(now, contest, item, locale),
        columns=board.columns,
        bands=board.bands,
        tie_rule=board.tie_rule,
        version=board.version,
        entrants=board.entrants,
        slots=_slots(places, locale),
        slot_rule=named(locale, places.rule, places.rule_en) if places else "",
        may_offer=_may_offer(places),
        offered=bool(places and any(row.slot for row in places.rows)),
        awards=_award_rows(awards, item, locale) if awards else (),
        award_rule=_award_rule(awards, locale) if awards else "",
        may_propose=_may_propose(actor, awards, made),
        proposed=bool(made),
        form=form,
    )
    return show(request, page, "organiser", status=status)


def _steps(now: PublicationView, contest: Contest, item: Item, locale: Locale) -> tuple[PublicationStep, ...]:
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
                gaps=_gaps(now, contest, item, locale) if place == behind else (),
                confirm_with={"publish": str(now.ranked), "finalise": t("results.final_word")}.get(act),
            )
        )
    return tuple(steps)


def _gaps(now: PublicationView, contest: Contest, item: Item, locale: Locale) -> tuple[Gap, ...]:
    t = texts(locale)
    if now.state == "provisional" and now.notice_closes_at and now.notice_closes_at > datetime.now(UTC):
        until = full_datetime(locale, now.notice_closes_at)
        return (Gap(t("results.notice_runs", until=until), t("results.notice_why")),)
    mended = {"standing_incomplete": "theory", "sheets_unsigned": "draw"}
    return tuple(
        Gap(
            named(locale, gap.zh, gap.en),
            t(f"results.gap.{gap.code}"),
            item_address(contest.id, item.code, mended[gap.code]),
        )
        for gap in now.gaps
    )


def _slots(places: SlotList | None, locale: Locale) -> tuple[SlotRow, ...]:
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
        )
        for row in ranked[:MOST_ROWS]
    )


def _may_offer(places: SlotList | None) -> bool:
    """Whether there is a rule, an item to go to, a final result, and nothing offered yet."""
    if places is None or places.preview or places.to_item is None:
        return False
    return bool(places.rule) and not any(row.slot for row in places.rows)


async def _awards(db: Db, actor: Actor, contest: Contest) -> AwardPreview | None:
    if not actor.holds("award.read"):
        return None
    return await preview(db, actor, parse_id("contest", contest.id), everyone=False)


async def _made(db: Db, actor: Actor, contest: Contest) -> list[ProposalRow]:
    """A proposal of the newest generation, if there is one: all of it comes from one moment."""
    return (await proposals(db, actor, parse_id("contest", contest.id), None, None, 1, None)).data


def _may_propose(actor: Actor, awards: AwardPreview | None, made: list[ProposalRow]) -> bool:
    """Final results with somebody to propose, and no proposals made of them yet."""
    if awards is None or awards.preview or not awards.rows or not actor.holds("award.propose"):
        return False
    return not made or any(row.outdated for row in made)


def _award_rows(awards: AwardPreview, item: Item, locale: Locale) -> tuple[AwardPreviewRow, ...]:
    own = [row for row in awards.rows if row.item == item.id and row.place is not None]
    return tuple(
        AwardPreviewRow(
            row.name,
            row.delegation,
            row.place or 0,
            named(locale, row.name_zh, row.name_en),
            row.outcome,
            " ".join(named(locale, reason.zh, reason.en) for reason in row.reasons),
        )
        for row in sorted(own, key=lambda row: row.place or 0)[:MOST_ROWS]
    )


def _award_rule(awards: AwardPreview, locale: Locale) -> str:
    """Why a rule cannot be applied, else the rules' names."""
    refused = " ".join(named(locale, reason.zh, reason.en) for reason in awards.refused)
    names = dict.fromkeys(named(locale, row.name_zh, row.name_en) for row in awards.rows)
    return refused or listed(locale, names)


PAGES: list[ControllerRouterHandler] = [show_results, take_step]
