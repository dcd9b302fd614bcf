"""The district's settings: what holds, since when, what will hold; administrators of the bureau set them."""

from collections import defaultdict
from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessments.actions.settings import drop_setting, set_setting
from assessments.forms.settings import SettingForm
from assessments.presenters.settings import group_rows, setting_row, value_rows
from assessments.rules.settings import last_frozen_day, may_set
from teams.clock import today
from teams.leaving import left, watch
from teams.models import PolicyValue
from teams.permissions import Permission, SignedInRequest, require
from teams.policy_settings import SETTINGS, Setting
from teams.rules import RuleViolation


@require_safe
@require(Permission.CATALOGUE_READ)
def setting_list(request: SignedInRequest) -> HttpResponse:
    """Every setting by subject, with its value today."""
    values = defaultdict(list)
    for row in PolicyValue.objects.order_by("from_on"):
        values[row.code].append(row)
    context = {"groups": group_rows(values, today()), "may_edit": may_set(request.user), "day": today()}
    return render(request, "assessments/setting_list.html", context)


@require_safe
@require(Permission.CATALOGUE_READ)
def setting_detail(request: SignedInRequest, code: str) -> HttpResponse:
    """One setting with everything that was set of it."""
    setting = _setting(code)
    day = max(today(), (last_frozen_day() or today()) + timedelta(days=1))
    return _page(request, setting, watch(SettingForm(setting, initial={"from_on": day})))


@require_POST
@require(Permission.CATALOGUE_EDIT)
def setting_set(request: SignedInRequest, code: str) -> HttpResponse:
    """Let the setting have a value from a day on."""
    setting = _setting(code)
    form = SettingForm(setting, request.POST)
    if answer := left(request, form):
        return answer
    if not form.is_valid():
        return _page(request, setting, form)
    data = form.cleaned_data
    try:
        set_setting(setting=setting, value=data["value"], from_on=data["from_on"], by=request.user)
    except RuleViolation as refusal:
        form.add_error({"setting.value": "value", "setting.frozen": "from_on"}.get(refusal.code), str(refusal))
        return _page(request, setting, form)
    messages.success(request, _("The setting holds from %(day)s.") % {"day": data["from_on"]})
    return redirect("assessments:setting_detail", code)


@require_POST
@require(Permission.CATALOGUE_EDIT)
def setting_drop(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    """Withdraw a value: the one before it goes on."""
    row = get_object_or_404(PolicyValue, code=_setting(code).code, pk=pk)
    try:
        drop_setting(row=row, by=request.user)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The value is withdrawn: the one before it goes on."))
    return redirect("assessments:setting_detail", code)


def _page(request: SignedInRequest, setting: Setting, form: SettingForm) -> HttpResponse:
    values = list(PolicyValue.objects.filter(code=setting.code).select_related("set_by").order_by("from_on"))
    context = {
        "setting": setting,
        "now": setting_row(setting, values, today()),
        "usual": setting.said(setting.default),
        "rows": value_rows(setting, values, today(), last_frozen_day()),
        "form": form,
        "may_edit": may_set(request.user),
    }
    return render(request, "assessments/setting_detail.html", context)


def _setting(code: str) -> Setting:
    if code not in SETTINGS:
        raise Http404
    return SETTINGS[code]
