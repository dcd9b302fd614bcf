"""Supervision by keyboard: a call, a lead, a finding that is mended, a resident's own voice."""

import re
from collections.abc import Callable

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from assessments.actions.voices import token_of
from contracts.models import Contract
from tests.assessments.inspecting import PNG
from tests.browser.product import PHONE, Product

OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"

Desks = Callable[[str], Page]


def test_sample_is_drawn_and_its_first_person_called(page: Page) -> None:
    page.goto("/supervision/samples/new/")
    expect(page.locator("#id_name")).to_be_focused()
    page.keyboard.type("四季度电话核查")
    page.locator("form .button.primary").press("Enter")
    page.wait_for_url(re.compile(r"/supervision/samples/\d+/$"))
    sample = page.url
    page.locator("form[action$='/next/'] button").press("Enter")
    page.wait_for_url(re.compile(r"/supervision/calls/\d+/"))
    assert Axe().run(page).violations_count == 0
    called = page.url
    result = page.locator("input[name=result]").first
    result.press("Space")
    page.locator("input[name=knows_team]").press("Space")
    page.locator("input[name=received]").first.press("Space")
    page.locator("input[name=rating]").first.press("Space")
    page.keyboard.press("Control+s")
    page.wait_for_url(lambda url: "/supervision/calls/" in url and url != called)
    page.goto(sample)
    expect(page.locator(".notice.progress")).to_contain_text(re.compile(r"已完成 1\D"))


def test_lead_is_cleared_with_a_reason(page: Page) -> None:
    page.goto("/supervision/leads/")
    page.locator("tbody th a").first.press("Enter")
    page.wait_for_url(re.compile(r"/supervision/leads/\d+/$"))
    assert Axe().run(page).violations_count == 0
    page.locator("button[name=step][value=cleared]").press("Enter")
    expect(page.locator("#id_reason")).to_be_focused()
    page.keyboard.type("已逐户电话核实，均为本人签约")
    page.locator("button[name=step][value=cleared]").press("Enter")
    expect(page.locator(".lead-steps")).to_contain_text("已逐户电话核实")
    expect(page.locator("button[name=step][value=cleared]")).to_have_count(0)


def test_finding_is_mended_by_the_clerk_and_closed_by_the_bureau(desks: Desks) -> None:
    clerk, official = desks("clerk"), desks("official")
    clerk.goto("/findings/?stage=assigned")
    clerk.locator("tbody th a").first.press("Enter")
    clerk.wait_for_url(re.compile(r"/findings/\d+/$"))
    assert Axe().run(clerk).violations_count == 0
    clerk.locator("#id_note").fill("已补齐记录并组织学习")
    clerk.locator("#id_proofs").set_input_files(
        files=[{"name": "整改照片.png", "mimeType": "image/png", "buffer": PNG}]
    )
    clerk.locator("button[formaction$='/done/']").press("Enter")
    expect(clerk.locator("button[formaction$='/done/']")).to_have_count(0)
    for step in ("reviewed", "closed"):
        official.goto(clerk.url)
        official.locator("#id_note").fill("现场复核属实")
        official.locator(f"button[formaction$='/{step}/']").press("Enter")
        expect(official.locator(f"button[formaction$='/{step}/']")).to_have_count(0)
    clerk.reload()
    expect(clerk.locator("section[aria-labelledby=course]")).to_contain_text("现场复核属实")


def test_resident_speaks_by_the_link_of_the_handbook_without_an_account(
    desks: Desks, product: Product, browser: Browser
) -> None:
    clerk = desks("clerk")
    clerk.goto("/contracts/?status=in_force&sort=-end_on")
    found = re.search(r"/contracts/(\d+)/", clerk.locator("tbody th a").first.get_attribute("href") or "")
    assert found
    # Printing the handbook makes the link; the token follows from the contract.
    assert clerk.request.get(f"/contracts/{found[1]}/handbook.pdf").ok
    token = token_of(Contract(pk=int(found[1])), 1)

    context = browser.new_context(base_url=product.url, locale="zh-CN", viewport=PHONE)
    page = context.new_page()
    page.goto(f"/v/{token}/")
    assert page.evaluate(OVERFLOW) == 0
    assert float(page.evaluate("() => parseFloat(getComputedStyle(document.querySelector('label')).fontSize)")) >= 18
    assert Axe().run(page).violations_count == 0
    page.locator("input[name=rating]").first.press("Space")
    page.locator("input[name=received]").first.press("Space")
    page.locator("textarea").fill("希望上门量血压")
    page.locator("button").press("Enter")
    expect(page.locator(".thanks")).to_be_visible()
    context.close()

    clerk.goto("/supervision/voices/")
    expect(clerk.locator("tbody")).to_contain_text("希望上门量血压")
