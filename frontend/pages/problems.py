"""What a person sees when something is refused or broken: what happened, is my data safe, what next, and a number for support."""

from datetime import UTC, datetime
from urllib.parse import urlencode

from litestar import Response
from litestar.response import Redirect

from api.access.actor import ANONYMOUS
from api.plumbing.errors import problem_of, request_id_of
from api.plumbing.problems import Problem
from frontend.locales import texts
from frontend.pages.login import start_of
from frontend.pages.serving import HTML, PageRequest, is_partial, locale_of, page_path, show
from frontend.rendering import localised_url
from frontend.views.access import ProblemPage

SAFE_STATUS = 500


def answer_problem(request: PageRequest, error: Exception) -> Response[str] | Redirect:
    """The page of a problem; who is not signed in is sent to the door and comes back, who lacks a second factor to where one is set up."""
    problem = problem_of(error)
    locale = locale_of(request)
    if is_partial(request):
        return _answer_part(request, problem)
    if problem.code == "not_signed_in" and request.method == "GET":
        return Redirect(_door(request), status_code=303)
    if problem.code == "second_factor_needed" and request.method == "GET":
        return Redirect(localised_url(locale, "/account"), status_code=303)
    body = problem.body(request_id_of(request))
    english = locale == "en"
    t = texts(locale)
    view = ProblemPage(
        status=problem.status,
        title=body.title_en if english else body.title,
        detail=body.detail_en if english else body.detail,
        data_safe=t("problem.nothing_changed") if problem.status < SAFE_STATUS else t("problem.not_saved"),
        next_step=body.next_en if english else body.next,
        request_id=body.request_id,
        at=datetime.now(UTC),
        code=problem.code,
        retry_path=page_path(request) if request.method == "GET" else None,
        home_path=start_of(request.scope.get("user") or ANONYMOUS),
    )
    return show(
        request,
        view,
        "public",
        status=problem.status,
        headers={"Cache-Control": "no-store", **problem.headers},
    )


def _door(request: PageRequest) -> str:
    """Where somebody comes in and goes on to this page. Judges have a door of their own, which leads to their session anyway."""
    locale, path = locale_of(request), page_path(request)
    if path.startswith("/judge/"):
        return localised_url(locale, "/judge")
    asked = f"{path}?{request.url.query}" if request.url.query else path
    return f"{localised_url(locale, '/login')}?{urlencode({'next': asked}, safe='/')}"


def _answer_part(request: PageRequest, problem: Problem) -> Response[str]:
    """htmx asked for a part: a whole page in its place would bury what is there, so the page stays and its script says that it failed."""
    headers = {"Cache-Control": "no-store", "HX-Reswap": "none", **problem.headers}
    if problem.code == "not_signed_in":
        headers["HX-Redirect"] = _door(request)
    return Response("", status_code=problem.status, media_type=HTML, headers=headers)
