"""Scans added after the signing, and drafts that nobody goes on with."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.utils import InternalError
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contracts.models import Contract, Draft, Scan
from contracts.tasks import drop_old_drafts
from teams.actions.submissions import fresh_key
from teams.models import AuditEvent, PolicyValue, Role, User
from tests.contracts.steps import signed
from tests.factories import centre, make_user

pytestmark = pytest.mark.django_db
JPEG = b"\xff\xd8\xff\xe0" + bytes(100)
PDF = b"%PDF-1.4 1 0 obj <</Type /Catalog>>"


@pytest.fixture(autouse=True)
def _business_day(settings: Any) -> None:
    settings.TODAY = date(2018, 12, 15)


@pytest.fixture
def clerk(client: Client) -> User:
    user = make_user(Role.CLERK, institution=centre())
    client.force_login(user)
    return user


def _add(client: Client, contract: Contract, content: bytes, key: str | None = None) -> HttpResponse:
    fields = {"submission": key or fresh_key(), "scan": SimpleUploadedFile("协议.jpg", content)}
    return client.post(reverse("contracts:contract_scan", args=[contract.pk]), fields)


def test_scan_is_added_later_encrypted_and_replaced_with_a_trace(client: Client, clerk: User) -> None:
    contract = signed()
    shown = reverse("contracts:signature", args=[contract.pk])
    assert client.get(shown).status_code == 404
    assert _add(client, contract, JPEG).status_code == 302
    assert b"".join(client.get(shown)) == JPEG
    assert _add(client, contract, PDF).status_code == 302

    assert client.get(shown)["Content-Type"] == "application/pdf"
    assert all(JPEG not in bytes(scan.content) for scan in Scan.objects.all())
    steps = contract.entries.order_by("pk").values_list("kind", "entered_by")
    assert list(steps)[-2:] == [("scanned", clerk.username), ("rescanned", clerk.username)]
    assert AuditEvent.objects.filter(what=f"signature of contract {contract.pk}").count() == 2
    assert shown in client.get(reverse("contracts:contract_detail", args=[contract.pk])).content.decode()


def test_scan_sent_twice_is_kept_once_and_never_changed(client: Client, clerk: User) -> None:
    contract, key = signed(), fresh_key()
    for _ in range(2):
        assert _add(client, contract, JPEG, key).status_code == 302
    kept = Scan.objects.get()
    with pytest.raises(InternalError, match="pgtrigger"), transaction.atomic():
        kept.delete()


@pytest.mark.parametrize(
    "content",
    [b"MZ\x90\x00", JPEG + bytes(5 * 1024 * 1024), PDF + b"<</S /JavaScript /JS (x)>>", PDF + b"/EmbeddedFile"],
    ids=["program", "too large", "script", "file inside"],
)
def test_file_that_is_no_plain_scan_is_refused(client: Client, clerk: User, content: bytes) -> None:
    page = _add(client, signed(), content)
    assert page.context["form"].errors["scan"]
    assert not Scan.objects.exists()


def test_drafts_are_dropped_after_the_days_of_the_policy_and_announced_before(client: Client, clerk: User) -> None:
    drafts = {}
    for days in (5, 25, 31):
        drafts[days] = Draft.objects.create(by=clerk, institution=clerk.institution, payload=b"x")
        Draft.objects.filter(pk=drafts[days].pk).update(changed_at=timezone.now() - timedelta(days=days))
    assert client.get(reverse("contracts:today")).context["going"] == 2

    drop_old_drafts()
    assert set(Draft.objects.values_list("pk", flat=True)) == {drafts[5].pk, drafts[25].pk}
    PolicyValue.objects.create(code="draft_days", value=0, from_on=date(2018, 1, 1))
    assert client.get(reverse("contracts:today")).context["going"] == 0
    drop_old_drafts()
    assert Draft.objects.count() == 2
