"""Turns a view into HTML: one template for phone, tablet and desktop, the same partial for the page and for htmx.

`render` knows no rule and no table. A view is already cut to what its reader may see; a template shows all of it.
"""

import hashlib
import html
import re
from functools import cache, partial
from pathlib import Path
from typing import Literal

import msgspec
from minijinja import Environment, Markup, escape, load_from_path

from frontend.locales import Locale, texts
from frontend.views.formats import filters
from frontend.views.timeline import placed_timeline

_HERE = Path(__file__).parent
TEMPLATES = _HERE / "templates"
STATIC = _HERE / "static"

ITEM_PAGES = {
    "plan": "contest.read",
    "panel": "panel.read",
    "draw": "draw.read",
    "venue": "venue.read",
    "theory": "theory.import",
    "paper": "paper.read",
    "results": "standings.read",
}
"""The pages of an item in the order of the work, each with the right that it asks for."""

Room = Literal["public", "organiser", "judge", "authority", "unit"]


class RequestContext(msgspec.Struct, frozen=True):
    """What a page needs to know of its request and of nothing else.

    `path` is without the language prefix, `query` without its question mark; both serve the language switch.
    `csrf_token` is None on public pages: they are one shared cached copy and hold no token. `rights` are those that the reader
    holds somewhere, so that no page offers what would be refused.
    """

    path: str
    query: str = ""
    room: Room = "public"
    actor: str | None = None
    csrf_token: str | None = None
    request_id: str = ""
    rights: frozenset[str] = frozenset()
    account: str = ""
    """Of a reader who enters marks: under whom their tablet keeps what it holds."""
    demo: bool = False
    """The figures are those of 2021, the people invented and the dates of today: the page says so."""

    def may(self, right: str) -> bool:
        """Whether a link to a page that asks for this right leads anywhere."""
        return right in self.rights


def render(template: str, view: msgspec.Struct, locale: Locale, request_context: RequestContext) -> str:
    """HTML of a page, or of a partial when `template` names one. Raises TemplateError for a field that is not there."""
    query = f"?{request_context.query}" if request_context.query else ""
    other = other_locale(locale)
    return environment(locale).render_template(
        template,
        v=view,
        ctx=request_context,
        other_language_url=Markup(html.escape(localised_url(other, request_context.path) + query)),
    )


@cache
def environment(locale: Locale) -> Environment:
    """The environment of one language, made once per process; templates are read at first use and kept."""
    # Named apart: the type checker would otherwise take the first of them for the kind of all.
    values: dict[str, object] = {
        "lang": locale,
        "item_pages": ITEM_PAGES,
        "t": texts(locale),
        "url": partial(_written_url, locale),
        # Marks data that stays Chinese on an English page, for voices, fonts and hyphenation.
        "zh": Markup(' lang="zh-CN"' if locale == "en" else ""),
        "timeline": partial(placed_timeline, locale),
        "static": _written_static,
        "icon": icon,
        "css": stylesheets,
        "behaviour": behaviours,
        "judge_app": judge_app,
        "app_version": app_version,
        "tablet_words": _tablet_words(locale),
    }
    return Environment(
        loader=load_from_path([str(TEMPLATES)]),
        filters=filters(locale),
        globals=values,
        # With debug on, an error message quotes the view, which holds names.
        debug=False,
        undefined_behavior="strict",
        trim_blocks=True,
        lstrip_blocks=True,
    )


def other_locale(locale: Locale) -> Locale:
    """The language that the switch in the header leads to."""
    return "zh" if locale == "en" else "en"


@cache
def static_url(path: str) -> str:
    """Address of a static file with the mark of its content, so that it may be cached for a year."""
    digest = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:10]
    return f"/static/{path}?v={digest}"


def icon(name: str, label: str = "") -> Markup:
    """A drawing of the sprite. Without a label it is decoration and the words beside it carry the meaning."""
    if name not in _drawings():
        raise ValueError(f"the sprite holds no drawing {name}")
    voice = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return Markup(
        f'<svg class="icon icon--{name}" {voice} focusable="false"><use href="{static_url("icons.svg")}#{name}"/></svg>'
    )


@cache
def _drawings() -> frozenset[str]:
    return frozenset(re.findall(r'<symbol id="([a-z]+)"', (STATIC / "icons.svg").read_text(encoding="utf-8")))


def stylesheets(*blocks: str) -> Markup:
    """Links to the files of these blocks, one file each."""
    return Markup(
        "".join(f'<link rel="stylesheet" href="{static_url(f"css/{block}.css")}">' for block in blocks)
    )


def behaviours(*names: str) -> Markup:
    """Scripts that attach themselves to `data-` attributes once the page is read."""
    return Markup("".join(f'<script src="{static_url(f"js/{name}.js")}" defer></script>' for name in names))


def judge_app() -> Markup:
    """The judges' application as one module; its parts lie beside it under the same version."""
    return Markup(f'<script type="module" src="/judge/app/{app_version()}/main.js"></script>')


@cache
def app_version() -> str:
    """Mark of everything that the judges' pages are made of: a tablet keeps pages and scripts of one version together."""
    digest = hashlib.sha256()
    kept = [STATIC / "js", STATIC / "css", TEMPLATES / "judging", TEMPLATES / "layout"]
    for path in sorted(path for folder in kept for path in folder.rglob("*") if path.is_file()):
        digest.update(path.relative_to(_HERE).as_posix().encode() + b"\0" + path.read_bytes())
    digest.update((STATIC / "icons.svg").read_bytes())
    return digest.hexdigest()[:12]


def _tablet_words(locale: Locale) -> list[tuple[str, str]]:
    """What the script says, as (name, text) for the page; of a counted text the form for many."""
    written = texts(locale).written()
    words = []
    for key in sorted(written):
        text = written[key]
        if key.startswith("tablet."):
            words.append((key.removeprefix("tablet."), text if isinstance(text, str) else text["other"]))
    return words


def localised_url(locale: Locale, path: str) -> str:
    """English pages live under /en, Chinese ones at the root."""
    if not path.startswith("/"):
        raise ValueError(f"{path} is not a path of this site")
    return f"/en{path if path != '/' else ''}" if locale == "en" else path


def _written_url(locale: Locale, path: str) -> Markup:
    """An address for an attribute. MiniJinja's own escaping would write every slash as six characters."""
    return Markup(html.escape(localised_url(locale, path)))


def _written_static(path: str) -> Markup:
    return Markup(html.escape(static_url(path)))
