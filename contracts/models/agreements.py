"""Contracts (协议), coverages (one resident within one contract), packages held, charges, suspensions."""

from datetime import date
from typing import TYPE_CHECKING

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least, Now
from django.utils.translation import gettext_lazy as _

from contracts.models.status import Status, conditions, last_day, not_over_on, status_of
from residents.models import Resident
from service_packages.models import PackageVersion, Payer
from teams.history import entered_index, track_facts, track_history
from teams.models import Team
from teams.models.dated import DatedQuerySet, DateRange, one_at_a_time, ordered

if TYPE_CHECKING:
    from teams.models import User


class ContractQuerySet(models.QuerySet):
    """Contracts by what an account may see."""

    def visible_to(self, user: "User") -> "ContractQuerySet":
        """Contracts of teams that the account sees; none for accounts without identities."""
        if not user.scope.identities:
            return self.none()
        return self if user.scope.is_district else self.filter(team__in=user.seen_teams)


@track_facts("contracts_contract")
class Contract(models.Model):
    """An agreement of a household or person with one team.

    `previous` is the contract that this one takes up, `origin` says as what.
    """

    class Origin(models.TextChoices):
        NEW = "new", _("newly signed")
        RENEWAL = "renewal", _("renewal")
        TEAM_CHANGE = "team_change", _("change of team")
        PACKAGE_CHANGE = "package_change", _("change of packages")
        HANDOVER = "handover", _("handed over by another team")

    number = models.CharField(_("contract number"), max_length=60, unique=True)
    team = models.ForeignKey(Team, models.PROTECT, related_name="contracts", db_index=False)
    signed_on = models.DateField(_("signed on"))
    representative = models.ForeignKey(
        Resident, models.PROTECT, null=True, blank=True, related_name="represented_contracts"
    )
    previous = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="following")
    origin = models.CharField(_("origin"), max_length=16, choices=Origin, default=Origin.NEW, db_default=Origin.NEW)

    objects = ContractQuerySet.as_manager()

    class Meta:
        verbose_name = _("contract")
        # With what a list asks of a contract beside: it needn't look at the row.
        indexes = (
            models.Index(name="contracts_contract_of_team", fields=["team"], include=["id", "signed_on"]),
            models.Index(name="contracts_contract_by_signed", fields=["signed_on"], include=["id", "team"]),
        )
        constraints = (
            models.CheckConstraint(
                name="contracts_contract_origin_is_whole",
                condition=Q(previous=None, origin="new") | (Q(previous__isnull=False) & ~Q(origin="new")),
            ),
        )
        triggers = (
            pgtrigger.Trigger(
                name="team_of_coverages",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("team_id"),
                condition=pgtrigger.Q(old__team__df=pgtrigger.F("new__team")),
                func="update contracts_coverage set team_id = new.team_id where contract_id = new.id; return null;",
            ),
        )

    def __str__(self) -> str:
        return self.number


class CoverageQuerySet(models.QuerySet):
    """Coverages by what an account may see, and by date."""

    def visible_to(self, user: "User") -> "CoverageQuerySet":
        """Coverages of contracts that the account sees."""
        if not user.scope.identities:
            return self.none()
        return self if user.scope.is_district else self.filter(team__in=user.seen_teams)

    def in_force_on(self, day: date) -> "CoverageQuerySet":
        """In force on `day` (rules.md 1): within its term, not suspended, the resident in the population."""
        return self.running_on(day).filter(resident__in=Resident.objects.in_population_on(day))

    def running_on(self, day: date) -> "CoverageQuerySet":
        """Within its term on `day` and not suspended: in force if the resident is in the population."""
        # The few suspensions are read once, not looked up for every coverage.
        return self.exclude(pk__in=Suspension.objects.on(day).values("coverage")).filter(
            Q(terminated_on=None) | Q(terminated_on__gt=day),
            start_on__lte=day,
            end_on__gte=day,
        )

    def with_status(self, day: date) -> "CoverageQuerySet":
        """Annotated with `status` on `day`, as `status_of` tells it for a row in hand."""
        cases = [models.When(condition, then=models.Value(status)) for status, condition in self._conditions(day)]
        return self.annotate(status=models.Case(*cases, output_field=models.CharField()))

    def having_status(self, status: Status, day: date) -> "CoverageQuerySet":
        """Those that have the status on `day`."""
        return self.filter(dict(self._conditions(day))[status])

    def not_over_on(self, day: date) -> "CoverageQuerySet":
        """In force on `day`, suspended, or still to start."""
        return self.filter(not_over_on(day))

    def _conditions(self, day: date) -> list[tuple[Status, Q]]:
        suspended = Q(pk__in=Suspension.objects.on(day).values("coverage"))
        return list(conditions(day, suspended).items())

    def overlapping(self, start_on: date, end_on: date) -> "CoverageQuerySet":
        """With a day of the term `start_on` … `end_on` in common, cut by termination (rules.md 1)."""
        over_before = Q(terminated_on__lte=start_on) | Q(terminated_on__lte=F("start_on"))
        return self.filter(start_on__lte=end_on, end_on__gte=start_on).exclude(
            over_before & Q(terminated_on__isnull=False)
        )


@track_facts("contracts_coverage", exclude=["team"])
class Coverage(models.Model):
    """One resident within one contract, from `start_on` to `end_on` (the last day in force), cut by termination.

    `team` is the contract's, kept by the database (docs/adr/0016): nobody sets it, and a new object doesn't know it.
    """

    class Reason(models.TextChoices):
        REQUEST = "request", _("on request")
        MOVED = "moved", _("moved away")
        DIED = "died", _("died")
        LOST = "lost", _("lost to follow-up")
        OTHER = "other", _("other")
        # Another contract takes this one's place from that day on; never chosen by hand.
        CHANGED = "changed", _("replaced by another contract")

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="coverages", db_index=False)
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="coverages", db_index=False)
    start_on = models.DateField(_("in force from"))
    end_on = models.DateField(_("last day in force"))
    terminated_on = models.DateField(_("terminated on"), null=True, blank=True)
    termination_reason = models.CharField(_("reason"), max_length=40, blank=True)
    entered_at = models.DateTimeField(db_default=Now(), editable=False)
    team = models.ForeignKey(
        Team, models.PROTECT, related_name="+", editable=False, db_index=False, db_constraint=False
    )

    objects = CoverageQuerySet.as_manager()

    class Meta:
        verbose_name = _("coverage")
        indexes = (
            # Terms whole: of a resident, of a contract, in the order of lists.
            models.Index(
                name="contracts_coverage_of_resident",
                fields=["resident", "end_on"],
                include=["start_on", "terminated_on", "id", "contract"],
            ),
            models.Index(
                name="contracts_coverage_of_contract",
                fields=["contract"],
                include=["resident", "start_on", "end_on", "terminated_on", "id"],
            ),
            models.Index(
                name="contracts_coverage_of_team",
                fields=["team", "end_on"],
                include=["start_on", "terminated_on", "resident", "contract", "id"],
            ),
            models.Index(
                name="contracts_coverage_by_end",
                fields=["end_on", "id"],
                include=["start_on", "terminated_on", "resident", "contract"],
            ),
            models.Index(name="contracts_coverage_start", fields=["start_on"]),
            models.Index(
                name="contracts_coverage_terminated", fields=["terminated_on"], condition=Q(terminated_on__isnull=False)
            ),
            entered_index("contracts_coverage"),
        )
        constraints = (
            models.UniqueConstraint(name="contracts_coverage_once", fields=["contract", "resident"]),
            models.CheckConstraint(name="contracts_coverage_ordered", condition=Q(end_on__gte=F("start_on"))),
            models.CheckConstraint(
                name="contracts_coverage_terminated_after_start",
                condition=Q(terminated_on=None) | Q(terminated_on__gte=F("start_on")),
            ),
            # rules.md 1: at most one coverage at a time. The sum keeps the database from looking residents up in this
            # index, which takes ten times as long as in the one above.
            ExclusionConstraint(
                name="contracts_coverage_one_at_a_time",
                expressions=[
                    (models.ExpressionWrapper(F("resident") + 0, models.BigIntegerField()), RangeOperators.EQUAL),
                    (
                        DateRange(
                            F("start_on"),
                            Greatest(
                                F("start_on"),
                                Least(
                                    models.ExpressionWrapper(F("end_on") + 1, models.DateField()), F("terminated_on")
                                ),
                            ),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        )
        triggers = (
            pgtrigger.Trigger(
                name="team_of_contract",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("contract_id", "team_id"),
                func="select team_id into new.team_id from contracts_contract where id = new.contract_id; return new;",
            ),
            pgtrigger.Trigger(
                name="team_of_obligations",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("contract_id", "team_id"),
                condition=pgtrigger.Q(old__team__df=pgtrigger.F("new__team")),
                func="update contracts_obligation set team_id = new.team_id where coverage_id = new.id; return null;",
            ),
        )

    def __str__(self) -> str:
        return f"{self.contract_id}: {self.resident_id}"

    @property
    def last_on(self) -> date:
        """The last day in force (`contracts.models.status.last_day`)."""
        return last_day(self)

    def status_on(self, day: date) -> Status:
        """The status on `day`; suspensions and the resident are prefetched where there are many."""
        is_suspended = any(pause.holds_on(day) for pause in self.suspensions.all())
        return status_of(self, day, is_suspended=is_suspended)

    @property
    def reason_words(self) -> str:
        """Why it was terminated; a file may have brought words of its own."""
        labels = dict(self.Reason.choices)
        return str(labels.get(self.termination_reason, self.termination_reason))


@track_facts("contracts_held")
class CoveragePackage(models.Model):
    """A package version that a coverage holds, with its price a year as it was signed."""

    coverage = models.ForeignKey(Coverage, models.CASCADE, related_name="packages")
    version = models.ForeignKey(PackageVersion, models.PROTECT, related_name="held", db_index=False)
    price = models.DecimalField(_("price a year"), max_digits=10, decimal_places=2)
    # Unknown where it was held before this was noted.
    entered_at = models.DateTimeField(db_default=Now(), null=True, editable=False)

    class Meta:
        indexes = (
            models.Index(name="contracts_coveragepackage_of", fields=["version", "coverage"]),
            # Old rows have no time, by which PostgreSQL would misjudge what a block index finds.
            models.Index(name="contracts_held_entered", fields=["entered_at"], condition=Q(entered_at__isnull=False)),
        )
        constraints = (
            models.UniqueConstraint(name="contracts_coveragepackage_once", fields=["coverage", "version"]),
            models.CheckConstraint(name="contracts_coveragepackage_price", condition=Q(price__gte=0)),
        )

    def __str__(self) -> str:
        return f"{self.coverage_id}: {self.version_id}"


@track_history()
class Charge(models.Model):
    """What one payer owes a year for a package that a coverage holds; copied at signing (rules.md 6)."""

    held = models.ForeignKey(CoveragePackage, models.CASCADE, related_name="charges")
    payer = models.CharField(_("payer"), max_length=24, choices=Payer)
    amount = models.DecimalField(_("amount"), max_digits=10, decimal_places=2)

    class Meta:
        constraints = (
            models.UniqueConstraint(name="contracts_charge_once", fields=["held", "payer"]),
            models.CheckConstraint(name="contracts_charge_not_negative", condition=Q(amount__gte=0)),
        )

    def __str__(self) -> str:
        return f"{self.payer} {self.amount}"


@track_history()
class Suspension(models.Model):
    """Days on which a coverage isn't in force though its term runs."""

    coverage = models.ForeignKey(Coverage, models.CASCADE, related_name="suspensions")
    from_on = models.DateField(_("from"))
    to_on = models.DateField(_("until (exclusive)"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=100, blank=True)
    entered_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = (
            one_at_a_time("contracts_suspension_one_at_a_time", "coverage"),
            ordered("contracts_suspension_ordered"),
        )

    def __str__(self) -> str:
        return f"{self.coverage_id} {self.from_on}"

    def holds_on(self, day: date) -> bool:
        """Whether `day` is one of the days."""
        return self.from_on <= day and (self.to_on is None or self.to_on > day)
