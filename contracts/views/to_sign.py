"""People of the key populations who are not signed yet, as they appear."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from contracts.forms.worklists import CandidateForm
from contracts.presenters.worklists import candidate_rows, people_of
from contracts.queries.problems import last_check
from teams.clock import today
from teams.permissions import Permission, SignedInRequest, require

PEOPLE_A_PAGE = 50


@require_GET
@require(Permission.CONTRACT_EDIT)
def to_sign(request: SignedInRequest) -> HttpResponse:
    """Who is new on top, with the reason and the day; each line leads to signing."""
    form, day = CandidateForm(request.user, request.GET), today()
    page = Paginator(form.rows.select_related("village"), PEOPLE_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": candidate_rows(list(page), people_of(request.user, (row.pk for row in page)), day),
        "last": last_check(),
        "query": request.GET.urlencode(),
    }
    return render(request, "contracts/to_sign.html", context)
