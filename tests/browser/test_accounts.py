"""An administrator's and a new clerk's desk: an account by keyboard, and its first sign-in."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import complaints_of
from tests.browser.product import PHONE, Product

pytestmark = pytest.mark.parametrize("role", ["admin"])

OWN = "a-quiet-river-17"


def make_account(page: Page, username: str) -> str:
    """A clerk's account made by keyboard; its first password as the page shows it."""
    page.goto("/accounts/")
    page.locator('a[href="/accounts/new/"]').press("Enter")
    page.wait_for_url("**/accounts/new/")
    expect(page.locator("#id_username")).to_be_focused()
    page.keyboard.type(username)
    page.locator("#id_institution").select_option(index=2)
    page.locator("#id_name").focus()
    page.keyboard.type("吴敏")
    page.locator('input[name="roles"][value="clerk"]').press("Space")
    page.locator("form.card .button.primary").press("Enter")
    expect(page.locator("#password")).to_have_text(re.compile(r"^[a-z2-9]{4}(-[a-z2-9]{4}){3}$"))
    return page.locator("#password").inner_text()


def test_new_account_s_owner_chooses_a_password_and_lands_on_the_first_page(
    browser: Browser, product: Product, page: Page, role: str
) -> None:
    password = make_account(page, "wu.min")
    context = browser.new_context(base_url=product.url, locale="zh-CN")
    own = context.new_page()
    complaints = complaints_of(own)
    own.goto("/sign-in/")
    own.locator("#id_username").fill("wu.min")
    own.locator("#id_password").fill(password)
    own.locator("#id_password").press("Enter")
    own.wait_for_url("**/password/")
    expect(own.locator("#id_new_password1")).to_be_focused()
    expect(own.locator(".nav-wide")).to_have_count(0)
    own.keyboard.type(OWN)
    own.keyboard.press("Tab")
    own.keyboard.type(OWN)
    own.keyboard.press("Enter")
    own.wait_for_url("**/today/")
    expect(own.locator("#messages .success")).to_be_visible()
    context.close()
    assert complaints == []

    page.goto("/accounts/?q=wu.min")
    expect(page.locator("tbody .chip.good")).to_be_visible()


def test_typed_staff_number_tells_whose_it_is(page: Page, role: str) -> None:
    page.goto("/accounts/?role=doctor&columns=staff")
    number = page.locator("tbody td").first.inner_text()
    page.goto("/accounts/new/")
    page.wait_for_load_state()
    page.locator("#id_staff").fill(number)
    page.keyboard.press("Tab")
    expect(page.locator("#whose .chip")).to_contain_text("doctor")


def test_slip_with_a_password_is_accessible_and_fits_a_phone(browser: Browser, product: Product, role: str) -> None:
    context = browser.new_context(
        base_url=product.url, bypass_csp=True, locale="zh-CN", storage_state=product.states[role]
    )
    page = context.new_page()
    make_account(page, "wu.jun")
    for width in (1366, PHONE["width"]):
        page.set_viewport_size({"width": width, "height": 844})
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    context.close()
