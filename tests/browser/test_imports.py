"""A clerk puts a village's list in: checked first, confirmed, corrected, taken back; with the real worker."""

import re
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.product import PHONE, Product
from tests.factories import make_id_number

pytestmark = pytest.mark.parametrize("role", ["clerk"])

OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def own_institution(page: Page) -> str:
    """The code of the clerk's institution, as the links of the overview have it."""
    page.goto("/overview/")
    found = re.search(r"unit=(\w+)", page.locator(".tile h2 a").first.get_attribute("href") or "")
    assert found
    return found[1]


def village_list(path: Path, institution: str, numbers: list[str]) -> Path:
    """A list as a village keeps it: title, numbered rows, other headings, phones as numbers, totals, signature."""
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("姜堂村")
        sheet.merge_range("A1:E1", "姜堂村居民登记表（2018年）")
        sheet.write_row("A3", ["序号", "居民姓名", "身份证\n号码*", "手机号", "管理机构编码（必填）"])
        for row, number in enumerate(numbers, start=3):
            sheet.write_row(row, 0, [row - 2, "张秀英", number, 13905580000 + row, institution])
        sheet.write_row(len(numbers) + 3, 0, ["合计", f"{len(numbers)}人"])
        sheet.write_row(len(numbers) + 4, 0, ["制表人：王芳"])
    return path


def send(page: Page, file: Path) -> None:
    page.goto("/imports/")
    page.locator("#id_kind").select_option("residents")
    page.locator("#id_file").set_input_files(file)
    page.get_by_role("button", name="上传并检查").press("Enter")


def expect_totals(page: Page, status: str, rows: int, created: int, rejected: int) -> None:
    progress = page.locator("#import-progress")
    expect(progress.locator(".card-head .chip").first).to_have_text(status, timeout=60_000)
    wanted = rf"{rows}\s*行.*{created}\s*新增.*{rejected}\s*拒绝"
    expect(progress.locator(".fraction")).to_have_text(re.compile(wanted, re.DOTALL))


def test_list_is_checked_confirmed_corrected_and_taken_back(page: Page, role: str, tmp_path: Path) -> None:
    institution, numbers = own_institution(page), [make_id_number() for _number in range(3)]
    wrong = numbers[2][:-1] + ("1" if numbers[2][-1] != "1" else "2")
    send(page, village_list(tmp_path / "姜堂村.xlsx", institution, [*numbers[:2], wrong]))

    expect_totals(page, "待确认", 3, 2, 1)
    assert wrong not in page.content()
    page.get_by_role("button", name="确认导入合格的行").press("Enter")
    expect_totals(page, "完成", 3, 2, 1)

    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("下载")).click()
    mended = tmp_path / "改好.xlsx"
    download.value.save_as(mended)
    workbook = openpyxl.load_workbook(mended)
    heading, refused = workbook.active.values
    assert (heading[1:3], refused[1:3]) == (("居民姓名", "身份证\n号码*"), ("张秀英", wrong))
    workbook.active["C2"] = numbers[2]
    workbook.save(mended)

    page.locator("#id_file").set_input_files(mended)
    page.get_by_role("button", name="导入更正后的行").press("Enter")
    expect_totals(page, "完成", 3, 3, 0)
    expect(page.locator("table", has_text="改好.xlsx")).to_be_visible()

    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="撤销这次导入").press("Enter")
    expect_totals(page, "已撤销", 3, 3, 0)
    send(page, village_list(tmp_path / "again.xlsx", institution, numbers))
    expect_totals(page, "待确认", 3, 3, 0)
    page.get_by_role("button", name="放弃这个文件").press("Enter")
    expect_totals(page, "已放弃", 3, 3, 0)


def test_page_of_an_import_is_accessible_and_fits_a_phone(
    browser: Browser, product: Product, page: Page, role: str, tmp_path: Path
) -> None:
    numbers = [make_id_number(), "341204196005170027"]
    send(page, village_list(tmp_path / "a.xlsx", own_institution(page), numbers))
    expect_totals(page, "待确认", 2, 1, 1)
    path = page.url
    context = browser.new_context(bypass_csp=True, locale="zh-CN", storage_state=product.states[role])
    for width in (1366, PHONE["width"]):
        looking = context.new_page()
        looking.set_viewport_size({"width": width, "height": 844})
        looking.goto(path)
        assert looking.evaluate(OVERFLOW) == 0
        found = Axe().run(looking)
        assert found.violations_count == 0, found.generate_report()
    context.close()


def test_file_that_is_no_table_is_refused_with_the_remedy(page: Page, role: str, tmp_path: Path) -> None:
    file = tmp_path / "照片.xlsx"
    file.write_bytes(b"\x89PNG")
    send(page, file)
    expect(page.locator(".errorlist").first).to_be_visible()
    expect(page.locator("#id_file")).to_be_focused()


def test_template_is_downloaded_with_chinese_headings(page: Page, role: str, tmp_path: Path) -> None:
    page.goto("/imports/")
    with page.expect_download() as download:
        page.get_by_role("link", name="residents.xlsx").click()
    download.value.save_as(tmp_path / "residents.xlsx")
    assert openpyxl.load_workbook(tmp_path / "residents.xlsx").active["A1"].value.startswith("身份证号")
