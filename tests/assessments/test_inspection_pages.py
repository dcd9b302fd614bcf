from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from assessments.models import Finding, FindingProof
from teams.actions.submissions import fresh_key
from teams.models import User
from tests import factories
from tests.assessments.inspecting import PNG, Ground, make_ground

pytestmark = pytest.mark.django_db
DAY, DUE = date(2018, 11, 20), date(2018, 11, 27)


@pytest.fixture
def ground(settings: Settings) -> Ground:
    settings.TODAY = DAY
    return make_ground()


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_checklist_is_answered_item_by_item_and_ended(ground: Ground) -> None:
    client, inspection = client_of(ground.official), ground.plan(ground.clinic)
    for item in inspection.checklist.items.all():
        url = reverse("assessments:inspection_answer", args=[inspection.pk, item.pk])
        if item.code == "phones":
            data = {"outcome": "fault", "text": "空号", "deduction": "2", "proofs": [SimpleUploadedFile("a.png", PNG)]}
        else:
            data = {"outcome": "in_order"}
        assert client.post(url, data).status_code == 302
    finish = reverse("assessments:inspection_finish", args=[inspection.pk])
    assert client.post(finish, {"on": "20181120", "due_on": "20181127"}).status_code == 302
    finding = Finding.objects.get()
    assert (finding.state, finding.due_on, finding.proofs.count()) == ("assigned", DUE, 1)


def test_fault_without_words_keeps_what_was_typed(ground: Ground) -> None:
    client, inspection = client_of(ground.official), ground.plan(ground.clinic)
    item = inspection.checklist.items.get(code="phones")
    url = reverse("assessments:inspection_answer", args=[inspection.pk, item.pk])
    answer = client.post(url, {"outcome": "fault", "text": " ", "deduction": "1.75"})
    assert answer.status_code == 200 and 'value="1.75"' in answer.content.decode()


def test_clerk_mends_once_however_often_the_form_is_sent(ground: Ground) -> None:
    finding = ground.inspect(ground.clinic, "phones", due_on=DUE)[0]
    client, key = client_of(ground.clerk), fresh_key()
    url = reverse("assessments:finding_move", args=[finding.pk, "done"])
    for _time in range(2):
        data = {"submission": key, "note": "已改", "proofs": [SimpleUploadedFile("x.exe", PNG)]}
        assert client.post(url, data).status_code == 302
    assert FindingProof.objects.count() == 1
    proof = client.get(reverse("assessments:finding_proof", args=[FindingProof.objects.get().pk]))
    assert proof.headers["Content-Type"] == "image/png" and b"".join(proof) == PNG


def test_who_mends_is_told_that_words_and_proof_are_needed(ground: Ground) -> None:
    finding = ground.inspect(ground.clinic, "phones", due_on=DUE)[0]
    page = client_of(ground.clerk).get(reverse("assessments:finding_detail", args=[finding.pk]))
    assert all(page.context["form"].fields[name].required for name in ("note", "proofs"))


def test_program_sent_as_a_picture_is_refused(ground: Ground) -> None:
    finding = ground.inspect(ground.clinic, "phones", due_on=DUE)[0]
    url = reverse("assessments:finding_move", args=[finding.pk, "done"])
    data = {"submission": fresh_key(), "note": "已改", "proofs": [SimpleUploadedFile("a.png", b"MZ" + PNG)]}
    assert client_of(ground.clerk).post(url, data).status_code == 200
    assert not FindingProof.objects.exists()


def test_ticked_findings_are_handed_down_together(ground: Ground) -> None:
    rows = ground.inspect(ground.clinic, "phones", "board")
    url = reverse("assessments:finding_assign")
    client = client_of(ground.official)
    client.post(url, {"chosen": [row.pk for row in rows], "due_on": "not a day"})
    assert not Finding.objects.filter(state="assigned").exists()
    client.post(url, {"chosen": [row.pk for row in rows], "due_on": "20181130"})
    assert Finding.objects.filter(state="assigned", due_on=date(2018, 11, 30)).count() == 2


def test_pages_ask_the_same_number_of_questions_for_many_rows(
    ground: Ground, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(15):
        clinic = factories.make_institution(name=f"{number}村卫生室", kind="village_clinic", parent=ground.centre)
        ground.inspect(clinic, "phones", "board", due_on=DUE)
    client = client_of(ground.official)
    inspection = Finding.objects.first()
    assert inspection
    for url in (
        reverse("assessments:patrol_list"),
        reverse("assessments:patrol_detail", args=[ground.round.pk]),
        reverse("assessments:finding_list"),
        reverse("assessments:finding_detail", args=[inspection.pk]),
        reverse("assessments:inspection_detail", args=[inspection.inspection_id]),
        reverse("assessments:checklist_list"),
    ):
        with django_assert_max_num_queries(18):  # 12, and 6 of session and transaction
            assert client.get(url).status_code == 200


def test_export_holds_what_the_list_shows(ground: Ground) -> None:
    ground.inspect(ground.clinic, "phones", due_on=DUE)
    other = factories.make_institution(name="乙村卫生室", kind="village_clinic")
    ground.inspect(other, "phones", "board", due_on=DUE)

    answer = client_of(ground.clerk).get(reverse("assessments:finding_file"))
    sheet = openpyxl.load_workbook(BytesIO(b"".join(answer))).active
    assert sheet is not None and sheet.max_row == 2


def test_checklist_is_edited_on_its_page_and_published(ground: Ground) -> None:
    client = client_of(ground.official)
    begun = client.post(reverse("assessments:checklist_draft", args=[ground.checklist.pk]))
    page = begun.headers["Location"]
    data = {
        "name": "督查表", "kinds": ["village_clinic"],
        "code": ["phones", ""], "section": ["甲", "乙"], "text": ["核对电话", "看记录"], "hint": ["", ""],
        "points": ["2", "x"],
    }  # fmt: skip
    assert client.post(page, data).status_code == 200
    assert client.post(page, {**data, "points": ["2", "0.5"]}).status_code == 302
    client.post(page.replace("edit", "publish"))
    assert [(item.code, str(item.points)) for item in ground.checklist.items.all()] == [
        ("phones", "2.00"),
        ("n1", "0.50"),
    ]
