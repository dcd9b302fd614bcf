"""What tests of the signing desk share."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from contracts.actions.drafts import sheet_of
from contracts.models import Draft
from residents.models import Resident

TODAY = date(2018, 12, 20)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def fields_of(draft: Draft, **changes: Any) -> dict[str, Any]:
    """What the page of the draft's desk would send."""
    sheet = sheet_of(draft)
    return {
        "draft": draft.pk,
        "member": sheet.residents,
        "ticked": [choice.resident for choice in sheet.members if choice.is_ticked],
        "package": [f"{choice.resident}-{key}" for choice in sheet.members for key in choice.versions or ()],
        "team": sheet.team or "",
        "start_on": sheet.start_on,
        "years": sheet.years,
        "number": sheet.number,
        "representative": sheet.representative or "",
    } | changes


def to_desk(client: Client, **fields: Any) -> HttpResponse:
    return client.post(reverse("contracts:sign_desk"), fields)


def add(client: Client, resident: Resident) -> Draft:
    """Onto an empty desk."""
    to_desk(client, add=resident.pk)
    return Draft.objects.latest("pk")


def prepared(client: Client, resident: Resident, **changes: Any) -> Draft:
    """A draft of the resident's household, with its agreement."""
    draft = add(client, resident)
    response = client.post(reverse("contracts:sign"), fields_of(draft, **changes))
    assert response.status_code == 302, response.content.decode()
    draft.refresh_from_db()
    return draft


def signature(client: Client, draft: Draft, **changes: Any) -> dict[str, Any]:
    page = client.get(reverse("contracts:draft_detail", args=[draft.pk]))
    return {"submission": page.context["submission"], "sha256": draft.document_sha256, "signed": "paper"} | changes


def sign(client: Client, draft: Draft, **changes: Any) -> HttpResponse:
    return client.post(reverse("contracts:draft_detail", args=[draft.pk]), signature(client, draft, **changes))
