"""A clerk's morning by keyboard alone: from the start page to the list, from its first line to signing, and correcting
a record that somebody else has open, too."""

import re

import pytest
from playwright.sync_api import Page, expect

from residents.pinyin import initials
from tests.browser.conftest import complaints_of

pytestmark = pytest.mark.parametrize("role", ["clerk"])


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is on what the selector names first."""
    target = page.locator(selector).first
    for _press in range(60):
        page.keyboard.press("Tab")
        if target.evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError(f"Tab never reaches {selector}")


def test_day_begins_with_what_to_do_next_and_leads_to_signing(page: Page, role: str) -> None:
    page.goto("/")
    expect(page).to_have_url("/today/")
    expect(page.locator(".nav-wide a[aria-current]")).to_have_text("今日工作")
    count = page.locator('.tile:has(h2 a[href="/to-sign/"]) strong').first.inner_text()
    tab_to(page, '.tile h2 a[href="/to-sign/"]')
    page.keyboard.press("Enter")
    expect(page).to_have_url("/to-sign/")
    expect(page.locator(".page-head")).to_contain_text(count)
    name = page.locator("tbody th a").first.inner_text()
    tab_to(page, 'tbody a[href^="/sign/"]')
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/sign/\?resident=\d+$"))
    expect(page.locator("main")).to_contain_text(name)


def test_problem_is_chosen_and_opens_the_person(page: Page, role: str) -> None:
    page.goto("/problems/")
    tab_to(page, '.picks a[href*="rule="]')
    title = page.locator('.picks a[href*="rule="] span:not(.weight):not(.hidden)').first.inner_text()
    page.keyboard.press("Enter")
    expect(page.locator("#found")).to_have_text(title.split(":")[-1].strip())
    expect(page.locator("tbody tr").first).to_be_visible()


def test_check_is_asked_for_and_joined(page: Page, role: str) -> None:
    page.goto("/problems/")
    for _click in range(2):
        page.get_by_role("button", name="重新检查").click()
        expect(page.locator(".notice.success")).to_be_visible()


def correct(page: Page, address: str) -> None:
    """Type another address into the record that the page has open, and save."""
    tab_to(page, "#id_address")
    page.keyboard.press("Control+a")
    page.keyboard.type(address)
    page.keyboard.press("Control+s")


def test_record_changed_in_a_second_tab_is_shown_and_nothing_typed_is_lost(page: Page, role: str) -> None:
    page.goto("/people/")
    name = page.locator("tbody th a").first.inner_text()
    expect(page.locator("#text")).to_be_focused()
    page.keyboard.type(initials(name))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(rf"/people/\?.*q={initials(name)}"))
    tab_to(page, f'tbody th a:text-is("{name}")')
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/people/\d+/$"))
    own = page.url
    tab_to(page, '.actions a[href$="/edit/"]')
    page.keyboard.press("Enter")
    page.wait_for_url(f"{own}edit/")

    other = page.context.new_page()
    complaints = complaints_of(other)
    other.goto(f"{own}edit/")
    tab_to(other, "#id_phone")
    other.keyboard.type("13912345678")
    correct(other, "姜堂村21号")
    other.wait_for_url(own)
    other.close()
    assert complaints == []

    page.bring_to_front()
    correct(page, "姜堂村12号")
    stale = page.locator("#stale")
    expect(stale).to_be_focused()
    expect(stale.locator("tbody tr")).to_have_count(2)
    expect(stale).to_contain_text("139****5678")
    expect(stale.locator("tr:has(.chip)")).to_contain_text(re.compile("姜堂村21号.*姜堂村12号"))
    expect(page.locator("#id_address")).to_have_value("姜堂村12号")
    page.wait_for_load_state()  # the scripts too, which hear Ctrl+S

    page.keyboard.press("Control+s")
    page.wait_for_url(own)
    for kept in ("姜堂村12号", "139****5678"):
        expect(page.locator("main")).to_contain_text(kept)
