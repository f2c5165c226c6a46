"""Where a role may lie: organisations, contests and their items, to choose from and to be named."""

from collections.abc import Iterable
from typing import Final

from api.access.actor import Actor
from api.access.schemas import AccountView, GrantView
from api.contests.queries.contests import ContestFilter, contest, list_contests
from api.contests.schemas import Contest
from api.plumbing.db import Db
from api.plumbing.ids import parse_id
from api.plumbing.problems import Problem
from frontend.locales import Locale
from frontend.pages.administering import names_of, offered_organisations
from frontend.pages.serving import named
from frontend.views.common import Choice

KIND_OF_PREFIX: Final = {"org": "organisation", "con": "contest", "itm": "item"}
MOST_CONTESTS: Final = 20
# Of so few contests the items are offered too.
MOST_OPENED: Final = 2


async def offered_places(
    db: Db, actor: Actor, account: AccountView, find: str, locale: Locale
) -> tuple[Choice, ...]:
    """The account's own organisation and those near the actor, then contests; or what is called `find`."""
    places = await offered_organisations(db, actor, "grant.give", find, locale)
    home = account.organisation_id
    if not find and home is not None:
        names = await names_of(db, actor, [home], locale)
        first = [Choice(home, names[home])] if home in names else []
        places = [*first, *(each for each in places if each.value != home)]
    lines = (await list_contests(db, actor, MOST_CONTESTS, cut=ContestFilter(q=find or None))).data
    for line in lines:
        name = named(locale, line.name_zh, line.name_en)
        places.append(Choice(line.id, name))
        if len(lines) <= MOST_OPENED:
            whole = await contest(db, actor, parse_id("contest", line.id))
            places += [Choice(item, f"{name} {called}") for item, called in _items(whole, locale)]
    return tuple(places)


async def place_names(db: Db, actor: Actor, held: Iterable[GrantView], locale: Locale) -> dict[str, str]:
    """What the scopes of grants are called, by their ids; a session is called by its contest."""
    held = list(held)
    nodes = [each.scope_id for each in held if each.scope_kind == "organisation"]
    names = await names_of(db, actor, nodes, locale)
    for contest_id in {each.contest_id for each in held} - {None}:
        try:
            found = await contest(db, actor, parse_id("contest", contest_id or ""))
        except Problem as problem:
            if problem.code != "not_found":
                raise
            continue
        name = named(locale, found.name_zh, found.name_en)
        names |= {each.scope_id: name for each in held if each.contest_id == contest_id}
        names |= {item: f"{name} {called}" for item, called in _items(found, locale)}
    return names


def _items(found: Contest, locale: Locale) -> list[tuple[str, str]]:
    return [(item.id, named(locale, item.name_zh, item.name_en)) for item in found.items]
