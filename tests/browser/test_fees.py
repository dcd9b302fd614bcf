"""A clerk takes a household's fee and cancels it again, by keyboard."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.product import Product

pytestmark = pytest.mark.parametrize("role", ["clerk"])


def test_open_fee_is_received_and_cancelled_by_keyboard(page: Page, role: str) -> None:
    page.goto("/fees/")
    lines = page.locator("tbody tr").count()
    page.locator("tbody td a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/receive/"))
    page.locator("[data-save]").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".notice.success")).to_be_visible()
    page.locator("#fees a[href$='/cancel/']").first.focus()
    page.keyboard.press("Enter")
    page.locator("#id_reason").fill("输错")
    page.locator("[data-save]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#fees s").first).to_be_visible()
    page.goto("/fees/")
    expect(page.locator("tbody tr")).to_have_count(lines)


def test_payment_of_a_payer_is_entered_and_cancelled_by_keyboard(page: Page, role: str) -> None:
    page.goto("/fees/?payer=medical_insurance")
    page.locator("a[href*='/fees/payment/']").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/fees/payment/"))  # with its scripts, which hear Ctrl+S
    page.locator("#id_reference").focus()
    page.keyboard.type("20181220-7")
    page.keyboard.press("Control+s")
    expect(page.locator(".notice[role=status] dl")).to_be_visible()
    page.locator("[data-save]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/fees/payments/\d+/$"))
    expect(page.locator("#messages")).to_contain_text("-R2018-")
    assert page.locator("tbody tr").count() > 1
    page.locator("a.danger").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/cancel/"))
    page.locator("#id_reason").focus()
    page.keyboard.type("duplicate")
    page.keyboard.press("Control+s")
    page.wait_for_url(re.compile(r"/fees/payments/\d+/$"))
    expect(page.locator(".notice.warning")).to_contain_text("duplicate")
    expect(page.locator("a.danger")).to_have_count(0)


def test_fee_pages_are_accessible(browser: Browser, product: Product, role: str) -> None:
    context = browser.new_context(
        base_url=product.url, bypass_csp=True, locale="zh-CN", storage_state=product.states[role]
    )
    page = context.new_page()
    page.goto("/fees/")
    own = (page.locator("tbody th a").first.get_attribute("href") or "").partition("#")[0]
    months, paid = "/fees/statement/?by=month", "/fees/payments/"
    own_pages = (own, f"{own}receive/", f"{own}waive/")
    for path in ("/fees/", "/fees/?standing=back", "/fees/statement/", months, paid, *own_pages):
        page.goto(path)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    context.close()
