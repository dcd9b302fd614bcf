"""A clerk's desk: what is wrong with a field is told as it is left, and nothing else happens to the page."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.product import PHONE, Product
from tests.factories import make_id_number

pytestmark = pytest.mark.parametrize("role", ["clerk"])

TOLD = "#id_id_number_told .errorlist"


def open_record(page: Page) -> str:
    """The page that corrects the first resident of the list; its address."""
    page.goto("/people/")
    record = page.locator('tbody a[href^="/people/"]').first.get_attribute("href")
    page.goto(f"{record}edit/")
    page.wait_for_load_state()  # the scripts too
    return page.url


def questions(page: Page) -> list[str]:
    """What the page asks about its fields from now on."""
    asked: list[str] = []
    page.on("request", lambda request: asked.extend(request.headers.get("x-fields-left", "").split()))
    return asked


def mistyped(number: str) -> str:
    """The number with another check character."""
    return number[:-1] + ("1" if number[-1] == "0" else "0")


def test_wrong_number_is_told_on_leaving_and_its_mending_too(page: Page, role: str) -> None:
    address, number = open_record(page), make_id_number()
    field = page.locator("#id_id_number")
    asked = questions(page)
    page.locator("#id_name").press("Tab")
    page.keyboard.press("Tab")  # through the field, which stays empty: nothing to ask
    expect(page.locator("#id_phone")).to_be_focused()
    assert asked == []
    field.focus()
    page.keyboard.type(mistyped(number))
    page.keyboard.press("Tab")
    expect(page.locator(TOLD)).to_contain_text("校验码")
    expect(page.locator("#id_phone")).to_be_focused()
    expect(field).to_have_value(mistyped(number))
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_attribute("aria-describedby", "id_id_number_helptext id_id_number_error")
    expect(page.locator("#id_id_number_told")).to_have_attribute("aria-live", "polite")
    expect(page.locator("main .errorlist")).to_have_count(1)

    field.fill(number)
    page.keyboard.press("Enter")  # to the next field, as anywhere in the form
    expect(page.locator(TOLD)).to_have_count(0)
    expect(page.locator("#id_phone")).to_be_focused()
    expect(field).not_to_have_attribute("aria-invalid", "true")
    expect(field).to_have_attribute("aria-describedby", "id_id_number_helptext")
    page.keyboard.press("Control+s")
    page.wait_for_url(address.removesuffix("edit/"))
    expect(page.locator("#messages .success")).to_be_visible()


def test_emptied_field_is_told_and_what_two_fields_say_goes_with_either(page: Page, role: str) -> None:
    address = open_record(page)
    page.locator("#id_name").fill("")
    page.keyboard.press("Tab")
    expect(page.locator("#id_name_told .errorlist")).to_be_visible()
    page.on("dialog", lambda dialog: dialog.accept())  # what was typed is thrown away
    page.goto(address.replace("edit", "household"))
    page.locator('input[name="choice"][value="join"]').check()
    page.locator("#id_number").fill("")
    page.keyboard.press("Tab")
    expect(page.locator("#id_number_told .errorlist")).to_be_visible()
    page.locator('input[name="choice"][value="none"]').check()
    expect(page.locator("#id_number_told .errorlist")).to_have_count(0)


def test_what_saving_said_of_one_field_stays_when_another_is_changed(page: Page, role: str) -> None:
    open_record(page)
    page.locator("#id_registered_on").fill("2030-01-01")
    with page.expect_response(lambda response: "x-fields-left" in response.headers):
        page.keyboard.press("Tab")
    refused = page.locator("#id_registered_on_told .errorlist")
    expect(refused).to_have_count(0)  # only saving knows which days fit the life
    page.keyboard.press("Control+s")
    expect(refused).to_be_visible()
    page.locator("#id_address").fill("三组 19 号")
    with page.expect_response(lambda response: "x-fields-left" in response.headers):
        page.keyboard.press("Tab")
    expect(refused).to_be_visible()
    page.locator("#id_registered_on").fill("2018-01-01")
    page.keyboard.press("Tab")
    expect(refused).to_have_count(0)


def test_button_pressed_meanwhile_stays_under_the_pointer(page: Page, role: str) -> None:
    open_record(page)
    asked = questions(page)
    page.locator("#id_registered_on").fill("2018-13-01")
    button = page.locator("[data-save]").bounding_box()
    assert button
    page.mouse.move(button["x"] + 5, button["y"] + button["height"] - 2)
    page.mouse.down()
    page.wait_for_timeout(400)  # a slow hand
    assert asked == []
    with page.expect_navigation():
        page.mouse.up()
    expect(page.locator("#id_registered_on_told .errorlist")).to_be_visible()
    assert asked == []


def test_ended_session_takes_nothing_away(page: Page, role: str) -> None:
    address = open_record(page)
    page.context.clear_cookies(name="sessionid")
    page.locator("#id_address").fill("三组 18 号")
    with page.expect_response(lambda response: response.request.method == "POST"):
        page.keyboard.press("Tab")
    page.wait_for_timeout(300)  # long enough for a page to be loaded anew
    expect(page.locator("#id_address")).to_have_value("三组 18 号")
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("[data-save]").click()
    page.wait_for_url(lambda url: "/sign-in/" in url)
    page.locator("#id_username").fill(role)
    page.locator("#id_password").fill(f"shouyue-{role}-2018")
    page.locator("#id_password").press("Enter")
    page.wait_for_url(address)
    expect(page.locator("#id_address")).to_have_value("三组 18 号")


def test_told_page_is_accessible_and_fits_a_phone(browser: Browser, product: Product, role: str) -> None:
    context = browser.new_context(
        base_url=product.url, bypass_csp=True, locale="zh-CN", storage_state=product.states[role]
    )
    page = context.new_page()
    open_record(page)
    page.locator("#id_id_number").fill("341204196005170")
    page.keyboard.press("Tab")
    page.locator("#id_id_number").fill("34120419600517")
    page.keyboard.press("Tab")
    expect(page.locator(TOLD)).to_be_visible()
    for width in (1366, PHONE["width"]):
        page.set_viewport_size({"width": width, "height": 844})
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    context.close()
