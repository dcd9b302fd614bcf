"""Forms of teams; days are understood as people type them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from teams.clock import today
from teams.fields import DayField, StaffField
from teams.models import Division, Institution, Team, User


class TeamForm(forms.Form):
    """A new team."""

    institution = forms.ModelChoiceField(Institution.objects.none(), label=gettext_lazy("Institution"))
    code = forms.CharField(label=gettext_lazy("Team code"), max_length=40, strip=True)
    name = forms.CharField(label=gettext_lazy("Team name"), max_length=80, strip=True)
    formed_on = DayField(label=gettext_lazy("Formed on"), initial=today)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "institution", Institution.objects.visible_to(user).filter(kind__in=Institution.PRIMARY_KINDS))


class NameForm(forms.Form):
    """Another name."""

    name = forms.CharField(label=gettext_lazy("Team name"), max_length=80, strip=True)


class MemberForm(forms.Form):
    """A new member: staff of the team's institutions, or a hospital's expert, found by number."""

    staff_no = StaffField(label=gettext_lazy("Staff number or name"), max_length=60, strip=True)
    from_on = DayField(label=gettext_lazy("From"), initial=today)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["staff_no"].user = user  # type: ignore[attr-defined]
        self.fields["staff_no"].widget.attrs["list"] = "staff-names"


class VillageForm(forms.Form):
    """One more village."""

    village = forms.ModelChoiceField(Division.objects.none(), label=gettext_lazy("Village"))
    from_on = DayField(label=gettext_lazy("From"), initial=today)

    def __init__(self, team: Team, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        served = team.villages.on(today()).values("village")
        villages = Division.objects.filter(level=Division.Level.VILLAGE).exclude(pk__in=served)
        _offer(self, "village", villages)


class DayForm(forms.Form):
    """From which day something holds no longer, or holds."""

    on = DayField(label=gettext_lazy("Takes effect on"), initial=today)


def _offer(form: forms.Form, name: str, rows: Any) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows.order_by("code")
