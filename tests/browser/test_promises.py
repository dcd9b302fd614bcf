"""An official goes from the year's promises to the people who were never served, by keyboard."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.product import Product

pytestmark = pytest.mark.parametrize("role", ["official"])


def press(page: Page, what: str) -> None:
    """Go to a link and follow it by keyboard."""
    page.locator(what).first.focus()
    page.keyboard.press("Enter")


def number(text: str | None) -> int:
    return int((text or "").replace(",", ""))


def test_number_not_served_opens_institution_team_and_people(page: Page, role: str) -> None:
    page.goto("/fulfilment/")
    press(page, "[aria-labelledby=unserved] a.button")
    page.wait_for_url(re.compile(r"/unserved/"))
    row = page.locator("[aria-labelledby=places] tbody tr").first
    listed = number(row.locator("td").first.text_content())
    press(page, "[aria-labelledby=places] tbody th a")
    page.wait_for_url(re.compile(r"institution="))
    expect(page.locator(".tabs [aria-current] .soft")).to_have_text(str(listed))
    press(page, "[aria-labelledby=places] tbody td a")
    page.wait_for_url(re.compile(r"team=\d+.*reason="))
    press(page, "tbody th a[href^='/people/']")
    page.wait_for_url(re.compile(r"/people/\d+/"))


def test_pages_of_promises_are_accessible(browser: Browser, product: Product, role: str) -> None:
    context = browser.new_context(
        base_url=product.url, bypass_csp=True, locale="zh-CN", storage_state=product.states[role]
    )
    page = context.new_page()
    for path in ("/fulfilment/", "/fulfilment/?by=item", "/unserved/", "/unserved/?reason=untried"):
        page.goto(path)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    context.close()
