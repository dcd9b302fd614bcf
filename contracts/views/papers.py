"""Papers of a contract: the agreement, the service handbook, the signature and the scan; the page after signing."""

import io
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from contracts.actions.drafts import EVIDENCE, document_of
from contracts.actions.scans import add_scan, proof_of
from contracts.forms.signing import ScanForm
from contracts.models import Agreement, Contract, Scan
from contracts.queries.papers import agreement_data, agreement_pdf, deal_of_contract, handbook_pdf
from teams import cipher
from teams.actions import audit
from teams.actions.submissions import fresh_key
from teams.attempts import sent
from teams.models import AuditEvent
from teams.permissions import Permission, SignedInRequest, require


@require_safe
@never_cache
@require(Permission.CONTRACT_EDIT)
def signed(request: SignedInRequest, pk: int) -> HttpResponse:
    """What was signed, with its papers to print; the next household is one key away."""
    contract = _contract(request, pk)
    kept = Agreement.objects.filter(contract=contract).defer("document", "signature", "scan").first()
    context = {"contract": contract, "paper": agreement_data(deal_of_contract(contract)), "agreement": kept}
    context["has_proof"] = contract.has_scan or (kept is not None and kept.has_proof)
    return render(request, "contracts/signed.html", context)


@require_safe
@never_cache
@require(Permission.PEOPLE_READ)
def agreement(request: SignedInRequest, pk: int) -> FileResponse:
    """The agreement as PDF: the one that was signed here, else one made from the contract's rows."""
    contract = _contract(request, pk)
    kept = Agreement.objects.filter(contract=contract).defer("signature", "scan").first()
    document = document_of(kept) if kept else agreement_pdf(deal_of_contract(contract))
    _log(request, "agreement", contract)
    return pdf(document, f"{contract.number}.pdf")


@require_safe
@never_cache
@require(Permission.PEOPLE_READ)
def handbook(request: SignedInRequest, pk: int) -> FileResponse:
    """The household's service handbook as PDF."""
    contract = _contract(request, pk)
    document = handbook_pdf(contract, request.build_absolute_uri("/"))
    _log(request, "handbook", contract)
    return pdf(document, f"{contract.number}-handbook.pdf")


@require_safe
@never_cache
@require(Permission.PEOPLE_READ)
def signature(request: SignedInRequest, pk: int) -> FileResponse:
    """The proof that a contract was signed: the scan added last, the drawn signature, or the picture of the paper."""
    contract = _contract(request, pk)
    proof = proof_of(contract)
    if proof is None:
        raise Http404
    _log(request, "signature", contract)
    content = cipher.decrypt_bytes(proof.signature or proof.scan or b"", field=EVIDENCE)
    return FileResponse(io.BytesIO(content), content_type=proof.scan_type or "image/png")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@require(Permission.CONTRACT_EDIT)
def contract_scan(request: SignedInRequest, pk: int) -> HttpResponse:
    """Add the scan of the signed paper, or replace it; the earlier one stays. Sent twice, it is added once."""
    contract = _contract(request, pk)
    form = ScanForm(request.POST or None, request.FILES or None)
    key = request.POST.get("submission") or fresh_key()
    if response := sent(request, form, lambda: _add_scan(request, contract, form)):
        return response
    context = {"contract": contract, "form": form, "submission": key, "has_proof": proof_of(contract) is not None}
    return render(request, "contracts/scan.html", context)


def _add_scan(request: SignedInRequest, contract: Contract, form: ScanForm) -> str:
    content, media_type = form.scanned
    add_scan(contract=contract, content=content, media_type=media_type, by=request.user)
    messages.success(request, _("The scan is saved with the contract."))
    return reverse("contracts:contract_detail", args=[contract.pk])


def pdf(document: bytes, filename: str) -> FileResponse:
    """A PDF to look at and print, in the browser."""
    return FileResponse(io.BytesIO(document), filename=filename, content_type="application/pdf")


def _contract(request: SignedInRequest, pk: int) -> Any:
    visible = Contract.objects.visible_to(request.user).annotate(
        has_scan=Exists(Scan.objects.filter(contract=OuterRef("pk")))
    )
    signs = ("representative__household", "representative__village")
    return get_object_or_404(visible.select_related("team__institution", *signs), pk=pk)


def _log(request: SignedInRequest, what: str, contract: Contract) -> None:
    audit.record(kind=AuditEvent.Kind.EXPORT, by=request.user, what=f"{what} of contract {contract.pk}")
