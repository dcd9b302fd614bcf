"""Forms of fees: receiving, waiving, giving back, cancelling; what narrows the fee desk and the statement."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.accounts import PAYING_CHOICES, Account
from contracts.queries.fee_desk import Standing
from contracts.queries.people import institution_choices
from contracts.queries.statements import Grouping
from contracts.rules import LONGEST_TERM_YEARS
from service_packages.models import Payer
from teams.actions.submissions import fresh_key
from teams.dates import add_months
from teams.fields import DayField, LongSelect
from teams.models import Team, User
from teams.models.places import subtree_ids

EVERY = ("", gettext_lazy("All"))


class EntryForm(forms.Form):
    """An entry: sent once, and only while `seen` is the contract's last one."""

    submission = forms.CharField(widget=forms.HiddenInput)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, seen: int = 0, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial={"submission": fresh_key(), "seen": seen} | (initial or {}))


class SumField(forms.DecimalField):
    """Yuan to the cent."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": 10})
        super().__init__(max_digits=10, decimal_places=2, min_value=Decimal("0.00"), widget=widget, **kwargs)


class ReceiptForm(EntryForm):
    """What each member pays, at first what is open."""

    on = DayField(label=gettext_lazy("Received on"))
    note = forms.CharField(label=gettext_lazy("Note"), max_length=100, required=False)

    def __init__(
        self, data: Any = None, *, accounts: Sequence[Account], names: Mapping[int, str], seen: int, day: date
    ) -> None:
        super().__init__(data, seen=seen, initial={"on": day.isoformat()})
        self.coverages = [account.coverage_id for account in accounts if account.left]
        for account in accounts:
            if account.left:
                self.fields[f"of_{account.coverage_id}"] = SumField(
                    label=names[account.coverage_id],
                    required=False,
                    initial=account.open or None,
                    help_text=_("open ¥%(open)s, up to the end of the contract ¥%(left)s")
                    % {"open": account.open, "left": account.left},
                )
        self.order_fields([*(f"of_{key}" for key in self.coverages), "on", "note"])

    @property
    def amounts(self) -> dict[int, Decimal]:
        """Coverage id -> yuan, of those who pay anything."""
        typed = {key: self.cleaned_data.get(f"of_{key}") for key in self.coverages}
        return {key: amount for key, amount in typed.items() if amount}


class GivenForm(EntryForm):
    """A waiver or a refund: whose account, how much, why."""

    account = forms.ChoiceField(label=gettext_lazy("Account"))
    amount = SumField(label=gettext_lazy("Sum in yuan"))
    on = DayField(label=gettext_lazy("Booked on"))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=100)

    def __init__(
        self,
        data: Any = None,
        *,
        accounts: Sequence[tuple[Account, Decimal]],
        names: Mapping[int, str],
        seen: int,
        day: date,
        reason: str = "",
    ) -> None:
        first = accounts[0][1] if accounts else None
        super().__init__(data, seen=seen, initial={"on": day.isoformat(), "amount": first, "reason": reason})
        field = self.fields["account"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (_key(account), f"{names[account.coverage_id]} · {account.payer_name} · ¥{most}")
            for account, most in accounts
        ]

    @property
    def chosen(self) -> tuple[int, str]:
        """Coverage id and payer of the account."""
        coverage, _colon, payer = self.cleaned_data["account"].partition(":")
        return int(coverage), payer


class PaymentForm(EntryForm):
    """One payment for many contracts. `previewed` is the sum and day whose split was shown, `owed` what was owed then.

    Whatever is typed anew is shown split anew before it is entered.
    """

    owed = forms.DecimalField(widget=forms.HiddenInput, required=False)
    previewed = forms.CharField(widget=forms.HiddenInput, required=False)
    amount = SumField(label=gettext_lazy("Sum in yuan"))
    on = DayField(label=gettext_lazy("Received on"))
    reference = forms.CharField(label=gettext_lazy("Reference or receipt of the payer"), max_length=100)

    def __init__(self, data: Any = None, *, owed: Decimal, seen: int, day: date) -> None:
        super().__init__(data, seen=seen, initial={"on": day.isoformat(), "amount": owed})

    @property
    def is_previewed(self) -> bool:
        """Whether the split of exactly this was shown."""
        return bool(self.cleaned_data["previewed"] == self._shown)

    def show(self, *, owed: Decimal, seen: int) -> None:
        """Hold what the page that is answered shows: the next sending enters it."""
        fresh = {"owed": str(owed), "seen": str(seen), "previewed": "" if self.errors else self._shown}
        self.data = {**{name: self.data.get(name) for name in self.fields}, **fresh}

    @property
    def _shown(self) -> str:
        return f"{self.cleaned_data['amount']} {self.cleaned_data['on']}"


class CancelForm(EntryForm):
    """Why an entry is cancelled."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=100)


class PlaceForm(forms.Form):
    """Institution, team and payer; what is wrong in an address is as if it were not there."""

    institution = forms.ChoiceField(label=gettext_lazy("Institution"), required=False, widget=LongSelect)
    team = forms.ChoiceField(label=gettext_lazy("Team"), required=False, widget=LongSelect)
    payer = forms.ChoiceField(label=gettext_lazy("Payer"), required=False, choices=[EVERY, *PAYING_CHOICES])

    def __init__(self, user: User, data: Mapping[str, Any], **defaults: Any) -> None:
        super().__init__({**defaults, **{name: value for name, value in data.items() if value}})
        self.user = user
        self._offer("institution", [EVERY, *institution_choices(user)])
        teams = Team.objects.visible_to(user)
        chosen = self.institutions
        if chosen is not None:
            teams = teams.filter(institution__in=chosen)
        self._offer("team", [EVERY, *((team.pk, team.name) for team in teams)])

    @cached_property
    def institutions(self) -> frozenset[int] | None:
        """The one that was chosen with everything below it."""
        asked = self._asked("institution")
        return subtree_ids(int(asked)) if asked else None

    @property
    def team_id(self) -> int | None:
        """The team that was chosen."""
        asked = self._asked("team")
        return int(asked) if asked else None

    @property
    def address_fields(self) -> dict[str, str]:
        """The filters that hold, for addresses."""
        return {name: str(value) for name, value in self.data.items() if name in self.fields and value}

    @property
    def address(self) -> str:
        """The same as a query string."""
        return urlencode(self.address_fields)

    def _offer(self, name: str, choices: Collection[tuple[Any, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _asked(self, name: str) -> str:
        """The choice made in the address, if it is one."""
        asked = str(self.data.get(name, ""))
        return asked if asked in {str(value) for value, _label in self.fields[name].choices} else ""  # type: ignore[attr-defined]


class DeskForm(PlaceForm):
    """The fee desk: what is open first; a district's begins with one institution, until all are asked for."""

    standing = forms.ChoiceField(label=gettext_lazy("Standing"), required=False, choices=Standing.choices)

    def __init__(self, user: User, data: Mapping[str, Any]) -> None:
        defaults = {"payer": Payer.RESIDENT.value, "standing": Standing.OPEN.value}
        if user.scope.is_district and not data.get("team") and "institution" not in data:
            # A district's contracts are nobody's work of a day: the first institution with a team.
            teams = Team.objects.order_by("institution__code")
            defaults["institution"] = str(teams.values_list("institution", flat=True).first() or "")
        super().__init__(user, data, **defaults)
        self._offer("payer", PAYING_CHOICES)

    @property
    def address_fields(self) -> dict[str, str]:
        """The filters that hold; "all institutions" is one too, since nothing would be the first institution."""
        fields = super().address_fields
        return fields if "team" in fields else {"institution": ""} | fields

    @property
    def asked_payer(self) -> str:
        """Whose account is looked at; without a choice the resident's."""
        return self._asked("payer") or str(Payer.RESIDENT.value)

    @property
    def asked_standing(self) -> str:
        """Open contracts without a choice."""
        return self._asked("standing") or str(Standing.OPEN.value)

    @property
    def teams(self) -> list[int]:
        """Ids of the teams that are looked at."""
        rows = Team.objects.visible_to(self.user).order_by()
        if self.institutions is not None:
            rows = rows.filter(institution__in=self.institutions)
        if self.team_id is not None:
            rows = rows.filter(pk=self.team_id)
        return list(rows.values_list("pk", flat=True))


class PeriodForm(PlaceForm):
    """A period besides; the year so far without one."""

    first = DayField(label=gettext_lazy("From"), required=False)
    last = DayField(label=gettext_lazy("Up to"), required=False)

    def __init__(self, user: User, data: Mapping[str, Any], *, day: date) -> None:
        defaults = {"first": day.replace(month=1, day=1).isoformat(), "last": day.isoformat()}
        super().__init__(user, data, **defaults)
        self.day = day

    @property
    def period(self) -> tuple[date, date]:
        """First and last day; the year so far where none is typed, or one that is none. Nothing is owed after the
        longest term that begins today."""
        self.is_valid()
        furthest = add_months(self.day, 12 * LONGEST_TERM_YEARS)
        first = min(self.cleaned_data.get("first") or self.day.replace(month=1, day=1), furthest)
        last = self.cleaned_data.get("last") or max(self.day, first)
        return first, max(first, min(last, furthest))

    @property
    def scope(self) -> dict[str, Any]:
        """What the statement is about, for `contracts.queries.statements.scope_of`."""
        first, last = self.period
        return {
            "first": first,
            "last": last,
            "institutions": self.institutions,
            "team": self.team_id,
            "payer": self._asked("payer"),
        }


class StatementForm(PeriodForm):
    """What a line stands for."""

    by = forms.ChoiceField(label=gettext_lazy("A line for each"), required=False)

    def __init__(self, user: User, data: Mapping[str, Any], *, day: date) -> None:
        super().__init__(user, data, day=day)
        groupings = [choice for choice in Grouping.choices if user.scope.identities or choice[0] != Grouping.COVERAGE]
        self._offer("by", groupings)

    @property
    def grouping(self) -> Grouping:
        """What a line stands for; institutions without a choice."""
        return Grouping(self._asked("by") or Grouping.INSTITUTION)


class PaymentsForm(PeriodForm):
    """Payments of payers: who paid, in which period, for contracts of which place."""

    def __init__(self, user: User, data: Mapping[str, Any], *, day: date) -> None:
        super().__init__(user, data, day=day)
        self._offer("payer", [EVERY, *(choice for choice in PAYING_CHOICES if choice[0] != Payer.RESIDENT)])


def _key(account: Account) -> str:
    return f"{account.coverage_id}:{account.payer}"
