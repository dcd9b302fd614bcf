"""A year's assessment and its money by keyboard, each step at the desk of those whose step it is."""

import re
from collections.abc import Callable

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

CENTRES = "township_center"

Desks = Callable[[str], Page]


def test_centre_is_assessed_and_its_appeal_decided(desks: Desks) -> None:
    official, clerk, second = desks("official"), desks("clerk"), desks("second")
    cycle = open_cycle(official)
    official.goto(cycle)
    units = [link.get_attribute("href") or "" for link in official.locator("tbody th a").all()]

    clerk.goto(cycle)
    clerk.locator("tbody th a").first.press("Enter")
    clerk.wait_for_url(re.compile(r"/assessments/\d+/$"))
    own = clerk.url
    clerk.locator("button[name=submit]").press("Enter")
    expect(clerk.locator("button[name=submit]")).to_have_count(0)

    official.locator("button[value=review]").press("Enter")
    expect(official.locator("button[value=notice]")).to_be_disabled()
    for unit in units:
        official.goto(unit)
        official.locator("button[name=finish]").press("Enter")
        expect(official.locator("button[name=finish]")).to_have_count(0)
    official.goto(cycle)
    official.locator("button[value=notice]").press("Enter")
    expect(official.locator("button[value=published]")).to_be_visible()

    clerk.goto(own)
    clerk.locator(".rules tbody th a").first.press("Enter")
    clerk.locator("#id_text").fill("补录的协议未计入")
    clerk.locator("form[action$='/appeal/'] .primary").press("Enter")
    expect(clerk.locator("form[action$='/appeal/']")).to_have_count(0)
    expect(clerk.locator("main")).to_contain_text("补录的协议未计入")
    assert Axe().run(clerk).violations_count == 0

    second.goto(clerk.url)
    second.locator("input[name=points]").fill("10")
    second.locator("#id_decision").fill("核实协议原件，情况属实")
    second.locator("form[action$='/decision/'] .primary").press("Enter")
    expect(second.locator(".total")).to_have_text("10.00")
    expect(second.locator("main")).to_contain_text("核实协议原件")


def open_cycle(page: Page) -> str:
    """The address of a new cycle of the townships' centres, by the rubric that needs nobody's points."""
    page.goto("/cycles/new/")
    page.locator("#id_name").fill("全年考核")
    page.locator("#id_unit_kind").select_option("institution")
    for box in page.locator("[name=institution_kinds]").all():
        box.set_checked(box.get_attribute("value") == CENTRES)
    rubric = page.locator("#id_version option", has_text="六项核心指标").get_attribute("value")
    page.locator("#id_version").select_option(rubric)
    page.locator("#id_self_due_on").fill("20181231")
    page.locator("form .button.primary").press("Enter")
    page.wait_for_url(re.compile(r"/cycles/\d+/$"))
    return page.url


def test_money_is_computed_approved_by_a_second_person_and_opens_down_to_people(desks: Desks) -> None:
    official, second = desks("official"), desks("second")
    second.goto("/money/")
    second.locator("tbody th a").first.press("Enter")
    second.wait_for_url(re.compile(r"/money/runs/\d+/"))
    run = second.url
    second.locator("#note").fill("请重新测算")
    second.locator("button[value=return]").press("Enter")
    expect(second.locator(".notice.warning")).to_contain_text("请重新测算")

    official.goto(run)
    official.locator("form[action$='/simulate/'] button").press("Enter")
    expect(official.locator("#messages .success")).to_be_visible()
    official.locator("form[action$='/submit/'] button").press("Enter")
    expect(official.locator("form[action$='/submit/']")).to_have_count(0)

    second.goto(run)
    second.locator("button[value=approve]").press("Enter")
    expect(second.locator("button[value=approve]")).to_have_count(0)
    second.locator("section[aria-labelledby=lines] tbody th a").first.press("Enter")
    second.wait_for_url(re.compile(r"/money/lines/\d+/$"))
    assert Axe().run(second).violations_count == 0
    people = second.locator("td.number a[href*='/people/']").first
    count = people.inner_text()
    people.press("Enter")
    expect(second.locator(".mask").first).to_be_visible()
    expect(second.locator("main")).to_contain_text(count)
