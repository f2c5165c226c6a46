"""SO11: an item's standing on its way to a final result, and what follows from it: places in the next tier and awards."""

from typing import Final, cast

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.access.actor import Actor
from api.advancement.queries import slots
from api.awards.commands import propose_awards
from api.awards.queries import preview, proposals
from api.awards.schemas import AwardPreview, ProposalRow
from api.contests.schemas import Contest, Item
from api.control.queries.duties import asks_recheck
from api.dependencies import FromActor, FromDb
from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem
from api.results.award_lines import award_lines
from api.results.publications import publication
from api.results.queries import staff_board
from frontend.locales import Locale
from frontend.pages.forms import require_answered
from frontend.pages.item_places import ANSWERS, answer_place, may_offer, offer_places, slot_rows
from frontend.pages.item_steps import (
    ACTS,
    WrongWordError,
    further_of,
    history_of,
    steps_of,
    take_publication_step,
)
from frontend.pages.organising import contest_of, item_address, item_head, item_of, listed
from frontend.pages.rankings import rank_page
from frontend.pages.serving import PageRequest, form_fields, form_state, go, locale_of, named, show
from frontend.pages.ties import decides_ties, tied_groups
from frontend.views.common import FieldError, FormState, PublicationState
from frontend.views.results import AwardPreviewRow, ItemResultsPage

MOST_ROWS: Final = 30


@get("/org/c/{contest_id:str}/e/{item:str}/results", opt={"right": "standings.read"})
async def show_results(
    request: PageRequest, db: FromDb, actor: FromActor, contest_id: FromPath[str], item: FromPath[str]
) -> Response[str]:
    """The standing and the next step."""
    return await _page(request, db, actor, contest_id, item, FormState())


@get("/org/c/{contest_id:str}/e/{item:str}/preview", opt={"right": "result.publish"})
async def show_preview(
    request: PageRequest, db: FromDb, actor: FromActor, contest_id: FromPath[str], item: FromPath[str]
) -> Response[str]:
    """The public page as it would be once the result is published."""
    contest = await contest_of(db, actor, contest_id)
    item_id = parse_id("item", item_of(contest, item).id)
    now = await publication(db, actor, item_id)
    if now.state != "confirmed" or not actor.holds("result.publish"):
        raise Problem("not_found")
    board = msgspec.structs.replace(
        await staff_board(db, actor, item_id), audience="provisional", frozen=False
    )
    page = rank_page(board, item, locale_of(request), "", "", "", await award_lines(db, board))
    shown = msgspec.structs.replace(page, preview=True)
    return show(request, shown, "public", headers={"Cache-Control": "no-store"})


@post("/org/c/{contest_id:str}/e/{item:str}/results", opt={"right": "result.confirm"}, status_code=200)
async def take_step(
    request: PageRequest, db: FromDb, actor: FromActor, contest_id: FromPath[str], item: FromPath[str]
) -> Response[str] | Redirect:
    """Take a step of the publication, freeze or thaw, offer or answer the places, or make the award proposals."""
    fields = await form_fields(request)
    contest = await contest_of(db, actor, contest_id)
    found = item_of(contest, item)
    item_id = parse_id("item", found.id)
    act = fields.get("act", "")
    try:
        if act == "offer":
            await offer_places(db, actor, item_id, contest, fields)
        elif act in ANSWERS:
            await answer_place(db, actor, fields)
        elif act == "propose":
            await propose_awards(db, actor, parse_id("contest", contest_id))
        elif act in ACTS or act in ("freeze", "thaw"):
            await take_publication_step(db, actor, item_id, act, fields, locale_of(request))
        else:
            raise Problem("invalid_parameter")
    except Problem as problem:
        require_answered(problem)
        form = form_state(request, fields, problem)
        field = {"ranked_count_differs": "confirm", "reason_needed": f"{act}_reason"}.get(problem.code)
        if field:
            # A place's own form stands among many: its field is that of this place.
            field = f"{fields.get('slot', '')}_reason" if act in ANSWERS else field
            form = FormState(fields, (FieldError(field, form.problem or ""),))
        return await _page(request, db, actor, contest_id, item, form, problem.status)
    except WrongWordError as wrong:
        form = FormState(fields, (FieldError("confirm", str(wrong)),))
        return await _page(request, db, actor, contest_id, item, form, 422)
    return go(request, item_address(contest_id, item, "results"))


async def _page(
    request: PageRequest, db: Db, actor: Actor, contest_id: str, code: str, form: FormState, status: int = 200
) -> Response[str]:
    locale = locale_of(request)
    contest = await contest_of(db, actor, contest_id)
    item = item_of(contest, code)
    item_id = parse_id("item", item.id)
    now = await publication(db, actor, item_id)
    standing = await staff_board(db, actor, item_id)
    board = rank_page(standing, code, locale, "", "", "", await award_lines(db, standing))
    places = await slots(db, actor, item_id) if actor.holds("slot.read") else None
    awards = await _awards(db, actor, contest)
    made = await _made(db, actor, contest) if awards else []
    page = ItemResultsPage(
        item=item_head(contest, item, locale),
        state=cast("PublicationState", now.state),
        rev=now.rev,
        steps=steps_of(now, contest, item, actor, locale),
        columns=board.columns,
        bands=board.bands,
        tie_rule=board.tie_rule,
        version=board.version,
        entrants=board.entrants,
        ties=tied_groups(standing) if now.state in ("open", "closed") else (),
        ties_decided=await decides_ties(db, actor, item_id),
        rechecks=await asks_recheck(db, item_id),
        frozen=now.frozen,
        frozen_since=standing.frozen_since,
        may_freeze=actor.holds("result.publish"),
        further=further_of(now, actor),
        history=history_of(now),
        slots=slot_rows(places, locale, answers=actor.holds("slot.answer")),
        slot_rule=named(locale, places.rule, places.rule_en) if places else "",
        may_offer=may_offer(places),
        offered=bool(places and any(row.slot for row in places.rows)),
        awards=_award_rows(awards, item, locale) if awards else (),
        award_rule=_award_rule(awards, locale) if awards else "",
        may_propose=_may_propose(actor, awards, made),
        proposed=bool(made),
        item_id=item.id,
        sealed=standing.audience == "progress",
        form=form,
    )
    return show(request, page, "organiser", status=status)


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


PAGES: list[ControllerRouterHandler] = [show_results, show_preview, take_step]
