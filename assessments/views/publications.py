"""Results for residents: the public pages without an account, and the bureau's switch."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from assessments.actions import publications as actions
from assessments.forms.publications import CYCLES, PublicationForm
from assessments.models import Publication
from assessments.presenters.publications import centre_row, centre_rows, find_centre, graded_by, team_rows
from assessments.queries.publications import public_phones
from teams.attempts import sent
from teams.permissions import Permission, SignedInRequest, has_permission, require

TEN_MINUTES = 600


@login_not_required
@require_safe
@cache_control(public=True, max_age=TEN_MINUTES)
def compare(request: HttpRequest) -> HttpResponse:
    """The centres of the district side by side, the packages, and how to sign."""
    shown = Publication.objects.shown().first()
    content = shown.content if shown else None
    context = {"content": content, "rows": centre_rows(content, public_phones()) if content else []}
    context["graded_by"] = graded_by(content) if content else []
    return _quiet(render(request, "assessments/compare.html", context))


@login_not_required
@require_safe
@cache_control(public=True, max_age=TEN_MINUTES)
def compare_centre(request: HttpRequest, pk: int) -> HttpResponse:
    """The teams of a centre side by side: doctors, villages, people signed, grade."""
    shown = Publication.objects.shown().first()
    centre = find_centre(shown.content, pk) if shown else None
    if shown is None or centre is None:
        raise Http404
    row = centre_row(centre, public_phones().get(pk, ""))
    context = {"content": shown.content, "centre": row, "rows": team_rows(centre)}
    context["graded_by"] = graded_by(shown.content)
    return _quiet(render(request, "assessments/compare_centre.html", context))


@require_safe
@require(Permission.SUPERVISION_READ)
def publication_list(request: SignedInRequest) -> HttpResponse:
    """What residents see, what they saw, and the switch."""
    return _page(request, None)


@require_POST
@require(Permission.ASSESSMENT_REVIEW)
def publication_create(request: SignedInRequest) -> HttpResponse:
    """Publish; what was shown before gives way."""
    form = PublicationForm(request.POST)

    def publish() -> str:
        data = form.cleaned_data
        cycles = {name: data[name] for name in CYCLES}
        actions.publish(first_on=data["month"].first, how_to_sign=data["how_to_sign"], by=request.user, **cycles)
        messages.success(request, _("Published: residents see it within ten minutes."))
        return reverse("assessments:publication_list")

    return sent(request, form, publish, {"publication.how": "how_to_sign"}.get) or _page(request, form)


@require_POST
@require(Permission.ASSESSMENT_REVIEW)
def publication_withdraw(request: SignedInRequest) -> HttpResponse:
    """Show residents nothing."""
    if actions.withdraw(by=request.user):
        messages.success(request, _("Taken down: residents see nothing within ten minutes."))
    return redirect("assessments:publication_list")


def _page(request: SignedInRequest, form: PublicationForm | None) -> HttpResponse:
    may_publish = has_permission(request.user, Permission.ASSESSMENT_REVIEW)
    context = {
        "publications": Publication.objects.select_related(*CYCLES).defer("content")[:20],
        "shown": Publication.objects.shown().defer("content").first(),
        "form": (form or PublicationForm(proposed=request.GET)) if may_publish else None,
        "address": request.build_absolute_uri(reverse("assessments:compare")),
    }
    return render(request, "assessments/publication_list.html", context)


def _quiet(response: HttpResponse) -> HttpResponse:
    """Search engines keep old copies of figures; these are to be read here, as they are now."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
