"""What the administration's pages share: numbers and choices read from a form, organisations to choose from, a QR code."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlencode

import segno

from api.access.actor import Actor, Scope
from api.access.schemas import Badge, Link
from api.organisations.queries import (
    list_organisations,
    list_regions,
    organisation,
    region_names,
    visible_organisations,
)
from api.organisations.schemas import Organisation
from api.plumbing.db import Db
from api.plumbing.ids import encode_id, parse_id
from api.plumbing.problems import FieldError, Problem, field_error
from frontend.locales import Locale
from frontend.pages.serving import named
from frontend.views.admin import ShownOnce
from frontend.views.common import Choice

PAGE: Final = 50
# A longer list is looked through by name.
MOST_OFFERED: Final = 30
MOST_REGIONS: Final = 60


def number_of(fields: dict[str, str], name: str, least: int, most: int, errors: list[FieldError]) -> int:
    """The whole number in a field; what is none, or out of range, is noted as number_invalid."""
    text = fields.get(name, "").strip()
    if text.isascii() and text.isdecimal() and len(text) < 10 and least <= int(text) <= most:
        return int(text)
    errors.append(field_error(f"/{name}", "number_invalid", least=least, most=most))
    return least


def one_of(fields: dict[str, str], name: str, known: Iterable[str], errors: list[FieldError]) -> str:
    """What was chosen in a field; what was never offered is noted as choice_missing."""
    chosen = fields.get(name, "")
    if chosen not in known:
        errors.append(field_error(f"/{name}", "choice_missing"))
    return chosen


def scope_of(node: Organisation) -> Scope:
    """Where an organisation lies."""
    return Scope(organisation_path=tuple(parse_id("organisation", each) for each in node.path))


async def own_nodes(db: Db, actor: Actor, right: str) -> list[Organisation]:
    """The organisations at which the actor's own grants carry a right."""
    ids = list(dict.fromkeys(actor.reach(right).organisations))[:MOST_OFFERED]
    found = [await found_organisation(db, actor, encode_id("organisation", each)) for each in ids]
    return [node for node in found if node is not None and actor.may(right, scope_of(node))]


async def found_organisation(db: Db, actor: Actor, text: str) -> Organisation | None:
    """An organisation that a form or an address names; None where there is none in sight."""
    try:
        return await organisation(db, actor, parse_id("organisation", text))
    except Problem as problem:
        if problem.code != "not_found":
            raise
        return None


async def offered_organisations(db: Db, actor: Actor, right: str, find: str, locale: Locale) -> list[Choice]:
    """Organisations to choose from: the actor's own, or those whose name holds `find`."""
    if not find:
        nodes = await own_nodes(db, actor, right)
        below = [
            each
            for node in nodes[:1]
            for each in (
                await list_organisations(db, actor, MOST_OFFERED, parent_id=parse_id("organisation", node.id))
            ).data
        ]
        nodes += [each for each in below if each.id not in {node.id for node in nodes}]
    else:
        nodes = (await list_organisations(db, actor, MOST_OFFERED, q=find)).data
    return [
        Choice(node.id, named(locale, node.name_zh, node.name_en))
        for node in nodes
        if actor.may(right, scope_of(node))
    ]


async def offered_regions(db: Db, node: Organisation | None, locale: Locale) -> tuple[Choice, ...]:
    """The divisions an organisation below `node` may stand for: the node's own and those right below it; else the provinces."""
    today = datetime.now(UTC).date()
    code = node.region_code if node else None
    if code is None:
        found = (await list_regions(db, today, MOST_REGIONS, level="province")).data
    else:
        own = (await list_regions(db, today, 1, q=code)).data
        found = [*own, *(await list_regions(db, today, MOST_REGIONS, parent=code)).data]
    return tuple(Choice(each.code, named(locale, each.name_zh, each.name_en)) for each in found)


def region_of(fields: dict[str, str], name: str, errors: list[FieldError]) -> str | None:
    """The code of a division in a field; none where it is empty."""
    code = fields.get(name, "")
    if code and not (len(code) == 6 and code.isascii() and code.isdecimal()):
        errors.append(field_error(f"/{name}", "choice_missing"))
    return code or None


async def region_words(db: Db, nodes: Iterable[Organisation], locale: Locale) -> dict[str, str]:
    """The names of the divisions that these organisations stand for, by code."""
    found = await region_names(db, [node.region_code for node in nodes if node.region_code])
    return {code: named(locale, *names) for code, names in found.items()}


async def names_of(db: Db, actor: Actor, ids: Iterable[str | None], locale: Locale) -> dict[str, str]:
    """The names of organisations in sight, by id."""
    wanted = [parse_id("organisation", each) for each in {*ids} if each]
    async with db.reading() as connection:
        found = await visible_organisations(connection, actor, wanted)
    return {node.id: named(locale, node.name_zh, node.name_en) for node in found.values()}


def link_shown(name: str, link: Link) -> ShownOnce:
    """A one-time link to be handed over."""
    url = link.url or ""
    return ShownOnce(name, qr_picture(url), url=url, until=link.expires_at)


def badge_shown(name: str, badge: Badge) -> ShownOnce:
    """A badge and its PIN to be handed over."""
    code = badge.badge or ""
    return ShownOnce(name, qr_picture(code), badge=code, pin=badge.pin or "")


def qr_picture(text: str) -> str:
    """A QR code as a `data:` address: no address of its own, nothing for a proxy to keep."""
    code = segno.make(text, error="m", micro=False)
    picture: str = code.svg_data_uri(border=4, omitsize=True, dark="#000", light="#fff")
    return picture


def addressed(path: str, **asked: str) -> Callable[[dict[str, str]], str]:
    """Writes the address of another page of a list that answers the same question."""
    kept = {name: value for name, value in asked.items() if value}

    def write(more: dict[str, str]) -> str:
        query = urlencode(kept | more)
        return f"{path}?{query}" if query else path

    return write
