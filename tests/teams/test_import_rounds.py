"""Corrected rows go on in the same import: totals that always balance, a history of the files."""

import io
from dataclasses import replace

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from residents.models import Resident
from teams import tasks
from teams.actions import imports
from teams.actions.submissions import fresh_key
from teams.imports import find_kind, kinds
from teams.imports.texts import place_named, worded_reason
from teams.models import Import, Role, User
from teams.rules import RuleViolation
from tests.factories import centre, make_id_number, make_user
from tests.importing_pages import contents, correct, put_in, totals, undo, work
from tests.teams.test_import_pages import break_off_after

pytestmark = pytest.mark.django_db

HEADER = "id_number,name,institution_code"
WITH_REASON = f"{HEADER},reason"


@pytest.fixture
def clerk() -> User:
    return make_user(Role.CLERK, institution=centre())


@pytest.fixture
def client(clerk: User) -> Client:
    client = Client()
    client.force_login(clerk)
    return client


def good() -> str:
    return f"{make_id_number()},张秀英,C"


def bad() -> str:
    return f"{make_id_number()},张秀英,X"


def balanced(imported: Import) -> bool:
    return imported.rows == imported.created + imported.updated + imported.unchanged + imported.rejected


def test_corrected_row_leaves_the_rejected_and_is_counted_where_it_went(clerk: User) -> None:
    wrong = bad()
    imported = put_in(clerk, "residents", HEADER, good(), wrong, "1,王五,C")
    assert totals(imported) == (3, 1, 0, 0, 2)
    imported = correct(clerk, imported, WITH_REASON, f"{wrong[:-1]}C,第 3 行 机构：…")
    assert totals(imported) == (3, 2, 0, 0, 1)
    assert list(imported.rejects.values_list("row_number", flat=True)) == [4]
    assert imported.status == "done"


def test_row_that_is_refused_again_keeps_its_place_with_the_new_reason(clerk: User) -> None:
    wrong = bad()
    imported = put_in(clerk, "residents", HEADER, good(), wrong)
    imported = correct(clerk, imported, WITH_REASON, f"{wrong[:-1]}Y,第 3 行")
    assert totals(imported) == (2, 1, 0, 0, 1)
    reject = imported.rejects.get()
    assert (reject.round_number, reject.row_number) == (1, 3)
    assert "“Y”" in reject.reason


def test_row_that_replaces_none_is_one_more(clerk: User) -> None:
    imported = put_in(clerk, "residents", HEADER, bad())
    elsewhere = f"{good()},第 2 行"  # of another file: hardly a cell is the same
    imported = correct(clerk, imported, WITH_REASON, f"{good()},", f"{bad()},第 77 行", elsewhere)
    assert totals(imported) == (4, 2, 0, 0, 2)


def test_history_tells_what_each_file_brought(client: Client, clerk: User) -> None:
    wrong = bad()
    imported = put_in(clerk, "residents", HEADER, good(), wrong, "1,王五,C")
    imported = correct(clerk, imported, WITH_REASON, f"{wrong[:-1]}C,第 3 行", "1,王五,C,第 4 行")
    rounds = [(round_.number, round_.rows, round_.created, round_.rejected) for round_ in imported.rounds.all()]
    assert rounds == [(1, 3, 1, 2), (2, 2, 1, 1)]
    assert "b.csv" in client.get(reverse("teams:import_detail", args=[imported.pk])).content.decode()


def test_downloaded_file_is_mended_in_its_cells_and_sent_back(client: Client, clerk: User) -> None:
    imported = put_in(clerk, "residents", HEADER, good(), bad(), bad())
    for left in (1, 0):
        response = client.get(reverse("teams:import_rejects", args=[imported.pk]))
        workbook = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))  # type: ignore[attr-defined]
        workbook.active["C2"] = "C"
        file = io.BytesIO()
        workbook.save(file)
        upload = SimpleUploadedFile("改好.xlsx", file.getvalue())
        url = reverse("teams:import_correct", args=[imported.pk])
        assert client.post(url, {"file": upload, "submission": fresh_key()}).status_code == 302
        assert totals(work(imported)) == (3, 3 - left, 0, 0, left)
    assert [round_.filename for round_ in imported.rounds.all()] == ["a.csv", "改好.xlsx", "改好.xlsx"]


def test_corrections_end_when_nothing_is_rejected(clerk: User) -> None:
    imported = put_in(clerk, "residents", HEADER, good())
    with pytest.raises(RuleViolation) as refused:
        correct(clerk, imported, HEADER, good())
    assert refused.value.code == "import.nothing_rejected"


def test_file_that_is_no_table_is_refused_beside_the_form(client: Client, clerk: User) -> None:
    imported = put_in(clerk, "residents", HEADER, bad())
    url = reverse("teams:import_correct", args=[imported.pk])
    response = client.post(url, {"file": SimpleUploadedFile("a.xlsx", b"no"), "submission": fresh_key()})
    assert response.status_code == 200
    assert response.context["form"].errors["file"]
    imported.refresh_from_db()
    assert imported.status == "done"


def test_broken_off_correction_goes_on_behind_its_last_batch(clerk: User, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = [bad() for _row in range(5)]
    imported = put_in(clerk, "residents", HEADER, good(), *wrong)
    monkeypatch.setitem(kinds._kinds, "residents", replace(find_kind("residents"), batch_rows=2))
    content = "\n".join([WITH_REASON, *(f"{row[:-1]}C,第 {number} 行" for number, row in enumerate(wrong, start=3))])
    imports.correct(imported=imported, content=content.encode(), filename="b.csv", by=clerk)
    break_off_after(1, monkeypatch)
    with pytest.raises(OperationalError):
        tasks.run_import(imported.pk)
    imported.refresh_from_db()
    assert totals(imported) == (6, 3, 0, 0, 3)
    assert totals(work(imported)) == (6, 6, 0, 0, 0)
    assert Resident.objects.count() == 6


def test_undo_takes_back_the_corrected_rows_too(clerk: User) -> None:
    before, wrong = contents(), bad()
    imported = put_in(clerk, "residents", HEADER, good(), wrong)
    imported = correct(clerk, imported, WITH_REASON, f"{wrong[:-1]}C,第 3 行")
    assert undo(clerk, imported).status == "undone"
    assert contents() == before


def test_place_is_read_as_it_was_written() -> None:
    kind = find_kind("residents")
    assert place_named(worded_reason(7, kind, "name", "…")) == (1, 7)
    assert place_named(worded_reason(7, kind, "", "…", 2)) == (2, 7)
    assert "第 2 个文件" in worded_reason(7, kind, "", "…", 2)
    assert place_named("第 2 轮第 7 行：…") == (2, 7)  # as files said it once
    assert place_named("第7行") == (1, 7)
    assert place_named(None) is None
    assert place_named("其他") is None


class TestTotals(TestCase):
    """Whatever is sent in whatever order, the totals balance and count what the tables hold."""

    @settings(max_examples=8)
    @given(
        st.lists(st.booleans(), min_size=1, max_size=6),
        st.lists(st.lists(st.tuples(st.integers(2, 8), st.booleans()), min_size=1, max_size=5), max_size=3),
    )
    def test_totals_balance_after_every_round(self, first: list[bool], later: list[list[tuple[int, bool]]]) -> None:
        clerk = make_user(Role.CLERK, institution=centre())
        start = Resident.objects.count()
        imported = put_in(clerk, "residents", HEADER, *(good() if is_good else bad() for is_good in first))
        for rows in later:
            if not imported.rejected:
                break
            lines = [f"{good() if is_good else bad()},第 {place} 行" for place, is_good in rows]
            imported = correct(clerk, imported, WITH_REASON, *lines)
            assert balanced(imported)
            assert imported.rejected == imported.rejects.count()
            assert imported.created == Resident.objects.count() - start
