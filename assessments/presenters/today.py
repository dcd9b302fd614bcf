"""What supervision and assessment ask of an institution, for its start page (contracts.presenters.today)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, CharField, Count, F, Min, Q, QuerySet, Value, When, Window
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.leads import all_signals
from assessments.models import Assessment, Cycle, Finding, Lead
from contracts.presenters.today import Card, CardLine
from teams.models import User
from teams.permissions import Permission, has_permission

FINDINGS_SHOWN = 4
FINDING, SELF, NOTICE, LEADS = range(4)
FIELDS = ("what", "row", "name", "place", "until", "total", "late", "of_cycle")
NOTHING, NO_NAME = Value(0), Value("", CharField())


@dataclass(frozen=True)
class Asked:
    """One thing asked: `row` is its id. `total`: of a finding, how many are to be mended in all; of a cycle, the
    account's units; of leads, all. `late`: of a finding, how many of all are overdue. `of_cycle`: an id, or 0."""

    what: int
    row: int
    name: str
    place: str
    until: date
    total: int
    late: int
    of_cycle: int

    def chip(self, day: date) -> tuple[str, str]:
        """Until when."""
        if self.until < day:
            return "bad", _("overdue since %(day)s") % {"day": self.until}
        return "warn", _("by %(day)s") % {"day": self.until}

    @property
    def page(self) -> str:
        """Of an assessment: the unit's own, or the cycle's when it has several of the account's units."""
        if self.total == 1:
            return reverse("assessments:assessment_detail", args=[self.row])
        return reverse("assessments:cycle_detail", args=[self.of_cycle])


def asked_rows(user: User, day: date) -> QuerySet[Any] | None:
    """The first findings to be mended, each cycle in which something is to be handed in or may be appealed against,
    and the leads in one row. None for accounts of the whole district, which ask, and for those who answer nothing."""
    parts = [] if user.scope.is_district else list(_parts(user, day))
    return parts[0].union(*parts[1:], all=True) if parts else None


def _parts(user: User, day: date) -> Iterator[QuerySet[Any]]:
    if has_permission(user, Permission.RECTIFICATION_EDIT):
        yield _findings(user, day)
    if has_permission(user, Permission.ASSESSMENT_REPORT):
        yield _assessments(user, day)
    if has_permission(user, Permission.SUPERVISION_READ):
        yield _leads(user)


def _findings(user: User, day: date) -> QuerySet[Any]:
    rows = (
        Finding.objects.visible_to(user)
        .filter(state=Finding.State.ASSIGNED)
        .annotate(
            what=Value(FINDING),
            row=F("pk"),
            name=F("text"),
            place=F("institution__name"),
            until=F("due_on"),
            total=Window(Count("pk")),
            late=Window(Count("pk", filter=Q(due_on__lt=day))),
            of_cycle=NOTHING,
        )
    )
    return rows.order_by("due_on", "pk").values(*FIELDS)[:FINDINGS_SHOWN]


def _assessments(user: User, day: date) -> QuerySet[Any]:
    to_hand_in = Q(cycle__state=Cycle.State.SELF, state=Assessment.State.OPEN)
    on_notice = Q(cycle__state=Cycle.State.NOTICE, cycle__appeal_until__gte=day)
    rows = Assessment.objects.visible_to(user).filter(to_hand_in | on_notice).order_by().values("cycle")
    is_notice = When(cycle__state=Cycle.State.NOTICE, then=Value(NOTICE))
    until = When(cycle__state=Cycle.State.NOTICE, then="cycle__appeal_until")
    counted = rows.annotate(
        what=Case(is_notice, default=Value(SELF)),
        row=Min("pk"),
        name=F("cycle__name"),
        place=NO_NAME,
        until=Case(until, default="cycle__self_due_on"),
        total=Count("pk"),
        late=NOTHING,
        of_cycle=F("cycle"),
    )
    return counted.values(*FIELDS)


def _leads(user: User) -> QuerySet[Any]:
    rows = Lead.objects.visible_to(user).filter(state__in=Lead.PENDING, kind__in=all_signals()).order_by()
    told = rows.annotate(
        what=Value(LEADS),
        row=F("pk"),
        name=NO_NAME,
        place=NO_NAME,
        until=F("found_on"),
        total=Window(Count("pk")),
        late=NOTHING,
        of_cycle=NOTHING,
    )
    return told.values(*FIELDS)[:1]


def asked_lines(rows: Sequence[dict[str, Any]], day: date) -> list[CardLine]:
    """The rows in words: findings, the longest overdue first, then assessments, then leads."""
    asked = [Asked(**row | {"until": date.fromisoformat(row["until"])}) for row in rows]
    asked.sort(key=lambda one: (one.what, one.until, one.row))
    lines = [_WORDS[one.what](one, day) for one in asked]
    findings = [one for one in asked if one.what == FINDING]
    if findings and findings[0].total > len(findings):
        lines.insert(len(findings), _all_findings(findings[0]))
    return lines


def _finding(asked: Asked, day: date) -> CardLine:
    page = reverse("assessments:finding_detail", args=[asked.row])
    about = _("Finding to mend · %(place)s") % {"place": asked.place}
    return CardLine(asked.name, about, page, _("Mend it"), asked.chip(day))


def _all_findings(asked: Asked) -> CardLine:
    return CardLine(
        name=_("All findings to mend: %(count)s") % {"count": asked.total},
        about="",
        url=f"{reverse('assessments:finding_list')}?stage=assigned",
        step=_("Open the list"),
        chip=("bad", _("overdue: %(count)s") % {"count": asked.late}) if asked.late else None,
    )


def _self_assessment(asked: Asked, day: date) -> CardLine:
    return CardLine(asked.name, _("Self-assessment to hand in"), asked.page, _("Score yourselves"), asked.chip(day))


def _notice(asked: Asked, day: date) -> CardLine:
    chip = ("info", _("appeals until %(day)s") % {"day": asked.until})
    return CardLine(asked.name, _("Results on notice"), asked.page, _("Look at them"), chip)


def _lead(asked: Asked, day: date) -> CardLine:
    return CardLine(
        name=_("Leads to look into: %(count)s") % {"count": asked.total},
        about=_("Reasons to look, not verdicts: say what is behind them."),
        url=reverse("assessments:lead_list"),
        step=_("Open the list"),
    )


_WORDS = {FINDING: _finding, SELF: _self_assessment, NOTICE: _notice, LEADS: _lead}
ASKED = Card("asked", gettext_lazy("To do for supervision and assessment"), asked_rows, asked_lines)
