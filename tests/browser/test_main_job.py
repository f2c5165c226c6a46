"""The main job by hand: from a preset to a granted award, every step a form on a page, every page fit for everybody.

What no page makes yet is made through the API by the same people: the preset with no public notice (a test cannot wait five
working days), the filing with the union, and the award authority's account.
"""

import os
import re
import secrets
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Page, expect

from api.contests.builtin import builtin_presets
from api.people.documents import id_check_digit
from api.plumbing.ids import encode_id
from tests.browser.conftest import PHONE, TABLET, Visit, offences
from tests.browser.site import Site

pytestmark = pytest.mark.browser

NAMES = ("鲁知行", "周砺成", "孟予衡")
LOOKED_AT = os.environ.get("SHIBAIQIAN_SHOTS")

# A published provincial contest: there the best of the new contest go on.
UP = """
SELECT c.id, c.name_zh, i.code FROM contest c JOIN item i ON i.contest_id = c.id
WHERE c.tier = 'province' AND c.state = 'published' AND i.group_name IS NULL AND i.team_size = 1
ORDER BY c.starts_on, i.code LIMIT 1
"""
FILL_SHEET = """(number) => {
  const rows = new Map();
  for (const input of document.querySelectorAll("#sheet [name^='mark.']")) {
    if (!rows.has(input.name)) rows.set(input.name, []);
    rows.get(input.name).push(input);
  }
  for (const inputs of rows.values()) {
    const picks = inputs.filter((input) => input.value !== "custom");
    if (inputs[0].type === "radio") picks[Math.min(number, picks.length - 1)].checked = true;
    else inputs[0].value = String(number);
  }
  // As without script, which would take each row by itself.
  const form = document.querySelector("#sheet");
  form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "act", value: "submit" }));
  form.submit();
}"""


def look(page: Page, name: str, *sizes: tuple[int, int]) -> None:
    """Nothing is held against the page, at its own size and at these."""
    own = page.viewport_size
    for size in ((own["width"], own["height"]) if own else (1280, 800), *sizes):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        if LOOKED_AT:
            page.screenshot(path=Path(LOOKED_AT) / f"{name}-{size[0]}.png", full_page=True)
        assert offences(page) == [], (name, size)
    if own:
        page.set_viewport_size(own)


def call(page: Page, path: str, body: object) -> dict[str, Any]:
    """A request to the API by whoever is signed in on the page."""
    me = page.request.get("/api/v1/me").json()
    answer = page.request.post(
        f"/api/v1{path}",
        data=msgspec.json.encode(body),
        headers={
            "Content-Type": "application/json",
            "X-CSRF-Token": me["csrf_token"],
            "Idempotency-Key": secrets.token_hex(8),
            "Origin": page.url.split("/", 3)[0] + "//" + page.url.split("/", 3)[2],
        },
    )
    assert answer.status == 201, answer.text()
    found: dict[str, Any] = answer.json()
    return found


def walkers_preset(code: str) -> object:
    """The city preset with the province's awards, without public notice and locks."""
    city, province = (
        next(each for each in builtin_presets() if each.tier == tier) for tier in ("city", "province")
    )
    return msgspec.structs.replace(
        city,
        code=code,
        name_zh="走查选拔赛",
        name_en="Walk-through",
        notice_days=0,
        rules=msgspec.structs.replace(city.rules, awards=province.rules.awards),
        locked=(),
        adjustable=(),
    )


def document_number(serial: int) -> str:
    """A number of the demo: no region has the prefix 00."""
    first = f"00000019900307{serial:03d}"
    return first + id_check_digit(first)


def create_contest(office: Page, site: Site, preset: str) -> tuple[str, str]:
    """A contest with one item, from the preset to the publication. Gives its address and the item's code."""
    [up] = site.ask(UP)
    office.goto("/org/new")
    look(office, "org-new")
    office.check(f"input[name=preset][value={preset}]")
    office.fill("#name", "走查市选拔赛")
    office.select_option("#next_contest", encode_id("contest", up["id"]))
    for field, day in (
        ("registration_from", "2026-01-10"), ("registration_until", "2090-01-31"), ("starts_on", "2090-03-02"),
        ("ends_on", "2090-03-01"),
    ):  # fmt: skip
        office.fill(f"#{field}", day)
    for box in office.locator("input[name=item]").all():
        box.set_checked(box.get_attribute("value") == up["code"])
    office.click("form.sheet button.button--main")
    # It ends before it begins: the page says so and keeps what was typed.
    expect(office.locator(".error-summary")).to_be_visible()
    assert office.input_value("#name") == "走查市选拔赛"
    assert office.is_checked(f"input[name=item][value={up['code']}]")
    look(office, "org-new-error")
    office.fill("#ends_on", "2090-03-04")
    office.click("form.sheet button.button--main")
    office.wait_for_url(re.compile(r"/org/c/con_\w+$"))
    look(office, "org-tasks-draft", PHONE)
    office.click("#gate button")
    expect(office.locator("#gate h2")).to_contain_text("已发布")
    return office.url, up["code"]


def register(unit: Page, slug: str, code: str) -> None:
    """Three people by the public page's own link; the first with a slip in the number."""
    unit.goto(f"/c/{slug}/e/{code}")
    unit.click("a[href*='/my/reg/']")
    form = unit.url
    look(unit, "reg-form", PHONE)
    for serial, name in enumerate(NAMES, 501):
        unit.goto(form)
        right = document_number(serial)
        if serial == 501:
            wrong = right[:-1] + ("1" if right[-1] != "1" else "2")
            fill_person(unit, name, wrong)
            expect(unit.locator("#document_number-error")).to_contain_text("校验")
            assert unit.input_value("#name") == name
            assert unit.input_value("#document_number") == wrong
            look(unit, "reg-error", PHONE)
        fill_person(unit, name, right)
        expect(unit.locator("h1")).to_contain_text("核对")
        look(unit, f"reg-check-{serial}", PHONE)
        unit.click("button[value=submit]")
        unit.wait_for_url(re.compile(r"/done/ent_\w+$"))
    look(unit, "reg-done", PHONE)
    unit.goto("/unit")
    expect(unit.locator(".review-row", has_text=NAMES[2])).to_be_visible()
    look(unit, "unit", PHONE)


def fill_person(unit: Page, name: str, number: str) -> None:
    unit.fill("#name", name)
    unit.fill("#document_number", number)
    unit.fill("#mobile", "13812345678")
    unit.fill("#post", "装配钳工")
    unit.select_option("#skill_level", "senior")
    unit.check("#declaration")
    unit.click("button[value=check]")


def review(office: Page, unit: Page, contest: str) -> None:
    """One comes back once; then all three pass both levels."""
    office.goto(f"{contest}/regs")
    look(office, "org-regs")
    row = office.locator(".review-row", has_text=NAMES[1])
    row.locator("summary").click()
    row.locator("[name=reason]").fill("岗位写清楚些")
    row.locator("button[value=return]").click()
    expect(row.locator("button[value=approve]")).to_have_count(0)
    unit.goto("/unit?state=returned")
    look(unit, "unit-returned", PHONE)
    unit.locator(".review-row", has_text=NAMES[1]).locator("a.button--main").click()
    unit.fill("#post", "钳工")
    unit.check("#declaration")
    unit.click("button[value=check]")
    unit.click("button[value=submit]")
    unit.wait_for_url(re.compile(r"/done/ent_\w+$"))
    for name in NAMES:
        for _level in range(2):
            office.goto(f"{contest}/regs")
            row = office.locator(".review-row", has_text=name)
            with office.expect_response(lambda answer: answer.request.method == "POST"):
                row.locator("button[value=approve]").click()
    office.goto(f"{contest}/regs?state=approved")
    expect(office.locator(".review-row")).to_have_count(len(NAMES))


def seat_panel(office: Page, item: str, logins: list[str]) -> list[str]:
    """Five judges with accounts of their own; the first one leads. Gives their links."""
    links = []
    for number, login in enumerate(logins, 1):
        office.goto(f"{item}/panel")
        office.fill("#login", login)
        office.fill("#judge_name", f"裁判{'甲乙丙丁戊'[number - 1]}")
        office.click("button[value=add]")
        links.append(office.locator("[data-way-in]").inner_text())
    look(office, "org-panel-way-in")
    office.goto(f"{item}/panel")
    seats, chiefs = office.locator("[name=seat]"), office.locator("[name=chief]")
    for number in range(4):
        seats.nth(number).check(force=True)
    chiefs.nth(0).check(force=True)
    office.click("button[value=seat]")
    expect(office.locator(".error-summary")).to_contain_text("5")
    assert seats.nth(3).is_checked()
    seats.nth(4).check(force=True)
    office.click("button[value=seat]")
    expect(office.locator(".strip--plain")).to_be_visible()
    look(office, "org-panel")
    return links


def draw(office: Page, item: str) -> None:
    """One session of four stations, drawn and begun."""
    office.goto(f"{item}/draw")
    look(office, "org-draw-empty")
    office.fill("#stations", "4")
    office.click("button[value=draw]")
    expect(office.locator(".data-table tbody tr")).to_have_count(len(NAMES))
    look(office, "org-draw")
    office.click("button[value=start]")
    expect(office.locator("details button[value=close]")).to_have_count(1)


def import_theory(office: Page, item: str, numbers: list[str]) -> None:
    """A file with one bad row is checked and not written; the mended one is."""
    lines = [f"{number},{mark}" for number, mark in zip(numbers, ("91.5", "86", "79"), strict=True)]
    for tail, good in (("105", 2), ("79", 3)):
        office.goto(f"{item}/theory")
        text = "\r\n".join(["参赛号,成绩", *lines[:2], f"{numbers[2]},{tail}", ""])
        office.set_input_files(
            "#file", {"name": "理论.csv", "mimeType": "text/csv", "buffer": text.encode("utf-8-sig")}
        )
        office.click("button[value=check]")
        expect(office.locator("button[value=commit]")).to_contain_text(str(good))
        look(office, f"org-theory-{good}")
    office.click("button[value=commit]")
    expect(office.locator(".strip--ok")).to_be_visible()
    look(office, "org-theory-done")


def come_in(visit: Visit, link: str) -> Page:
    """A judge by the link from the panel's page."""
    judge = visit(size=TABLET)
    judge.goto(link)
    judge.click("main form button")
    judge.wait_for_url(re.compile(r"/judge"))
    return judge


def stations_of(judge: Page) -> list[str]:
    if "/judge/s/" not in judge.url:
        judge.goto("/judge")
        if "/judge/s/" not in judge.url:
            judge.locator("a[href*='/judge/s/']").first.click()
    tiles = judge.locator("[data-stations] a.station-tile")
    return [tiles.nth(place).get_attribute("href") or "" for place in range(tiles.count())]


def click_sheet(judge: Page, address: str) -> None:
    """A whole sheet by hand: every row tapped or typed, each one saved by itself, then submitted."""
    judge.goto(address)
    rows = judge.locator(".crit")
    for place in range(rows.count()):
        row = rows.nth(place)
        picks = row.locator(".pick:not(.pick--custom)")
        with judge.expect_response(lambda answer: answer.url.endswith("/marks:batch")):
            if picks.count():
                picks.nth(0).click()
            else:
                row.locator(".meas input").first.click()
                judge.locator("#pad [data-key='1']").click()
                judge.locator("#pad [data-key=close]").dispatch_event("click")
    look(judge, "judge-sheet")
    judge.click("button[value=submit]")
    judge.wait_for_url(re.compile(r"/judge/s/[^/]+$"))
    # It may be taken back for eight seconds, and leaves after them from a page of the tablet.
    judge.wait_for_function("() => document.querySelector('#saved[data-known]')?.dataset.state === 'saved'")


def post_sheet(judge: Page, address: str, number: int) -> None:
    """The same form at once."""
    judge.goto(address)
    judge.evaluate(FILL_SHEET, number)
    judge.wait_for_url(re.compile(r"/judge/s/[^/]+$"))


def publish(office: Page, item: str) -> None:
    """Previews first; then every step, the two that bind with something typed."""
    office.goto(f"{item}/results")
    expect(office.locator(".preview-mark").first).to_be_visible()
    look(office, "org-results-open")
    for act, typed in (
        ("close", None),
        ("confirm", None),
        ("publish", str(len(NAMES))),
        ("finalise", "终定"),
    ):
        if act == "publish":
            office.fill("#confirm", "7")
            office.click("button[value=publish]")
            expect(office.locator("#confirm-error")).to_be_visible()
            look(office, "org-results-wrong-number")
        if typed:
            office.fill("#confirm", typed)
        office.click(f"button[value={act}]")
        expect(office.locator(f"button[value={act}]")).to_have_count(0)
    look(office, "org-results-final")


def test_main_job_by_the_pages(visit: Visit, site: Site, worker: None) -> None:
    mark = secrets.token_hex(3)
    office, unit = visit("organiser"), visit("registrar")
    office.goto("/org")
    look(office, "org")
    [root] = site.ask(
        "SELECT g.scope_id FROM access_grant g JOIN account a ON a.id = g.account_id WHERE a.login = 'demo-organiser'"
    )
    host = encode_id("organisation", root["scope_id"])
    preset = call(office, "/presets", {"organisation_id": host, "document": walkers_preset(f"walk-{mark}")})

    contest, code = create_contest(office, site, preset["id"])
    contest_id = contest.rpartition("/")[2]
    filing = {"authority_id": host, "number": f"走查〔{mark}〕1号", "filed_on": "2026-01-05"}
    call(office, f"/contests/{contest_id}/filings", filing)
    slug = (office.get_attribute("#gate a", "href") or "").rpartition("/")[2]
    item = f"{contest}/e/{code}"
    register(unit, slug, code)
    review(office, unit, contest)
    links = seat_panel(office, item, [f"walk-{mark}-{number}" for number in range(5)])
    draw(office, item)
    office.goto(contest)
    look(office, "org-tasks", PHONE)
    numbers = sorted(office.request.get(f"{item}/theory.csv").text().split("\r\n")[1:-1])
    import_theory(office, item, [line.rstrip(",") for line in numbers])

    judges = [come_in(visit, link) for link in links]
    addresses = stations_of(judges[0])
    assert len(addresses) == len(NAMES)
    click_sheet(judges[0], addresses[0])
    for seat, judge in enumerate(judges):
        for place, address in enumerate(addresses):
            if (seat, place) != (0, 0):
                post_sheet(judge, address, place)
    anybody = visit(size=PHONE)
    # The worker computes beside the pages: the public page is asked until it knows.
    goto_until(anybody, f"/c/{slug}/e/{code}/rank", f"main:has-text('{NAMES[0]}'):has-text('{NAMES[2]}')")
    look(anybody, "rank-live")
    chief = judges[0]
    chief.goto(re.sub(r"/w/\d+$", "/sign", addresses[0]))
    look(chief, "judge-sign")
    chief.click("button[value=sign]")
    expect(chief.locator(".strip--ok")).to_be_visible()

    office.goto(f"{item}/results")
    check = office.get_attribute("a[href$='/check']", "href") or ""
    # Signed is a whole standing: the worker may still be at it.
    goto_until(chief, check, "button[value=sign]")
    chief.click("button[value=sign]")
    expect(chief.locator(".strip--ok")).to_be_visible()
    look(chief, "judge-sign-off")
    publish(office, item)
    office.click("button[value=offer]")
    expect(office.locator(".outcomes").first).to_contain_text("已发出")
    office.click("button[value=propose]")
    expect(office.locator("main")).to_contain_text("获奖名单已生成")
    look(office, "org-results-offered")

    granted(visit, office, host, contest_id, mark)


def goto_until(page: Page, address: str, selector: str) -> None:
    """The page once it has what is looked for."""
    for _attempt in range(60):
        page.goto(address)
        if page.locator(selector).count():
            return
        page.wait_for_timeout(250)
    raise AssertionError(page.locator("main").inner_text())


def granted(visit: Visit, office: Page, host: str, contest_id: str, mark: str) -> None:
    """An authority with an account of its own reads the reasons and grants one."""
    account = call(
        office, "/accounts",
        {"login": f"walk-{mark}-authority", "display_name": "认定机构", "organisation_id": host},
    )  # fmt: skip
    grant = {"role": "award_authority", "scope_kind": "contest", "scope_id": contest_id}
    call(office, "/grants", {"account_id": account["id"], **grant})
    link = call(office, f"/accounts/{account['id']}/links", {"target": "/award"})
    authority = visit()
    authority.goto(link["url"])
    authority.click("main form button")
    authority.wait_for_url(re.compile(r"/award$"))
    look(authority, "award")
    authority.locator("main a[href*='/award/con_']").first.click()
    authority.locator("a[href*='who=prp_']").first.click()
    expect(authority.locator("button[value=grant]")).to_be_visible()
    look(authority, "award-dossier")
    authority.locator("[name=reason]").first.fill("材料齐全，条件已核对")
    authority.click("button[value=grant]")
    expect(authority.locator(".candidate .state--done")).to_contain_text("已通过")
