"""Pages work as plain forms; a script only makes them quicker."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.frontend.gallery.server import Gallery

pytestmark = pytest.mark.browser


@pytest.fixture
def plain(browser: Browser, gallery: str) -> Iterator[Page]:
    Gallery.posted.clear()
    with browser.new_context(
        java_script_enabled=False, base_url=gallery, viewport={"width": 768, "height": 1024}
    ) as context:
        yield context.new_page()


@pytest.fixture
def scripted(browser: Browser, gallery: str) -> Iterator[Page]:
    Gallery.posted.clear()
    with browser.new_context(base_url=gallery, viewport={"width": 1024, "height": 768}) as context:
        yield context.new_page()


def test_registration_goes_from_form_to_check_page(plain: Page) -> None:
    plain.goto("/g/reg")
    plain.fill("#name", "孟予衡")
    plain.fill("#document_number", "00010519491231002X")
    plain.fill("#mobile", "13800000000")
    plain.fill("#post", "装配钳工")
    plain.check("#declaration")

    plain.click("button[value=check]")

    path, fields = Gallery.posted[-1]
    assert path == "/my/reg/itm_01J9K3F"
    assert fields["name"] == ["孟予衡"]
    assert fields["act"] == ["check"]
    assert fields["csrf_token"] == ["csrf-sample"]


def test_registration_asks_at_most_eight_things(plain: Page) -> None:
    plain.goto("/g/reg")

    # The date of birth is asked of those only who open the part for other documents.
    assert plain.locator("main form :is(input:not([type=hidden]), select):visible").count() <= 8


def test_check_page_sends_what_was_checked(plain: Page) -> None:
    plain.goto("/g/reg-check")

    plain.click("button[value=submit]")

    fields = Gallery.posted[-1][1]
    assert fields["document_number"] == ["00010519491231002X"]
    assert fields["act"] == ["submit"]


def test_new_contest_needs_at_most_twelve_inputs(plain: Page) -> None:
    """TAP-3: one preset, name, tier, region, four dates; the items come ticked from the preset."""
    plain.goto("/g/org-new")

    inputs = plain.locator("main form :is(input:not([type=hidden]), select)").all()

    assert len({one.get_attribute("name") for one in inputs}) <= 12


def test_judge_signs_in_with_code_and_pin(plain: Page) -> None:
    plain.goto("/g/judge-no-badge")
    plain.fill("#code", "A-03")
    plain.fill("#pin", "4711")

    plain.click("main button[type=submit]")

    path, fields = Gallery.posted[-1]
    assert path == "/judge"
    assert (fields["code"], fields["pin"]) == (["A-03"], ["4711"])


def test_sheet_is_marked_and_submitted_as_one_form(plain: Page) -> None:
    plain.goto("/g/sheet")
    plain.locator("#crit-10 input[value='1']").check(force=True)
    plain.fill("#mark-05", "30.02")

    plain.click("button[value=submit]")

    path, fields = Gallery.posted[-1]
    assert path == "/judge/s/ses_01J9/w/17"
    assert fields["act"] == ["submit"]
    assert fields["mark.B/10"] == ["1"]
    assert fields["mark.A/05"] == ["30.02"]
    assert fields["op.B/10"] == ["op-10"]
    assert fields["rev.B/10"] == ["0"]


def test_unmarked_criterion_sends_no_mark(plain: Page) -> None:
    """Unset is not zero: an untouched judgement has no preselected value."""
    plain.goto("/g/sheet")

    plain.click("button[value=submit]")

    assert "mark.B/10" not in Gallery.posted[-1][1]


def test_enter_in_a_field_saves_and_never_submits(plain: Page) -> None:
    plain.goto("/g/sheet")
    plain.fill("#mark-05", "30.02")

    plain.press("#mark-05", "Enter")

    assert Gallery.posted[-1][1]["act"] == ["save"]


def test_results_step_wants_the_number_typed(plain: Page) -> None:
    plain.goto("/g/org-results")
    plain.fill("#confirm", "38")

    plain.click("button[value=publish]")

    path, fields = Gallery.posted[-1]
    assert path == "/org/c/con_01J9K3/e/itm_01J9K3F/results"
    assert (fields["act"], fields["confirm"]) == (["publish"], ["38"])


def test_review_decides_without_script(plain: Page) -> None:
    plain.goto("/g/org-regs")

    plain.locator("#entry-ent_1 button[value=approve]").click()

    path, fields = Gallery.posted[-1]
    assert path == "/org/c/con_01J9K3/regs/ent_1"
    assert (fields["act"], fields["rev"]) == (["approve"], ["1"])


def test_search_and_filter_are_plain_links_and_forms(plain: Page) -> None:
    plain.goto("/g/home")

    assert plain.locator(".finder button[type=submit]").is_visible()
    assert plain.locator(".level-tabs a").nth(1).get_attribute("href") == "/?tier=city"


def test_fourth_digit_signs_in(scripted: Page) -> None:
    scripted.goto("/g/judge")

    with scripted.expect_request(lambda request: request.method == "POST"):
        for digit in "4711":
            scripted.click(f"[data-pin-key='{digit}']")

    assert Gallery.posted[-1][1]["pin"] == ["4711"]


def test_large_print_is_one_tap_and_remembered(scripted: Page) -> None:
    scripted.goto("/g/home")

    scripted.click("[data-care-switch]")
    scripted.goto("/g/contest")

    assert scripted.evaluate("document.documentElement.dataset.mode") == "care"
    assert scripted.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") == 20


def test_signed_in_pages_hand_the_token_to_htmx_and_public_ones_hold_none(scripted: Page) -> None:
    scripted.goto("/g/org")
    assert scripted.locator("body").get_attribute("hx-headers:inherited") == '{"X-CSRF-Token": "csrf-sample"}'

    scripted.goto("/g/home")
    assert "csrf" not in scripted.content()
