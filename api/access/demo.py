"""Sign-in links of the demo: reusable, the same after every start, refused by a program that does not run the demo."""

import asyncpg

from api.access.authentication import token_hash
from api.access.secret_texts import demo_token
from api.plumbing.db import APP_ROLE
from api.plumbing.settings import Settings

PREFIX = "demo-"

DEMO_ACCOUNTS = """/* access.demo_accounts */
SELECT id, login FROM account WHERE login LIKE 'demo-%' AND disabled_at IS NULL ORDER BY id
"""
KEEP_LINK = """/* access.keep_demo_link */
INSERT INTO sign_in_link (token_hash, account_id, target, reusable, expires_at)
VALUES ($1, $2, '/', true, now() + interval '10 years')
ON CONFLICT (token_hash) DO UPDATE SET account_id = excluded.account_id, expires_at = excluded.expires_at
"""


async def demo_links(settings: Settings) -> dict[str, str]:
    """A link per account `demo-<role>` (`demo-chief-judge` → `chief_judge`), in the order in which the accounts were made."""
    assert settings.demo, "reusable links exist in demo mode only"
    links = {}
    connection = await asyncpg.connect(settings.database_url, server_settings={"role": APP_ROLE})
    try:
        for account in await connection.fetch(DEMO_ACCOUNTS):
            token = demo_token(settings.secret_key, account["login"])
            await connection.execute(KEEP_LINK, token_hash(token), account["id"])
            role = account["login"].removeprefix(PREFIX).replace("-", "_")
            links[role] = f"{settings.base_url}/login/link/{token}"
    finally:
        await connection.close()
    return links
