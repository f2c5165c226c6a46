"""SA1: the lists an award authority decides from, and the file on each person."""

from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from api.access.actor import Actor
from api.access.secret_texts import cipher_of
from api.awards import commands, dossiers, queries
from api.awards.cases import CHECKLIST
from api.awards.schemas import AnswerCheck, DecideProposal, Decision, Outcome, ProposalRow
from api.dependencies import FromActor, FromDb, FromSettings
from api.people.queries import reveal_document
from api.people.schemas import Reveal
from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem
from frontend.locales import Locale, Texts, texts
from frontend.pages.award_facts import used_facts
from frontend.pages.forms import rev_of
from frontend.pages.paging import BackText, BeforeCount, CursorText, Place
from frontend.pages.serving import (
    PageRequest,
    form_fields,
    form_state,
    go,
    is_partial,
    locale_of,
    named,
    show,
)
from frontend.views.awards import (
    AwardListPage,
    AwardTab,
    BatchLine,
    BatchListPage,
    Candidate,
    Check,
    Dossier,
    Fact,
)
from frontend.views.common import FieldError, FormState
from scoring import LEVELS

TABS: tuple[Outcome, ...] = ("eligible", "needs_person", "not_eligible")
DECISIONS: dict[str, Decision] = {"grant": "granted", "return": "returned", "refuse": "refused"}
QUESTIONS: tuple[str, ...] = (
    "worker_status", "leader_or_civil_servant", "discipline", "unit_veto", "already_holds",
)  # fmt: skip
PAGE = 50
# How the codes of reasons end that somebody has to settle, and of those that stand against an award.
ASKING: tuple[str, ...] = ("_unknown", "_open", "_tie")
AGAINST: tuple[str, ...] = ("_not_met", "_against", "_reached", "below_minimum", "higher_award")

Tab = Annotated[Outcome | None, QueryParameter()]
Text = Annotated[str | None, QueryParameter(max_length=500)]


@get("/award", opt={"right": "award.read"})
async def show_batches(request: PageRequest, db: FromDb, actor: FromActor) -> Response[str]:
    """Every list this authority may read."""
    locale = locale_of(request)
    batches = tuple(
        BatchLine(
            id=f"{each.contest}~{each.rule}",
            award=named(locale, each.award_zh, each.award_en),
            source=named(locale, each.contest_zh, each.contest_en),
            submitted_at=each.at,
            candidates=each.people,
            to_decide=each.open,
        )
        for each in await dossiers.award_lists(db, actor)
    )
    return show(request, BatchListPage(actor.display_name, batches), "authority")


@get("/award/{batch:str}", opt={"right": "award.read"})
async def show_batch(
    request: PageRequest,
    db: FromDb,
    actor: FromActor,
    batch: FromPath[str],
    tab: Tab = None,
    who: Text = None,
    cursor: CursorText = "",
    before: BeforeCount = 0,
    back: BackText = "",
) -> Response[str]:
    """One list, and the file on whoever was chosen."""
    page = await _page(request, db, actor, batch, tab, who, Place(cursor, before, back))
    return show(request, page, "authority", template=AwardListPage.DOSSIER if is_partial(request) else None)


@post("/award/{batch:str}/{proposal:str}", opt={"right": "award.decide"}, status_code=200)
async def decide(
    request: PageRequest, db: FromDb, actor: FromActor, batch: FromPath[str], proposal: FromPath[str]
) -> Response[str] | Redirect:
    """Grant, return or refuse; a refusal to save shows the same person again with the reason typed."""
    form = await form_fields(request)
    decision = DECISIONS.get(form.get("act", ""))
    if decision is None:
        raise Problem("invalid_parameter")
    reason = form.get("reason", "").strip() or None
    try:
        given = DecideProposal(decision, reason, rev_of(form))
        await commands.decide_proposal(db, actor, parse_id("proposal", proposal), given)
    except Problem as problem:
        return await _again(request, db, actor, batch, proposal, form, problem)
    return go(request, f"/award/{batch}")


@post("/award/{batch:str}/{proposal:str}/check", opt={"right": "award.check"}, status_code=200)
async def answer(
    request: PageRequest, db: FromDb, actor: FromActor, batch: FromPath[str], proposal: FromPath[str]
) -> Redirect:
    """Answer one question of the checklist."""
    form = await form_fields(request)
    file = await dossiers.dossier(db, actor, parse_id("proposal", proposal))
    question = form.get("question", "")
    if question not in _questions(file) or form.get("answer") not in ("yes", "no"):
        raise Problem("invalid_parameter")
    contest_id, _ = _batch(batch)
    await commands.answer_check(
        db, actor, contest_id, AnswerCheck(file.person, question, form["answer"] == "yes")
    )
    return go(request, f"/award/{batch}?who={proposal}")


@post("/award/{batch:str}/{proposal:str}/reveal", opt={"right": "person.reveal"}, status_code=200)
async def reveal(
    request: PageRequest,
    db: FromDb,
    actor: FromActor,
    settings: FromSettings,
    batch: FromPath[str],
    proposal: FromPath[str],
) -> Response[str]:
    """Show a document number in full; the look is logged."""
    file = await dossiers.dossier(db, actor, parse_id("proposal", proposal))
    t = texts(locale_of(request))
    reason = Reveal(t("award.reveal_reason"))
    shown = await reveal_document(db, cipher_of(settings.secret_key), actor, file.person, reason)
    page = await _page(request, db, actor, batch, None, proposal, None, number=shown.document_number)
    return show(request, page, "authority")


async def _again(
    request: PageRequest,
    db: Db,
    actor: Actor,
    batch: str,
    proposal: str,
    form: dict[str, str],
    problem: Problem,
) -> Response[str]:
    state = form_state(request, form, problem)
    if problem.code == "reason_needed":
        state = FormState(form, (FieldError("reason", state.problem or ""),))
    page = await _page(request, db, actor, batch, None, proposal, None, form=state)
    return show(request, page, "authority", status=problem.status)


async def _page(
    request: PageRequest, db: Db, actor: Actor, batch: str, tab: Outcome | None, who: str | None, place: Place | None,
    *, form: FormState | None = None, number: str | None = None,
) -> AwardListPage:  # fmt: skip
    locale = locale_of(request)
    contest_id, rule = _batch(batch)
    lists = await dossiers.award_lists(db, actor, contest_id, rule)
    if not lists:
        raise Problem("not_found")
    counts = await dossiers.outcome_counts(db, actor, contest_id, rule)
    chosen = await _chosen(db, actor, contest_id, rule, who) if who else None
    shown = chosen.outcome if chosen and tab is None else tab or _fullest(counts)
    place = place or Place()
    page = await queries.proposals(db, actor, contest_id, rule, shown, PAGE, place.cursor or None)
    t = texts(locale)
    return AwardListPage(
        batch=batch,
        award=rule,
        title=named(
            locale, f"{lists[0].award_zh} {lists[0].contest_zh}", f"{lists[0].award_en} {lists[0].contest_en}"
        ),
        source=named(locale, lists[0].contest_zh, lists[0].contest_en),
        submitted_at=lists[0].at,
        candidates=lists[0].people,
        hash_fragment=(
            await dossiers.dossier(db, actor, parse_id("proposal", page.data[0].id or ""))
        ).hash_fragment
        if page.data
        else "—",
        preview=any(row.outdated for row in page.data),
        rule=t("award.rule_text", award=named(locale, lists[0].award_zh, lists[0].award_en)),
        tabs=tuple(AwardTab(outcome, counts[outcome], outcome == shown) for outcome in TABS),
        rows=tuple(_candidate(row, locale, t, who) for row in page.data),
        paging=place.paging(
            len(page.data),
            PAGE,
            page.next_cursor,
            lambda more: f"/award/{batch}?{urlencode({'tab': shown} | more)}",
            counts[shown],
        ),
        dossier=await _dossier(db, actor, chosen, locale, t, batch, number) if chosen else None,
        form=form or FormState(),
    )


def _batch(batch: str) -> tuple[UUID, str]:
    contest, _, rule = batch.partition("~")
    return parse_id("contest", contest), rule


def _fullest(counts: dict[Outcome, int]) -> Outcome:
    """Where work waits first: people to judge, then those proposed."""
    return next((tab for tab in ("needs_person", "eligible", "not_eligible") if counts[tab]), "eligible")


async def _chosen(db: Db, actor: Actor, contest_id: UUID, rule: str, who: str) -> ProposalRow:
    cursor = None
    while True:
        page = await queries.proposals(db, actor, contest_id, rule, None, PAGE, cursor)
        found = next((row for row in page.data if row.id == who), None)
        if found is not None:
            return found
        if page.next_cursor is None:
            raise Problem("not_found")
        cursor = page.next_cursor


def _candidate(row: ProposalRow, locale: Locale, t: Texts, who: str | None) -> Candidate:
    # What somebody has to find out, or what stands against it, comes first; otherwise why the place is theirs.
    telling = next(
        (reason for reason in row.reasons if reason.code.endswith((*ASKING, *AGAINST))), row.reasons[0]
    )
    return Candidate(
        decision=row.id or "",
        rank=row.place or 0,
        name=row.name,
        item=named(locale, row.item_name, row.item_name_en),
        delegation=row.delegation,
        reason=named(locale, telling.zh, telling.en),
        rule=t("award.rule_number", version=row.rule_version),
        decided=row.decision.decision if row.decision else None,
        chosen=row.id == who,
    )


async def _dossier(
    db: Db, actor: Actor, row: ProposalRow, locale: Locale, t: Texts, batch: str, number: str | None
) -> Dossier:
    file = await dossiers.dossier(db, actor, parse_id("proposal", row.id or ""))
    unknown = next((reason for reason in row.reasons if reason.code.endswith(ASKING)), None)
    here = f"/award/{batch}/{row.id}"
    return Dossier(
        decision=row.id or "",
        rev=row.decision.rev if row.decision else 0,
        rank=row.place or 0,
        name=row.name,
        item=named(locale, row.item_name, row.item_name_en),
        total=row.total or "0",
        field=file.field,
        facts=_facts(file, row, locale, t, number, f"{here}/reveal"),
        question=named(locale, unknown.zh, unknown.en) if unknown else "",
        checks=tuple(
            Check(question, said, file.answers.get(question), f"{here}/check")
            for question, said in _questions(file, locale).items()
        ),
        decided=row.decision.decision if row.decision else None,
        decided_at=row.decision.at if row.decision else None,
        decided_by=row.decision.by if row.decision else "",
    )


def _questions(file: dossiers.Dossier, locale: Locale = "zh") -> dict[str, str]:
    """The questions that are the same everywhere, then the rule's own checklist, each with its words."""
    t = texts(locale)
    own = {
        CHECKLIST + item.code: t("award.check_clear", what=named(locale, item.title, item.title_en))
        for item in file.checklist
    }
    return {each: t(f"award.check.{each}") for each in QUESTIONS} | own


def _facts(
    file: dossiers.Dossier, row: ProposalRow, locale: Locale, t: Texts, number: str | None, reveal_url: str
) -> tuple[Fact, ...]:
    level = None if file.level is None else tuple(LEVELS.values())[file.level + 1]
    front_line = {True: t("award.front_line"), False: t("award.not_front_line"), None: ""}[file.front_line]
    none = t("award.none_recorded")
    reasons = " ".join(named(locale, reason.zh, reason.en) for reason in row.reasons)
    return (
        Fact(
            t("award.fact.document"),
            number or file.document or none,
            reveal_url=None if number else reveal_url,
        ),
        Fact(t("award.fact.unit"), file.unit or none),
        Fact(t("award.fact.post"), file.post or none, front_line, attention=file.front_line is None),
        Fact(t("award.fact.rank"), t("award.rank_proof", version=file.snapshot, hash=file.hash_fragment)),
        Fact(t("award.fact.level"), named(locale, *level) if level else none),
        Fact(t("award.fact.honours"), "、".join(file.honours) or t("award.no_honours")),
        *_target(row, locale, t),
        Fact(t("award.fact.reasons"), reasons),
        Fact(t("award.fact.used"), used_facts(row.facts, locale)),
    )


def _target(row: ProposalRow, locale: Locale, t: Texts) -> tuple[Fact, ...]:
    if row.target_level is None:
        return ()
    return (Fact(t("award.fact.target"), named(locale, *tuple(LEVELS.values())[row.target_level + 1])),)


PAGES: list[ControllerRouterHandler] = [show_batches, show_batch, decide, answer, reveal]
