"""The check of an import: it tells what would happen, and nothing happens."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from residents.models import Resident
from teams import tasks
from teams.actions import import_work, imports
from teams.actions.submissions import fresh_key
from teams.imports import engine, find_kind, kinds
from teams.models import Import, ImportReject, Role, User
from teams.rules import RuleViolation
from tests.factories import (
    centre,
    make_coverage,
    make_id_number,
    make_institution,
    make_resident,
    make_service,
    make_team,
    make_user,
)
from tests.importing_pages import check, contents, put_in, send, totals, work

pytestmark = pytest.mark.django_db

HEADER = "id_number,name,institution_code,phone,address"


@pytest.fixture
def clerk() -> User:
    return make_user(Role.CLERK, institution=centre())


@pytest.fixture
def client(clerk: User) -> Client:
    client = Client()
    client.force_login(clerk)
    return client


def page(client: Client, imported: Import) -> str:
    return client.get(reverse("teams:import_detail", args=[imported.pk])).content.decode()


def known_resident() -> str:
    number = make_id_number()
    make_resident(number=number, name="张秀英", phone="13905580123")
    return number


def test_check_counts_what_would_happen_and_changes_no_table(clerk: User) -> None:
    number = known_resident()
    lines = (HEADER, f"{number},张秀兰,C,13905580199,新址", f"{make_id_number()},李四,C,,", "1,王五,C,,")
    before = contents()
    imported = check(clerk, "residents", *lines)
    assert (imported.status, totals(imported)) == ("checked", (3, 1, 1, 0, 1))
    assert contents() == before
    assert not Resident.pgh_event_models["update"].objects.exists()


def test_confirmed_import_does_what_its_check_said(clerk: User) -> None:
    lines = (HEADER, f"{known_resident()},张秀兰,C,,", f"{make_id_number()},李四,C,,", "1,王五,C,,")
    checked = check(clerk, "residents", *lines)
    done = work(imports.confirm(imported=checked, by=clerk))
    assert (done.status, totals(done)) == ("done", totals(checked))
    assert bytes(done.content) == bytes(done.sample) == b""


def test_page_shows_changes_before_and_after_with_identities_masked(client: Client, clerk: User) -> None:
    number = known_resident()
    imported = check(clerk, "residents", HEADER, f"{number},张秀兰,C,13905580199,新址")
    text = page(client, imported)
    for shown in ("<del>张秀英</del>", "<ins>张秀兰</ins>", "<del>139****0123</del>", "<ins>139****0199</ins>", "新址"):
        assert shown in text
    for hidden in (number, "13905580199", "13905580123"):
        assert hidden not in text
        assert hidden.encode() not in bytes(imported.sample)


def test_page_shows_members_that_come_and_go(client: Client) -> None:
    administrator = make_user()
    make_team(code="T1", name="一队")
    put_in(administrator, "staff", "staff_no,name,role,institution_code", "S1,李医生,nurse,C")
    imported = check(administrator, "teams", "code,name,institution_code,member_staff_nos", "T1,一队,C,S1")
    client.force_login(administrator)
    assert "<ins>李医生</ins>" in page(client, imported)


def test_check_of_contracts_shows_dates_and_packages(client: Client, clerk: User) -> None:
    number = make_id_number()
    make_resident(number=number)
    make_team(code="T1")
    head = "contract_no,id_number,team_code,signed_on,start_on,end_on"
    put_in(clerk, "contracts", head, f"K1,{number},T1,2018-01-01,2018-01-01,2018-12-31")
    imported = check(clerk, "contracts", head, f"K1,{number},T1,2018-01-01,2018-01-01,2019-12-31")
    assert "<del>2018-12-31</del>" in page(client, imported)
    assert "<ins>2019-12-31</ins>" in page(client, imported)


def test_check_names_the_rows_by_which_somebody_left_before_what_is_recorded(client: Client, clerk: User) -> None:
    served, signed, moved, well, gone = (make_id_number() for _ in range(5))
    people = {number: make_resident(number=number) for number in (served, signed, moved, well)}
    make_resident(number=gone, died_on=date(2018, 1, 31))
    for number in (served, moved, well):
        make_service(people[number], "BP", date(2018, 2, 1))
    make_coverage(resident=people[signed], start_on=date(2018, 2, 1))
    rows = [
        f"{served},王,C,,2018-01-31",
        f"{signed},王,C,,2018-01-31",
        f"{moved},王,C,2018-02-01,",
        f"{well},王,C,,2018-02-01",
        f"{gone},王,C,,2018-01-31",
    ]
    head = "id_number,name,institution_code,moved_out_on,died_on"
    imported = check(clerk, "residents", head, *rows)
    assert totals(imported) == (5, 0, 5, 0, 0)
    assert "第 2, 3, 4 行：" in page(client, imported)
    client.cookies["django_language"] = "en"
    assert "Rows 2, 3, 4: services or contracts" in page(client, imported)

    done = work(imports.confirm(imported=imported, by=clerk))
    assert Resident.objects.filter(died_on=date(2018, 1, 31)).count() == 3
    assert "2, 3, 4" in done.notice
    assert check(clerk, "residents", head, *rows).notice == ""  # known by now


def test_reasons_are_in_the_readers_language(client: Client, clerk: User) -> None:
    imported = check(clerk, "residents", HEADER, "1,王五,C,,")
    reject = ImportReject.objects.get()
    assert reject.reason in page(client, imported)
    assert reject.reason_en not in page(client, imported)
    client.cookies["django_language"] = "en"
    assert reject.reason_en in page(client, imported)
    assert reject.reason not in page(client, imported)


def test_problems_are_counted_by_column_and_one_can_be_chosen(client: Client, clerk: User) -> None:
    imported = check(clerk, "residents", HEADER, "1,王五,C,,", "2,王五,C,,", f"{make_id_number()},李,X,,")
    response = client.get(reverse("teams:import_detail", args=[imported.pk]), {"column": "institution_code"})
    assert [(problem["name"], problem["count"]) for problem in response.context["problems"]] == [
        ("id_number", 2),
        ("institution_code", 1),
    ]
    assert [reject["row"] for reject in response.context["rejects"]] == [4]


def test_file_with_nothing_new_cannot_be_put_in_by_mistake(client: Client, clerk: User) -> None:
    lines = (HEADER, f"{make_id_number()},李四,C,,")
    done = put_in(clerk, "residents", *lines)
    again = check(clerk, "residents", *lines)
    assert totals(again) == (1, 0, 0, 1, 0)
    text = page(client, again)
    assert reverse("teams:import_detail", args=[done.pk]) in text, "the earlier import of the same file is named"
    assert 'class="button primary" disabled' in text


def test_discarded_file_is_gone_and_nothing_went_in(client: Client, clerk: User) -> None:
    imported = check(clerk, "residents", HEADER, f"{make_id_number()},李四,C,,", "1,王五,C,,")
    client.post(reverse("teams:import_discard", args=[imported.pk]))
    imported.refresh_from_db()
    assert (imported.status, bytes(imported.content), imported.rejects.count()) == ("discarded", b"", 0)
    assert not Resident.objects.exists()


def test_file_that_nobody_confirms_is_dropped_after_a_week(clerk: User) -> None:
    imported = check(clerk, "residents", HEADER, f"{make_id_number()},李四,C,,")
    tasks.discard_unconfirmed_imports()
    assert Import.objects.get().status == "checked"
    Import.objects.update(checked_at=imported.checked_at - timedelta(days=8))
    tasks.discard_unconfirmed_imports()
    assert Import.objects.get().status == "discarded"


def test_check_can_be_repeated_when_other_files_went_in(client: Client, clerk: User) -> None:
    number = make_id_number()
    imported = check(clerk, "registers", "id_number,category,from_on", f"{number},hypertension,2018-01-01")
    assert totals(imported)[4] == 1
    make_resident(number=number)
    client.post(reverse("teams:import_recheck", args=[imported.pk]))
    assert totals(work(imported)) == (1, 1, 0, 0, 0)
    assert not imported.rejects.exists()


def test_double_click_on_confirm_confirms_once_and_says_so(client: Client, clerk: User) -> None:
    imported = check(clerk, "residents", HEADER, f"{make_id_number()},李四,C,,")
    url = reverse("teams:import_confirm", args=[imported.pk])
    assert client.post(url).status_code == 302
    assert "notice error" in client.post(url, follow=True).content.decode()
    assert work(imported).created == 1


def test_only_the_sender_confirms_though_the_bureau_sees_it(clerk: User) -> None:
    imported = check(clerk, "residents", HEADER, f"{make_id_number()},李四,C,,")
    bureau = make_user()
    with pytest.raises(RuleViolation) as refused:
        imports.confirm(imported=imported, by=bureau)
    assert refused.value.code == "import.not_yours"
    assert imports.discard(imported=imported, by=bureau).status == "discarded"


def test_check_that_was_broken_off_begins_again(clerk: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kinds._kinds, "residents", replace(find_kind("residents"), batch_rows=1))
    imported = send(clerk, "residents", HEADER, "1,王五,C,,", f"{make_id_number()},李四,C,,", "2,王五,C,,")
    put_batch_in, batches = engine._put_in, []

    def break_off(*arguments: object) -> None:
        batches.append(1)
        if len(batches) == 2:
            raise OperationalError
        put_batch_in(*arguments)

    monkeypatch.setattr(engine, "_put_in", break_off)
    with pytest.raises(OperationalError):
        tasks.run_import(imported.pk)
    imported.refresh_from_db()
    assert (imported.status, imported.rows, imported.rejects.count()) == ("checking", 1, 1)
    assert totals(work(imported)) == (3, 1, 0, 0, 2)
    assert imported.rejects.count() == 2


def test_file_that_kills_its_worker_is_given_up_after_some_attempts(clerk: User) -> None:
    imported = send(clerk, "residents", HEADER, f"{make_id_number()},李四,C,,")
    Import.objects.update(status="checking", attempts=import_work.MOST_ATTEMPTS)  # killed each time
    imported = work(imported)
    assert (imported.status, imported.rows) == ("failed", 0)
    assert "Split the file in two" in imported.error


def test_progress_ends_a_row_of_attempts(clerk: User) -> None:
    imported = check(clerk, "residents", HEADER, f"{make_id_number()},李四,C,,")
    imports.confirm(imported=imported, by=clerk)
    Import.objects.update(attempts=import_work.MOST_ATTEMPTS - 1)
    assert (work(imported).status, imported.attempts) == ("done", 0)


def test_database_that_is_away_does_not_count_as_an_attempt(clerk: User, monkeypatch: pytest.MonkeyPatch) -> None:
    imported = send(clerk, "residents", HEADER, f"{make_id_number()},李四,C,,")

    def away(*arguments: object) -> None:
        raise OperationalError

    monkeypatch.setattr(engine, "_put_in", away)
    for _time in range(import_work.MOST_ATTEMPTS + 1):
        with pytest.raises(OperationalError):
            tasks.run_import(imported.pk)
    imported.refresh_from_db()
    assert (imported.status, imported.attempts) == ("checking", 0)


def test_page_says_when_nobody_takes_the_work_up(client: Client, clerk: User) -> None:
    imported = send(clerk, "residents", HEADER, f"{make_id_number()},李四,C,,")
    stuck = "the worker may be down"
    client.cookies["django_language"] = "en"
    assert stuck not in page(client, imported)
    Import.objects.update(asked_at=imported.asked_at - timedelta(minutes=1))
    assert stuck in page(client, imported)


def test_expired_session_at_the_upload_keeps_nothing(clerk: User) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("a.csv", HEADER.encode())
    response = Client().post(reverse("teams:import_create"), {"kind": "residents", "file": file})
    assert response.headers["Location"].startswith(reverse("login"))
    assert not Import.objects.exists()


def test_form_sent_twice_makes_one_import_even_when_the_first_is_over(client: Client) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    key = fresh_key()
    for _time in range(2):
        file = SimpleUploadedFile("a.csv", f"{HEADER}\n{make_id_number()},李四,C,,".encode())
        response = client.post(reverse("teams:import_create"), {"kind": "residents", "file": file, "submission": key})
        assert response.status_code == 302
        Import.objects.update(status="discarded")
    assert Import.objects.count() == 1


def test_list_is_filtered_by_kind_state_sender_and_day(client: Client, clerk: User) -> None:
    put_in(clerk, "residents", HEADER, f"{make_id_number()},李四,C,,")
    check(clerk, "registers", "id_number,category,from_on", "1,hypertension,2018-01-01")

    def found(**query: str) -> list[str]:
        response = client.get(reverse("teams:import_list"), query)
        return [row["imported"].kind for row in response.context["past"]]

    assert found() == ["registers", "residents"]
    assert found(kind="residents") == ["residents"]
    assert found(status="checked") == ["registers"]
    assert found(by=str(clerk.pk), since="20180101") == ["registers", "residents"]
    assert found(until="2018-01-01") == []
    make_user(Role.CLERK, institution=make_institution(code="D"))
    senders = client.get(reverse("teams:import_list")).context["filter"].form.fields["by"].queryset
    assert list(senders) == [clerk]


def test_sheets_that_were_not_read_are_named_on_the_page(client: Client, clerk: User) -> None:
    imported = check(clerk, "residents", HEADER, f"{make_id_number()},李四,C,,")
    Import.objects.update(sheet="姜堂村", other_sheets=["李庄村", "王庄村"])
    assert "李庄村、王庄村" in page(client, imported)


def test_pages_take_the_same_few_queries_with_many_imports_and_rejects(
    client: Client, clerk: User, django_assert_max_num_queries: object
) -> None:
    wrong = [f"{number},王五,C,," for number in range(30)]
    imported = check(clerk, "residents", HEADER, *wrong)
    for number in range(12):
        check(clerk, "residents", HEADER, f"{number},李四,C,,")
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        client.get(reverse("teams:import_list"))
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        page(client, imported)
