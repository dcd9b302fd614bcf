"""An administrator's desk: next year's catalogue by keyboard, the editor's sums, the preview."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.product import PHONE, Product

pytestmark = pytest.mark.parametrize("role", ["admin"])

OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def draft_of(page: Page, code: str) -> str:
    """The address of the package's draft, opened for editing."""
    page.goto("/packages/")
    page.locator("tbody tr").filter(has_text=code).locator("th a").click()
    page.locator('form[action$="/draft/"] button').click()
    page.wait_for_url(re.compile("/edit/$"))
    return page.url


def test_next_years_catalogue_costs_five_per_cent_more_and_is_published_by_keyboard(page: Page, role: str) -> None:
    page.goto("/packages/")
    price = page.locator("tbody tr").filter(has_text="YQ-HTN").locator("[data-value]").first
    before = float(price.inner_text())
    page.locator('a[href="/packages/year/"]').press("Enter")
    page.locator("#id_year").press("Control+a")
    page.keyboard.type("2019")
    page.keyboard.press("Tab")
    page.keyboard.type("5")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # show the prices
    expect(page.locator("#id_percent")).to_have_value("5")
    expect(page.locator("tbody tr").filter(has_text=f"{before * 1.05:.2f}").first).to_be_visible()
    page.locator("form .button.primary").press("Enter")
    page.wait_for_url(re.compile("status=draft"))
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator('form.drafts button[value="2019"]').press("Enter")
    expect(page.locator("#messages .success")).to_be_visible()
    expect(page.locator("form.drafts")).to_have_count(0)
    row = page.locator("tbody tr").filter(has_text="YQ-HTN")
    expect(row).to_contain_text(f"{before * 1.05:.2f}")
    expect(row).to_contain_text("2019")


def test_editor_adds_up_while_typing_and_says_how_much_is_missing(page: Page, role: str) -> None:
    draft_of(page, "YQ-ELD")
    rows = page.locator("[data-row]")
    number = rows.count()
    page.locator("[data-add-row]").press("Enter")
    expect(rows).to_have_count(number + 1)
    row = rows.last
    row.locator("[data-item]").select_option(index=1)
    row.locator("[data-unit-price]").fill("10")
    row.locator("[data-times-per-year]").fill("2")
    expect(row.locator("[data-row-sum]")).to_have_text("20.00")
    expect(page.locator('[data-sum=""]')).to_contain_text("20.00")
    expect(page.locator('[data-sum=""]')).to_have_class("bad-text")
    row.locator("[name$=DELETE]").check()
    expect(page.locator('[data-sum=""]')).to_have_class("met")
    page.locator('[name="rules"][value="disabled"]').check()
    expect(page.locator('th[data-column="disabled"]')).to_be_visible()


def test_editor_is_accessible_and_fits_a_phone(browser: Browser, product: Product, page: Page, role: str) -> None:
    url = draft_of(page, "YQ-DIS")
    context = browser.new_context(
        base_url=product.url, bypass_csp=True, locale="zh-CN", storage_state=product.states[role]
    )
    own = context.new_page()
    own.goto(url)
    for width in (1366, PHONE["width"]):
        own.set_viewport_size({"width": width, "height": 844})
        found = Axe().run(own)
        assert found.violations_count == 0, found.generate_report()
        assert own.evaluate(OVERFLOW) == 0
    context.close()


def test_preview_tells_a_woman_of_seventy_what_she_is_owed(page: Page, role: str) -> None:
    page.goto("/packages/preview/")
    page.locator("#id_start_on").fill("20190301")
    page.locator('[name="registers"][value="hypertension"]').check()
    page.locator("form .button.primary").press("Enter")
    expect(page.locator("#promises")).to_be_visible()
    expect(page.locator("tbody th").filter(has_text="2019-05-31").first).to_be_visible()
