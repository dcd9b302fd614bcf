"""A clerk puts a file in: the real worker, its progress, and the refused rows to mend."""

import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.factories import make_id_number

pytestmark = pytest.mark.parametrize("role", ["clerk"])


def own_institution(page: Page) -> str:
    """The code of the clerk's institution, as the links of the overview have it."""
    page.goto("/overview/")
    found = re.search(r"unit=(\w+)", page.locator(".tile h2 a").first.get_attribute("href") or "")
    assert found
    return found[1]


def test_good_rows_go_in_and_refused_ones_come_back_with_their_reason(page: Page, role: str, tmp_path: Path) -> None:
    institution, number = own_institution(page), make_id_number()
    wrong = number[:-1] + ("1" if number[-1] != "1" else "2")
    file = tmp_path / "居民.csv"
    rows = [f"{made},张秀英,{institution}" for made in (number, wrong)]
    file.write_text("\n".join(["身份证号,姓名,管理机构编码", *rows]), encoding="utf-8")

    page.get_by_role("link", name="导入").click()
    page.locator("#id_kind").select_option("residents")
    page.locator("#id_file").set_input_files(file)
    page.get_by_role("button", name="导入", exact=True).click()

    progress = page.locator("#import-progress")
    expect(progress.locator(".chip")).to_have_text("完成", timeout=30_000)
    expect(progress.locator(".fraction")).to_have_text(re.compile(r"2\s*行.*1\s*新增.*1\s*拒绝", re.DOTALL))
    expect(progress.locator("tbody tr")).to_have_count(1)
    assert wrong not in page.content()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("下载")).click()
    download.value.save_as(tmp_path / "rejects.xlsx")
    heading, refused = openpyxl.load_workbook(tmp_path / "rejects.xlsx").active.values
    assert (heading[:3], refused[:3]) == (("身份证号", "姓名", "管理机构编码"), (wrong, "张秀英", institution))
    assert refused[3]


def test_file_that_is_no_table_is_refused_with_the_remedy(page: Page, role: str, tmp_path: Path) -> None:
    file = tmp_path / "照片.xlsx"
    file.write_bytes(b"\x89PNG")
    page.goto("/imports/")
    page.locator("#id_file").set_input_files(file)
    page.get_by_role("button", name="导入", exact=True).click()
    expect(page.locator(".errorlist").first).to_be_visible()
    expect(page.locator("#id_file")).to_be_focused()


def test_template_is_downloaded_with_chinese_headings(page: Page, role: str, tmp_path: Path) -> None:
    page.goto("/imports/")
    with page.expect_download() as download:
        page.get_by_role("link", name="residents.xlsx").click()
    download.value.save_as(tmp_path / "residents.xlsx")
    assert openpyxl.load_workbook(tmp_path / "residents.xlsx").active["A1"].value.startswith("身份证号")
