"""A doctor's day of follow-ups by keyboard: no mouse, few keys, one person after the other."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Dialog, Page, expect

from tests.browser.product import PHONE, Product

FOLLOW_UPS = 30
# Digits, Enter between fields, Ctrl+Enter at the end: what an entry may take.
KEYS_AT_MOST = 16
PRESSURE, GLUCOSE = ("#id_systolic", "#id_diastolic"), "#id_fasting_glucose"


class Keyboard:
    """Types, and counts the keys."""

    def __init__(self, page: Page) -> None:
        self.page, self.keys = page, 0

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.keys += len(text)

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.keys += 1


def record_one(page: Page) -> int:
    """Fill in what the form asks for and go on to the next person; how many keys that took."""
    keyboard = Keyboard(page)
    expect(page.locator("[autofocus]")).to_be_focused()
    if page.locator(PRESSURE[0]).count():
        keyboard.type("132")
        keyboard.press("Enter")
        keyboard.type("82")
    if page.locator(GLUCOSE).count():
        if page.locator(PRESSURE[0]).count():
            keyboard.press("Enter")
        keyboard.type("6.1")
    with page.expect_navigation():
        keyboard.press("Control+Enter")
    return keyboard.keys


@pytest.mark.parametrize("role", ["clerk"])
def test_day_of_follow_ups_is_recorded_by_keyboard_alone(page: Page, role: str) -> None:
    page.goto("/due/?window=open")
    page.locator("tbody .row-actions a[href*='/record/']").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/record/"), wait_until="load")
    keys, people = [], []
    for _number in range(FOLLOW_UPS):
        if "/record/" not in page.url:
            break
        people.append(page.locator("h1").inner_text())
        keys.append(record_one(page))
        expect(page.locator("#messages")).to_contain_text("2018-12-20")
    assert len(keys) >= min(FOLLOW_UPS, 5)
    assert max(keys) <= KEYS_AT_MOST


@pytest.mark.parametrize("role", ["clerk"])
def test_page_is_not_left_with_something_typed_without_a_question(page: Page, role: str) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.goto("/due/?window=open")
    page.locator("tbody .row-actions a[href*='/contact/']").first.click()
    page.wait_for_url(re.compile("/contact/"), wait_until="load")
    page.locator("input[value=again]").check()
    page.locator("#id_note").fill("无人接听")
    page.locator(".crumbs a").first.click()
    expect(page.locator("#id_note")).to_have_value("无人接听")
    assert asked == ["beforeunload"]

    page.locator("#id_next_on").fill("20181221")
    page.locator("[data-save]").click()
    expect(page.locator("#messages")).to_contain_text("2018-12-21")
    assert asked == ["beforeunload"]


@pytest.mark.parametrize("path", ["/due/", "/due/?round=village", "/services/grid/", "/services/event/", "/referrals/"])
def test_page_of_the_day_is_accessible_and_fits_a_phone(browser: Browser, product: Product, path: str) -> None:
    # The rules run inside the page, which its own policy would not allow.
    state = product.states["clerk"]
    context = browser.new_context(base_url=product.url, bypass_csp=True, locale="zh-CN", storage_state=state)
    page = context.new_page()
    for width in (1366, PHONE["width"]):
        page.set_viewport_size({"width": width, "height": 844})
        page.goto(path)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    context.close()


def sign_in_again(page: Page) -> None:
    page.wait_for_url(re.compile("/sign-in/"), wait_until="load")
    page.locator("#id_username").fill("clerk")
    page.locator("#id_password").fill("shouyue-clerk-2018")
    page.locator("#id_password").press("Enter")


@pytest.mark.parametrize("role", ["clerk"])
def test_what_was_typed_into_any_form_survives_a_lapsed_session(browser: Browser, product: Product, role: str) -> None:
    context = browser.new_context(base_url=product.url, locale="zh-CN", storage_state=product.states[role])
    page = context.new_page()
    page.goto("/people/")
    page.locator("tbody th a").first.click()
    page.wait_for_url(re.compile(r"/people/\d+/"), wait_until="load")
    page.goto(f"{page.url}edit/")
    page.locator("#id_address").fill("向阳路8号")
    page.locator("#id_id_number").fill("34120419600517002X")
    page.context.clear_cookies(name="sessionid")
    page.locator("button[data-save]").first.click()
    sign_in_again(page)
    page.wait_for_url(re.compile("/edit/"), wait_until="load")
    expect(page.locator("#typed")).to_be_visible()
    expect(page.locator("#id_address")).to_have_value("向阳路8号")
    expect(page.locator("#id_id_number")).not_to_have_value("34120419600517002X")
    assert page.evaluate("() => sessionStorage.getItem('typed')") is None
    context.close()


@pytest.mark.parametrize("role", ["clerk"])
def test_form_that_was_sent_back_survives_another_language_and_a_lapsed_session(
    browser: Browser, product: Product, role: str
) -> None:
    context = browser.new_context(base_url=product.url, locale="zh-CN", storage_state=product.states[role])
    page = context.new_page()
    page.goto("/referrals/?stage=waiting&direction=down")
    page.locator("tbody th a").first.click()
    page.wait_for_url(re.compile(r"/referrals/\d+/$"), wait_until="load")
    here = page.url
    decline = page.locator("button[formaction$='/declined/']")
    decline.click()
    page.wait_for_url(f"{here}declined/", wait_until="load")
    page.locator("button[name=language]").click()
    page.wait_for_url(here, wait_until="load")

    decline.click()
    page.wait_for_url(f"{here}declined/", wait_until="load")
    page.locator("#id_note").fill("床位已满")
    page.context.clear_cookies(name="sessionid")
    decline.click()
    sign_in_again(page)
    page.wait_for_url(here, wait_until="load")
    expect(page.locator("#id_note")).to_have_value("床位已满")
    context.close()


@pytest.mark.parametrize("role", ["clerk"])
def test_what_one_account_typed_is_not_shown_to_another(browser: Browser, product: Product, role: str) -> None:
    context = browser.new_context(base_url=product.url, locale="zh-CN", storage_state=product.states[role])
    page = context.new_page()
    page.goto("/due/?window=open")
    page.locator("tbody .row-actions a[href*='/record/']").first.click()
    page.wait_for_url(re.compile("/record/"), wait_until="load")
    page.locator("#id_note").fill("血压偏高")
    page.context.clear_cookies(name="sessionid")
    page.locator("[data-save]").first.click()
    page.wait_for_url(re.compile("/sign-in/"), wait_until="load")
    of_another = "JSON.stringify({ ...JSON.parse(sessionStorage.typed), account: '0' })"
    page.evaluate(f"() => {{ sessionStorage.typed = {of_another}; }}")
    sign_in_again(page)
    page.wait_for_url(re.compile("/record/"), wait_until="load")
    expect(page.locator("#typed")).to_be_hidden()
    expect(page.locator("#id_note")).to_have_value("")
    context.close()
