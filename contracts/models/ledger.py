"""The promise ledger: obligations (what is owed when), services (what was given), and visits."""

from typing import TYPE_CHECKING, Any

import pgtrigger
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from contracts.models.agreements import Coverage, CoveragePackage
from residents.models import Resident
from service_packages.models import Item
from teams import copies
from teams.history import entered_index, track_facts
from teams.models import Institution, Staff, Team

if TYPE_CHECKING:
    from teams.models import User


READINGS = ("systolic", "diastolic", "fasting_glucose")
# What tells two states of an entry apart.
ENTERED = ("item_id", "performed_on", "staff_id", "place", *READINGS, "note")


class PersonalQuerySet(models.QuerySet):
    """Rows of a resident by what an account may see."""

    def visible_to(self, user: "User") -> "PersonalQuerySet":
        """Rows of residents whom the account sees."""
        if not user.scope.identities:
            return self.none()
        if user.scope.is_district:
            return self
        return self.filter(resident__in=Resident.objects.visible_to(user))


class MeasuredField(models.DecimalField):
    """A decimal with the places that were measured: 6.1 of a meter stays 6.1, 6.53 of an analyser stays 6.53."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """A numeric that keeps each value's own number of places."""
        return "numeric"


@track_facts("contracts_service")
class Service(models.Model):
    """A service given to a resident on a day, with the readings taken.

    `place` is a code of `Item.Mode`, or the words typed. `is_counted` is whether it may meet an obligation by the
    item's rules as they stood when it was entered or corrected last (service_packages.rules.check_counts).
    """

    resident = models.ForeignKey(Resident, models.PROTECT, related_name="services", db_index=False)
    item = models.ForeignKey(Item, models.PROTECT, related_name="services", db_index=False)
    performed_on = models.DateField(_("service date"))
    staff = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="services")
    place = models.CharField(_("mode"), max_length=20, blank=True)
    systolic = models.PositiveSmallIntegerField(_("systolic"), null=True, blank=True)
    diastolic = models.PositiveSmallIntegerField(_("diastolic"), null=True, blank=True)
    fasting_glucose = MeasuredField(_("fasting glucose"), max_digits=4, decimal_places=2, null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    is_counted = models.BooleanField(_("counts as fulfilling"), default=True, db_default=True)
    entered_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = PersonalQuerySet.as_manager()

    class Meta:
        verbose_name = _("service")
        indexes = (
            # The last readings of a person, without a look at the table (contracts/sql/due.sql).
            models.Index(
                name="contracts_service_readings",
                fields=["resident", "-performed_on"],
                include=["systolic", "diastolic", "fasting_glucose"],
                condition=Q(systolic__isnull=False) | Q(fasting_glucose__isnull=False),
            ),
            entered_index("contracts_service"),
        )
        constraints = (
            models.UniqueConstraint(name="contracts_service_once_a_day", fields=["resident", "item", "performed_on"]),
        )

    def __str__(self) -> str:
        return f"{self.item_id} {self.performed_on}"

    @property
    def readings(self) -> dict[str, Any]:
        """The values taken, None where none was."""
        return {name: getattr(self, name) for name in READINGS}

    @property
    def fingerprint(self) -> str:
        """Tells this state of the entry from every other: what a form was filled in from."""
        return copies.fingerprint(self, ENTERED)


@track_facts("contracts_obligation", exclude=["team", "met_by", "met_on"])
class Obligation(models.Model):
    """One service owed within one window of a contract year (rules.md 5).

    `opens_on` … `due_on` is the window, both days in it. `met_by`/`met_on` is the outcome of the matching
    (contracts.matching), never edited by hand. Whether it counts on a day follows from the coverage. `team` is the
    coverage's (docs/adr/0016).
    """

    class Waiver(models.TextChoices):
        REFUSED = "refused", _("refused")
        IN_HOSPITAL = "in_hospital", _("in hospital")
        AWAY = "away", _("away")

    # The database checks `held` alone: the other four follow from it, and looking them up one by one for 1.6 million
    # rows takes longer than making them.
    coverage = models.ForeignKey(Coverage, models.CASCADE, related_name="obligations", db_constraint=False)
    resident = models.ForeignKey(
        Resident, models.PROTECT, related_name="obligations", db_index=False, db_constraint=False
    )
    team = models.ForeignKey(
        Team, models.PROTECT, related_name="+", editable=False, db_index=False, db_constraint=False
    )
    held = models.ForeignKey(CoveragePackage, models.CASCADE, related_name="obligations", db_index=False)
    item = models.ForeignKey(Item, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    opens_on = models.DateField(_("window opens"))
    due_on = models.DateField(_("due on"))
    met_by = models.ForeignKey(Service, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    met_on = models.DateField(_("met on"), null=True, blank=True)
    waived_on = models.DateField(_("waived on"), null=True, blank=True)
    waived_by = models.CharField(_("waived by"), max_length=150, blank=True)
    waiver = models.CharField(_("waived because"), max_length=20, choices=Waiver, blank=True)

    objects = PersonalQuerySet.as_manager()

    class Meta:
        verbose_name = _("obligation")
        indexes = (
            models.Index(name="contracts_obligation_due", fields=["due_on"]),
            models.Index(name="contracts_obligation_met_by", fields=["met_by"], condition=Q(met_by__isnull=False)),
            # What is still to be done (contracts/sql/due.sql).
            models.Index(
                name="contracts_obligation_open",
                fields=["coverage", "due_on"],
                include=["opens_on", "item"],
                condition=Q(met_on=None, waived_on=None),
            ),
            # The same for whole teams: of what is open, little is due by now.
            models.Index(
                name="contracts_obligation_of_team",
                fields=["team", "due_on"],
                include=["coverage", "opens_on", "item", "id"],
                condition=Q(met_on=None, waived_on=None),
            ),
        )
        constraints = (
            models.UniqueConstraint(name="contracts_obligation_once", fields=["held", "item", "opens_on"]),
            models.CheckConstraint(name="contracts_obligation_ordered", condition=Q(due_on__gte=F("opens_on"))),
            models.CheckConstraint(
                name="contracts_obligation_waiver_is_whole",
                condition=Q(waived_on=None, waiver="", waived_by="")
                | (Q(waived_on__isnull=False) & ~Q(waiver="") & ~Q(waived_by="")),
            ),
        )
        triggers = (
            # The statements that make obligations name the team; what is brought back from the history has none.
            pgtrigger.Trigger(
                name="team_of_coverage",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__team__isnull=True),
                func="select team_id into new.team_id from contracts_coverage where id = new.coverage_id; return new;",
            ),
        )

    def __str__(self) -> str:
        return f"{self.item_id} {self.opens_on}–{self.due_on}"


@track_facts("contracts_visit")
class Visit(models.Model):
    """A visit to an institution, for the share of first contact at the primary level and its cost."""

    resident = models.ForeignKey(Resident, models.PROTECT, related_name="visits")
    visited_on = models.DateField(_("visit date"))
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="+")
    cost = models.DecimalField(_("total cost"), max_digits=12, decimal_places=2)
    insurance_paid = models.DecimalField(_("paid by insurance"), max_digits=12, decimal_places=2, null=True, blank=True)
    visit_no = models.CharField(_("visit number"), max_length=60, blank=True)
    entered_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = PersonalQuerySet.as_manager()

    class Meta:
        verbose_name = _("visit")
        indexes = (models.Index(name="contracts_visit_day", fields=["visited_on"]), entered_index("contracts_visit"))
        constraints = (
            models.UniqueConstraint(
                name="contracts_visit_one_per_number", fields=["visit_no"], condition=~Q(visit_no="")
            ),
            models.UniqueConstraint(
                name="contracts_visit_once_a_day",
                fields=["resident", "visited_on", "institution"],
                condition=Q(visit_no=""),
            ),
            models.CheckConstraint(name="contracts_visit_cost_not_negative", condition=Q(cost__gte=0)),
        )

    def __str__(self) -> str:
        return f"{self.resident_id} {self.visited_on}"
