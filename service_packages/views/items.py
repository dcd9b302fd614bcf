"""Pages of items, which all packages share."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from service_packages.actions import items
from service_packages.forms import ItemForm, NewItemForm
from service_packages.imports import ITEM_KINDS
from service_packages.models import Item
from service_packages.queries import item_rules
from service_packages.rules import can_edit_catalogue
from teams.actions.submissions import fresh_key
from teams.attempts import sent
from teams.leaving import left
from teams.models import Staff
from teams.permissions import Permission, SignedInRequest, require
from teams.rules import RuleViolation

A_PAGE = 100


@require_safe
@require(Permission.CATALOGUE_READ)
def item_list(request: SignedInRequest) -> HttpResponse:
    """Every item with its rules, narrowed by a word of code or name."""
    words = request.GET.get("q", "").strip()
    shown = Item.objects.visible_to(request.user)
    if words:
        shown = shown.filter(name__icontains=words) | shown.filter(code__icontains=words)
    page = Paginator(shown, A_PAGE).get_page(request.GET.get("page"))
    rows = [_row(item) for item in page.object_list]
    context = {"page": page, "rows": rows, "words": words, "may_edit": can_edit_catalogue(request.user)}
    return render(request, "service_packages/item_list.html", context)


@require_http_methods(["GET", "POST"])
@require(Permission.CATALOGUE_EDIT)
def item_create(request: SignedInRequest) -> HttpResponse:
    """A new item."""
    form = NewItemForm(request.POST if request.method == "POST" else None)
    if response := sent(request, form, lambda: _made(request, form), {"item.code_taken": "code"}.get):
        return response
    key = request.POST.get("submission") or fresh_key()
    return render(request, "service_packages/item_edit.html", {"form": form, "submission": key, "kinds": ITEM_KINDS})


@require_http_methods(["GET", "POST"])
@require(Permission.CATALOGUE_EDIT)
def item_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change an item for every package that holds it."""
    item = get_object_or_404(Item.objects.visible_to(request.user), pk=pk)
    initial = {name: getattr(item, name) for name in ItemForm.base_fields}
    form = ItemForm(request.POST if request.method == "POST" else None, initial=initial)
    if answer := left(request, form):
        return answer
    if form.is_bound and form.is_valid():
        try:
            items.change_item(item=item, by=request.user, **form.fields_of_item())
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(name)s is saved.") % {"name": form.cleaned_data["name"]})
            return redirect("service_packages:item_list")
    through_time = [{"since": each.since, "by": each.by, **_row(each.item)} for each in item_rules(item)]
    context = {"form": form, "item": item, "kinds": ITEM_KINDS, "through_time": through_time}
    return render(request, "service_packages/item_edit.html", context)


def _made(request: SignedInRequest, form: NewItemForm) -> str:
    items.create_item(code=form.cleaned_data["code"], by=request.user, **form.fields_of_item())
    messages.success(request, _("%(name)s is saved.") % {"name": form.cleaned_data["name"]})
    return reverse("service_packages:item_list")


def _row(item: Item) -> dict[str, object]:
    decides = set(item.deciding)
    rules = (
        ("modes", [Item.Mode(code).label for code in item.modes]),
        ("performers", [Staff.Job(code).label for code in item.performers]),
        ("readings", [Item.Reading(code).label for code in item.readings]),
    )
    return {
        "item": item,
        "kind": ITEM_KINDS.get(item.kind, item.kind),
        "rules": [{"text": _(", ").join(map(str, labels)), "decides": name in decides} for name, labels in rules],
    }
