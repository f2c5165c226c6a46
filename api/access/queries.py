"""Who somebody is, which accounts and grants a caller may see, what a problem's code means."""

from uuid import UUID

from api.access.actor import Actor, Scope
from api.access.authentication import token_hash
from api.access.guards import csrf_token
from api.access.schemas import (
    AccessEvent,
    AccountView,
    DeviceView,
    EnrolFor,
    GrantView,
    Me,
    ProblemView,
    TokenView,
)
from api.access.views import (
    ACCOUNT_COLUMNS,
    DEVICE_COLUMNS,
    GRANT_COLUMNS,
    account_of,
    device_of,
    event_of,
    grant_of,
    token_of,
)
from api.contests.scopes import contest_scope
from api.plumbing.db import Db
from api.plumbing.ids import encode_id
from api.plumbing.paging import Page, decode_cursor, page_of
from api.plumbing.problems import Problem, catalogue

OWN_GRANTS = f"""/* access.own_grants */ {GRANT_COLUMNS}
WHERE g.account_id = $1 AND g.revoked_at IS NULL AND (g.valid_to IS NULL OR g.valid_to > now()) ORDER BY g.id
"""
OWN_ACCOUNT = """/* access.me */
SELECT login, totp_confirmed, password_hash IS NOT NULL AS has_password FROM account WHERE id = $1
"""


async def me(db: Db, actor: Actor) -> Me:
    """The caller, with every grant that holds or will hold."""
    async with db.reading() as connection:
        account = await connection.fetchrow(OWN_ACCOUNT, actor.account_id)
        grants = await connection.fetch(OWN_GRANTS, actor.account_id)
    assert account is not None
    contests = actor.token_contests
    return Me(
        id=encode_id("account", actor.account_id),
        login=account["login"],
        display_name=actor.display_name,
        locale=actor.locale,
        session_kind=actor.session_kind,
        second_factor=actor.second_factor,
        must_enrol=actor.must_enrol,
        totp_confirmed=account["totp_confirmed"],
        has_password=account["has_password"],
        csrf_token=csrf_token(actor),
        token_scopes=None if actor.token_scopes is None else sorted(actor.token_scopes),
        token_contests=None if contests is None else sorted(encode_id("contest", c) for c in contests),
        grants=[grant_of(row) for row in grants],
    )


# Everywhere a grant may lie, as seen from those who may read it: by its own contest's host, or by its own node.
GRANTS = f"""/* access.grants */ {GRANT_COLUMNS}
LEFT JOIN contest c ON c.id = g.contest_id
LEFT JOIN organisation o ON o.id = coalesce(c.host_id, CASE WHEN g.scope_kind = 'organisation' THEN g.scope_id END)
WHERE g.revoked_at IS NULL AND (o.path && $1::uuid[] OR g.contest_id = ANY($2::uuid[]))
  AND ($3::uuid[] IS NULL OR g.contest_id = ANY($3))
  AND ($4::uuid IS NULL OR g.account_id = $4) AND ($5::uuid IS NULL OR g.contest_id = $5)
  AND ($6::uuid IS NULL OR g.id > $6)
ORDER BY g.id LIMIT $7
"""


async def grants(
    db: Db, actor: Actor, account_id: UUID | None, contest_id: UUID | None, cursor: str | None, limit: int
) -> Page[GrantView]:
    """Grants inside the caller's scopes, oldest first."""
    reach = actor.reach("grant.read")
    after = _after(cursor)
    async with db.reading() as connection:
        rows = await connection.fetch(
            GRANTS, reach.organisations, reach.contests, reach.token_contests, account_id, contest_id,
            after, limit + 1,
        )  # fmt: skip
    return page_of([grant_of(row) for row in rows], limit, [[str(row["id"])] for row in rows])


ONE_GRANT = f"""/* access.one_grant */ {GRANT_COLUMNS}
LEFT JOIN contest c ON c.id = g.contest_id
LEFT JOIN organisation o ON o.id = coalesce(c.host_id, CASE WHEN g.scope_kind = 'organisation' THEN g.scope_id END)
WHERE g.id = $3 AND g.revoked_at IS NULL AND (g.account_id = $4 OR o.path && $1::uuid[] OR g.contest_id = ANY($2::uuid[]))
"""


async def find_grant(db: Db, actor: Actor, grant_id: UUID) -> GrantView:
    """One grant that holds or will hold: the caller's own, or one inside their scopes. Raises not_found."""
    reach = actor.reach("grant.read")
    async with db.reading() as connection:
        row = await connection.fetchrow(
            ONE_GRANT, reach.organisations, reach.contests, grant_id, actor.account_id
        )
    if row is None:
        raise Problem("not_found")
    return grant_of(row)


# An account lies where it is looked after, and wherever it holds a grant.
WITHIN = """(
    EXISTS (SELECT 1 FROM organisation o WHERE o.id = a.organisation_id AND o.path && $1::uuid[])
    OR EXISTS (
        SELECT 1 FROM access_grant g
        LEFT JOIN contest c ON c.id = g.contest_id
        JOIN organisation o ON o.id = coalesce(c.host_id, CASE WHEN g.scope_kind = 'organisation' THEN g.scope_id END)
        WHERE g.account_id = a.id AND g.revoked_at IS NULL AND (o.path && $1::uuid[] OR g.contest_id = ANY($2::uuid[]))
    )
)"""
ACCOUNTS = f"""/* access.accounts */ {ACCOUNT_COLUMNS}
WHERE {WITHIN} AND ($3::text IS NULL OR a.login = $3) AND ($4::uuid IS NULL OR a.id > $4)
  AND ($5::text IS NULL OR strpos(a.login, lower($5)) > 0 OR strpos(a.display_name, $5) > 0)
ORDER BY a.id LIMIT $6
"""
ONE_ACCOUNT = f"""/* access.one_account */ {ACCOUNT_COLUMNS}
WHERE a.id = $3 AND (a.id = $4 OR {WITHIN})
"""


async def accounts(
    db: Db, actor: Actor, login: str | None, cursor: str | None, limit: int, q: str | None = None
) -> Page[AccountView]:
    """Accounts inside the caller's scopes, oldest first; one only where `login` is given. `q` is part of a login or name."""
    reach = actor.reach("account.read")
    after = _after(cursor)
    async with db.reading() as connection:
        rows = await connection.fetch(
            ACCOUNTS, reach.organisations, reach.contests, login, after, q, limit + 1
        )
    return page_of([account_of(row) for row in rows], limit, [[str(row["id"])] for row in rows])


async def find_account(db: Db, actor: Actor, account_id: UUID) -> AccountView:
    """One account: the caller's own, or one inside their scopes. Raises not_found."""
    reach = actor.reach("account.read")
    async with db.reading() as connection:
        row = await connection.fetchrow(
            ONE_ACCOUNT, reach.organisations, reach.contests, account_id, actor.account_id
        )
    if row is None:
        raise Problem("not_found")
    return account_of(row)


TOKENS = """/* access.tokens */
SELECT id, name, hint, scopes, contest_ids, created_at, expires_at FROM api_token
WHERE account_id = $1 AND revoked_at IS NULL AND expires_at > now() ORDER BY id
"""


async def tokens(db: Db, actor: Actor) -> Page[TokenView]:
    """The caller's own tokens that still hold; few enough for one page."""
    async with db.reading() as connection:
        rows = await connection.fetch(TOKENS, actor.account_id)
    return Page([token_of(row) for row in rows])


DEVICES = f"""/* access.devices */ {DEVICE_COLUMNS}
WHERE (o.path && $1::uuid[] OR d.contest_id = ANY($2::uuid[])) AND ($3::uuid IS NULL OR d.contest_id = $3)
  AND ($4::uuid IS NULL OR d.id > $4)
ORDER BY d.id LIMIT $5
"""


async def devices(
    db: Db, actor: Actor, contest_id: UUID | None, cursor: str | None, limit: int
) -> Page[DeviceView]:
    """Enrolled devices of the caller's contests, lost ones included."""
    reach = actor.reach("device.enrol")
    after = _after(cursor)
    async with db.reading() as connection:
        rows = await connection.fetch(
            DEVICES, reach.organisations, reach.contests, contest_id, after, limit + 1
        )
    return page_of([device_of(row) for row in rows], limit, [[str(row["id"])] for row in rows])


DEVICE_HELD = f"""/* access.device_held */ {DEVICE_COLUMNS} WHERE d.secret_hash = $1 AND d.revoked_at IS NULL
"""


async def device_held(db: Db, secret: str | None) -> DeviceView | None:
    """The device that a browser is, by the secret of its cookie; None where it is none or is no longer one."""
    if not secret:
        return None
    async with db.reading() as connection:
        row = await connection.fetchrow(DEVICE_HELD, token_hash(secret))
    return device_of(row) if row else None


CONTESTS_TO_ENROL_FOR = """/* access.contests_to_enrol_for */
SELECT c.id, c.name_zh, c.name_en, o.path FROM contest c JOIN organisation o ON o.id = c.host_id
WHERE c.state IN ('published', 'running') AND (c.host_id = ANY($1::uuid[]) OR c.id = ANY($2::uuid[]))
ORDER BY c.state <> 'running', c.starts_on, c.id LIMIT 100
"""


async def contests_to_enrol_for(db: Db, actor: Actor) -> list[EnrolFor]:
    """The contests under way whose devices the actor may enrol, running ones first."""
    reach = actor.reach("device.enrol")
    async with db.reading() as connection:
        rows = await connection.fetch(CONTESTS_TO_ENROL_FOR, reach.organisations, reach.contests)
    return [
        EnrolFor(encode_id("contest", row["id"]), row["name_zh"], row["name_en"])
        for row in rows
        if actor.may("device.enrol", Scope(organisation_path=tuple(row["path"]), contest_id=row["id"]))
    ]


# Newest first: whoever looks wants to know what has just happened.
EVENTS = """/* access.events */
SELECT e.id, e.at, e.account_id, a.display_name, e.action, e.subject, e.details, e.request_id
FROM access_event e LEFT JOIN account a ON a.id = e.account_id
WHERE e.contest_id = $1 AND ($2::bigint IS NULL OR e.id < $2)
ORDER BY e.id DESC LIMIT $3
"""


async def events(db: Db, actor: Actor, contest_id: UUID, cursor: str | None, limit: int) -> Page[AccessEvent]:
    """Grants, support, devices and looks at full numbers in one contest. Raises not_found."""
    key = decode_cursor(cursor, 1)
    if key is not None and not (key[0].isascii() and key[0].isdigit() and len(key[0]) < 19):
        raise Problem("invalid_parameter")
    async with db.reading() as connection:
        actor.require("access_event.read", (await contest_scope(connection, contest_id)).scope)
        rows = await connection.fetch(EVENTS, contest_id, key and int(key[0]), limit + 1)
    return page_of([event_of(row) for row in rows], limit, [[str(row["id"])] for row in rows])


def problem_view(code: str) -> ProblemView:
    """What a code means. Raises not_found."""
    kind = catalogue().get(code)
    if kind is None:
        raise Problem("not_found")
    return ProblemView(
        code,
        kind.status,
        kind.title_zh,
        kind.title_en,
        kind.detail_zh,
        kind.detail_en,
        kind.next_zh,
        kind.next_en,
    )


def _after(cursor: str | None) -> UUID | None:
    key = decode_cursor(cursor, 1)
    try:
        return None if key is None else UUID(key[0])
    except ValueError as error:
        raise Problem("invalid_parameter") from error
