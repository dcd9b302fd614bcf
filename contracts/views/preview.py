"""What a package means for somebody: dated promises and the fee by payer."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from contracts.actions.rehearsal import Rehearsal, rehearse
from contracts.forms.preview import PreviewForm
from service_packages.models import PackageVersion, Payer
from service_packages.rules import incompatible, unsuitable
from teams.dates import age_on
from teams.permissions import Permission, SignedInRequest, require
from teams.policy import policy_on

NOTHING = Decimal("0.00")


@require_GET
@require(Permission.CATALOGUE_READ)
def package_preview(request: SignedInRequest) -> HttpResponse:
    """The form alone, or with what follows from it."""
    form = PreviewForm(request.user, request.GET if "start_on" in request.GET else None, initial=_initial(request))
    context: dict[str, object] = {"form": form}
    if form.is_bound and form.is_valid():
        context |= _outcome(form)
    return render(request, "contracts/package_preview.html", context)


def _initial(request: SignedInRequest) -> dict[str, object]:
    chosen = [int(number) for number in request.GET.getlist("versions") if number.isdecimal()]
    return {"versions": chosen}


def _outcome(form: PreviewForm) -> dict[str, object]:
    cleaned = form.cleaned_data
    age = age_on(cleaned["birth_date"], cleaned["start_on"])
    populations = _populations(form, age)
    chosen: Sequence[PackageVersion] = list(cleaned["versions"])
    doubts = {
        version: unsuitable(version, categories=populations, age=age, sex=cleaned["sex"])
        for version in chosen or form.fields["versions"].queryset  # type: ignore[attr-defined]
    }
    if not chosen:
        chosen = [
            version
            for version, reasons in doubts.items()
            if not reasons and version.status == PackageVersion.Status.PUBLISHED
        ]
    found = rehearse(person=form.person(), versions=chosen, start_on=cleaned["start_on"], end_on=cleaned["end_on"])
    return {
        "age": age,
        "end_on": cleaned["end_on"],
        "promises": found.promises,
        "fees": _fees(chosen, found),
        "warnings_found": [(version.name, doubts[version]) for version in chosen if doubts[version]],
        "conflicts": incompatible(chosen),
        "chosen": chosen,
    }


def _populations(form: PreviewForm, age: int) -> list[str]:
    """The key populations that the person is in: the registers ticked, and those of age."""
    policy = policy_on(form.cleaned_data["start_on"])
    by_age = [("elderly", age >= policy["elderly_age"]), ("child", 0 <= age <= policy["child_age"])]
    return [*form.cleaned_data["registers"], *(code for code, is_in in by_age if is_in)]


def _fees(versions: Sequence[PackageVersion], found: Rehearsal) -> dict[str, object]:
    """A table: a row for each package and their sum, a column for each payer who bears something."""
    payers = [payer for payer in Payer if any(payer in shares for shares in found.charges.values())]
    rows = [_fee_row(version.name, found.charges.get(version.pk, {}), payers) for version in versions]
    sums = {
        payer.value: sum((shares.get(payer, NOTHING) for shares in found.charges.values()), NOTHING) for payer in payers
    }
    return {"payers": [payer.label for payer in payers], "rows": rows, "total": _fee_row("", sums, payers)}


def _fee_row(name: str, shares: Mapping[str, Decimal], payers: Sequence[Payer]) -> dict[str, object]:
    return {
        "name": name,
        "amounts": [shares.get(payer, NOTHING) for payer in payers],
        "total": sum(shares.values(), NOTHING),
    }
