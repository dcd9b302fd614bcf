"""A clerk signs a household of four by keyboard alone."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.product import PHONE, Product
from tests.factories import make_id_number

MOST_KEYS = 40

pytestmark = pytest.mark.parametrize("role", ["clerk"])


class Keyboard:
    """Types data, and counts every other key."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pressed: list[str] = []

    def type(self, text: str) -> None:
        """Data: what the clerk could not leave out."""
        self.page.keyboard.type(text)

    def press(self, *keys: str) -> None:
        """Keys beyond the data."""
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed.append(key)


@pytest.fixture
def keys(page: Page) -> Keyboard:
    return Keyboard(page)


def lines(page: Page) -> Locator:
    return page.locator(".desk-people tbody tr")


def expect_ready_for_the_next(page: Page) -> None:
    """The desk took the last one: what is typed now is looked up."""
    expect(page.locator("#search")).to_have_value("")
    expect(page.locator("#search")).to_be_focused()


def open_desk(page: Page) -> None:
    """The desk with its box in focus, which comes a moment after the page: a key pressed before goes nowhere."""
    page.goto("/sign/")
    expect_ready_for_the_next(page)


def register(keys: Keyboard, number: str, name: str, phone: str) -> None:
    """Someone new, onto the desk."""
    expect_ready_for_the_next(keys.page)
    keys.type(number)
    expect(keys.page.locator("#id_new_name")).to_be_focused()
    keys.type(name)
    keys.press("Enter")
    keys.type(phone)
    keys.press("Control+s")
    expect(lines(keys.page).filter(has_text=name)).to_have_count(1)
    expect_ready_for_the_next(keys.page)


@pytest.fixture
def known(keys: Keyboard) -> Iterator[str]:
    """The ID number of one of three who are registered already and live together."""
    number = make_id_number()
    open_desk(keys.page)
    for place, name in enumerate(("周建国", "李桂兰", "周明")):
        keys.type(number if place == 0 else make_id_number())
        expect(keys.page.locator("#id_new_name")).to_be_focused()
        keys.type(name)
        keys.press("Enter", "Enter")
        keys.page.locator("#id_new_village").select_option(index=1)
        keys.press("Control+s")
        expect(lines(keys.page)).to_have_count(place + 1)
        expect_ready_for_the_next(keys.page)
    keys.page.once("dialog", lambda dialog: dialog.accept())
    keys.page.get_by_role("button", name="清空重来").click()
    expect(lines(keys.page)).to_have_count(0)
    keys.pressed.clear()
    yield number


def test_household_of_four_is_signed_by_keyboard(keys: Keyboard, known: str, role: str) -> None:
    page = keys.page
    open_desk(page)
    keys.type(known)
    keys.press("Enter")
    expect(lines(page)).to_have_count(3)
    register(keys, make_id_number(), "周小宝", "13912345678")
    expect(page.locator("input[name=ticked]:checked")).to_have_count(4)
    expect(page.locator("#desk-go")).to_contain_text("签约 4 人")
    expect(page.locator("#desk-go")).to_contain_text(re.compile(r"草稿已于 \d\d:\d\d 保存"))

    keys.press("Control+s")
    expect(page.locator("h1")).to_contain_text("阅读并签署")
    expect(page.locator(".paper")).to_contain_text("周小宝")
    expect(page.locator("input[name=signed]").first).to_be_focused()
    keys.press("Space", "Control+s")
    expect(page.locator("h1")).to_contain_text("协议")
    expect(page.get_by_role("link", name="签下一户")).to_be_focused()
    keys.press("Enter")
    expect(page).to_have_url(re.compile(r"/sign/$"))

    assert len(keys.pressed) < MOST_KEYS, keys.pressed
    assert known not in page.content()


def test_card_reader_that_types_and_presses_enter_is_understood(keys: Keyboard, known: str, role: str) -> None:
    open_desk(keys.page)
    keys.page.keyboard.type(known)  # faster than any answer comes
    keys.press("Enter")
    expect(lines(keys.page)).to_have_count(3)


def test_signature_is_drawn_on_the_screen(keys: Keyboard, known: str, role: str) -> None:
    page = keys.page
    open_desk(page)
    keys.type(known)
    keys.press("Enter")
    expect(lines(page)).to_have_count(3)
    keys.press("Control+s")
    page.get_by_label("屏幕签名").check()
    expect(page.locator(".pad")).to_be_visible()
    box = page.locator(".pad").bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + 100, steps=5)
    page.mouse.up()
    keys.press("Control+s")
    expect(page.get_by_role("link", name="签名")).to_be_visible()


def test_what_was_typed_survives_a_lapsed_session(keys: Keyboard, known: str, role: str) -> None:
    page = keys.page
    open_desk(page)
    keys.type(known)
    keys.press("Enter")
    expect(lines(page)).to_have_count(3)
    page.locator("input[name=ticked]").last.uncheck()
    expect(page.locator("#desk-go")).to_contain_text("签约 2 人")
    page.locator("#number").type("手写-2018-7")
    page.context.clear_cookies(name="sessionid")
    keys.press("Tab")  # the number is sent, and nobody is signed in any more
    page.wait_for_url(re.compile("/sign-in/"))
    page.locator("#id_username").fill("clerk")
    page.locator("#id_password").fill("shouyue-clerk-2018")
    page.locator("#id_password").press("Enter")
    expect(lines(page)).to_have_count(3)
    expect(page.locator("input[name=ticked]:checked")).to_have_count(2)
    expect(page.locator("#number")).to_have_value("手写-2018-7")
    assert page.evaluate("() => JSON.stringify(sessionStorage)").count(known) == 0


def test_day_typed_for_one_household_is_not_put_into_another(keys: Keyboard, known: str, role: str) -> None:
    page = keys.page
    open_desk(page)
    keys.type(known)
    keys.press("Enter")
    expect(lines(page)).to_have_count(3)
    page.wait_for_url(re.compile(r"draft=\d+"))
    first = page.url
    open_desk(page)
    register(keys, make_id_number(), "吴小军", "13912345670")
    page.locator("#start_on").type("20190101")
    keys.press("Tab")
    expect(page.locator("#sums")).to_contain_text("2019-01-01")
    page.goto(first)
    expect(lines(page)).to_have_count(3)
    expect_ready_for_the_next(page)
    expect(page.locator("#start_on")).to_have_value("")


def test_clerk_is_told_when_the_server_does_not_answer(browser: Browser, product: Product, role: str) -> None:
    context = browser.new_context(base_url=product.url, locale="zh-CN", storage_state=product.states[role])
    page, number = context.new_page(), make_id_number()
    open_desk(page)
    page.route("**/sign/search/", lambda route: route.fulfill(status=503, body="away"))
    page.keyboard.type(number)
    expect(page.locator("#fault")).to_be_visible()
    expect(page.locator("#search")).to_have_value(number)
    page.unroute("**/sign/search/")
    page.keyboard.press("Enter")
    expect(page.locator("#id_new_name")).to_be_focused()
    expect(page.locator("#fault")).to_be_hidden()
    context.close()


def test_desk_and_agreement_are_accessible(browser: Browser, product: Product, known: str, role: str) -> None:
    context = browser.new_context(
        base_url=product.url, bypass_csp=True, locale="zh-CN", storage_state=product.states[role]
    )
    page = context.new_page()
    open_desk(page)
    page.keyboard.type(known)
    page.keyboard.press("Enter")
    expect(lines(page)).to_have_count(3)
    expect_ready_for_the_next(page)
    page.keyboard.type(make_id_number())
    expect(page.locator("#id_new_name")).to_be_focused()
    check(page)
    page.locator("#desk-go button").click()
    expect(page.locator(".paper")).to_be_visible()
    page.get_by_label("屏幕签名").check()
    check(page)
    context.close()


def check(page: Page) -> None:
    """Nothing for axe to find and nothing too wide, at a desk and on a phone."""
    for width in (1366, PHONE["width"]):
        page.set_viewport_size({"width": width, "height": 844})
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
