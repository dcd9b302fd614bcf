"""A clerk's morning by keyboard alone: from the start page to the list, and from its first line to signing."""

import re

import pytest
from playwright.sync_api import Page, expect

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
