"""Forms of rounds, of checklists on the spot and of rectification."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from assessments.calendar import CalendarMonth
from assessments.forms.uploads import ProofsField
from assessments.models import Answer, Checklist, Finding, Inspection, InspectionRound, InspectionTeam
from assessments.queries.findings import escalating, work_list
from assessments.rules.findings import State
from contracts.forms.worklists import NarrowingForm
from teams.actions.submissions import fresh_key
from teams.clock import month_words, today
from teams.fields import DayField, LongSelect
from teams.models import Institution, Team, User
from teams.models.places import parent_ids
from teams.policy import policy_on
from teams.rules import RuleViolation

OVERDUE, ESCALATED, RELAPSE, EVERY = "overdue", "escalated", "relapse", "all"


class RoundForm(forms.Form):
    """A month and what the round looks at above all."""

    month = forms.CharField(label=_("Month"), max_length=10, widget=forms.TextInput(attrs={"placeholder": "2018-12"}))
    theme = forms.CharField(label=_("Main points"), max_length=200, required=False)
    submission = forms.CharField(widget=forms.HiddenInput, initial=fresh_key)

    def clean_month(self) -> CalendarMonth:
        """The month as typed."""
        try:
            return CalendarMonth.parse(self.cleaned_data["month"])
        except RuleViolation as refusal:
            raise forms.ValidationError(str(refusal), code=refusal.code) from None


class PlanForm(forms.Form):
    """Who inspects an institution when."""

    institution = forms.ModelChoiceField(Institution.objects.none(), label=_("Institution"), widget=LongSelect)
    team = forms.ModelChoiceField(InspectionTeam.objects.filter(is_active=True), label=_("Inspection team"))
    planned_on = DayField(label=_("On"))

    def __init__(self, round_: InspectionRound, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["institution"]
        field.queryset = Institution.objects.exclude(kind=Institution.Kind.BUREAU).order_by("code")  # type: ignore[attr-defined]
        self.fields["planned_on"].initial = max(round_.first_on, today()).isoformat()


class InspectionTeamForm(forms.Form):
    """An inspection team."""

    pk = forms.IntegerField(widget=forms.HiddenInput, required=False)
    number = forms.IntegerField(label=_("Number"), min_value=1, max_value=999)
    name = forms.CharField(label=_("Title"), max_length=40)
    members = forms.CharField(label=_("Members"), max_length=200, required=False)
    is_active = forms.BooleanField(label=_("Inspects"), required=False, initial=True)


class AnswerForm(forms.Form):
    """What an item looks like; a fault with words, points and pictures."""

    outcome = forms.ChoiceField(choices=Answer.Outcome, widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("What you found"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    deduction = forms.DecimalField(
        label=_("Points off"), max_digits=5, decimal_places=2, min_value=0, required=False, localize=False
    )
    team = forms.ModelChoiceField(Team.objects.none(), label=_("Team concerned"), required=False)
    proofs = ProofsField(label=_("Pictures"), required=False)

    def __init__(self, teams: QuerySet[Team], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]
        self.fields["proofs"].widget.attrs["accept"] = "image/jpeg,image/png"


class FinishForm(forms.Form):
    """The end of an inspection."""

    on = DayField(label=_("Inspected on"))
    received_by = forms.CharField(label=_("Received by"), max_length=60, required=False)
    note = forms.CharField(label=_("Summary"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    due_on = DayField(
        label=_("To be mended by"),
        required=False,
        help_text=_("The findings go down to the institution with this day; empty: hand them down later."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = today().isoformat()
        self.fields["due_on"].initial = default_due()


class MoveForm(forms.Form):
    """A step of a finding: words, a day when there must be one, files when the institution proves it."""

    due_on = DayField(label=_("To be mended by"), required=False)
    note = forms.CharField(label=_("Remark"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    proofs = ProofsField(label=_("Proof that it was mended"), required=False)
    submission = forms.CharField(widget=forms.HiddenInput, initial=fresh_key)

    def __init__(self, steps: list[State], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if State.DONE not in steps:
            del self.fields["proofs"]
        elif len(steps) == 1:
            self.fields["note"].required = self.fields["proofs"].required = True
        if State.ASSIGNED not in steps:
            del self.fields["due_on"]
        else:
            self.fields["due_on"].initial = default_due()


class FindingFilter(NarrowingForm):
    """What narrows the work list of rectification."""

    stage = forms.ChoiceField(label=_("State"), required=False)
    unit = forms.ChoiceField(label=_("Institution"), required=False)
    round = forms.ChoiceField(label=_("Round"), required=False)
    checklist = forms.ChoiceField(label=_("Checklist"), required=False)
    text = forms.CharField(label=_("Keywords"), required=False, max_length=40)
    # What the evidence of a score is narrowed by; nobody types them.
    team = forms.IntegerField(required=False, widget=forms.HiddenInput)
    item = forms.SlugField(required=False, widget=forms.HiddenInput)
    first_on = DayField(required=False, widget=forms.HiddenInput)
    last_on = DayField(required=False, widget=forms.HiddenInput)

    def __init__(self, user: User, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        self.user = user
        special = [(OVERDUE, _("overdue")), (ESCALATED, _("escalated")), (RELAPSE, _("relapses"))]
        states = [
            choice for choice in State.choices if user.scope.is_district or choice[0] not in ("found", "withdrawn")
        ]
        self.offer("stage", [*special, (EVERY, _("All")), *states], _("Open findings"))
        seen = Finding.objects.visible_to(user).order_by()
        self.offer_units(user, _with_parents(seen.values_list("institution", flat=True).distinct()))
        rounds = InspectionRound.objects.filter(pk__in=Inspection.objects.visible_to(user).values("round"))
        self.offer("round", [(str(row.pk), month_words(row.first_on)) for row in rounds])
        names = Checklist.objects.filter(status="published").values_list("code", "name")
        self.offer("checklist", list(names))

    @property
    def rows(self) -> QuerySet[Finding]:
        """The findings, the most urgent first."""
        rows = _of_stage(work_list(self.user), self.chosen("stage"))
        if self.institutions is not None:
            rows = rows.filter(institution__in=self.institutions)
        if key := self.key("round"):
            rows = rows.filter(inspection__round=key)
        if code := self.chosen("checklist"):
            rows = rows.filter(item__checklist__code=code)
        if text := self.chosen("text"):
            rows = rows.filter(text__icontains=text)
        return self._evidence(rows)

    def _evidence(self, rows: QuerySet[Finding]) -> QuerySet[Finding]:
        """Narrowed to a team or an item, and to the days on which things were found."""
        wanted = {"team": "team", "item": "item__code", "first_on": "found_on__gte", "last_on": "found_on__lte"}
        given = {lookup: self.cleaned_data.get(name) for name, lookup in wanted.items()}
        return rows.filter(**{lookup: value for lookup, value in given.items() if value})


def default_due() -> str:
    """The day by which a finding is to be mended unless somebody says otherwise."""
    days = policy_on(today())["rectification_days"]
    return (today() + timedelta(days=days)).isoformat()


def _of_stage(rows: QuerySet[Finding], stage: str) -> QuerySet[Finding]:
    if stage in (OVERDUE, ESCALATED):
        before = today() if stage == OVERDUE else escalating(today())
        return rows.filter(state=State.ASSIGNED, due_on__lt=before)
    if stage == EVERY:
        return rows.exclude(state=State.WITHDRAWN)
    if stage == RELAPSE:
        return rows.filter(relapses__gt=0)
    return rows.filter(state=stage) if stage else rows.filter(state__in=Finding.OPEN)


def _with_parents(institutions: Any) -> set[int]:
    above = parent_ids()
    owners = set(institutions)
    return owners | {above[key] for key in owners if key in above}
