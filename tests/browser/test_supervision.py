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


def test_second_call_is_made_by_a_colleague_and_held_against_the_first(desks: Desks) -> None:
    official, second = desks("official"), desks("second")
    official.goto("/supervision/samples/new/")
    for field, value in {"name": "二次复核", "size": "1", "extra_percent": "0", "second_percent": "100"}.items():
        official.locator(f"#id_{field}").fill(value)
    official.locator("#id_method").select_option("size")
    official.locator("form .button.primary").press("Enter")
    official.wait_for_url(re.compile(r"/supervision/samples/\d+/$"))
    sample = official.url
    official.locator("form[action$='/next/'] button").press("Enter")
    official.wait_for_url(re.compile(r"/supervision/calls/\d+/$"))
    called = official.url
    answer_call(official)
    official.wait_for_url(lambda url: url not in (called, sample))
    official.goto(called)
    expect(official.locator(".check-form")).to_have_count(0)

    second.goto(sample)
    second.locator("button[name=turn]").press("Enter")
    second.wait_for_url(called)
    expect(second.locator(".check-form .notice")).to_be_visible()
    answer_call(second)
    second.wait_for_url(lambda url: url != called)
    second.goto(sample)
    expect(second.locator("button[name=turn]")).to_have_count(0)
    expect(second.locator("main > p.soft").first).to_contain_text("结果一致")
    second.goto(called)
    expect(second.locator(".notice.success")).to_be_visible()


def answer_call(page: Page) -> None:
    """Confirmed true, the team known, everything received, very satisfied; sent."""
    page.locator("input[name=result][value=true]").check()
    page.locator("input[name=knows_team]").check()
    page.locator("input[name=received]").first.check()
    page.locator("input[name=rating]").first.check()
    page.locator(".check-form [data-save]").press("Enter")


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
