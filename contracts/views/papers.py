"""Papers of a contract: the agreement, the service handbook, the signature and the scan; the page after signing."""

import io

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from contracts.actions.drafts import EVIDENCE, document_of
from contracts.models import Agreement, Contract
from contracts.queries.papers import agreement_data, agreement_pdf, deal_of_contract, handbook_pdf
from teams import cipher
from teams.actions import audit
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
    """The proof that a contract was signed: the drawn signature, or the picture of the signed paper."""
    contract = _contract(request, pk)
    kept = Agreement.objects.filter(contract=contract).defer("document").first()
    sealed = kept and (kept.signature or kept.scan)
    if not kept or not sealed:
        raise Http404
    _log(request, "signature", contract)
    content = cipher.decrypt_bytes(sealed, field=EVIDENCE)
    return FileResponse(io.BytesIO(content), content_type=kept.scan_type or "image/png")


def pdf(document: bytes, filename: str) -> FileResponse:
    """A PDF to look at and print, in the browser."""
    return FileResponse(io.BytesIO(document), filename=filename, content_type="application/pdf")


def _contract(request: SignedInRequest, pk: int) -> Contract:
    visible = Contract.objects.visible_to(request.user)
    return get_object_or_404(visible.select_related("team__institution", "representative__household"), pk=pk)


def _log(request: SignedInRequest, what: str, contract: Contract) -> None:
    audit.record(kind=AuditEvent.Kind.EXPORT, by=request.user, what=f"{what} of contract {contract.pk}")
