"""Forms of the catalogue: a package with its items and shares, an item, a year, filters of the list."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from residents.categories import ALL, GROUP_NAMES, KEY, categories
from residents.models import Sex
from service_packages.actions.drafts import Wanted
from service_packages.actions.items import ItemFields
from service_packages.actions.years import HIGHEST, LOWEST
from service_packages.models import STANDARD_KINDS, Item, PackageVersion, Payer
from service_packages.rules import HIGHEST_AMOUNT, MOST_TIMES_A_YEAR, Conditions, ItemLine, shares_by_category
from service_packages.windows import Anchor, Windows, check_windows, parse_spans, spans_text
from teams.models import Staff
from teams.rules import RuleViolation

MOST_ITEMS = 80
OLDEST = 150
YEARS = (2000, 2100)


def money(**options: Any) -> forms.DecimalField:
    """Yuan with two places."""
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": 9})
    return forms.DecimalField(min_value=0, max_value=HIGHEST_AMOUNT, decimal_places=2, widget=widget, **options)


def ticks(**options: Any) -> forms.MultipleChoiceField:
    """Any of some boxes."""
    return forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, required=False, **options)


class PackageForm(forms.Form):
    """A new package: its code, by which files find it, and its name."""

    code = forms.RegexField(
        r"^[A-Za-z0-9_-]+$", label=_("Package code"), max_length=40, help_text=_("Letters, digits, - and _.")
    )
    name = forms.CharField(label=_("Package name"), max_length=80)


class VersionForm(forms.Form):
    """The head of a draft: name, price, for whom."""

    name = forms.CharField(label=_("Package name"), max_length=80)
    tier = forms.ChoiceField(label=_("Level"), choices=PackageVersion.Tier.choices)
    year = forms.IntegerField(label=_("Catalogue year"), required=False, min_value=YEARS[0], max_value=YEARS[1])
    annual_price = money(label=_("Fixed price a year"), required=False, help_text=_("Empty: the sum of its items."))
    categories = ticks(label=_("For"), help_text=_("None ticked: everyone."))
    required = ticks(label=_("Needs all of"))
    free_for = ticks(label=_("Free of charge for"))
    age_from = forms.IntegerField(label=_("From age"), required=False, min_value=0, max_value=OLDEST)
    age_to = forms.IntegerField(label=_("To age"), required=False, min_value=0, max_value=OLDEST)
    sex = forms.ChoiceField(label=_("Sex"), required=False, choices=[("", _("both")), *Sex.choices])
    exclusive_group = forms.CharField(
        label=_("Exclusive group"),
        required=False,
        max_length=40,
        help_text=_("Of the packages with one word here a person holds one: the levels of a package, say."),
    )
    is_must = forms.BooleanField(label=_("Refuse others when signing (else warn)"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(category.code, category.name) for category in categories()]
        for name in ("categories", "required", "free_for"):
            field = self.fields[name]
            assert isinstance(field, forms.MultipleChoiceField)
            field.choices = [(KEY, GROUP_NAMES[KEY]), *choices] if name == "categories" else choices

    @staticmethod
    def initial_of(version: PackageVersion) -> dict[str, Any]:
        """What the fields hold for a version."""
        return {name: getattr(version, name) for name in VersionForm.base_fields}

    def conditions(self) -> Conditions:
        """For whom it is."""
        said = {name: self.cleaned_data[name] for name in Conditions._fields}
        return Conditions(**said | {name: frozenset(said[name]) for name in ("required", "free_for")})


class ItemSelect(forms.Select):
    """A list of items that tells each one's usual price, which a new row takes over."""

    prices: Mapping[str, Decimal]

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """An option with the price as data."""
        option = super().create_option(name, value, *args, **kwargs)
        if value in self.prices:
            option["attrs"]["data-price"] = self.prices[value]
        return option


class ItemRowForm(forms.Form):
    """A row of the table of items."""

    item = forms.ChoiceField(label=_("Item"), widget=ItemSelect)
    times_per_year = forms.IntegerField(label=_("Times a year"), min_value=1, max_value=MOST_TIMES_A_YEAR)
    unit_price = money(label=_("Unit price"), required=False)
    anchor = forms.ChoiceField(label=_("Owed"), choices=Anchor.choices, initial=Anchor.CONTRACT_YEAR.value)
    spans = forms.CharField(label=_("When"), required=False, max_length=200)

    def __init__(self, *args: Any, items: Mapping[str, Item], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["item"]
        assert isinstance(field, forms.ChoiceField)
        assert isinstance(field.widget, ItemSelect)
        field.choices = [("", "—"), *((code, f"{item.name} · {code}") for code, item in items.items())]
        field.widget.prices = {code: item.unit_price for code, item in items.items()}
        for name, size in (("times_per_year", 3), ("spans", 16)):
            self.fields[name].widget.attrs |= {"autocomplete": "off", "size": size}
        for name, field in self.fields.items():
            field.widget.attrs |= {"aria-label": field.label, f"data-{name.replace('_', '-')}": ""}

    def clean(self) -> dict[str, Any]:
        """The windows beside the fields."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "anchor" in cleaned and "spans" in cleaned:
            try:
                cleaned["windows"] = Windows(cleaned["anchor"], parse_spans(cleaned["spans"]))
                check_windows(cleaned["windows"])
            except RuleViolation as refusal:
                self.add_error("spans", str(refusal))
        return cleaned


class BaseItemFormSet(forms.BaseFormSet):
    """The table of items; a row without an item is no row."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["form_kwargs"] = {"items": {item.code: item for item in Item.objects.all()}}
        super().__init__(*args, **kwargs)

    def lines(self) -> list[ItemLine]:
        """The rows as a package lists them; names and kinds of the items stay."""
        said = [form.cleaned_data for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        nothing = Decimal("0.00")
        return [
            ItemLine(row["item"], "", "", row["times_per_year"], row["unit_price"] or nothing, row["windows"])
            for row in said
        ]

    @staticmethod
    def initial_of(version: PackageVersion) -> list[dict[str, Any]]:
        """What the rows hold for a version."""
        return [
            {
                "item": row.item.code,
                "times_per_year": row.times_per_year,
                "unit_price": row.unit_price,
                "anchor": row.anchor,
                "spans": spans_text(row.windows.spans),
            }
            for row in version.items.select_related("item")
        ]


ItemFormSet = forms.formset_factory(
    ItemRowForm, formset=BaseItemFormSet, extra=2, can_delete=True, max_num=MOST_ITEMS, absolute_max=MOST_ITEMS
)


@dataclass(frozen=True)
class ShareColumn:
    """A column of the table of shares: those of one category, or of everyone else."""

    category: str
    name: object
    is_shown: bool


class SharesForm(forms.Form):
    """Payers × categories. A category's column counts when it is ticked under `rules`."""

    rules = ticks(label=_("Payers of their own for"))

    def __init__(self, version: PackageVersion, *args: Any, **kwargs: Any) -> None:
        stored = shares_by_category(version)
        initial: dict[str, Any] = {"rules": [category for category in stored if category]}
        initial |= {
            self.field_name(category, payer): amount
            for category, shares in stored.items()
            for payer, amount in shares.items()
        }
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        self.known = [(category.code, category.name) for category in categories()]
        rules = self.fields["rules"]
        assert isinstance(rules, forms.MultipleChoiceField)
        rules.choices = self.known
        for category, name in [("", _("everyone else")), *self.known]:
            for payer in Payer:
                field = money(label=f"{payer.label} · {name}", required=False)
                field.widget.attrs |= {"aria-label": field.label, "data-share": category}
                self.fields[self.field_name(category, payer)] = field

    @staticmethod
    def field_name(category: str, payer: str) -> str:
        """The field of one share."""
        return f"share-{category or ALL}-{payer}"

    def columns(self) -> list[ShareColumn]:
        """The table's columns, the one for everyone else first."""
        ticked = set(self["rules"].value() or ())
        rest = [ShareColumn(code, name, code in ticked) for code, name in self.known]
        return [ShareColumn("", _("everyone else"), True), *rest]

    def rows(self) -> Iterator[tuple[str, list[tuple[ShareColumn, forms.BoundField]]]]:
        """The table's rows: the payer's name, and its field in each column."""
        columns = self.columns()
        for payer in Payer:
            yield str(payer.label), [(column, self[self.field_name(column.category, payer)]) for column in columns]

    def shares(self) -> dict[str, dict[str, Decimal]]:
        """Category ("": everyone else) -> payer -> yuan, of the ticked columns, without what is nothing."""
        found = {}
        for category in ["", *self.cleaned_data["rules"]]:
            amounts = {payer.value: self.cleaned_data[self.field_name(category, payer)] for payer in Payer}
            found[category] = {payer: amount for payer, amount in amounts.items() if amount}
        return found


@dataclass
class Editor:
    """The three forms of a draft's page, sent and judged together."""

    head: VersionForm
    items: BaseItemFormSet
    shares: SharesForm

    @classmethod
    def of(cls, version: PackageVersion, data: Mapping[str, Any] | None = None) -> "Editor":
        """For a version, or with what was sent."""
        rows = None if data is not None else BaseItemFormSet.initial_of(version)
        return cls(
            VersionForm(data, initial=VersionForm.initial_of(version)),
            cast(BaseItemFormSet, ItemFormSet(data, initial=rows, prefix="items")),
            SharesForm(version, data),
        )

    def is_valid(self) -> bool:
        """Whether all three are; each shows its errors."""
        return all([self.head.is_valid(), self.items.is_valid(), self.shares.is_valid()])

    def wanted(self) -> Wanted:
        """What the draft is to hold."""
        said = self.head.cleaned_data
        return Wanted(
            name=said["name"],
            tier=said["tier"],
            categories=said["categories"],
            annual_price=said["annual_price"],
            items=self.items.lines(),
            conditions=self.head.conditions(),
            shares=self.shares.shares(),
        )


class ItemForm(forms.Form):
    """An item and what it asks of whoever gives it."""

    name = forms.CharField(label=_("Item name"), max_length=80)
    kind = forms.CharField(
        label=_("Kind"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"list": "kinds", "autocomplete": "off"}),
        help_text=_("A standard service of the national norms, or a word of your own."),
    )
    unit_price = money(label=_("Usual unit price"), required=False)
    modes = ticks(label=_("How it may be given"), choices=Item.Mode.choices)
    performers = ticks(label=_("Who may give it"), choices=Staff.Job.choices)
    readings = ticks(label=_("Readings to take"), choices=Item.Reading.choices)
    deciding = ticks(
        label=_("A record counts as fulfilling only if these are kept"),
        choices=Item.Rule.choices,
        help_text=_("None ticked: every record counts, and the rest is advice."),
    )
    kinds = STANDARD_KINDS

    def fields_of_item(self) -> ItemFields:
        """What the item is to say."""
        said: ItemFields = {**self.cleaned_data, "unit_price": self.cleaned_data["unit_price"] or Decimal("0.00")}  # type: ignore[typeddict-item]
        said.pop("code", None)  # type: ignore[typeddict-item]
        return said


class NewItemForm(ItemForm):
    """A new item: its code, too."""

    code = forms.RegexField(
        r"^[A-Za-z0-9_-]+$", label=_("Item code"), max_length=40, help_text=_("Letters, digits, - and _.")
    )
    field_order = ("code",)


class YearForm(forms.Form):
    """Which year the copy is for, and how much more it costs."""

    year = forms.IntegerField(label=_("New year"), min_value=YEARS[0], max_value=YEARS[1])
    percent = forms.DecimalField(
        label=_("Change of prices, per cent"),
        min_value=LOWEST,
        max_value=HIGHEST,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=_("5 for five per cent more, −5 for less, 0 for the same prices."),
    )


class VersionFilter(django_filters.FilterSet):
    """The list's filters; without a status, what is retired stays away."""

    status = django_filters.ChoiceFilter(
        label=_("Status"),
        empty_label=_("in use and drafts"),
        choices=[*PackageVersion.Status.choices, (ALL, _("All"))],
        method="with_status",
    )
    tier = django_filters.ChoiceFilter(label=_("Level"), empty_label=_("All"), choices=PackageVersion.Tier.choices)
    year = django_filters.NumberFilter(label=_("Catalogue year"))
    category = django_filters.ChoiceFilter(
        label=_("For"),
        empty_label=_("All"),
        choices=lambda: [(category.code, category.name) for category in categories()],
        method="for_category",
    )

    class Meta:
        model = PackageVersion
        fields = ("status", "tier", "year")

    def filter_queryset(self, queryset: QuerySet[PackageVersion]) -> QuerySet[PackageVersion]:
        """What is retired only when it was asked for."""
        shown = super().filter_queryset(queryset)
        asked = self.form.cleaned_data.get("status")
        return shown if asked else shown.exclude(status=PackageVersion.Status.RETIRED)

    def with_status(self, queryset: QuerySet[PackageVersion], _name: str, value: str) -> QuerySet[PackageVersion]:
        """Of a status, or of any."""
        return queryset if value == ALL else queryset.filter(status=value)

    def for_category(self, queryset: QuerySet[PackageVersion], _name: str, value: str) -> QuerySet[PackageVersion]:
        """For members of the category; packages for everyone are for them, too."""
        return queryset.filter(Q(categories__contains=[value]) | Q(categories=[]))
