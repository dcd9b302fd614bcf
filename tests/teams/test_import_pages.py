"""Imports from a page: upload, the worker, progress, result, refused rows; each sees their own."""

import io
import json
from dataclasses import replace

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from kombu.exceptions import OperationalError as QueueAway

from residents.models import Resident
from teams import cipher, tasks
from teams.actions import imports
from teams.actions.submissions import fresh_key
from teams.imports import engine, find_kind, kinds
from teams.models import AuditEvent, Import, ImportReject, Role, User
from teams.rules import RuleViolation
from teams.sheets import read_table
from tests.factories import centre, make_id_number, make_institution, make_resident, make_team, make_user

pytestmark = pytest.mark.django_db

HEADER = "身份证号,姓名,管理机构编码,联系电话"


@pytest.fixture
def clerk() -> User:
    return make_user(Role.CLERK, institution=centre())


@pytest.fixture
def client(clerk: User) -> Client:
    client = Client(headers={"accept-language": "zh"})
    client.force_login(clerk)
    return client


def rows(count: int) -> list[str]:
    return [f"{make_id_number()},张秀英,C,13905580123" for _number in range(count)]


def upload(client: Client, *lines: str, kind: str = "residents", name: str = "居民.csv") -> HttpResponse:
    file = SimpleUploadedFile(name, "\n".join(lines).encode())
    return client.post(reverse("teams:import_create"), {"kind": kind, "file": file, "submission": fresh_key()})


def send(clerk: User, *lines: str, kind: str = "residents") -> Import:
    """An import that waits for its check."""
    return imports.request(kind=find_kind(kind), content="\n".join(lines).encode(), filename="a.csv", by=clerk)


def ask(clerk: User, *lines: str, kind: str = "residents") -> Import:
    """An import that was checked and confirmed, and waits for the worker."""
    imported = send(clerk, *lines, kind=kind)
    tasks.run_import(imported.pk)
    return imports.confirm(imported=imported, by=clerk)


def counts(imported: Import) -> tuple[str, int, int, int]:
    imported.refresh_from_db()
    return imported.status, imported.rows, imported.created, imported.rejected


def page(client: Client, imported: Import, name: str = "import_detail") -> str:
    response = client.get(reverse(f"teams:{name}", args=[imported.pk]))
    assert response.status_code == 200
    return response.content.decode()


def test_uploaded_file_waits_encrypted_and_is_audited(client: Client, clerk: User) -> None:
    row = rows(1)[0]
    response = upload(client, HEADER, row)
    imported = Import.objects.get()
    assert response.headers["Location"] == reverse("teams:import_detail", args=[imported.pk])
    assert (imported.status, imported.by, imported.filename) == ("queued", clerk, "居民.csv")
    assert row.encode()[:18] not in bytes(imported.content)
    assert cipher.decrypt_bytes(imported.content, field="import").decode().endswith(row)
    event = AuditEvent.objects.get(kind=AuditEvent.Kind.IMPORT)
    assert event.what == f"import {imported.pk} residents sha256:{imported.sha256}"


def test_upload_hands_the_work_to_the_queue_and_goes_on_without_one(
    client: Client, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: object
) -> None:
    sent = []

    def away(import_id: int) -> None:
        sent.append(import_id)
        raise QueueAway

    monkeypatch.setattr(tasks.run_import, "delay", away)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert upload(client, HEADER, *rows(1)).status_code == 302
    imported = Import.objects.get()
    assert sent == [imported.pk]
    assert "等待" in page(client, imported) or "Waiting" in page(client, imported)
    tasks.resume_imports()
    assert counts(imported) == ("checked", 1, 1, 0)


def test_same_file_sent_twice_is_one_import(client: Client) -> None:
    lines = (HEADER, *rows(1))
    first, second = upload(client, *lines), upload(client, *lines)
    assert first.headers["Location"] == second.headers["Location"]
    assert Import.objects.count() == 1


def test_worker_puts_the_rows_in_and_forgets_the_file(clerk: User) -> None:
    imported = ask(clerk, HEADER, *rows(3), f"{make_id_number()},,C,")
    tasks.run_import(imported.pk)
    assert counts(imported) == ("done", 4, 3, 1)
    assert (bytes(imported.content), imported.rows_total) == (b"", 4)
    assert imported.finished_at
    tasks.run_import(imported.pk)
    assert counts(imported) == ("done", 4, 3, 1)


def test_history_names_the_account_and_the_import(clerk: User) -> None:
    number = make_id_number()
    for name in ("甲", "乙"):
        tasks.run_import(ask(clerk, HEADER, f"{number},{name},C,").pk)
    event = Resident.pgh_event_models["update"].objects.select_related("pgh_context").get()
    assert event.pgh_context.metadata == {
        "user": clerk.pk,
        "by": clerk.username,
        "source": "import",
        "import": Import.objects.latest("id").pk,
    }


def test_imports_of_one_account_run_in_the_order_of_upload(clerk: User) -> None:
    number = make_id_number()
    first, second = (ask(clerk, HEADER, f"{number},{name},C,") for name in "甲乙")
    tasks.run_import(second.pk)
    assert counts(first)[0] == counts(second)[0] == "done"
    assert Resident.objects.get().name == "乙"


def break_off_after(batches: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the next run lose its database after so many batches."""
    put_in, done = engine._put_in, []

    def put_in_or_break(*arguments: object) -> None:
        if len(done) == batches:
            monkeypatch.setattr(engine, "_put_in", put_in)
            raise OperationalError
        done.append(put_in(*arguments))

    monkeypatch.setattr(engine, "_put_in", put_in_or_break)


def test_broken_import_goes_on_after_its_last_batch(clerk: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kinds._kinds, "residents", replace(find_kind("residents"), batch_rows=2))
    imported = ask(clerk, HEADER, *rows(2), f"{make_id_number()},,C,", *rows(4))
    break_off_after(2, monkeypatch)
    with pytest.raises(OperationalError):
        tasks.run_import(imported.pk)
    assert counts(imported) == ("running", 4, 3, 1)
    tasks.resume_imports()
    assert counts(imported) == ("done", 7, 6, 1)
    assert Resident.objects.count() == 6


def test_resumed_import_remembers_what_earlier_lines_said(clerk: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kinds._kinds, "contracts", replace(find_kind("contracts"), batch_rows=1, group=""))
    make_team(code="T1"), make_team(code="T2")
    numbers = [make_id_number() for _number in range(3)]
    for number in numbers:
        make_resident(number=number)
    header = "contract_no,id_number,team_code,signed_on,start_on,end_on"
    term = "2018-01-01,2018-01-01,2018-12-31"
    lines = [f"K1,{number},{team},{term}" for number, team in zip(numbers, ("X", "T1", "T2"), strict=True)]
    imported = ask(clerk, header, *lines, kind="contracts")
    break_off_after(2, monkeypatch)
    with pytest.raises(OperationalError):
        tasks.run_import(imported.pk)
    tasks.run_import(imported.pk)
    assert counts(imported) == ("done", 3, 1, 2)
    assert list(imported.rejects.values_list("row_number", "column")) == [(2, "team_code"), (4, "team_code")]


def test_file_that_cannot_be_read_fails_with_the_reason(client: Client, clerk: User) -> None:
    imported = send(clerk, "身份证号,姓名,管理机构编码,血型", "1,2,3,4")
    tasks.run_import(imported.pk)
    assert counts(imported)[0] == "failed"
    assert "血型" in imported.error
    assert "血型" in page(client, imported)


def test_fault_of_ours_fails_the_import_and_is_raised(clerk: User, monkeypatch: pytest.MonkeyPatch) -> None:
    imported = ask(clerk, HEADER, *rows(1))

    def fail(*arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(engine, "_put_in", fail)
    with pytest.raises(ZeroDivisionError):
        tasks.run_import(imported.pk)
    assert counts(imported) == ("failed", 0, 0, 0)
    assert "our side" in imported.error


def test_account_that_lost_its_role_meanwhile_puts_nothing_in(clerk: User) -> None:
    imported = ask(clerk, HEADER, *rows(1))
    User.objects.filter(pk=clerk.pk).update(roles=[])
    tasks.run_import(imported.pk)
    assert counts(imported) == ("failed", 0, 0, 0)


def test_kinds_are_those_of_the_role(client: Client, clerk: User) -> None:
    response = client.get(reverse("teams:import_list"))
    offered = [code for code, _title in response.context["form"].fields["kind"].choices]
    assert offered == ["residents", "registers", "contracts", "services", "visits"]
    assert client.get(reverse("teams:import_template", args=["staff"])).status_code == 404
    assert upload(client, "code,name,level", kind="divisions").status_code == 200
    with pytest.raises(RuleViolation):
        send(clerk, "code,name,level", kind="divisions")
    assert not Import.objects.exists()


@pytest.mark.parametrize(
    ("name", "content"), [("a.pdf", b"%PDF"), ("a.xlsx", b"not a workbook"), ("a.csv", b""), ("a.csv", b"x" * 2000)]
)
def test_file_of_another_size_or_format_is_refused_at_the_form(
    client: Client, name: str, content: bytes, settings: object
) -> None:
    settings.UPLOAD_LIMIT = 1000  # type: ignore[attr-defined]
    response = client.post(
        reverse("teams:import_create"), {"kind": "residents", "file": SimpleUploadedFile(name, content)}
    )
    assert response.status_code == 200
    assert response.context["form"].errors["file"]
    assert not Import.objects.exists()


def test_page_asks_again_until_the_import_is_over(client: Client, clerk: User) -> None:
    imported = send(clerk, HEADER, *rows(1))
    assert "every 1s" in page(client, imported)
    for is_asked in (True, False):
        assert "every 1s" in page(client, imported, "import_progress")
        tasks.run_import(imported.pk)
        assert "every 1s" not in page(client, imported, "import_progress")
        if is_asked:
            imports.confirm(imported=imported, by=clerk)


def test_page_masks_the_refused_cells(client: Client, clerk: User) -> None:
    wrong = "341204196005170027"
    imported = ask(clerk, HEADER, f"{wrong},张秀英,C,", f"{make_id_number()},张秀英,X,13905580123")
    tasks.run_import(imported.pk)
    text = page(client, imported)
    assert wrong not in text
    assert "341204********0027" in text
    assert "“X”" in text
    stored = ImportReject.objects.get(row_number=2)
    assert wrong.encode() not in bytes(stored.cells)
    assert wrong not in stored.reason


def test_refused_rows_can_be_downloaded_mended_and_sent_again(client: Client, clerk: User) -> None:
    number = make_id_number()
    imported = ask(clerk, HEADER, f"{number},张秀英,X,13905580123", *rows(1))
    tasks.run_import(imported.pk)
    response = client.get(reverse("teams:import_rejects", args=[imported.pk]))
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    header, row = sheet.iter_rows(values_only=True)
    assert header == ("身份证号", "姓名", "管理机构编码", "联系电话", "原因")
    assert row[:4] == (number, "张秀英", "X", "13905580123")
    assert row[4].startswith("第 2 行 管理机构编码 (institution_code)：")
    kind = find_kind("residents")
    with read_table(io.BytesIO(content), "a.xlsx", (*kind.columns, engine.REASON)) as table:
        assert len(list(table.rows())) == 1
    assert AuditEvent.objects.filter(kind=AuditEvent.Kind.EXPORT).count() == 1


def test_nobody_elses_import_can_be_seen(client: Client, clerk: User) -> None:
    other = make_user(Role.CLERK, institution=make_institution(code="D"))
    imported = ask(other, HEADER, f"{make_id_number()},,C,")
    tasks.run_import(imported.pk)
    for name in ("import_detail", "import_progress", "import_rejects"):
        assert client.get(reverse(f"teams:{name}", args=[imported.pk])).status_code == 404
    assert not client.get(reverse("teams:import_list")).context["past"]


def test_bureau_sees_every_import_but_downloads_no_identities(clerk: User) -> None:
    imported = ask(clerk, HEADER, f"{make_id_number()},,C,")
    tasks.run_import(imported.pk)
    client = Client()
    client.force_login(make_user())
    assert len(client.get(reverse("teams:import_list")).context["past"]) == 1
    assert client.get(reverse("teams:import_detail", args=[imported.pk])).status_code == 200
    assert client.get(reverse("teams:import_rejects", args=[imported.pk])).status_code == 404


def test_template_is_a_workbook_with_the_chinese_headings(client: Client) -> None:
    response = client.get(reverse("teams:import_template", args=["residents"]))
    workbook = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))  # type: ignore[attr-defined]
    heading = [cell.value for cell in workbook.worksheets[0][1]]
    assert heading[:3] == ["身份证号", "姓名", "性别"]


def test_task_arguments_hold_the_number_of_the_import_only(clerk: User, monkeypatch: pytest.MonkeyPatch) -> None:
    message = json.dumps(tasks.run_import.signature((send(clerk, HEADER, *rows(1)).pk,)).args)
    assert message == f"[{Import.objects.get().pk}]"
