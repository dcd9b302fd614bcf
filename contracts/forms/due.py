"""What narrows the list of due work: the GET form above it."""

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.queries.due import RISK_NAMES, WINDOW_NAMES, Choice, Risk, Window
from residents.categories import categories
from service_packages.models import Item
from teams.clock import today
from teams.models import Division, Institution, Team, User

EVERY = ""


class DueForm(forms.Form):
    """Window, team, village, kind of item, category and risk; what is wrong in an address is as if it were not there.

    A clerk of the bureau looks at one institution at a time, and what is due later is looked at team by team: more is
    nobody's work of a day.
    """

    window = forms.ChoiceField(choices=list(WINDOW_NAMES.items()), required=False, widget=forms.HiddenInput)
    round = forms.CharField(required=False, widget=forms.HiddenInput)
    unit = forms.ChoiceField(label=gettext_lazy("Institution"), required=False)
    team = forms.ChoiceField(label=gettext_lazy("Team"), required=False)
    village = forms.ChoiceField(label=gettext_lazy("Village"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind of service"), required=False)
    category = forms.ChoiceField(label=gettext_lazy("Key population"), required=False)
    risk = forms.ChoiceField(
        label=gettext_lazy("Risk"), required=False, choices=[(EVERY, gettext_lazy("All")), *RISK_NAMES.items()]
    )

    def __init__(self, user: User, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        self.teams = list(Team.objects.visible_to(user).existing_on(today()).select_related("institution"))
        self._offer("unit", [(row.code, row.name) for row in self._units()])
        institution = self._chosen("unit") or (self._first_unit() if user.scope.is_district else "")
        if institution:
            self.teams = [team for team in self.teams if team.institution.code == institution]
        self._offer("team", [(team.code, team.name) for team in self.teams])
        self.items = Item.objects.in_bulk()
        self._offer("kind", self._kinds())
        self._offer("risk", RISK_NAMES.items())
        self._offer("category", [(row.code, row.name) for row in categories()])
        if not user.scope.is_district or len(self.fields["unit"].choices) < 3:  # type: ignore[attr-defined]
            del self.fields["unit"]
        if len(self.teams) < 2:
            del self.fields["team"]

    def _units(self) -> list[Institution]:
        return sorted({team.institution for team in self.teams}, key=lambda row: row.code)

    def _kinds(self) -> list[tuple[str, str]]:
        """Kinds are the district's own words: each is called what its items are called."""
        names: dict[str, list[str]] = {}
        for item in self.items.values():
            if item.kind:
                names.setdefault(item.kind, []).append(item.name)
        return sorted((kind, _(", ").join(sorted(called))) for kind, called in names.items())

    def _first_unit(self) -> str:
        return next((row.code for row in self._units()), "")

    def _offer(self, name: str, choices: Collection[tuple[str, Any]]) -> None:
        self.fields[name].choices = [(EVERY, _("All")), *choices]  # type: ignore[attr-defined]

    def _chosen(self, name: str) -> str:
        """The value of the address when it is one of the offered."""
        value = self.data.get(name, "")
        offered = {str(code) for code, _name in self.fields[name].choices} if name in self.fields else set()  # type: ignore[attr-defined]
        return value if value in offered else ""

    @property
    def choice(self) -> Choice:
        """What the list is about."""
        code = self._chosen("team")
        teams = tuple(team.pk for team in self.teams if not code or team.code == code)
        risk, window = self._chosen("risk"), Window(self._chosen("window") or Window.TODO)
        return Choice(
            today(),
            teams,
            window=Window.TODO if window is Window.OPEN and len(teams) > 1 else window,
            village=self._village(),
            kind=self._chosen("kind"),
            category=self._chosen("category"),
            risk=Risk(risk) if risk else None,
        )

    @property
    def whole_choice(self) -> Choice:
        """Everything that is open, of all the account's teams."""
        return Choice(today(), tuple(team.pk for team in self.teams), Window.OPEN)

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the window is chosen."""
        return any(self.data.get(field.html_name) for field in self.visible_fields())

    def _village(self) -> int | None:
        code = self.data.get("village", "")
        return Division.objects.filter(code=code).values_list("pk", flat=True).first() if code else None

    def offer_villages(self, villages: Collection[Division], people: Mapping[int | None, int]) -> None:
        """Let one of the villages be chosen where somebody waits; known only after the list."""
        self._offer("village", [(row.code, f"{row.name} ({people[row.pk]})") for row in villages])
