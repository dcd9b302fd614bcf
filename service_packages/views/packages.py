"""Pages of packages: the list, a version, its editor, what changed, and what a version becomes."""

from collections.abc import Mapping

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from residents.categories import ALL, category_names
from service_packages import queries
from service_packages.actions import drafts
from service_packages.forms import Editor, PackageForm, VersionFilter
from service_packages.models import PackageVersion, Payer
from service_packages.rules import can_edit_catalogue, check_can_publish, doubts, shares_by_category
from teams.actions.submissions import fresh_key
from teams.attempts import attempt, sent
from teams.clock import today
from teams.leaving import left
from teams.permissions import Permission, SignedInRequest, require
from teams.policy import policy_on
from teams.rules import RuleViolation
from teams.versions import obstacle

A_PAGE = 50
Status = PackageVersion.Status


@require_safe
@require(Permission.CATALOGUE_READ)
def package_list(request: SignedInRequest) -> HttpResponse:
    """The catalogue, by filters in the URL."""
    filters = VersionFilter(request.GET, queries.versions(request.user))
    page = Paginator(filters.qs, A_PAGE).get_page(request.GET.get("page"))
    held, names = queries.numbers_held(page.object_list), category_names()
    rows = [
        {"version": version, "held": held.get(version.pk, 0), "audience": _named(version.categories or [ALL], names)}
        for version in page.object_list
    ]
    drafts_of = PackageVersion.objects.filter(status=Status.DRAFT, year__isnull=False)
    years = sorted({str(year) for year in drafts_of.values_list("year", flat=True)})
    context = {"filter": filters, "page": page, "rows": rows, "may_edit": can_edit_catalogue(request.user)}
    return render(request, "service_packages/package_list.html", context | {"draft_years": years})


@require_http_methods(["GET", "POST"])
@require(Permission.CATALOGUE_EDIT)
def package_create(request: SignedInRequest) -> HttpResponse:
    """Open a package, then edit its draft."""
    form = PackageForm(request.POST if request.method == "POST" else None)
    if response := sent(request, form, lambda: _made(request, form), {"package.code_taken": "code"}.get):
        return response
    key = request.POST.get("submission") or fresh_key()
    return render(request, "service_packages/package_create.html", {"form": form, "submission": key})


@require_safe
@require(Permission.CATALOGUE_READ)
def version_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """A version: what it promises, what it costs and who pays, and the package's other versions."""
    version = _found(request, pk)
    others = list(version.package.versions.order_by("-number"))
    held, names = queries.numbers_held(others), category_names()
    context = {
        "version": version,
        "items": [{"row": row, "windows": queries.windows_text(row)} for row in version.items.all()],
        "audience": _named(version.categories or [ALL], names),
        "required": _named(version.required, names),
        "free_for": _named(version.free_for, names),
        "shares": _share_table(version, names),
        "versions": [{"version": other, "held": held.get(other.pk, 0)} for other in others],
        "doubts": doubts(version, policy_on(today())),
        "obstacle": obstacle(version, check_can_publish),
        "may_edit": can_edit_catalogue(request.user),
        "submission": fresh_key(),
    }
    return render(request, "service_packages/version_detail.html", context)


@require_http_methods(["GET", "POST"])
@require(Permission.CATALOGUE_EDIT)
def version_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """The editor of a draft."""
    draft = _found(request, pk)
    if not draft.is_draft:
        messages.error(request, _("A published version is not changed: start a draft from it."))
        return redirect("service_packages:version_detail", draft.pk)
    editor = Editor.of(draft, request.POST if request.method == "POST" else None)
    if answer := left(request, editor.head):
        return answer
    if request.method == "POST" and editor.is_valid():
        try:
            drafts.save_draft(draft=draft, wanted=editor.wanted(), seen=request.POST.get("seen", ""), by=request.user)
        except RuleViolation as refusal:
            editor.head.add_error(None, str(refusal))
        else:
            messages.success(request, _("The draft is saved."))
            return redirect("service_packages:version_detail", draft.pk)
    seen = request.POST.get("seen") or drafts.fingerprint(draft)
    return render(request, "service_packages/version_edit.html", {"version": draft, "editor": editor, "seen": seen})


@require_safe
@require(Permission.CATALOGUE_READ)
def version_diff(request: SignedInRequest, pk: int, other: int) -> HttpResponse:
    """What a version says otherwise than another one of its package."""
    after = _found(request, pk)
    before = get_object_or_404(queries.versions(request.user), pk=other, package=after.package)
    context = {"before": before, "after": after, "differences": queries.differences(before, after)}
    return render(request, "service_packages/version_diff.html", context)


@require_POST
@require(Permission.CATALOGUE_EDIT)
def draft_start(request: SignedInRequest, pk: int) -> HttpResponse:
    """Open the package's draft, making one where there is none."""
    version = _found(request, pk)

    def start() -> str:
        draft = drafts.start_draft(package=version.package, by=request.user)
        return reverse("service_packages:version_edit", args=[draft.pk])

    return attempt(request, start, "service_packages:version_detail", pk)


@require_POST
@require(Permission.CATALOGUE_EDIT)
def draft_publish(request: SignedInRequest, pk: int) -> HttpResponse:
    """Offer a draft from now on."""
    draft = _found(request, pk)

    def publish() -> str:
        drafts.publish(draft=draft, by=request.user)
        messages.success(request, _("%(name)s is offered from now on.") % {"name": draft})
        return reverse("service_packages:version_detail", args=[draft.pk])

    return attempt(request, publish, "service_packages:version_detail", pk)


@require_POST
@require(Permission.CATALOGUE_EDIT)
def version_retire(request: SignedInRequest, pk: int) -> HttpResponse:
    """Offer a version no more."""
    version = _found(request, pk)

    def retire() -> str:
        drafts.retire(version=version, by=request.user)
        messages.success(request, _("%(name)s is offered no more; who holds it keeps it.") % {"name": version})
        return reverse("service_packages:version_detail", args=[version.pk])

    return attempt(request, retire, "service_packages:version_detail", pk)


@require_POST
@require(Permission.CATALOGUE_EDIT)
def draft_drop(request: SignedInRequest, pk: int) -> HttpResponse:
    """Throw a draft away."""
    draft = _found(request, pk)

    def drop() -> str:
        drafts.drop_draft(draft=draft, by=request.user)
        messages.success(request, _("The draft of %(name)s is discarded.") % {"name": draft.name})
        return reverse("service_packages:package_list")

    return attempt(request, drop, "service_packages:version_detail", pk)


def _found(request: SignedInRequest, pk: int) -> PackageVersion:
    return get_object_or_404(queries.versions(request.user), pk=pk)


def _made(request: SignedInRequest, form: PackageForm) -> str:
    draft = drafts.create_package(**form.cleaned_data, by=request.user)
    return reverse("service_packages:version_edit", args=[draft.pk])


def _named(codes: list[str], names: Mapping[str, object]) -> str:
    return _(", ").join(str(names.get(code, code)) for code in codes)


def _share_table(version: PackageVersion, names: Mapping[str, object]) -> dict[str, object]:
    """Payers × categories with sums and what is missing of the price; without shares the resident pays all."""
    shares = shares_by_category(version)
    payers = [payer for payer in Payer if any(payer in amounts for amounts in shares.values())]
    columns = sorted(shares)
    sums = [sum(shares[category].values()) for category in columns]
    return {
        "columns": [names.get(category, category) if category else _("everyone else") for category in columns],
        "rows": [(payer.label, [shares[category].get(payer) for category in columns]) for payer in payers],
        "sums": [{"sum": total, "missing": version.price - total} for total in sums],
    }
