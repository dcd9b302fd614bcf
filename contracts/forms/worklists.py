"""What narrows the lists of data problems and of people to be signed: the GET forms above them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.models import Candidate, Problem
from contracts.models.candidates import CandidateQuerySet
from contracts.models.problems import ProblemQuerySet
from contracts.problems import Severity, all_rules
from contracts.queries.candidates import candidates
from contracts.queries.problems import problems
from residents.categories import categories
from teams.clock import today
from teams.models import Division, Institution, Team, User
from teams.models.places import subtree_ids

NEW = "new"


class NarrowingForm(forms.Form):
    """A form whose every field is a choice; what is not among the choices is as if it were not there."""

    def offer(self, name: str, choices: Iterable[tuple[str, Any]], every: Any = None, least: int = 2) -> None:
        """The choices of a field, after the one that narrows nothing; a field with fewer than `least` goes."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", every or _("All")), *choices]
        if len(field.choices) <= least and not self.data.get(name):
            del self.fields[name]

    def chosen(self, name: str) -> str:
        """What was chosen, or ""."""
        self.is_valid()
        return str(self.cleaned_data.get(name, ""))

    def key(self, name: str) -> int | None:
        """The id that was chosen."""
        return int(self.chosen(name)) if self.chosen(name) else None

    @property
    def institutions(self) -> frozenset[int] | None:
        """The chosen institution with all below it."""
        return subtree_ids(key) if (key := self.key("unit")) else None

    @property
    def is_narrowed(self) -> bool:
        """Whether something was chosen."""
        return any(self.chosen(name) for name in self.fields)

    def offer_units(self, user: User, owners: Iterable[int]) -> None:
        """Institutions of the account that own something, and those that have teams."""
        seen = Institution.objects.visible_to(user).filter(pk__in=owners).order_by("code")
        self.offer("unit", [(str(row.pk), row.name) for row in seen])

    def offer_teams(self, user: User) -> None:
        """The account's teams of today."""
        teams = Team.objects.visible_to(user).existing_on(today()).order_by("code").values_list("pk", "name")
        self.offer("team", [(str(key), name) for key, name in teams])


class ProblemForm(NarrowingForm):
    """Weight, the institution that owns it, and team; the rule is chosen beside the list."""

    rule = forms.ChoiceField(required=False, widget=forms.HiddenInput)
    severity = forms.ChoiceField(label=gettext_lazy("Weight"), required=False)
    unit = forms.ChoiceField(label=gettext_lazy("Institution"), required=False)
    team = forms.ChoiceField(label=gettext_lazy("Team"), required=False)

    def __init__(self, user: User, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        self.user = user
        self.offer("rule", [(code, rule.title) for code, rule in all_rules().items()])
        self.offer("severity", Severity.choices)
        owned = Problem.objects.visible_to(user).order_by().values_list("institution", flat=True).distinct()
        self.offer_units(user, owned)
        self.offer_teams(user)

    @property
    def rows(self) -> ProblemQuerySet:
        """The problems of every rule."""
        return problems(
            self.user, severity=self.chosen("severity"), institutions=self.institutions, team=self.key("team")
        )

    @property
    def listed(self) -> ProblemQuerySet:
        """Those of the chosen rule."""
        return self.rows.filter(rule=self.chosen("rule")) if self.chosen("rule") else self.rows


class CandidateForm(NarrowingForm):
    """Reason, key population, institution, team and village."""

    reason = forms.ChoiceField(label=gettext_lazy("Reason"), required=False)
    category = forms.ChoiceField(label=gettext_lazy("Key population"), required=False)
    unit = forms.ChoiceField(label=gettext_lazy("Institution"), required=False)
    team = forms.ChoiceField(label=gettext_lazy("Team"), required=False)
    village = forms.ChoiceField(label=gettext_lazy("Village"), required=False)

    def __init__(self, user: User, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        self.user = user
        self.offer("reason", [(NEW, _("everybody new")), *Candidate.Reason.choices])
        self.offer("category", [(category.code, category.name) for category in categories()])
        places = list(Candidate.objects.visible_to(user).order_by().values_list("institution", "village").distinct())
        self.offer_units(user, {institution for institution, _village in places})
        self.offer_teams(user)
        villages = Division.objects.filter(pk__in={village for _unit, village in places if village}).order_by("code")
        self.offer("village", [(str(row.pk), row.name) for row in villages])

    @property
    def rows(self) -> CandidateQuerySet:
        """The people to be signed."""
        return candidates(
            self.user,
            reason=self.chosen("reason"),
            category=self.chosen("category"),
            village=self.key("village"),
            institutions=self.institutions,
            team=self.key("team"),
            day=today(),
        )
