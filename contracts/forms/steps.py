"""Forms of the steps in a contract's life. Each carries what was seen, so that a stale step is refused."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from contracts.models import Consent, Coverage
from residents.models import Resident
from service_packages.models import PackageVersion
from teams.actions.submissions import fresh_key
from teams.fields import DayField
from teams.models import Team

NO_CHOICE = ("", "—")
REASONS = [choice for choice in Coverage.Reason.choices if choice[0] != Coverage.Reason.CHANGED]
_FOLLOWED = _(
    "The contract ends the day before; a new one takes up what is left of its term. Its history stays to be read."
)


class StepForm(forms.Form):
    """A step: sent once, and only while `seen` is the contract's last entry. `consequence` says what it does."""

    consequence: str | Promise = ""
    submission = forms.CharField(widget=forms.HiddenInput)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, seen: int = 0, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial={"submission": fresh_key(), "seen": seen} | (initial or {}))


class ConsentField(forms.ChoiceField):
    """How the people agreed."""

    def __init__(self) -> None:
        super().__init__(label=_("How they agreed"), choices=[NO_CHOICE, *Consent.choices])


class ConfirmForm(StepForm):
    """The yearly confirmation."""

    consequence = _("The household was asked and goes on with the contract for this year of its term.")
    consent = ConsentField()


def term_text(years: int) -> str:
    """`1 year`, `3 years`."""
    return ngettext("%(years)s year", "%(years)s years", years) % {"years": years}


class RenewForm(StepForm):
    """Renewal: for how long, and how the people agreed."""

    years = forms.TypedChoiceField(label=_("Term"), coerce=int)
    consent = ConsentField()

    def __init__(self, *args: Any, policy: dict[str, int], years: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = range(policy["term_years_least"], policy["term_years_most"] + 1)
        field = self.fields["years"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(each, term_text(each)) for each in allowed]
        field.initial = years


class TeamForm(StepForm):
    """Another team from a day on."""

    consequence = _FOLLOWED
    team = forms.ModelChoiceField(Team.objects.none(), label=_("Team from then on"))
    on = DayField(label=_("From"), help_text=_("The first day with the new team."))
    consent = ConsentField()

    def __init__(self, *args: Any, teams: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["team"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = teams


class PackagesForm(StepForm):
    """Other packages from a day on, member by member. `choices`: resident, versions offered, ids held."""

    consequence = _FOLLOWED
    on = DayField(label=_("From"), help_text=_("The first day with these packages."))
    consent = ConsentField()

    def __init__(
        self,
        *args: Any,
        choices: Sequence[tuple[Resident, Sequence[PackageVersion], Collection[int]]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.versions = {version.pk: version for _resident, offered, _held in choices for version in offered}
        self.residents = [resident for resident, _offered, _held in choices]
        for resident, offered, held in choices:
            self.fields[f"of_{resident.pk}"] = forms.TypedMultipleChoiceField(
                label=resident.name,
                coerce=int,
                choices=[(version.pk, _offer(version)) for version in offered],
                initial=list(held),
                widget=forms.CheckboxSelectMultiple,
            )

    @property
    def packages(self) -> dict[int, list[PackageVersion]]:
        """Resident id -> the versions chosen."""
        chosen = {resident.pk: self.cleaned_data[f"of_{resident.pk}"] for resident in self.residents}
        return {key: [self.versions[pk] for pk in versions] for key, versions in chosen.items()}


class MembersForm(StepForm):
    """A step for some or all members."""

    members = forms.TypedMultipleChoiceField(
        label=_("For whom"), coerce=int, widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, coverages: Sequence[Coverage], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.coverages = {coverage.pk: coverage for coverage in coverages}
        field = self.fields["members"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(coverage.pk, coverage.resident.name) for coverage in coverages]
        field.initial = list(self.coverages)

    @property
    def chosen(self) -> list[Coverage]:
        """The coverages that are ticked."""
        return [self.coverages[pk] for pk in self.cleaned_data["members"]]


class TerminateForm(MembersForm):
    """The end of a contract."""

    consequence = _(
        "Those ticked are no longer covered from that day on, and nothing that falls due then or later counts any "
        "more; the others stay. It can be taken back until the end of the day."
    )
    reason = forms.ChoiceField(label=_("Reason"), choices=[NO_CHOICE, *REASONS])
    on = DayField(label=_("Ends on"), help_text=_("The first day no longer in force."))
    note = forms.CharField(label=_("Note"), max_length=100, required=False)


class SuspendForm(MembersForm):
    """Days out of force."""

    consequence = _(
        "On these days the contract is not in force for those ticked, and nothing that falls due on them counts. Its "
        "last day stays."
    )
    from_on = DayField(label=_("Suspended from"))
    to_on = DayField(label=_("In force again from"), required=False, help_text=_("Empty: until it is resumed."))
    reason = forms.CharField(label=_("Reason"), max_length=100)


class ResumeForm(MembersForm):
    """Back in force."""

    on = DayField(label=_("In force again from"))


def _offer(version: PackageVersion) -> Promise:
    return format_lazy(_("{name}, {price} yuan a year"), name=version.name, price=version.price)


def first_days(day: date, *names: str) -> dict[str, str]:
    """The day as initial value of these fields."""
    return dict.fromkeys(names, day.isoformat())
