"""From a view to an HTML answer, in the language that the address names."""

import hashlib
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.datastructures import State
from litestar.response import Redirect

from api.access.actor import ANONYMOUS, Actor
from api.access.guards import csrf_token
from api.access.rights import RIGHTS
from api.plumbing.errors import request_id_of
from api.plumbing.ids import encode_id
from api.plumbing.problems import Problem
from frontend.locales import Locale
from frontend.rendering import RequestContext, Room, localised_url, render
from frontend.views.common import FieldError, FormState

HTML = "text/html"  # Litestar adds the charset.

PageRequest = Request[Actor, Any, State]


def locale_of(request: PageRequest) -> Locale:
    """English below /en, Chinese everywhere else."""
    return "en" if request.url.path == "/en" or request.url.path.startswith("/en/") else "zh"


def page_path(request: PageRequest) -> str:
    """The path without the language prefix."""
    path = request.url.path
    return (path[3:] or "/") if locale_of(request) == "en" else path


def show(
    request: PageRequest,
    view: msgspec.Struct,
    room: Room,
    *,
    template: str | None = None,
    status: int = 200,
    headers: dict[str, str] | None = None,
    of_nobody: bool = False,
) -> Response[str]:
    """A page of a room for whoever is signed in; `template` names a partial of the page for htmx instead.

    `of_nobody` leaves out who asks and their token: a tablet keeps the page for whoever comes next.
    """
    actor: Actor = (None if of_nobody else request.scope.get("user")) or ANONYMOUS
    public = room == "public"
    context = RequestContext(
        path=page_path(request),
        query=request.url.query,
        room=room,
        # A public page is one shared copy: it knows nobody and holds no token.
        actor=None if public or not actor.signed_in else actor.display_name,
        csrf_token=None if public else csrf_token(actor) or None,
        request_id=request_id_of(request),
        rights=frozenset() if public else frozenset(right for right in RIGHTS if actor.holds(right)),
        account=encode_id("account", actor.account_id)
        if room == "judge" and actor.holds("sheet.mark")
        else "",
        demo=request.app.state.settings.demo,
    )
    html = render(template or view.TEMPLATE, view, locale_of(request), context)  # type: ignore[attr-defined]
    caching = {} if public else {"Cache-Control": "no-store"}
    return Response(html, status_code=status, media_type=HTML, headers={**caching, **(headers or {})})


def show_shared(request: PageRequest, view: msgspec.Struct, *, template: str | None = None) -> Response[str]:
    """A public page whose readers share one copy: they ask each time, and an unchanged page costs 304 and no body."""
    answer = show(request, view, "public", template=template)
    tag = f'"{hashlib.sha256(answer.content.encode()).hexdigest()[:32]}"'
    # Part and page have one address.
    headers = {"ETag": tag, "Cache-Control": "public, no-cache", "Vary": "HX-Request"}
    if tag in request.headers.get("if-none-match", ""):
        return Response("", status_code=304, media_type=HTML, headers=headers)
    answer.headers.update(headers)
    return answer


def named(locale: Locale, chinese: str, english: str | None) -> str:
    """A name of the data in the reader's language; without an English one the Chinese stands."""
    return (english or chinese) if locale == "en" else chinese


def is_partial(request: PageRequest) -> bool:
    """Whether htmx asks for a part of the page. The history must never restore a part as a page."""
    return (
        request.headers.get("hx-request") == "true"
        and request.headers.get("hx-history-restore-request") != "true"
    )


def go(request: PageRequest, path: str) -> Redirect:
    """After a form: on to a page of the same language, so that a reload sends nothing twice."""
    return Redirect(localised_url(locale_of(request), path), status_code=303)


async def form_fields(request: PageRequest) -> dict[str, str]:
    """The texts of a posted form, as they were sent; files are not among them."""
    form = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str)}


def local_path(path: str, otherwise: str) -> str:
    """`path` if it leads to a page of this site, else `otherwise`: an address from outside must not send people elsewhere."""
    # Browsers read a backslash as a slash and drop tabs and line ends, so that a slash and a backslash would lead away.
    plain = path.isprintable() and "\\" not in path
    return path if plain and path.startswith("/") and not path.startswith("//") else otherwise


def form_state(
    request: PageRequest,
    values: dict[str, str],
    problem: Problem | None = None,
    fields: dict[str, str] | None = None,
) -> FormState:
    """What was typed with what is wrong with it. `fields` leads from a JSON pointer to the form's field name."""
    if problem is None:
        return FormState(values=values)
    english = locale_of(request) == "en"
    body = problem.body()
    names = fields or {}
    errors = tuple(
        FieldError(
            names.get(error.pointer, error.pointer.rpartition("/")[2]),
            error.detail_en if english else error.detail,
        )
        for error in body.errors
    )
    sentence = f"{body.detail_en} {body.next_en}" if english else f"{body.detail}{body.next}"
    return FormState(values=values, errors=errors, problem=None if errors else sentence)
