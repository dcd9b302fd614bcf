"""Forms of what-ifs: a new one, and what it changes of rules and of a fund."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Field
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from assessments.calendar import CalendarMonth
from assessments.forms.cycles import MonthField
from assessments.forms.money import not_per_cent
from assessments.forms.rubrics import number
from assessments.models import FundVersion, RubricVersion, Rule, Scenario, UnitKind
from assessments.queries.rubrics import frozen_months
from assessments.queries.scenarios import FACTORS
from service_packages.models import PackageVersion

# Of a fund's rule, what is chosen and not typed.
CHOSEN = ("quality", "withheld")


class ScenarioForm(forms.Form):
    """A new what-if: the policy that it starts from, and the months that it is tried on."""

    name = forms.CharField(label=_("Title"), max_length=80)
    version = forms.ModelChoiceField(RubricVersion.objects.none(), label=_("Rubric"))
    unit_kind = forms.ChoiceField(label=_("Who is assessed"), choices=UnitKind.choices, initial=UnitKind.TEAM)
    from_month = MonthField(label=_("From month"))
    to_month = MonthField(label=_("To month"))
    fund = forms.ModelChoiceField(FundVersion.objects.none(), label=_("Fund"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        version, fund = self.fields["version"], self.fields["fund"]
        assert isinstance(version, forms.ModelChoiceField) and isinstance(fund, forms.ModelChoiceField)
        version.queryset = RubricVersion.objects.exclude(status=RubricVersion.Status.RETIRED)
        fund.queryset = FundVersion.objects.exclude(status=FundVersion.Status.RETIRED).select_related("fund")

    @staticmethod
    def proposed() -> dict[str, str]:
        """The latest frozen month."""
        months = frozen_months()
        last = str(CalendarMonth.of(months[0])) if months else ""
        return {"from_month": last, "to_month": last}

    def clean(self) -> dict[str, Any] | None:
        """The months in order."""
        first, last = self.cleaned_data.get("from_month"), self.cleaned_data.get("to_month")
        if first and last and first > last:
            self.add_error("from_month", _("The first month comes before the last."))
        return self.cleaned_data

    def fields_of_scenario(self) -> dict[str, Any]:
        """What `start_scenario` takes."""
        data = dict(self.cleaned_data)
        fund = data.pop("fund")
        return {**data, "changes": {"fund": {"version": fund.pk}} if fund else {}}


class ChangesForm(forms.Form):
    """What a what-if changes: points and targets of rules; prices of packages; coefficients and amounts of its fund.
    Empty: as it is."""

    def __init__(
        self,
        scenario: Scenario,
        rules: Sequence[Rule],
        fund: FundVersion | None,
        packages: Sequence[PackageVersion],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rules, self.fund, self.packages = rules, fund, packages
        changes = scenario.changes
        for rule in rules:
            said = changes.get("rules", {}).get(rule.code, {})
            self._add(f"points_{rule.code}", rule.points, said.get("points"), max_value=999)
            if rule.source:
                self._add(f"target_{rule.code}", rule.target, said.get("target"))
        for version in packages:
            name = f"price_{version.package.code}"
            self._add(name, version.price, changes.get("prices", {}).get(version.package.code))
            self.fields[name].label = version.name
        self._add_fund(fund, changes.get("fund", {}))

    def _add_fund(self, fund: FundVersion | None, said: Mapping[str, Any]) -> None:
        if fund:
            for name in CHOSEN:
                field = _field(name)
                choices = [("", _("as it is")), *(field.choices or ())]
                self.fields[name] = forms.ChoiceField(label=field.verbose_name, required=False, choices=choices)
                self.initial[name] = said.get(name, "")
            for name in FACTORS:
                self._add(name, getattr(fund, name), said.get(name), decimal_places=4)
                self.fields[name].label = _field(name).verbose_name
                self.fields[name].validators.append(not_per_cent)
            for row in fund.payers.all():
                self._add(f"amount_{row.payer}", row.amount, said.get("amounts", {}).get(row.payer))
                self.fields[f"amount_{row.payer}"].label = row.get_payer_display()

    def _add(self, name: str, present: Decimal | None, said: str | None, **options: Any) -> None:
        field = number(label=name.partition("_")[2], required=False, **options)
        field.widget.attrs["placeholder"] = "" if present is None else f"{present.normalize():f}"
        self.fields[name] = field
        self.initial[name] = said

    def cells(self, rule: Rule) -> dict[str, BoundField]:
        """The controls of a rule."""
        names = {name: f"{name}_{rule.code}" for name in ("points", "target")}
        return {name: self[field] for name, field in names.items() if field in self.fields}

    @property
    def fund_fields(self) -> list[BoundField]:
        """The controls of the fund."""
        return [self[name] for name in self.fields if not name.startswith(("points_", "target_", "price_"))]

    @property
    def price_fields(self) -> list[BoundField]:
        """The controls of the packages' prices."""
        return [self[f"price_{version.package.code}"] for version in self.packages]

    @property
    def kept(self) -> list[tuple[str, str, str]]:
        """What the what-if changes so far: of what, from, to."""
        return [
            (self._name(name), self._present(name), self._said(name, text))
            for name in self.fields
            if (text := self.initial.get(name)) not in (None, "")
        ]

    def _name(self, name: str) -> str:
        part, _underscore, code = name.partition("_")
        rule = next((rule for rule in self.rules if rule.code == code), None)
        if rule is None or part not in ("points", "target"):
            return str(self.fields[name].label)
        return f"{rule.code} {rule.name} · {_('Points') if part == 'points' else _('Target')}"

    def _present(self, name: str) -> str:
        if name in CHOSEN and self.fund:
            return _chosen(name, getattr(self.fund, name))
        return str(self.fields[name].widget.attrs.get("placeholder") or _("the year's target"))

    def _said(self, name: str, text: Any) -> str:
        return _chosen(name, text) if name in CHOSEN else str(text)

    def changes(self) -> dict[str, Any]:
        """As `Scenario.changes` keeps it: what was typed, as texts."""
        said = {name: str(value) for name, value in self.cleaned_data.items() if value not in (None, "")}
        rules: dict[str, dict[str, str]] = {}
        for rule in self.rules:
            for name in ("points", "target"):
                if text := said.get(f"{name}_{rule.code}"):
                    rules.setdefault(rule.code, {})[name] = text
        found: dict[str, Any] = {"rules": rules, "prices": _after("price_", said)}
        if self.fund is None:
            return found
        named = {name: said[name] for name in (*CHOSEN, *FACTORS) if name in said}
        return found | {"fund": {"version": self.fund.pk, **named, "amounts": _after("amount_", said)}}


def _after(prefix: str, said: Mapping[str, str]) -> dict[str, str]:
    return {name.removeprefix(prefix): text for name, text in said.items() if name.startswith(prefix)}


def _chosen(name: str, value: str) -> str:
    """One of the choices of a fund's rule in words."""
    return str(getattr(FundVersion(**{name: value}), f"get_{name}_display")())


def _field(name: str) -> "Field[Any, Any]":
    """A field of a fund's rule."""
    field = FundVersion._meta.get_field(name)
    assert isinstance(field, Field)
    return field
