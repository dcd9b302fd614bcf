"""Forms of handovers and departures."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contracts.forms.steps import NO_CHOICE, ConsentField
from contracts.models import HandoverLine
from teams.actions.submissions import fresh_key
from teams.fields import DayField
from teams.models import Staff, Team, TeamMember, User

ANSWERS = [choice for choice in HandoverLine.Answer.choices if choice[0] != HandoverLine.Answer.OPEN]


class HandoverForm(forms.Form):
    """From which team to which, from when on, and why."""

    submission = forms.CharField(widget=forms.HiddenInput)
    from_team = forms.ModelChoiceField(Team.objects.none(), label=_("From team"))
    to_team = forms.ModelChoiceField(Team.objects.none(), label=_("To team"))
    effective_on = DayField(label=_("From"), help_text=_("The first day with the new team."))
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, data: Any = None, *, user: User, day: Any, initial: dict[str, Any] | None = None) -> None:
        start = {"submission": fresh_key(), "effective_on": day.isoformat()} | (initial or {})
        super().__init__(data, initial=start)
        teams = Team.objects.visible_to(user)
        for name, rows in (("from_team", teams), ("to_team", teams.existing_on(day))):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows


class AnswerForm(forms.Form):
    """What the people of the ticked contracts answered."""

    answer = forms.ChoiceField(label=_("Answer"), choices=[NO_CHOICE, *ANSWERS])
    consent = ConsentField()
    on = DayField(label=_("On"))

    def __init__(self, data: Any = None, *, day: Any) -> None:
        super().__init__(data, initial={"on": day.isoformat()})
        self.fields["consent"].label = _("How they were asked")


class ReviewForm(forms.Form):
    """The second person's remark."""

    note = forms.CharField(label=_("Remark"), max_length=200, required=False)


class MemberChoice(forms.ModelChoiceField):
    """A member of a team, by name and team."""

    def label_from_instance(self, obj: TeamMember) -> str:
        """Name, role, team."""
        return f"{obj.staff.name} · {obj.staff.get_job_display()} · {obj.team.name}"


class DepartureForm(forms.Form):
    """Who leaves which team when, what is missing then, and who fills the gap."""

    submission = forms.CharField(widget=forms.HiddenInput)
    member = MemberChoice(TeamMember.objects.none(), label=_("Who leaves"))
    last_on = DayField(label=_("Last day"))
    vacancy = forms.CharField(label=_("Vacancy"), max_length=200, help_text=_("What the team is missing from then on."))
    stop_gap = forms.ModelChoiceField(Staff.objects.none(), label=_("Stop-gap"), required=False)
    stop_gap_until = DayField(label=_("Until"), required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, data: Any = None, *, user: User, day: Any, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial={"submission": fresh_key(), "last_on": day.isoformat()} | (initial or {}))
        members = TeamMember.objects.on(day).filter(team__in=Team.objects.visible_to(user))
        rows = {
            "member": members.select_related("staff", "team").order_by("team__code", "staff__name"),
            "stop_gap": Staff.objects.visible_to(user).filter(left_on=None).order_by("name"),
        }
        for name, queryset in rows.items():
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = queryset
