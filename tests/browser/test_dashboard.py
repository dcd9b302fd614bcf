"""An official's way through the figures, by mouse and by keyboard, on a desk and on a phone."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from teams.demo_accounts import DEMO_PASSWORD


def units(page: Page) -> Locator:
    """The rows of the table of units below its total."""
    return page.locator("section[aria-labelledby=institutions] tbody:not(.total) tr")


def number(text: str | None) -> int:
    """The first count in a text."""
    found = re.search(r"[\d,]+", text or "")
    assert found, text
    return int(found[0].replace(",", ""))


@pytest.mark.parametrize("role", ["nobody"])
def test_sign_in_needs_no_mouse(page: Page, role: str) -> None:
    page.goto("/")
    expect(page.locator("#id_username")).to_be_focused()
    page.keyboard.type("official")
    page.keyboard.press("Tab")
    page.keyboard.type(DEMO_PASSWORD.format(username="official"))
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("家庭医生签约服务总览")


def test_figure_opens_from_the_district_down_to_its_people(page: Page) -> None:
    page.goto("/overview/")
    centre = units(page).first.locator("th a")
    name = centre.inner_text()
    centre.click()
    expect(page.locator("h1")).to_contain_text(name)
    page.get_by_role("main").get_by_role("link", name="团队", exact=True).click()
    team = units(page).first.locator("th a")
    team_name = team.inner_text()
    team.click()
    expect(page.locator("h1")).to_contain_text(team_name)
    expect(page.locator(".crumbs")).to_contain_text(name)
    page.locator(".tile h2 a").first.click()
    gap = page.get_by_role("link", name=re.compile("未签约"))
    missing = number(gap.inner_text())
    gap.click()
    expect(page.locator(".table-foot")).to_contain_text(f"共 {missing:,} 人")
    assert page.locator("tbody tr").count() == min(missing, 50)
    for masked in page.locator(".mask").all_inner_texts():
        assert re.fullmatch(r"\d{6}\*{8}\d{3}[\dX]", masked)


def test_no_table_of_the_overview_is_wider_than_its_box(page: Page) -> None:
    page.goto("/overview/")
    expect(units(page).first).to_be_visible()
    wider = "boxes => boxes.filter(box => box.scrollWidth > box.clientWidth).length"
    assert page.locator("main .scroll").evaluate_all(wider) == 0


def test_every_count_of_the_page_of_a_clinic_is_that_of_its_list(page: Page) -> None:
    page.goto("/overview/")
    centre = units(page).last.locator("th a")
    name = centre.inner_text()
    centre.click()
    expect(page.locator("h1")).to_contain_text(name)
    units(page).first.locator("td a").first.click()
    people = page.locator("p.buttons a")
    total = 0
    for button, count in [(text, number(text)) for text in people.all_inner_texts()]:
        people.get_by_text(button, exact=True).click()
        expect(page.locator(".tabs a[aria-current]")).to_have_text(re.compile(rf"{count:,}$"))
        expect(page.locator("main")).to_contain_text(f"共 {count:,} 人" if count else "名单为空")
        total += count
        page.go_back()
    assert total > 0


def test_table_is_sorted_by_keyboard(page: Page) -> None:
    page.goto("/overview/")
    head = page.locator("section[aria-labelledby=institutions] th").nth(4)
    head.locator("button").focus()
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "descending")
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "ascending")
    values = [float(cell.get_attribute("data-value") or 0) for cell in units(page).locator("td:nth-child(5)").all()]
    assert values == sorted(values)
    expect(page.locator("section[aria-labelledby=institutions] tbody").first).to_have_class("total")


def test_units_are_sorted_by_the_pinyin_of_their_names(page: Page) -> None:
    page.goto("/overview/")
    page.locator("section[aria-labelledby=institutions] th").first.locator("button").click()
    initials = [name[:1] for name in units(page).locator("th").all_inner_texts()]
    order = "行宁闻伍中周"  # xing comes behind wen and wu, as hang it would not
    assert sorted(set(initials)) == sorted(order)
    assert initials == sorted(initials, key="宁闻伍行中周".index)


def test_months_are_turned_and_stay_in_the_address(page: Page) -> None:
    page.goto("/overview/")
    page.locator("a[rel=prev]").click()
    expect(page).to_have_url(re.compile(r"month=2018-11"))
    expect(page.locator(".page-head")).to_contain_text("2018年11月")
    units(page).first.locator("th a").click()
    expect(page).to_have_url(re.compile(r"month=2018-11"))


def test_language_is_switched_on_the_same_page_and_back(page: Page) -> None:
    page.goto("/figures/unserved/?month=2018-11")
    page.get_by_role("button", name="English").click()
    expect(page).to_have_url(re.compile(r"/figures/unserved/\?month=2018-11"))
    expect(page.locator("h1")).to_contain_text("Signed, not served")
    page.get_by_role("button", name="中文").click()
    expect(page.locator("h1")).to_contain_text("签而不约率")


def test_large_type_stays_for_the_next_page(page: Page) -> None:
    page.goto("/overview/")
    page.get_by_role("button", name="大字").click()
    expect(page.locator("html")).to_contain_class("large")
    page.locator(".tile h2 a").first.click()
    expect(page).to_have_url(re.compile("/figures/"))
    expect(page.locator("html")).to_contain_class("large")
    page.wait_for_load_state()
    page.get_by_role("button", name="大字").click()
    expect(page.locator("html")).not_to_contain_class("large")


def test_rows_of_lists_are_roomy_for_who_wants_it_so(page: Page) -> None:
    page.goto("/people/")
    before = page.locator("tbody td").first.bounding_box()
    page.get_by_role("button", name="宽松行距").click()
    after = page.locator("tbody td").first.bounding_box()
    assert before and after and after["height"] > before["height"]
    page.goto("/contracts/")
    expect(page.get_by_role("button", name="宽松行距")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="宽松行距").click()
    expect(page.locator("html")).not_to_contain_class("roomy")


def test_month_is_computed_at_once_and_the_page_follows(page: Page) -> None:
    page.goto("/overview/")
    page.get_by_role("button", name="立即计算").click()
    expect(page.locator("#messages")).to_contain_text("2018年12月已交后台计算")
    # The page loads itself anew when the worker is done, which may be before it is shown: the bar is gone in any case.
    expect(page.locator("progress")).to_have_count(0, timeout=30_000)
    expect(page.locator(".page-head")).to_contain_text("截至 2018-12-20")


def test_tip_of_a_month_comes_by_keyboard_too(page: Page) -> None:
    page.goto("/figures/coverage/")
    # Scrolling hides the tip, and focusing scrolls.
    page.locator("a.point").last.scroll_into_view_if_needed()
    page.locator("a.point").last.focus()
    expect(page.locator(".tip")).to_contain_text("12月")
    page.keyboard.press("Escape")
    expect(page.locator(".tip")).to_be_hidden()


@pytest.mark.parametrize("role", ["doctor"])
def test_doctor_opens_the_own_team(page: Page, role: str) -> None:
    page.goto("/overview/")
    expect(page.locator("h1")).to_contain_text("团队")
    expect(page.get_by_role("button", name="立即计算")).to_have_count(0)
