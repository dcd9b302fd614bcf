"""The list of contracts, and the page of one."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from contracts.actions.batches import MOST
from contracts.models import Contract
from contracts.presenters.contracts import COLUMNS, cells, loaded
from contracts.presenters.fees import fees_of
from contracts.presenters.fulfilment import by_item
from contracts.presenters.story import story_page
from contracts.queries.contract import story, visible_contracts
from contracts.queries.contracts import ALL, ContractFilter
from contracts.queries.fulfilment import Promises
from residents.queries.search import find_residents
from teams.actions import audit
from teams.actions.submissions import fresh_key
from teams.clock import today
from teams.lists import ROWS_AT_MOST, BoundedPaginator, ListPage, ListRow, address_of
from teams.models import AuditEvent
from teams.permissions import Permission, SignedInRequest, has_permission, require
from teams.typed import line_of

FOUND_AT_MOST = 50


@require_safe
@require(Permission.PEOPLE_READ)
def contract_list(request: SignedInRequest) -> HttpResponse:
    """Contracts that the account sees, a line for each person covered; what ends next comes first, or what was signed
    last where a day of signing is asked for."""
    filters = ContractFilter(request.GET, user=request.user)
    listed = ListPage(request, "contracts:contract_list", COLUMNS, default=filters.order, many=filters.many)
    page = listed.page_of(filters.qs, loaded(filters.day), distinct="contract")
    assert isinstance(page.paginator, BoundedPaginator)
    may_edit = has_permission(request.user, Permission.CONTRACT_EDIT)
    rows = [
        ListRow(
            address_of("contracts:contract_detail", each.contract_id),
            cells(each, filters.day, listed.codes),
            key=each.contract_id if may_edit else None,
        )
        for each in page.object_list
    ]
    asked = " ".join(sorted(bound.name for bound in filters.form if bound.data))
    counted = page.paginator.count
    context = {
        "form": filters.form,
        "list": listed.context(page, rows, filters.form),
        "may_edit": may_edit,
        "submission": fresh_key(),
        "contracts": page.paginator.distinct,
        "may_take_all": may_edit and 0 < counted < min(MOST, ROWS_AT_MOST),
    }
    response = render(request, "contracts/contract_list.html", context)
    audit.record(kind=AuditEvent.Kind.PEOPLE, by=request.user, what=f"contracts page {page.number} {asked}".strip())
    return response


@require_POST
@require(Permission.PEOPLE_READ)
def contract_find(request: SignedInRequest) -> HttpResponse:
    """To the contract whose number or person a text names, or to the list of several. ID numbers and phones stay out
    of the address."""
    text = line_of(request.POST.get("text", ""))
    contract = Contract.objects.visible_to(request.user).filter(number__in=[text, text.upper()]).first()
    if contract:
        return redirect("contracts:contract_detail", contract.pk)
    if not any(character.isdigit() for character in text):
        return _listed(q=text)
    found = find_residents(user=request.user, text=text, limit=FOUND_AT_MOST)
    if found:
        return _listed(among=",".join(str(resident.pk) for resident in found))
    if "-" in text:
        return _listed(q=text)
    messages.warning(request, _("No contract that you may see has this number, and nobody this ID or phone number."))
    return redirect("contracts:contract_list")


@require_safe
@never_cache
@require(Permission.PEOPLE_READ)
def contract_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """A contract: who is covered by what, what it costs, what became of it, and what may be done next."""
    contract = get_object_or_404(visible_contracts(request.user), pk=pk)
    may_edit = has_permission(request.user, Permission.CONTRACT_EDIT)
    told = story(contract, request.user, today())
    context = story_page(told, request.user, may_edit=may_edit)
    context["may_edit"] = may_edit
    context["fees"] = fees_of(contract, told.coverages, told.day, request.user)
    context["fulfilment"] = by_item(Promises(today(), contracts=(pk,)))
    return render(request, "contracts/contract_detail.html", context)


def _listed(**fields: Any) -> HttpResponse:
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in {"status": ALL, **fields}.items() if value})
    return redirect(f"{reverse('contracts:contract_list')}?{query.urlencode()}")
