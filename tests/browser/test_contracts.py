"""A clerk's year's end by keyboard: what ends is renewed together; a contract is ended, and that is taken back."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.product import Product

pytestmark = pytest.mark.parametrize("role", ["clerk"])


def choose(page: Page, field: str, place: int) -> None:
    """Choose the entry at that place of a list, by keyboard."""
    page.locator(field).focus()
    for _ in range(place):
        page.keyboard.press("ArrowDown")


def test_what_ends_is_looked_at_and_renewed_by_keyboard(page: Page, role: str) -> None:
    page.goto("/contracts/?status=ending")
    lines = page.locator("tbody tr").count()
    assert lines
    page.locator("[data-tick-all]").focus()
    page.keyboard.press("Space")
    expect(page.locator("input[name=chosen]:checked")).to_have_count(lines)
    page.locator("button[value=renewal]").focus()
    page.keyboard.press("Enter")

    choose(page, "#id_consent", 2)
    page.locator("[data-save]").focus()
    page.keyboard.press("Enter")
    progress = page.locator("#batch-progress")
    expect(progress.locator(".chip").first).to_have_class(re.compile("good"), timeout=30_000)
    expect(progress.locator("tbody tr td:nth-child(3) a").first).to_be_visible()
    page.goto("/contracts/?status=ending")
    expect(page.locator("tbody tr")).to_have_count(0)


def test_contract_is_ended_and_that_is_taken_back(page: Page, role: str) -> None:
    page.goto("/contracts/?status=in_force&sort=-end_on")
    page.locator("tbody th a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/contracts/\d+/$"))
    own = page.url
    page.goto(f"{own}terminate/")
    choose(page, "#id_reason", 1)
    page.locator("[data-save]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(own)

    undo = page.locator("form.notice button")
    undo.focus()
    page.keyboard.press("Enter")
    expect(page.locator("form.notice")).to_have_count(0)
    expect(page.locator(".notice.success")).to_be_visible()
    expect(page.locator(".story .chip.good").first).to_be_visible()


def test_contract_and_its_steps_are_accessible(browser: Browser, product: Product, role: str) -> None:
    context = browser.new_context(
        base_url=product.url, bypass_csp=True, locale="zh-CN", storage_state=product.states[role]
    )
    page = context.new_page()
    page.goto("/contracts/?status=in_force&sort=-end_on")
    own = page.locator("tbody th a").first.get_attribute("href") or ""
    for path in (own, *(f"{own}{step}/" for step in ("renew", "team", "packages", "terminate", "suspend"))):
        page.goto(path)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    context.close()
