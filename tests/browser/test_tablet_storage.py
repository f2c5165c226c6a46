"""Storage that cannot be had: blocked, full, newer than the script, spoilt. The judge is told, and nothing counts as saved that is not."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import TABLET, Visit
from tests.browser.marking import Seeded
from tests.browser.site import Site
from tests.browser.test_tablet_offline import (
    HELD,
    SEND_FINISHED,
    come_in,
    marks,
    open_sheet,
    pick,
    room,
)

__all__ = ["room"]

pytestmark = pytest.mark.browser

REFUSED = "IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError'); };"
ABSENT = "delete IDBFactory.prototype.open; Object.defineProperty(window, 'indexedDB', { value: undefined }); delete window.indexedDB;"
NEWER = """
const open = IDBFactory.prototype.open;
IDBFactory.prototype.open = function (name) { return open.call(this, name, 1); };
"""
MAKE_NEWER = """
() => new Promise((resolve) => {
  const open = indexedDB.open("shibaiqian-judge", 9);
  open.onsuccess = () => { open.result.close(); resolve(); };
})
"""
# The disk is full from now on, or no longer.
FULL = """
window.full = false;
const add = IDBObjectStore.prototype.add;
IDBObjectStore.prototype.add = function (...given) {
  if (window.full) { this.transaction.abort(); throw new DOMException("full", "QuotaExceededError"); }
  return add.apply(this, given);
};
"""
WRITE = """
(records) => new Promise((resolve) => {
  const open = indexedDB.open("shibaiqian-judge");
  open.onsuccess = () => {
    const transaction = open.result.transaction(["outbox"], "readwrite");
    for (const record of records) transaction.objectStore("outbox").add(record);
    transaction.oncomplete = () => { open.result.close(); resolve(); };
  };
})
"""


def plainly_told(page: Page) -> None:
    expect(page.locator("#said")).to_contain_text("下方的按钮保存")
    # With nothing counted nothing is claimed.
    expect(page.locator("#saved[data-known]")).to_have_count(0)


@pytest.mark.parametrize("script", [REFUSED, ABSENT], ids=["refused", "absent"])
def test_browser_without_storage_has_a_plain_form(
    visit: Visit, site: Site, room: Seeded, script: str
) -> None:
    page = visit(size=TABLET)
    page.context.add_init_script(script)
    page.goto(room.judges[0])
    page.goto(f"/judge/s/{room.session}/w/01")
    plainly_told(page)

    pick(page, 1, 2)
    page.locator(".sheet-foot__submit").tap()
    expect(page.locator("#crit-01 .pick input").nth(2)).to_be_checked()

    assert marks(site, room.session) == [(1, "J01", 1, "2")]


def test_storage_of_a_newer_script_is_left_alone(visit: Visit, room: Seeded) -> None:
    page = come_in(visit, room.judges[0])
    page.goto("/health")
    page.evaluate(MAKE_NEWER)

    page.goto(f"/judge/s/{room.session}/w/01")

    plainly_told(page)


def test_full_storage_is_told_and_shows_nothing_as_kept(visit: Visit, site: Site, room: Seeded) -> None:
    page = come_in(visit, room.judges[0])
    page.context.add_init_script(FULL)
    open_sheet(page, room.session)
    pick(page, 1, 1)
    page.wait_for_function(SEND_FINISHED)
    page.evaluate("() => { window.full = true; }")
    pick(page, 2, 2)

    expect(page.locator("#said")).to_contain_text("没有保存")
    expect(page.locator("#saved")).to_have_attribute("data-state", "failed")
    expect(page.locator("#crit-02 input:checked")).to_have_count(0)
    page.evaluate("() => { window.full = false; }")
    pick(page, 2, 3)
    page.wait_for_function(SEND_FINISHED)

    assert marks(site, room.session) == [(1, "J01", 1, "1"), (1, "J02", 1, "3")]


def test_spoilt_record_holds_up_nothing(visit: Visit, site: Site, room: Seeded) -> None:
    page = come_in(visit, room.judges[0])
    open_sheet(page, room.session)
    account = page.locator("[data-judge-page]").get_attribute("data-account")
    page.evaluate(
        WRITE,
        [{"account": account, "status": "waiting"}, {"account": account, "status": "waiting", "sheet": 7}],
    )

    pick(page, 1, 2)
    page.wait_for_function("() => document.querySelector('#crit-01').dataset.saved === 'received'")

    assert marks(site, room.session) == [(1, "J01", 1, "2")]
    # What nobody can read is not called saved.
    expect(page.locator("#saved")).to_have_attribute("data-state", "trouble")
    page.goto("/judge/outbox")
    expect(page.locator("[data-box=trouble] .box__row")).to_have_count(2)
    for _ in range(2):
        page.locator("[data-box=trouble] [data-drop]").first.tap()
    page.wait_for_function(SEND_FINISHED)


FOREIGN = {
    "nobody": {"format": "shibaiqian-unsent-marks-1", "account": "acc_other", "sheets": []},
    "no list": {"sheets": "x"},
    "no ops": {"sheets": [{"sheet": "sht_x", "station": 1, "ops": [{"op_id": 1}]}]},
    "another judge's inside": {
        "sheets": [{"sheet": "sht_x", "station": 1, "ops": [{"account": "acc_other", "criterion": "J01"}]}]
    },
}


@pytest.mark.parametrize("name", FOREIGN)
def test_file_that_is_no_list_of_this_judge_is_not_taken_in(
    visit: Visit, room: Seeded, tmp_path: Path, name: str
) -> None:
    page = come_in(visit, room.judges[0])
    account = page.locator("[data-judge-page]").get_attribute("data-account")
    page.goto("/judge/outbox")
    expect(page.locator("body[data-ready]")).to_be_attached()
    file = tmp_path / "unsent.json"
    file.write_text(
        json.dumps({"format": "shibaiqian-unsent-marks-1", "account": account} | FOREIGN[name]), "utf-8"
    )

    page.locator("[data-import]").set_input_files(file)

    expect(page.locator("#said")).to_contain_text("没有读入")
    assert page.evaluate(HELD) == []
