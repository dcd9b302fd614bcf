"""Data problems counted and listed."""

from collections.abc import Collection

from django.db.models import Count

from contracts.models import Problem, ProblemCheck
from contracts.models.problems import ProblemQuerySet
from contracts.problems import Rule, Severity, all_rules
from teams.models import User


def problems(
    user: User, *, severity: str = "", institutions: Collection[int] | None = None, team: int | None = None
) -> ProblemQuerySet:
    """The account's problems, narrowed by what is not empty; the newest first."""
    known = all_rules()
    found = Problem.objects.visible_to(user).filter(rule__in=known)
    if severity:
        found = found.filter(rule__in=[code for code, each in known.items() if each.severity == severity])
    if institutions is not None:
        found = found.filter(institution__in=institutions)
    if team is not None:
        found = found.filter(team=team)
    return found.order_by("-found_on", "id")


def loaded(found: ProblemQuerySet, start: int, end: int) -> list[Problem]:
    """A stretch of the problems, with what a line names. They are chosen first and looked up then: thousands are
    sorted for the fifty of a page."""
    keys = list(found.values_list("pk", flat=True)[start:end])
    rows = Problem.objects.select_related("institution", "team", "village").in_bulk(keys)
    return [rows[key] for key in keys]


def counts(found: ProblemQuerySet) -> list[tuple[Rule, int]]:
    """The rules that found something with their numbers of problems: the gravest, then the most frequent first."""
    numbers = dict(found.order_by().values_list("rule").annotate(Count("id")))
    weights = {severity.value: place for place, severity in enumerate(Severity)}
    rows = [(rule, numbers[code]) for code, rule in all_rules().items() if code in numbers]
    return sorted(rows, key=lambda row: (weights[row[0].severity], -row[1]))


def last_check() -> ProblemCheck | None:
    """The check whose findings are shown."""
    return ProblemCheck.objects.filter(status=ProblemCheck.Status.DONE).order_by("-finished_at").first()


def checks() -> tuple[ProblemCheck | None, ProblemCheck | None]:
    """The check whose findings are shown, and the one asked for last: waiting, running, failed or done."""
    newest = ProblemCheck.objects.first()
    is_shown = newest is not None and newest.status == ProblemCheck.Status.DONE
    return newest if is_shown else last_check(), newest
