"""The signing desk, by client: the agreement, signing it, signatures and papers."""

import base64
import hashlib
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from contracts.actions.drafts import document_of
from contracts.models import Agreement, Contract, Draft
from residents.models import Resident
from service_packages.models import PackageVersion
from teams.models import AuditEvent, Team, User
from tests.contracts.signing_desk.desks import (
    PNG,
    fields_of,
    prepared,
    sign,
    signature,
    to_desk,
)
from tests.factories import (
    make_coverage,
    make_household,
    make_package,
    make_resident,
)

pytestmark = pytest.mark.django_db


# --- The agreement --------------------------------------------------------------------------------------------------


def test_what_was_shown_is_what_was_signed(client: Client, household: list[Resident]) -> None:
    draft = prepared(client, household[0])
    shown = b"".join(client.get(reverse("contracts:draft_agreement", args=[draft.pk])))
    response = sign(client, draft)

    contract = Contract.objects.get()
    kept = contract.agreement
    assert response["Location"] == reverse("contracts:signed", args=[contract.pk])
    assert shown.startswith(b"%PDF-")
    assert document_of(kept) == shown
    assert kept.sha256 == hashlib.sha256(shown).hexdigest()
    assert b"".join(client.get(reverse("contracts:agreement", args=[contract.pk]))) == shown
    assert shown not in bytes(kept.document)
    assert not Draft.objects.exists()


@pytest.mark.parametrize(("years", "is_said"), [(1, False), (2, True), (3, True)])
def test_confirmation_is_promised_for_several_years_only(
    client: Client, household: list[Resident], years: int, is_said: bool
) -> None:
    draft = prepared(client, household[0], years=years)
    assert (
        "每年确认一次" in client.get(reverse("contracts:draft_detail", args=[draft.pk])).content.decode()
    ) is is_said


def test_contract_bears_the_number_that_was_printed(client: Client, household: list[Resident], team: Team) -> None:
    draft = prepared(client, household[0])
    assert draft.number == f"{team.institution.code}-2018-00001"
    sign(client, draft)
    contract = Contract.objects.get()
    assert (contract.number, contract.representative) == (draft.number, household[0])
    assert contract.coverages.count() == 4
    assert contract.entries.get().entered_by == "clerk"


def test_form_changed_after_the_agreement_drops_it(client: Client, household: list[Resident]) -> None:
    draft = prepared(client, household[0])
    old = signature(client, draft)
    to_desk(client, **fields_of(draft, years=3))
    response = client.post(reverse("contracts:draft_detail", args=[draft.pk]), old)

    assert response["Location"] == f"/sign/?draft={draft.pk}"
    assert not Contract.objects.exists()


def test_price_changed_after_the_agreement_was_shown_is_not_signed(
    client: Client, household: list[Resident], basic: PackageVersion
) -> None:
    draft = prepared(client, household[0])
    PackageVersion.objects.filter(pk=basic.pk).update(annual_price=Decimal("50.00"))
    page = sign(client, draft)

    assert page.status_code == 200
    assert not Contract.objects.exists()
    assert page.context["form"].non_field_errors()


def test_form_sent_twice_signs_once(client: Client, household: list[Resident]) -> None:
    draft = prepared(client, household[0])
    fields = signature(client, draft)
    places = [client.post(reverse("contracts:draft_detail", args=[draft.pk]), fields)["Location"] for _ in range(2)]
    assert places[0] == places[1]
    assert Contract.objects.count() == 1


def test_signing_asks_as_much_for_eight_people_as_for_four(
    client: Client, basic: PackageVersion, team: Team, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_package(code="ELD", categories=["elderly"], items={"EXAM": 1})
    for people in (4, 8):
        home = make_household()
        members = [make_resident(household=home, village=team.villages.get().village) for _ in range(people)]
        draft = prepared(client, members[0])
        fields = signature(client, draft)
        with django_assert_max_num_queries(47):
            client.post(reverse("contracts:draft_detail", args=[draft.pk]), fields)
        assert Contract.objects.latest("pk").coverages.count() == people


def test_second_clerk_reads_who_signed_when_and_which_contract(client: Client, household: list[Resident]) -> None:
    first, second = prepared(client, household[0]), prepared(client, household[1])
    sign(client, first)
    page = sign(client, second)
    [refusal] = page.context["form"].non_field_errors()
    assert all(text in refusal for text in (first.number, "2018-12-20", "clerk", "李医生团队"))
    assert Contract.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_clerks_at_once_one_signs_and_the_other_reads_it(
    client: Client, household: list[Resident], clerk: User
) -> None:
    drafts = [prepared(client, household[0]), prepared(client, household[1])]
    filled = {draft: signature(client, draft) for draft in drafts}
    start, pages = Barrier(2), []

    def send(draft: Draft, fields: dict[str, Any]) -> None:
        other = Client()
        other.force_login(clerk)
        start.wait()
        pages.append(other.post(reverse("contracts:draft_detail", args=[draft.pk]), fields))
        connection.close()

    threads = [Thread(target=send, args=sent) for sent in filled.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(page.status_code for page in pages) == [200, 302]
    [refusal] = next(page for page in pages if page.status_code == 200).context["form"].non_field_errors()
    assert Contract.objects.get().number in refusal


def test_household_of_four_is_signed_with_few_queries(
    client: Client, household: list[Resident], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    draft = prepared(client, household[0])
    fields = signature(client, draft)
    with django_assert_max_num_queries(80):
        client.post(reverse("contracts:draft_detail", args=[draft.pk]), fields)
    assert Contract.objects.exists()


# --- Signatures and papers ------------------------------------------------------------------------------------------


def _drawn(content: bytes = PNG) -> str:
    return "data:image/png;base64," + base64.b64encode(content).decode()


def test_drawn_signature_is_kept_encrypted_and_shown(client: Client, household: list[Resident]) -> None:
    sign(client, prepared(client, household[0]), signed="screen", signature=_drawn())
    kept = Agreement.objects.get()
    assert PNG not in bytes(kept.signature or b"")
    assert b"".join(client.get(reverse("contracts:signature", args=[kept.contract_id]))) == PNG


@pytest.mark.parametrize(
    "fields",
    [
        {"signed": ""},
        {"signed": "screen"},
        {"signed": "screen", "signature": _drawn(b"GIF89a")},
        {"signed": "screen", "signature": "data:text/html;base64,AAAA"},
        {"scan": SimpleUploadedFile("a.pdf", b"MZ\x90\x00")},
        {"scan": SimpleUploadedFile("a.pdf", b"%PDF-" + bytes(5 * 1024 * 1024))},
    ],
    ids=["not said how", "not drawn", "no PNG", "no picture", "no scan", "too large"],
)
def test_signature_that_is_none_is_refused(client: Client, household: list[Resident], fields: dict[str, Any]) -> None:
    page = sign(client, prepared(client, household[0]), **fields)
    assert page.status_code == 200
    assert page.context["form"].errors
    assert not Contract.objects.exists()


def test_scan_of_the_signed_paper_is_kept(client: Client, household: list[Resident]) -> None:
    scan = SimpleUploadedFile("a.jpg", b"\xff\xd8\xff\xe0" + bytes(100))
    sign(client, prepared(client, household[0]), scan=scan)
    kept = Agreement.objects.get()
    assert client.get(reverse("contracts:signature", args=[kept.contract_id]))["Content-Type"] == "image/jpeg"


def test_papers_are_logged_as_exports(client: Client, household: list[Resident]) -> None:
    sign(client, prepared(client, household[0]))
    contract = Contract.objects.get()
    handbook = b"".join(client.get(reverse("contracts:handbook", args=[contract.pk])))
    assert handbook.startswith(b"%PDF-")
    assert AuditEvent.objects.filter(kind="export", what=f"handbook of contract {contract.pk}").exists()


def test_signed_page_offers_the_papers(client: Client, household: list[Resident]) -> None:
    page = client.get(sign(client, prepared(client, household[0]))["Location"]).content.decode()
    assert "handbook.pdf" in page and "agreement.pdf" in page and "张小宝" in page


def test_agreement_is_never_changed_and_needs_its_hash_and_signature(client: Client, household: list[Resident]) -> None:
    sign(client, prepared(client, household[0]))
    kept = Agreement.objects.get()
    for change in (lambda: Agreement.objects.update(sha256="0" * 64), kept.delete):
        with pytest.raises(Exception, match="pgtrigger"), transaction.atomic():
            change()
    wrong = Agreement(contract=make_coverage().contract, document=b"x", made_by=kept.made_by, signed="screen")
    for wrong.sha256, name in (("x", "hashed"), ("0" * 64, "signature_on_screen")):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            wrong.save()
