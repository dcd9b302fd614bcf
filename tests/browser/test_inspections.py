"""An inspection on a phone in a clinic by keyboard; pages of supervision within the rules of axe."""

import re
import struct
import zlib
from collections.abc import Callable
from random import Random

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.product import PHONE, Product

Desks = Callable[[str], Page]
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
CENTRE = "伍明镇中心卫生院"  # the clerk's
WORDS = "公示栏缺两名医生的姓名和联系电话"
PHOTO = {"name": "IMG_20181220.png", "mimeType": "image/png"}


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


def test_fault_is_photographed_on_a_phone_mended_by_the_institution_and_closed(desks: Desks) -> None:
    official, clerk = desks("official"), desks("clerk")
    for page in (official, clerk):
        page.set_viewport_size(PHONE)
    plan_visit(official, "2018-09", "20180928", CENTRE)
    official.locator("tbody th a").first.click()
    official.wait_for_url(re.compile(r"/inspections/\d+/"))
    lines = official.locator(".checklist > li")
    fault = lines.first
    fault.locator("summary").click()
    fault.locator("textarea").fill(WORDS)
    fault.locator("input[type=file]").set_input_files({**PHOTO, "buffer": noise(2000, 900)})
    with official.expect_navigation():
        fault.locator(".fault-form .primary").click()
    expect(fault.locator(".proofs img")).to_have_count(1)
    for place in range(1, lines.count()):
        with official.expect_navigation():
            lines.nth(place).locator("button[value=in_order]").click()
    assert official.evaluate(OVERFLOW) <= 0
    official.locator("form[action$='/finish/'] [data-save]").click()
    expect(official.locator(".notice.success")).to_be_visible()

    clerk.goto("/findings/?stage=assigned")
    clerk.locator("tbody th a", has_text=WORDS).click()
    clerk.wait_for_url(re.compile(r"/findings/\d+/$"))
    picture = clerk.request.get(clerk.locator(".proofs a").get_attribute("href") or "")
    assert picture.ok and len(picture.body()) < 5 * 1024 * 1024
    assert clerk.evaluate(OVERFLOW) <= 0
    clerk.locator("#id_note").fill("已更换公示栏")
    clerk.locator("#id_proofs").set_input_files({**PHOTO, "buffer": noise(200, 100)})
    clerk.locator("button[formaction$='/done/']").click()
    expect(clerk.locator("button[formaction$='/done/']")).to_have_count(0)
    for step in ("reviewed", "closed"):
        official.goto(clerk.url)
        official.locator("#id_note").fill("现场复核属实")
        official.locator(f"button[formaction$='/{step}/']").click()
        expect(official.locator(f"button[formaction$='/{step}/']")).to_have_count(0)
    clerk.reload()
    expect(clerk.locator("section[aria-labelledby=course]")).to_contain_text("现场复核属实")


def plan_visit(page: Page, month: str, day: str, institution: str) -> None:
    """Open the month's round, and plan one institution in it."""
    page.goto("/inspections/rounds/")
    page.locator("#id_month").fill(month)
    page.locator("form.card .primary").click()
    page.wait_for_url(re.compile(r"/inspections/rounds/\d+/$"))
    page.locator("details.card summary").click()
    form = page.locator("form[action$='/plan/']")
    form.locator("[name=institution]").select_option(label=institution)
    form.locator("[name=team]").select_option(index=1)
    form.locator("[name=planned_on]").fill(day)
    form.locator("button").click()
    expect(page.locator("tbody th a")).to_have_count(1)


def noise(width: int, height: int) -> bytes:
    """A picture that does not compress, such as phones make: larger than may be sent, from 1,750,000 pixels on."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    points = Random(1).randbytes(3 * width * height)
    lines = b"".join(b"\0" + points[3 * width * row : 3 * width * (row + 1)] for row in range(height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines, 1)) + chunk(b"IEND", b"")


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
