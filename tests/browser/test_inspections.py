"""An inspection on a phone in a clinic by keyboard; pages of supervision within the rules of axe."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.product import PHONE, Product


@pytest.mark.parametrize("role", ["official"])
def test_checklist_is_answered_on_a_phone_by_keyboard(page: Page, role: str) -> None:
    page.set_viewport_size(PHONE)
    page.goto("/inspections/rounds/")
    page.locator("tbody a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/inspections/rounds/\d+/"))
    page.goto(f"{page.url}?state=open")
    page.locator("tbody th a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/inspections/\d+/"))
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    items = page.locator(".checklist > li").count()
    for place in range(items - 1):
        page.locator(".checklist > li").nth(place).locator("button[value=in_order]").focus()
        with page.expect_navigation():
            page.keyboard.press("Enter")
    last = page.locator(".checklist > li").nth(items - 1)
    last.locator("summary").focus()
    page.keyboard.press("Enter")
    last.locator("textarea").focus()
    page.keyboard.type("记录不全")
    last.locator(".fault-form button.primary").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert Axe().run(page).violations_count == 0
    page.locator("form[action$='/finish/'] [data-save]").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator(".notice.success")).to_be_visible()


@pytest.mark.parametrize("path", ["/findings/", "/activities/", "/bulletins/", "/compare/", "/checklists/"])
def test_page_keeps_the_rules_of_axe(page: Page, path: str) -> None:
    page.goto(path)
    assert Axe().run(page).violations_count == 0


def test_residents_compare_without_an_account(product: Product, browser: Browser) -> None:
    context = browser.new_context(base_url=product.url, locale="zh-CN", viewport=PHONE)
    page = context.new_page()
    page.goto("/compare/")
    assert "/compare/" in page.url and page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    context.close()
