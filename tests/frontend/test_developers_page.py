"""SD1: the API's page is made from the document of this process and needs no other site."""

import html
import re

from api.examples import REQUESTS


async def test_every_operation_of_the_document_is_on_the_page(visitor):
    paths = (await visitor.get("/openapi.json")).json()["paths"]
    page = html.unescape((await visitor.get("/dev")).text)

    assert [path for path in paths if f"<code>{path}</code>" not in page] == []
    assert page.count('class="api-operation"') == sum(len(methods) for methods in paths.values())


async def test_page_names_rights_and_loads_nothing_from_elsewhere(visitor):
    page = (await visitor.get("/en/dev")).text

    assert "award.decide" in page
    assert not re.findall(r'(?:src|href)="https?://', page)


async def test_page_shows_the_examples(visitor):
    page = html.unescape((await visitor.get("/dev")).text)

    assert page.count('class="api-example"') == len(REQUESTS)
    assert '"plan_city": 100' in page
