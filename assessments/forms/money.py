"""Forms of money: funds and their rules, periods, reviews, transfers."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from assessments.actions.funds import TERMS, FundTerms, terms_of
from assessments.calendar import CalendarMonth
from assessments.models import Cycle, FundVersion, Line, Run
from assessments.queries.scenarios import FACTORS
from assessments.rules.money import RATE_IS_NOT_SHARED, is_rate_shared_again
from service_packages.models import Package, Payer
from teams.actions.submissions import fresh_key
from teams.fields import DayField
from teams.models import Staff
from teams.rules import RuleViolation

HIGHEST = Decimal("99999999999.99")


def yuan(**options: Any) -> forms.DecimalField:
    """Yuan with two places."""
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": 12})
    return forms.DecimalField(max_value=HIGHEST, decimal_places=2, widget=widget, **options)


def factor(**options: Any) -> forms.DecimalField:
    """A coefficient or weight with at most four places."""
    return forms.DecimalField(min_value=0, max_value=100, decimal_places=4, **options)


# In per cent.
SHARES = ("prepaid_share", "staff_share", "cost_share", "kept_share")
# Of quality coefficients: who types 95 means 0.95, and would give a team a hundredfold.
not_per_cent = MaxValueValidator(2, _("A coefficient is a part of 1: 0.95, not 95."))


class MonthField(forms.CharField):
    """A month like 2018-10, as its first day."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "size": 8, "placeholder": "2018-01"}
        )
        super().__init__(widget=widget, **options)

    def clean(self, value: Any) -> date:
        """The first of the month."""
        try:
            return CalendarMonth.parse(super().clean(value)).first
        except RuleViolation as refusal:
            raise forms.ValidationError(str(refusal), code=refusal.code) from None


class FundForm(forms.Form):
    """A new fund."""

    submission = forms.CharField(widget=forms.HiddenInput)
    code = forms.RegexField(
        r"^[A-Za-z0-9_-]+$", label=_("Fund code"), max_length=40, help_text=_("Letters, digits, - and _.")
    )
    name = forms.CharField(label=_("Fund name"), max_length=80)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"submission": fresh_key()})


class RuleForm(forms.ModelForm):
    """A draft of a fund's rule: its terms, yuan by payer, weights of packages and of roles."""

    class Meta:
        model = FundVersion
        fields = TERMS

    def __init__(self, data: Any = None, *, version: FundVersion) -> None:
        super().__init__(data, instance=version)
        for name in FACTORS:
            self.fields[name].validators.append(not_per_cent)
        for name in ("other_weight", "referral_fee", *FACTORS, *SHARES):
            self.fields[name].validators.append(MinValueValidator(0))
        for name in SHARES:
            self.fields[name].validators.append(MaxValueValidator(100))
        now = terms_of(version)
        for code, label in Payer.choices:
            self._add("payer", code, label, yuan(min_value=0, required=False, initial=now.payers.get(code)))
        for package in Package.objects.filter(versions__status="published").prefetch_related("versions").distinct():
            name = next(each.name for each in package.versions.all() if each.status == "published")
            field = factor(required=False, initial=now.packages.get(package.code))
            self._add("package", package.code, name, field)
        for code, label in Staff.Job.choices:
            self._add("job", code, label, factor(required=False, initial=now.jobs.get(code)))

    def clean(self) -> dict[str, Any]:
        """What of the terms does not fit together, at its field."""
        data = super().clean() or self.cleaned_data
        if is_rate_shared_again(*(data.get(name, "") for name in ("method", "quality", "withheld"))):
            self.add_error("withheld", RATE_IS_NOT_SHARED)
        return data

    def _add(self, part: str, code: str, label: Any, field: forms.DecimalField) -> None:
        field.label = label
        self.fields[f"{part}_{code}"] = field

    def part(self, name: str) -> Iterator[forms.BoundField]:
        """The fields of payers, packages or jobs."""
        return (self[field] for field in self.fields if field.startswith(f"{name}_"))

    @property
    def payers(self) -> Iterator[forms.BoundField]:
        return self.part("payer")

    @property
    def packages(self) -> Iterator[forms.BoundField]:
        return self.part("package")

    @property
    def jobs(self) -> Iterator[forms.BoundField]:
        return self.part("job")

    def group(self, *names: str) -> list[forms.BoundField]:
        """Fields by name."""
        return [self[name] for name in names]

    @property
    def amounts(self) -> list[forms.BoundField]:
        """Where the money comes from and goes to."""
        return self.group("paper", "method", "receiver", "other_weight", "prepaid_share", "clawback")

    @property
    def coefficients(self) -> list[forms.BoundField]:
        """What quality does."""
        return self.group("quality", "excellent", "good", "passed", "failed", "unassessed", "withheld")

    @property
    def inside(self) -> list[forms.BoundField]:
        """The split inside an institution and a team."""
        return self.group("staff_share", "work")

    @property
    def capitation(self) -> list[forms.BoundField]:
        """For capitation of outpatient funds."""
        return self.group("is_capitation", "cost_share", "referral_fee", "kept_share")

    def terms(self) -> FundTerms:
        """What the form says; a weight or an amount left out is none."""
        data = self.cleaned_data
        return FundTerms(
            {name: data[name] for name in TERMS}, *(self._said(part) for part in ("payer", "package", "job"))
        )

    def _said(self, part: str) -> dict[str, Decimal]:
        start = f"{part}_"
        values = {
            name.removeprefix(start): value for name, value in self.cleaned_data.items() if name.startswith(start)
        }
        return {code: value for code, value in values.items() if value is not None and (part != "payer" or value)}


class PeriodForm(forms.Form):
    """Over which months a fund is allocated."""

    submission = forms.CharField(widget=forms.HiddenInput)
    from_month = MonthField(label=_("From month"))
    to_month = MonthField(label=_("To month"))

    def __init__(self, data: Any = None, *, year: int | None = None) -> None:
        start = {"from_month": f"{year}-01", "to_month": f"{year}-12"} if year else {}
        super().__init__(data, initial={"submission": fresh_key(), **start})


class CycleForm(forms.Form):
    """Whose results are the coefficient, and for a comparison by which rule."""

    cycle = forms.ModelChoiceField(Cycle.objects.none(), label=_("Assessment"), required=False)

    def __init__(self, data: Any = None, *, run: Run, initial: Any = None) -> None:
        super().__init__(data, initial={"cycle": initial})
        field = self.fields["cycle"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = cycles_for(run)


class CompareForm(CycleForm):
    """Which other results and rule to try."""

    version = forms.ModelChoiceField(FundVersion.objects.none(), label=_("Rule"), required=False)

    def __init__(self, data: Any = None, *, run: Run, initial: Any = None) -> None:
        super().__init__(data, run=run, initial=initial)
        field = self.fields["version"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = FundVersion.objects.filter(fund=run.fund_id).select_related("fund")


def cycles_for(run: Run) -> QuerySet[Cycle]:
    """Assessments of the period, of those who get the money or of institutions."""
    kinds = {run.version.receiver, "institution"}
    rows = Cycle.objects.filter(unit_kind__in=kinds, from_month__lte=run.to_month, to_month__gte=run.from_month)
    return rows.exclude(state=Cycle.State.CANCELLED)


class TransferForm(forms.Form):
    """What a payer transferred."""

    submission = forms.CharField(widget=forms.HiddenInput)
    payer = forms.ChoiceField(label=_("Payer"), choices=Payer.choices)
    from_month = MonthField(label=_("From month"))
    to_month = MonthField(label=_("To month"))
    amount = yuan(label=_("Amount"), help_text=_("Below zero: paid back to the payer."))
    transferred_on = DayField(label=_("Transferred on"))
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, data: Any = None, *, year: int, day: date) -> None:
        start = {"from_month": f"{year}-01", "to_month": f"{year}-12", "transferred_on": day.isoformat()}
        super().__init__(data, initial={"submission": fresh_key(), **start})


class RepaymentForm(forms.Form):
    """What a unit paid back; `lines` are those that owe something or paid it, read with their debts."""

    submission = forms.CharField(widget=forms.HiddenInput)
    line = forms.TypedChoiceField(label=_("Who paid back"), coerce=int)
    amount = yuan(
        label=_("Amount"),
        required=False,
        help_text=_("Left empty: everything that is still owed. Below zero: corrects an entry."),
    )
    received_on = DayField(label=_("Received on"))
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, data: Any = None, *, lines: Sequence[Line], day: date) -> None:
        super().__init__(data, initial={"submission": fresh_key(), "received_on": day.isoformat()})
        self.lines = {line.pk: line for line in lines if line.owed}
        field = self.fields["line"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(pk, self._said(line)) for pk, line in self.lines.items()]

    @staticmethod
    def _said(line: Line) -> str:
        """The amount before the institution, which a narrow field cuts off: teams of several have the same name."""
        owed = _("%(yuan)s yuan still owed") % {"yuan": f"{line.still_owed:,.2f}"}
        names = [line.team.name, owed, line.institution.name] if line.team else [line.institution.name, owed]
        return " · ".join(names)

    def clean(self) -> dict[str, Any]:
        """The line itself, and everything that it owes where no amount is given."""
        data = self.cleaned_data
        if "line" in data:
            data["line"] = self.lines[data["line"]]
            if "amount" in data and data["amount"] is None:
                data["amount"] = data["line"].still_owed
        return data


class HealthFundForm(forms.Form):
    """The basic public health fund of a year."""

    year = forms.IntegerField(min_value=1990, max_value=2100, widget=forms.HiddenInput)
    amount = yuan(label=_("Basic public health fund of the year"), min_value=0)
