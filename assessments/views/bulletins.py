"""Monthly bulletins: made in one click, edited, issued, kept."""

from io import BytesIO

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from assessments.actions import bulletins as actions
from assessments.forms.bulletins import BulletinForm, BulletinMonthForm, RefreshForm
from assessments.models import Bulletin, BulletinFile
from assessments.presenters.bulletins import document
from teams.attempts import sent
from teams.permissions import Permission, SignedInRequest, has_permission, require
from teams.rules import RuleViolation

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@require_safe
@require(Permission.SUPERVISION_READ)
def bulletin_list(request: SignedInRequest) -> HttpResponse:
    """Issued bulletins, and for the bureau the drafts and the month to write next."""
    return _list(request, None)


@require_POST
@require(Permission.SUPERVISION_EDIT)
def bulletin_create(request: SignedInRequest) -> HttpResponse:
    """The month's bulletin, generated in one click."""
    form = BulletinMonthForm(request.POST)

    def prepare() -> str:
        made = actions.prepare(first_on=form.cleaned_data["month"].first, by=request.user)
        return reverse("assessments:bulletin_detail", args=[made.pk])

    return sent(request, form, prepare, lambda _code: "month") or _list(request, form)


@require_safe
@never_cache
@require(Permission.SUPERVISION_READ)
def bulletin_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """The bulletin as it looks; a draft with its words to edit beside it."""
    return _page(request, _bulletin(request, pk), None)


@require_POST
@require(Permission.SUPERVISION_EDIT)
def bulletin_write(request: SignedInRequest, pk: int) -> HttpResponse:
    """Keep the words; with `issue` they are issued at once."""
    bulletin = _bulletin(request, pk)
    form = BulletinForm(bulletin, request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            kept = actions.write(
                bulletin=bulletin,
                title=data["title"],
                issuer=data["issuer"],
                prefix=data["letters"],
                texts=form.texts,
                shown=data["shown"],
                by=request.user,
            )
            if "issue" in request.POST:
                issued = actions.issue(bulletin=kept, shown=actions.state_of(kept), by=request.user)
                messages.success(request, _("Issued as %(number)s.") % {"number": issued.document_number})
            else:
                messages.success(request, _("Saved."))
            return redirect("assessments:bulletin_detail", pk)
        except RuleViolation as refusal:
            form.add_error("letters" if refusal.code == "bulletin.no_prefix" else None, str(refusal))
    return _page(request, bulletin, form)


@require_POST
@require(Permission.SUPERVISION_EDIT)
def bulletin_refresh(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take the figures as they are now; edited words stay."""
    bulletin, form = _bulletin(request, pk), RefreshForm(request.POST)
    if form.is_valid():
        try:
            actions.refresh(bulletin=bulletin, rank_by=form.cleaned_data["rank_by"], by=request.user)
            messages.success(request, _("Figures and tables are those of now; words that were edited stay."))
        except RuleViolation as refusal:
            messages.error(request, str(refusal))
    return redirect("assessments:bulletin_detail", pk)


@require_POST
@require(Permission.SUPERVISION_EDIT)
def bulletin_discard(request: SignedInRequest, pk: int) -> HttpResponse:
    """Throw a draft away."""
    try:
        actions.discard(bulletin=_bulletin(request, pk), by=request.user)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    return redirect("assessments:bulletin_list")


@require_safe
@never_cache
@require(Permission.SUPERVISION_READ)
def bulletin_file(request: SignedInRequest, pk: int, format: str) -> FileResponse:
    """As PDF or Word: an issued one byte for byte as it was issued, a draft as it would be."""
    bulletin = _bulletin(request, pk)
    if format not in TYPES:
        raise Http404
    if bulletin.status == Bulletin.Status.ISSUED:
        kept = get_object_or_404(BulletinFile, bulletin=bulletin, format=format)
        content = bytes(kept.content)
    else:
        content = actions.files_of(bulletin)[format]
    name = f"{bulletin.title}.{format}"
    return FileResponse(BytesIO(content), filename=name, content_type=TYPES[format], as_attachment=format == "docx")


def _bulletin(request: SignedInRequest, pk: int) -> Bulletin:
    return get_object_or_404(Bulletin.objects.visible_to(request.user), pk=pk)


def _list(request: SignedInRequest, form: BulletinMonthForm | None) -> HttpResponse:
    may_edit = has_permission(request.user, Permission.SUPERVISION_EDIT)
    rows = Bulletin.objects.visible_to(request.user).defer("figures", "paragraphs")
    context = {
        "drafts": rows.filter(status=Bulletin.Status.DRAFT),
        "issued": rows.filter(status=Bulletin.Status.ISSUED).order_by("-year", "-number"),
        "form": (form or BulletinMonthForm()) if may_edit else None,
    }
    return render(request, "assessments/bulletin_list.html", context)


def _page(request: SignedInRequest, bulletin: Bulletin, form: BulletinForm | None) -> HttpResponse:
    is_draft = bulletin.status == Bulletin.Status.DRAFT
    may_edit = is_draft and has_permission(request.user, Permission.SUPERVISION_EDIT)
    context = {
        "bulletin": bulletin,
        "paper": document(bulletin),
        "files": bulletin.files.defer("content"),
        "form": (form or BulletinForm(bulletin, state=actions.state_of(bulletin))) if may_edit else None,
        "refresh": RefreshForm(initial={"rank_by": bulletin.figures["rank_by"]}) if may_edit else None,
    }
    return render(request, "assessments/bulletin_detail.html", context)
