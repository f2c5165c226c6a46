"""Award previews, proposals, checks and decisions over HTTP."""

from typing import Annotated, Any

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from api.awards import commands, queries
from api.awards.schemas import AnswerCheck, AwardPreview, DecideProposal, Outcome, ProposalRow, ProposeAwards
from api.dependencies import FromActor, FromDb, FromOnce
from api.plumbing.ids import parse_id
from api.plumbing.paging import DEFAULT_LIMIT, MAX_LIMIT, Page


@get("/contests/{contest_id:str}/award-preview", opt={"right": "award.read"})
async def preview_awards(
    db: FromDb,
    actor: FromActor,
    contest_id: FromPath[str],
    everyone: Annotated[bool, QueryParameter(description="Also why the others get nothing")] = False,
) -> AwardPreview:
    """What the award rules say of the standings as they are now, with a reason for every yes and every no."""
    return await queries.preview(db, actor, parse_id("contest", contest_id), everyone=everyone)


@post("/contests/{contest_id:str}/award-proposals", opt={"right": "award.propose"})
async def propose_awards(
    db: FromDb, actor: FromActor, once: FromOnce, contest_id: FromPath[str], data: JSONBody[ProposeAwards]
) -> Response[bytes]:
    """Make the proposals of all rules from final results; needs an Idempotency-Key."""
    return await once.answer(lambda: commands.propose_awards(db, actor, parse_id("contest", contest_id)))


@get("/contests/{contest_id:str}/award-proposals", opt={"right": "award.read"})
async def list_proposals(
    db: FromDb,
    actor: FromActor,
    contest_id: FromPath[str],
    rule: Annotated[str | None, QueryParameter(max_length=60)] = None,
    outcome: Annotated[Outcome | None, QueryParameter()] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT,
    cursor: Annotated[str | None, QueryParameter(max_length=500)] = None,
) -> Page[ProposalRow]:
    """The newest proposals with the decisions on them."""
    return await queries.proposals(db, actor, parse_id("contest", contest_id), rule, outcome, limit, cursor)


@post("/proposals/{proposal_id:str}/decisions", opt={"right": "award.decide"})
async def decide_proposal(
    db: FromDb, actor: FromActor, once: FromOnce, proposal_id: FromPath[str], data: JSONBody[DecideProposal]
) -> Response[bytes]:
    """An authority's decision on one proposal; needs an Idempotency-Key."""
    return await once.answer(
        lambda: commands.decide_proposal(db, actor, parse_id("proposal", proposal_id), data)
    )


@post("/contests/{contest_id:str}/award-checks", opt={"right": "award.check"})
async def answer_check(
    db: FromDb, actor: FromActor, once: FromOnce, contest_id: FromPath[str], data: JSONBody[AnswerCheck]
) -> Response[bytes]:
    """Answer a checklist question about one person; needs an Idempotency-Key."""
    return await once.answer(lambda: commands.answer_check(db, actor, parse_id("contest", contest_id), data))


ROUTES: list[Any] = [preview_awards, propose_awards, list_proposals, decide_proposal, answer_check]
