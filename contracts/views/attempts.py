"""Trying to reach somebody who is due: the call, how it went, and where that leads."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from contracts.actions.attempts import try_to_reach
from contracts.forms.attempts import AttemptForm
from contracts.models import Attempt
from contracts.presenters import due as words
from contracts.queries.services import open_obligations
from contracts.views.services import after, list_query, visible_resident
from residents.models import Resident
from teams.attempts import sent
from teams.clock import today
from teams.permissions import Permission, SignedInRequest, has_permission, require

# Which outcome offers which waiver for what is owed.
WAIVERS = {Attempt.Outcome.REFUSED: "refused", Attempt.Outcome.AWAY: "away"}


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.SERVICE_RECORD)
def attempt_create(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write down how the call or visit went; the outcome leads on."""
    resident = visible_resident(request, pk)
    form = AttemptForm(request.POST or None)
    if response := sent(request, form, lambda: _try(request, resident, form)):
        return response
    context = {
        "form": form,
        "resident": resident,
        "attempts": list(resident.attempts.select_related("by")[:10]),
        "query": list_query(request),
        "may_reveal": has_permission(request.user, Permission.IDENTITY_REVEAL),
        **words.person(resident, today()),
    }
    return render(request, "contracts/attempt_create.html", context)


def _try(request: SignedInRequest, resident: Resident, form: AttemptForm) -> str:
    made = try_to_reach(resident=resident, by=request.user, **form.details)
    said = {"name": resident.name, "outcome": made.outcome_words}
    messages.success(request, _("%(name)s: %(outcome)s is recorded.") % said)
    if made.outcome in WAIVERS:
        owed = open_obligations(resident, today()).filter(opens_on__lte=today()).first()
        if owed:
            messages.info(request, _("Waive what is owed, if it is not to be given; otherwise go on."))
            address = reverse("contracts:obligation_waive", args=[owed.pk])
            return f"{address}?{list_query(request)}&reason={WAIVERS[Attempt.Outcome(made.outcome)]}"
    if made.outcome in (Attempt.Outcome.DIED, Attempt.Outcome.MOVED):
        messages.warning(
            request, _("Report the death or the move on the resident's own page, so that nothing is owed.")
        )
        return reverse("contracts:person", args=[resident.pk])
    return after(request, resident.pk)
