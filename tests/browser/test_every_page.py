"""What holds for every page, at every desk: quiet, accessible, fit for a phone and for paper."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.product import PHONE, Product

PAGES = {
    "overview": ("official", "/overview/"),
    "overview of a closed month": ("official", "/overview/?month=2018-11"),
    "figure": ("official", "/figures/coverage/?category=key"),
    "figure in yuan": ("official", "/figures/visit_cost/"),
    "figure by sex and age": ("official", "/figures/coverage/ages/"),
    "cohorts": ("official", "/cohorts/"),
    "monthly return": ("official", "/months/return/"),
    "people": ("official", "/figures/coverage/people/?part=denominator"),
    "people of sums": ("clerk", "/figures/item_completion/people/"),
    "team": ("doctor", "/overview/"),
    "sign": ("clerk", "/sign/"),
    "today": ("clerk", "/today/"),
    "today of a doctor": ("doctor", "/today/"),
    "to be signed": ("clerk", "/to-sign/"),
    "data problems": ("official", "/problems/"),
    "contracts": ("clerk", "/contracts/"),
    "contracts that end": ("clerk", "/contracts/?status=ending"),
    "handovers": ("clerk", "/handovers/"),
    "a new handover": ("clerk", "/handovers/new/"),
    "a departure": ("admin", "/departures/new/"),
    "teams": ("admin", "/teams/"),
    "one team": ("admin", "/teams/1/"),
    "a new member": ("admin", "/teams/1/members/new/"),
    "institution": ("admin", "/institutions/1/"),
    "a new institution": ("admin", "/institutions/new/"),
    "institution corrected": ("admin", "/institutions/2/edit/"),
    "institution moved": ("admin", "/institutions/2/move/"),
    "settings": ("admin", "/settings/"),
    "one setting": ("admin", "/settings/elderly_age/"),
    "audit trail": ("auditor", "/audit/"),
    "accounts": ("admin", "/accounts/"),
    "a new account": ("admin", "/accounts/new/"),
    "one account": ("admin", "/accounts/2/"),
    "imports": ("clerk", "/imports/"),
    "packages": ("admin", "/packages/"),
    "packages of a clerk": ("clerk", "/packages/"),
    "package items": ("admin", "/packages/items/"),
    "package preview": (
        "admin",
        "/packages/preview/?sex=female&age=70&start_on=2019-03-01&term=1&registers=hypertension",
    ),
    "packages of a new year": ("admin", "/packages/year/?year=2020&percent=5"),
    "password": ("clerk", "/password/"),
    "sign-in": ("nobody", "/sign-in/"),
}
AT_A_DESK = pytest.mark.parametrize(("role", "path"), PAGES.values(), ids=list(PAGES))
# Fields whose label the eye sees: not named by a placeholder or for screen readers only.
UNLABELLED = """() => [...document.querySelectorAll("input:not([type=hidden]), select, textarea")]
    .filter((field) => ![...field.labels].some((label) => label.offsetWidth > 1)).map((field) => field.outerHTML)"""
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@AT_A_DESK
def test_page_is_quiet_and_its_fields_have_labels(page: Page, path: str) -> None:
    page.goto(path)
    assert page.evaluate(UNLABELLED) == []
    assert page.evaluate(OVERFLOW) == 0
    expect(page.locator("h1")).to_have_count(1)


@AT_A_DESK
def test_page_is_accessible(browser: Browser, product: Product, role: str, path: str) -> None:
    state = {"storage_state": product.states[role]} if role in product.states else {}
    # The rules run inside the page, which its own policy would not allow.
    context = browser.new_context(base_url=product.url, bypass_csp=True, locale="zh-CN", **state)
    page = context.new_page()
    page.goto(path)
    page.get_by_role("button", name="大字").click()
    for width in (1366, PHONE["width"]):
        page.set_viewport_size({"width": width, "height": 844})
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    context.close()


@AT_A_DESK
def test_page_fits_a_phone_in_both_languages(page: Page, path: str) -> None:
    page.set_viewport_size(PHONE)
    page.goto(path)
    assert page.evaluate(OVERFLOW) == 0
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.wait_for_load_state()  # the styles too
    assert page.evaluate(OVERFLOW) == 0


def test_menu_of_a_phone_opens_the_other_pages(page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.goto("/figures/coverage/")
    page.locator(".nav-narrow summary").click()
    page.locator(".nav-narrow").get_by_role("link", name="总览").click()
    expect(page).to_have_url("/overview/")


@pytest.mark.parametrize("role", ["clerk", "doctor", "official", "admin"])
def test_navigation_takes_one_line_in_both_languages(page: Page) -> None:
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto("/overview/")
    for _language in range(2):
        bar = page.locator(".bar").bounding_box()
        assert bar
        assert bar["height"] <= 44
        with page.expect_navigation():
            page.get_by_role("button", name=re.compile("English|中文")).click()


@pytest.mark.parametrize("role", ["official"])
def test_rare_entries_stand_behind_more(page: Page) -> None:
    page.goto("/overview/")
    page.locator(".more > summary").press("Enter")
    page.locator(".more").get_by_role("link", name="目标").press("Enter")
    expect(page).to_have_url("/targets/")
    expect(page.locator(".more > summary")).to_contain_text("目标")


@pytest.mark.parametrize("path", ["/overview/", "/figures/coverage/"])
def test_page_prints_without_what_only_a_screen_needs(page: Page, path: str, tmp_path: Path) -> None:
    page.goto(path)
    page.emulate_media(media="print")
    for gone in (".bar", ".stepper", ".page-head .actions"):
        expect(page.locator(gone).first).to_be_hidden()
    expect(page.locator(".print-head")).to_be_visible()
    expect(page.locator("table:visible").first).to_be_visible()
    page.screenshot(path=tmp_path / "print.png", full_page=True)
    sheets = page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n")
    assert 1 <= sheets <= 3


# The month's return stays the paper's table; what each payer bears of each package is compared across its columns.
SCROLLS = ("/months/return/", "/packages/preview/")
HIDDEN = """() => [...document.querySelectorAll(".scroll")].filter((box) => box.scrollWidth > box.clientWidth + 1)
    .map((box) => box.getAttribute("aria-label") || box.getAttribute("aria-labelledby"))"""
ON_A_PHONE = {
    "fulfilment": ("official", "/fulfilment/"),
    "fulfilment of a centre": ("clerk", "/fulfilment/"),
    "money": ("official", "/money/"),
    "findings": ("official", "/findings/"),
    "cycles": ("official", "/cycles/"),
    "fees": ("official", "/fees/"),
    "unserved": ("official", "/unserved/"),
    "due work": ("clerk", "/due/"),
    "residents": ("clerk", "/people/"),
    "forecast": ("official", "/forecast/"),
    "sums of activities": ("official", "/activities/sums/"),
}
WITH_TABLES = {name: page for name, page in (PAGES | ON_A_PHONE).items() if not page[1].startswith(SCROLLS)}


@pytest.mark.parametrize(("role", "path"), WITH_TABLES.values(), ids=list(WITH_TABLES))
def test_no_table_hides_columns_on_a_phone(page: Page, path: str) -> None:
    page.set_viewport_size(PHONE)
    page.goto(path)
    page.wait_for_load_state()
    assert page.evaluate(HIDDEN) == []
    assert page.evaluate(OVERFLOW) == 0
