"""Lists as files: masked unless asked for whole, kept encrypted, for whoever asked, taken up after a killed worker."""

import csv
import hashlib
import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from teams import tasks
from teams.actions import exports
from teams.actions.exports import request_export
from teams.actions.submissions import fresh_key
from teams.models import AuditEvent, Export, ExportPart, Role, User
from teams.rules import RuleViolation
from tests import factories

pytestmark = pytest.mark.django_db

NUMBER, PHONE = "341204196005170029", "13905580123"


@pytest.fixture(autouse=True)
def day(settings: Any) -> None:
    settings.TODAY = date(2018, 12, 20)


@pytest.fixture
def official() -> User:
    return factories.make_user(Role.OFFICIAL, institution=factories.bureau(), first_name="周科长")


def ask(by: User, **fields: Any) -> Export:
    asked = {"kind": "people", "query": "", "form": "xlsx", "whole": False, "reason": ""} | fields
    export = request_export(**asked, by=by)
    exports.run(export_id=export.pk)
    export.refresh_from_db()
    return export


def rows(export: Export) -> list[list[Any]]:
    content = b"".join(exports.content(export))
    assert hashlib.sha256(content).hexdigest() == export.sha256
    if export.form == "csv":
        assert content.startswith(b"\xef\xbb\xbf")
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    return [list(row) for row in load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)]


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_file_holds_the_list_masked_with_who_had_it_written(official: User, form: str) -> None:
    factories.make_resident(name="=张秀英", number=NUMBER, phone=PHONE)
    export = ask(official, form=form)
    _head, line, last = rows(export)
    assert (export.status, export.rows) == ("done", 1)
    assert "341204********0029" in line
    assert "139****0123" in line
    assert str(line[0]).lstrip("'") == "=张秀英"
    assert form == "xlsx" or line[0].startswith("'=")
    assert "周科长" in last[0]


def test_whole_identities_need_the_right_and_a_reason_and_are_written_down(official: User) -> None:
    factories.make_resident(number=NUMBER, phone=PHONE)
    clerk = factories.make_user(Role.CLERK, institution=factories.centre())
    for by, reason, code in ((clerk, "check the list", "export.not_allowed"), (official, " ", "export.reason")):
        with pytest.raises(RuleViolation) as refusal:
            ask(by, whole=True, reason=reason)
        assert refusal.value.code == code
    line = rows(ask(official, whole=True, reason="核对名单"))[1]
    assert NUMBER in line
    assert PHONE in line
    event = AuditEvent.objects.filter(kind=AuditEvent.Kind.EXPORT).last()
    assert (event.what.split()[2:], event.reason) == (["people", "xlsx", "whole"], "核对名单")


def test_file_holds_only_whom_the_account_sees_and_the_filters_find() -> None:
    own = factories.make_institution()
    clerk = factories.make_user(Role.CLERK, institution=own)
    factories.make_resident(name="甲", institution=own)
    factories.make_resident(name="乙", institution=own, sex="male")
    factories.make_resident(name="丙")
    assert [row[0] for row in rows(ask(clerk))[1:-1]] == ["甲", "乙"]
    assert [row[0] for row in rows(ask(clerk, query="sex=male"))[1:-1]] == ["乙"]


def test_list_longer_than_a_chunk_is_written_whole(official: User, monkeypatch: Any) -> None:
    monkeypatch.setattr("contracts.exports.ROWS_AT_ONCE", 3)
    for _number in range(7):
        factories.make_resident()
    assert len(rows(ask(official))) == 1 + 7 + 1


def test_export_of_a_killed_worker_is_written_anew(official: User) -> None:
    factories.make_resident()
    export = request_export(kind="people", query="", form="csv", whole=False, reason="", by=official)
    Export.objects.filter(pk=export.pk).update(status=Export.Status.RUNNING, rows=1)
    ExportPart.objects.create(export=export, number=0, content=b"half")
    assert exports.waiting() == [export.pk]
    tasks.resume_exports()
    export.refresh_from_db()
    assert export.status == Export.Status.DONE
    assert len(rows(export)) == 3
    assert exports.waiting() == []


def test_failure_is_noted_and_raised(official: User, monkeypatch: Any) -> None:
    monkeypatch.setattr(exports, "write_rows", lambda *args, **kwargs: 1 / 0)
    export = request_export(kind="people", query="", form="csv", whole=False, reason="", by=official)
    with pytest.raises(ZeroDivisionError):
        exports.run(export_id=export.pk)
    export.refresh_from_db()
    assert export.status == Export.Status.FAILED


def test_old_files_are_forgotten_but_not_that_they_were(official: User) -> None:
    export = ask(official)
    Export.objects.filter(pk=export.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    assert exports.forget_exports() == 1
    export.refresh_from_db()
    assert export.status == Export.Status.EXPIRED
    assert not ExportPart.objects.exists()


def test_export_kept_in_the_database_is_not_readable_there(official: User) -> None:
    factories.make_resident(number=NUMBER)
    export = ask(official, form="csv", whole=True, reason="核对名单")
    assert NUMBER.encode() not in b"".join(bytes(part.content) for part in export.parts.all())


def test_page_asks_once_shows_the_progress_and_hands_out_the_file(
    client: Client, official: User, django_capture_on_commit_callbacks: Any, monkeypatch: Any
) -> None:
    sent: list[int] = []
    monkeypatch.setattr(tasks.run_export, "delay", sent.append)
    client.force_login(official)
    form = {"submission": fresh_key(), "form": "csv"}
    with django_capture_on_commit_callbacks(execute=True):
        first, second = (client.post("/exports/new/people/?sex=male", form) for _time in range(2))
    export = Export.objects.get()
    assert first.headers["Location"] == second.headers["Location"] == f"/exports/{export.pk}/"
    assert sent == [export.pk]
    assert export.query == "sex=male"
    assert client.get(f"/exports/{export.pk}/file").status_code == 404
    assert b"every 1s" in client.get(f"/exports/{export.pk}/progress/").content
    exports.run(export_id=export.pk)
    export.refresh_from_db()
    assert b"every 1s" not in client.get(f"/exports/{export.pk}/progress/").content
    response = client.get(f"/exports/{export.pk}/file")
    assert response.headers["Content-Disposition"].endswith(f'people-{export.pk}.csv"')
    assert len(b"".join(response.streaming_content)) == export.size


def test_page_keeps_what_was_typed_when_the_reason_is_missing(client: Client, official: User) -> None:
    client.force_login(official)
    response = client.post("/exports/new/people/", {"submission": fresh_key(), "form": "csv", "whole": "on"})
    assert response.status_code == 200
    assert response.context["form"].errors.keys() == {"reason"}
    assert not Export.objects.exists()


def test_accounts_as_a_file_are_those_of_the_list_that_one_administers() -> None:
    centre = factories.centre()
    admin = factories.make_user(Role.ADMINISTRATOR, institution=centre, username="head")
    factories.make_user(Role.CLERK, institution=centre, username="zhou", first_name="周敏")
    factories.make_user(Role.CLERK, institution=factories.bureau(), username="elsewhere")
    assert [row[:2] for row in rows(ask(admin, kind="accounts"))[1:-1]] == [["head", None], ["zhou", "周敏"]]
    assert [row[0] for row in rows(ask(admin, kind="accounts", query="role=clerk"))[1:-1]] == ["zhou"]
    assert AuditEvent.objects.filter(kind="export", username="head", what__contains=" accounts ").count() == 2
    with pytest.raises(RuleViolation) as refused:
        ask(User.objects.get(username="zhou"), kind="accounts")
    assert refused.value.code == "export.not_allowed"
