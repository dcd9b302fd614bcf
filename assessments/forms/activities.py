"""Reporting an activity, and narrowing their list."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from assessments.actions.activities import Report
from assessments.forms.uploads import ProofsField
from assessments.models import Activity
from assessments.presenters.activities import STATES
from assessments.queries.activities import activities_of
from assessments.rules.activities import MOST
from contracts.forms.worklists import NarrowingForm
from teams.actions.submissions import fresh_key
from teams.clock import today
from teams.fields import DayField, LongSelect
from teams.models import Institution, Team, User

TEXTS = ("title", "campaign", "place", "note")


class ActivityForm(forms.Form):
    """What was done, when and where, how many came, and the proof of it."""

    kind = forms.ChoiceField(label=_("Kind of activity"), choices=Activity.Kind)
    title = forms.CharField(label=_("Title of the activity"), max_length=80)
    campaign = forms.CharField(
        label=_("Occasion"), max_length=40, required=False, help_text=_("Such as “5·19”: the district adds up by it.")
    )
    institution = forms.ModelChoiceField(Institution.objects.none(), label=_("Institution"), widget=LongSelect)
    team = forms.ModelChoiceField(Team.objects.none(), label=_("Team"), required=False)
    place = forms.CharField(label=_("Place of the activity"), max_length=80, required=False)
    began_on = DayField(label=_("Began on"))
    ended_on = DayField(label=_("Ended on"), required=False)
    note = forms.CharField(
        label=_("Account of the activity"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    proofs = ProofsField(label=_("Proof"), required=False)
    submission = forms.CharField(widget=forms.HiddenInput, initial=fresh_key)

    def __init__(self, user: User, *args: Any, activity: Activity | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields = self.fields
        seen = Institution.objects.visible_to(user).exclude(kind=Institution.Kind.BUREAU).order_by("code")
        fields["institution"].queryset = seen  # type: ignore[attr-defined]
        fields["institution"].initial = user.institution_id
        fields["team"].queryset = Team.objects.visible_to(user).existing_on(today())  # type: ignore[attr-defined]
        for name in Activity.FIGURES:
            label = Activity._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            fields[name] = forms.IntegerField(
                label=str(label)[:1].upper() + str(label)[1:], min_value=0, max_value=MOST, required=False, initial=0
            )
        self.order_fields([*list(fields)[:8], *Activity.FIGURES])
        fields["proofs"].required = activity is None
        if activity:
            self._fill(activity)

    def _fill(self, activity: Activity) -> None:
        """What was reported before; the institution stays."""
        del self.fields["institution"]
        for name in ("kind", *TEXTS, "team", *Activity.FIGURES):
            self.fields[name].initial = getattr(activity, name)
        self.fields["began_on"].initial, self.fields["ended_on"].initial = (
            activity.began_on.isoformat(),
            activity.ended_on.isoformat(),
        )

    @property
    def report(self) -> Report:
        """What was typed, as the action takes it."""
        data = self.cleaned_data
        return Report(
            kind=data["kind"],
            began_on=data["began_on"],
            ended_on=data["ended_on"] or data["began_on"],
            team=data["team"],
            figures={name: data[name] or 0 for name in Activity.FIGURES},
            **{name: data[name] for name in TEXTS},
        )


class ActivityFilter(NarrowingForm):
    """What narrows the list of activities."""

    state = forms.ChoiceField(label=_("State"), required=False)
    kind = forms.ChoiceField(label=_("Kind of activity"), required=False)
    unit = forms.ChoiceField(label=_("Institution"), required=False)
    campaign = forms.ChoiceField(label=_("Occasion"), required=False)
    first_on = DayField(label=_("From day"), required=False)
    last_on = DayField(label=_("To day"), required=False)
    # What the evidence of a score is narrowed by; nobody types it.
    team = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, user: User, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        self.user = user
        seen = Activity.objects.visible_to(user).order_by()
        self.offer("state", list(STATES.items()))
        self.offer("kind", Activity.Kind.choices)
        self.offer_units(user, set(seen.values_list("institution", flat=True).distinct()))
        campaigns = seen.exclude(campaign="").values_list("campaign", flat=True).distinct().order_by("campaign")
        # Most activities have no occasion, so that a single one narrows, too.
        self.offer("campaign", [(name, name) for name in campaigns], least=1)

    @property
    def rows(self) -> QuerySet[Activity]:
        """The activities, the newest first."""
        rows = activities_of(self.user)
        if self.institutions is not None:
            rows = rows.filter(institution__in=self.institutions)
        given = {name: self.chosen(name) for name in ("state", "kind", "campaign")}
        rows = rows.filter(**{name: value for name, value in given.items() if value})
        if team := self.cleaned_data.get("team"):
            rows = rows.filter(Q(team=team) | Q(team=None, institution__teams=team))
        wanted = {"first_on": "began_on__gte", "last_on": "began_on__lte"}
        days = {lookup: self.cleaned_data.get(name) for name, lookup in wanted.items()}
        return rows.filter(**{lookup: value for lookup, value in days.items() if value})
