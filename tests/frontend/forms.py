"""Pages and their plain forms, read and sent as a browser without script would."""

import re
from typing import Any

import httpx


async def page_of(client: httpx.AsyncClient, path: str, **query: Any) -> str:
    """The page, which has to be there."""
    answer = await client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.text


def hidden(page: str, name: str) -> str:
    """The first hidden field of a name."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, f"no field {name}"
    return found[1]


async def send(client: httpx.AsyncClient, path: str, page: str, **fields: Any) -> httpx.Response:
    """Post a form with the token of the page it stands on."""
    return await client.post(path, data={"csrf_token": hidden(page, "csrf_token"), **fields})
