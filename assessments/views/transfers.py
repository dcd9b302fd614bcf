"""Money that comes in: payers reconciled, and the share of the public health fund that reaches the service."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessments.actions import transfers
from assessments.forms.money import HealthFundForm, TransferForm
from assessments.models import Transfer
from assessments.presenters.transfers import reach_words, reconciled_table, transfers_table
from assessments.queries.transfers import months_due, reach_of, reconciled
from assessments.views.tables import table_of
from teams.attempts import sent
from teams.clock import month_words, today
from teams.leaving import watch
from teams.permissions import Permission, SignedInRequest, has_permission, require
from teams.rules import RuleViolation

FIRST_YEAR, LAST_YEAR = 1990, 2100
SHOWN = 200


@require_safe
@require(Permission.MONEY_READ)
def transfer_list(request: SignedInRequest) -> HttpResponseBase:
    """A year's payers: due by charges, transferred, missing; and the transfers themselves."""
    if not request.user.scope.is_district:
        raise Http404
    year = _year(request.GET.get("year", ""))
    return _page(request, year, watch(TransferForm(year=year, day=today())))


@require_POST
@require(Permission.MONEY_EDIT)
def transfer_create(request: SignedInRequest) -> HttpResponseBase:
    """Enter a transfer."""
    year = today().year
    form = TransferForm(request.POST, year=year, day=today())

    def enter() -> str:
        data = {name: value for name, value in form.cleaned_data.items() if name != "submission"}
        made = transfers.enter_transfer(**data, by=request.user)
        messages.success(request, _("The transfer is entered."))
        return f"{reverse('assessments:transfer_list')}?year={made.to_month.year}"

    fields = {"transfer.amount": "amount", "transfer.months": "to_month", "transfer.in_future": "transferred_on"}
    return sent(request, form, enter, fields.get) or _page(request, year, form)


@require_POST
@require(Permission.MONEY_EDIT)
def health_fund_set(request: SignedInRequest) -> HttpResponse:
    """Enter the public health fund of a year."""
    form = HealthFundForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Enter the amount of the fund."))
        return redirect("assessments:transfer_list")
    try:
        transfers.set_health_fund(**form.cleaned_data, by=request.user)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The fund is entered."))
    return redirect(f"{reverse('assessments:transfer_list')}?year={form.cleaned_data['year']}")


def _page(request: SignedInRequest, year: int, form: TransferForm) -> HttpResponseBase:
    payers = reconciled_table(reconciled(request.user, year))
    entered = Transfer.objects.visible_to(request.user).filter(to_month__year=year)[:SHOWN]
    if request.GET.get("file") == "xlsx":
        return table_of(request, str(year), {"payers": payers, "transfers": transfers_table(entered)})
    reach = reach_of(request.user, year)
    context = {
        "year": year,
        "form": form,
        "may_edit": has_permission(request.user, Permission.MONEY_EDIT),
        "reach": reach_words(reach),
        "fund_form": HealthFundForm(
            auto_id="fund_%s", initial={"year": year, "amount": reach.amount if reach else None}
        ),
        "payers": payers,
        "months": [month_words(day) for day in months_due(year)],
        "transfers": entered,
    }
    return render(request, "assessments/transfer_list.html", context)


def _year(text: str) -> int:
    if not text:
        return today().year
    if not (text.isascii() and text.isdigit() and FIRST_YEAR <= int(text) <= LAST_YEAR):
        raise Http404
    return int(text)
