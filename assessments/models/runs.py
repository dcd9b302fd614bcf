"""Sharing out a fund over a period: its prepayment and its settlement, each simulated, submitted, approved by a second
person and paid. What was approved never changes: the database refuses it."""

from decimal import Decimal
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Least
from django.utils.translation import gettext_lazy as _

from assessments.calendar import CalendarMonth
from assessments.models.cycles import Cycle
from assessments.models.funds import Fund, FundVersion
from assessments.models.rubrics import Grade
from teams.history import track_history
from teams.models import Institution, Staff, Team
from teams.models.dated import DateRange

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from teams.models import User
    from teams.models.accounts import SystemAccount

REFUSED = "raise exception 'what was approved never changes' using errcode = 'restrict_violation';"
# An approved round may only become paid.
APPROVED_STAYS = f"""
    if OLD.state in ('approved', 'paid') then
        if tg_op = 'DELETE' then {REFUSED} end if;
        if OLD.state = 'paid' or NEW.state <> 'paid' then {REFUSED} end if;
        OLD.state = NEW.state; OLD.paid_at = NEW.paid_at; OLD.paid_by_id = NEW.paid_by_id;
        if OLD is distinct from NEW then {REFUSED} end if;
    end if;
    if tg_op = 'DELETE' then return OLD; end if;
    return NEW;
"""
LINES_STAY = f"""
    if exists (
        select from assessments_round
        where id = case when tg_op = 'DELETE' then OLD.round_id else NEW.round_id end and state <> 'simulated'
    ) then {REFUSED} end if;
    if tg_op = 'DELETE' then return OLD; end if;
    return NEW;
"""
PARTS_STAY = f"""
    if exists (
        select from assessments_line l join assessments_round r on r.id = l.round_id
        where l.id = case when tg_op = 'DELETE' then OLD.line_id else NEW.line_id end and r.state <> 'simulated'
    ) then {REFUSED} end if;
    if tg_op = 'DELETE' then return OLD; end if;
    return NEW;
"""
EVERY = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete


def _stays(func: str, operation: pgtrigger.Operation = EVERY) -> tuple[pgtrigger.Trigger, ...]:
    return (pgtrigger.Trigger(name="approved_stays", when=pgtrigger.Before, operation=operation, func=func),)


def money(name: "_StrOrPromise") -> models.DecimalField:
    """Yuan with two places."""
    return models.DecimalField(name, max_digits=16, decimal_places=2, default=Decimal("0.00"))


def _account(name: "_StrOrPromise | None" = None) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=name, null=True, related_name="+", db_index=False
    )


class RunQuerySet(models.QuerySet):
    """Runs by what an account may see."""

    def visible_to(self, user: "User | SystemAccount") -> "RunQuerySet":
        """All for the bureau; for others those with something approved."""
        if user.scope.is_district:
            return self
        decided = Round.objects.filter(state__in=Round.DECIDED).values("run")
        return self.filter(pk__in=decided) if user.roles else self.none()


@track_history()
class Run(models.Model):
    """A fund over a period of whole months (firsts, both in it), by one version of its rule."""

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="runs")
    version = models.ForeignKey(FundVersion, models.PROTECT, related_name="runs")
    from_month = models.DateField(_("from month"))
    to_month = models.DateField(_("to month"))
    made_by = _account(_("begun by"))
    made_at = models.DateTimeField(auto_now_add=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        verbose_name = _("allocation")
        ordering = ("-to_month", "fund__code")
        constraints = (
            models.CheckConstraint(
                name="assessments_run_whole_months",
                condition=Q(from_month__day=1, to_month__day=1, to_month__gte=F("from_month")),
            ),
            # One run for a fund and period: two that share a month would pay it twice.
            ExclusionConstraint(
                name="assessments_run_one_for_a_period",
                expressions=[
                    ("fund", RangeOperators.EQUAL),
                    (DateRange(F("from_month"), F("to_month"), Value("[]")), RangeOperators.OVERLAPS),
                ],
            ),
        )

    def __str__(self) -> str:
        return f"{self.fund} {self.from_month:%Y-%m}–{self.to_month:%Y-%m}"

    @property
    def needs_results(self) -> bool:
        """Whether an assessment decides on the amounts."""
        return self.version.quality != FundVersion.Quality.NONE

    @property
    def months(self) -> list[CalendarMonth]:
        """The months of the period."""
        first, last = CalendarMonth.of(self.from_month), CalendarMonth.of(self.to_month)
        count = (last.year - first.year) * 12 + last.month - first.month + 1
        return [first.plus(place) for place in range(count)]


class RoundQuerySet(models.QuerySet):
    """Rounds by what an account may see."""

    def visible_to(self, user: "User | SystemAccount") -> "RoundQuerySet":
        """All for the bureau; for others those approved."""
        if user.scope.is_district:
            return self
        return self.filter(state__in=Round.DECIDED) if user.roles else self.none()


@track_history()
class Round(models.Model):
    """The prepayment or the settlement of a run. `inputs` name the frozen months that it was computed from."""

    class Stage(models.TextChoices):
        PREPAYMENT = "prepayment", _("prepayment")
        SETTLEMENT = "settlement", _("settlement")

    class State(models.TextChoices):
        SIMULATED = "simulated", _("simulated")
        SUBMITTED = "submitted", _("waits for approval")
        APPROVED = "approved", _("approved by a second person")
        PAID = "paid", _("paid out")

    DECIDED = (State.APPROVED, State.PAID)

    run = models.ForeignKey(Run, models.PROTECT, related_name="rounds")
    stage = models.CharField(_("stage"), max_length=12, choices=Stage)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.SIMULATED)
    cycle = models.ForeignKey(Cycle, models.PROTECT, null=True, blank=True, related_name="rounds")
    inputs = models.JSONField(default=dict)
    pool = money(_("pool"))
    payers = models.JSONField(default=dict)
    returned = models.JSONField(default=dict)
    simulated_at = models.DateTimeField(auto_now_add=True)
    simulated_by = _account()
    submitted_at = models.DateTimeField(null=True)
    submitted_by = _account()
    approved_at = models.DateTimeField(null=True)
    approved_by = _account()
    paid_at = models.DateTimeField(null=True)
    paid_by = _account()
    note = models.CharField(_("remark of the review"), max_length=200, blank=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("round of an allocation")
        ordering = ("run", "id")
        triggers = _stays(APPROVED_STAYS, pgtrigger.Update | pgtrigger.Delete)
        constraints = (
            models.UniqueConstraint(name="assessments_round_once", fields=["run", "stage"]),
            models.CheckConstraint(
                name="assessments_round_second_person",
                condition=Q(approved_by=None) | (~Q(approved_by=F("submitted_by")) & ~Q(approved_by=F("simulated_by"))),
            ),
            models.CheckConstraint(
                name="assessments_round_decided_by_somebody",
                condition=Q(state__in=["simulated", "submitted"], approved_at=None)
                | Q(state__in=["approved", "paid"], approved_at__isnull=False, submitted_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.run} {self.stage}"


class LineQuerySet(models.QuerySet):
    """Lines by what an account may see."""

    def visible_to(self, user: "User | SystemAccount") -> "LineQuerySet":
        """The bureau's all; an institution's own and a doctor's teams', once approved."""
        if user.scope.is_district:
            return self
        mine = user.scope.where_team("team_id", "institution_id")
        return self.filter(mine, round__state__in=Round.DECIDED)

    def with_debts(self) -> "LineQuerySet":
        """With what has to be paid back (`owed`), and what of it came in (`repaid`): yuan, zero or above.

        Owed is what the payment file says payee by payee: a member may owe where the team as a whole gets something.
        """
        nothing, own = Value(Decimal("0.00")), Line.objects.filter(pk=OuterRef("pk")).order_by().values("pk")
        below = own.annotate(sum=Sum("shares__amount", filter=Q(shares__amount__lt=0)))
        repaid = own.annotate(sum=Sum("repayments__amount"))
        return self.annotate(
            owed=nothing
            - Least("unit_amount", nothing)
            - Least("unshared", nothing)
            - Coalesce(Subquery(below.values("sum")), nothing),
            repaid=Coalesce(Subquery(repaid.values("sum")), nothing),
        )


class Line(models.Model):
    """What a team (or an institution) gets in a round, with everything that it was computed from.

    payable + carried_on = entitled − prepaid + carried; entitled = earned + bonus − given_back, of which `passed_on`
    goes to hospitals. `by_payer` adds up to `entitled`; payable − what is passed on = staff_amount + unit_amount.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="lines")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+")
    code = models.CharField(_("code"), max_length=40)
    basis = models.DecimalField(_("basis"), max_digits=16, decimal_places=4, default=Decimal(0))
    person_months = models.PositiveIntegerField(_("covered person-months"), default=0)
    score = models.DecimalField(_("score"), max_digits=6, decimal_places=2, null=True, blank=True)
    grade = models.CharField(_("grade"), max_length=10, choices=Grade, blank=True)
    coefficient = models.DecimalField(_("coefficient"), max_digits=7, decimal_places=4, default=Decimal(1))
    full = money(_("at full quality"))
    earned = money(_("earned"))
    bonus = money(_("bonus"))
    spent = money(_("cost of visits"))
    given_back = money(_("surplus given back"))
    entitled = money(_("entitled"))
    prepaid = money(_("prepaid"))
    carried = money(_("carried over"))
    payable = money(_("payable"))
    carried_on = money(_("carried on"))
    passed_on = money(_("paid on for referrals"))
    staff_amount = money(_("for the staff"))
    unit_amount = money(_("for the institution"))
    unshared = money(_("not shared out"))
    by_payer = models.JSONField(default=dict)
    inputs = models.JSONField(default=dict)
    # With `LineQuerySet.with_debts`.
    owed: Decimal
    repaid: Decimal

    objects = LineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of an allocation")
        ordering = ("round", "code")
        triggers = _stays(LINES_STAY)
        constraints = (
            models.UniqueConstraint(
                name="assessments_line_once", fields=["round", "institution", "team"], nulls_distinct=False
            ),
            models.CheckConstraint(
                name="assessments_line_adds_up",
                condition=Q(entitled=F("earned") + F("bonus") - F("given_back"))
                & Q(payable=F("entitled") - F("prepaid") + F("carried") - F("carried_on"))
                & Q(payable=F("staff_amount") + F("unit_amount") + F("passed_on")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.payable}"

    @property
    def still_owed(self) -> Decimal:
        """What has to be paid back and did not come in yet."""
        return self.owed - self.repaid


class ShareQuerySet(models.QuerySet):
    """Shares by what an account may see."""

    def visible_to(self, user: "User | SystemAccount") -> "ShareQuerySet":
        """The bureau's all, an institution's own; a doctor's only their own."""
        if user.scope.is_district:
            return self
        own = Q(staff_id=getattr(user, "staff_id", None) or 0)
        return self.filter(user.scope.where("line__institution_id") | own, line__round__state__in=Round.DECIDED)


class Share(models.Model):
    """A member's part of the staff's money: weight of the role × work. `amount` = total − prepaid."""

    line = models.ForeignKey(Line, models.CASCADE, related_name="shares")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="shares")
    job = models.CharField(_("role"), max_length=20, choices=Staff.Job)
    job_weight = models.DecimalField(_("weight of the role"), max_digits=7, decimal_places=4)
    work = models.PositiveIntegerField(_("work"))
    total = money(_("in all"))
    prepaid = money(_("prepaid"))
    amount = money(_("amount"))

    objects = ShareQuerySet.as_manager()

    class Meta:
        ordering = ("line", "staff__staff_no")
        triggers = _stays(PARTS_STAY)
        constraints = (
            models.UniqueConstraint(name="assessments_share_once", fields=["line", "staff"]),
            models.CheckConstraint(name="assessments_share_adds_up", condition=Q(amount=F("total") - F("prepaid"))),
        )

    def __str__(self) -> str:
        return f"{self.staff_id} {self.amount}"


class PassedOn(models.Model):
    """What a unit's capitation pays a hospital for the patients that it referred."""

    line = models.ForeignKey(Line, models.CASCADE, related_name="hospitals")
    hospital = models.ForeignKey(Institution, models.PROTECT, related_name="+")
    patients = models.PositiveIntegerField(_("patients"))
    amount = money(_("amount"))

    class Meta:
        ordering = ("line", "hospital__code")
        triggers = _stays(PARTS_STAY)
        constraints = (models.UniqueConstraint(name="assessments_passedon_once", fields=["line", "hospital"]),)

    def __str__(self) -> str:
        return f"{self.hospital_id} {self.amount}"
