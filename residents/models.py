"""Households, residents, dated transfers and registers."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from residents.categories import AddedRegister
from teams.access import Scope
from teams.history import entered_index, track_facts, track_history
from teams.models import Division, Institution
from teams.models.dated import DatedQuerySet, ordered

if TYPE_CHECKING:
    from teams.models import User
    from teams.models.accounts import SystemAccount

__all__ = ["AddedRegister", "Household", "Register", "Resident", "Sex", "Transfer"]

# Further reasons why an account sees a resident, added by apps above (a doctor: those signed with the team).
seen_through: list[Callable[[Scope], Q]] = []


# The order of the list of residents, and what else narrows it.
NAMED = ("initials", "name", "id")
NARROWING = ("birth_date", "registered_on", "moved_out_on", "died_on", "merged_into", "sex", "phone_problem")


class Characters(Func):
    """The characters of a text as an array: an index on it finds names by any two of them, which trigrams can't."""

    function = "string_to_array"
    output_field = ArrayField(models.TextField())

    def __init__(self, text: str) -> None:
        super().__init__(F(text), Value(None))


class OneOf(Func):
    """Whether an id is among those of a subquery. They are found first, as an array: so a doctor's few people are read
    off the indexes of both sides of an "or", which the database doesn't do beside an "in"."""

    template, arg_joiner = "%(expressions)s)", " = any("
    output_field = models.BooleanField()

    def __init__(self, field: str, ids: models.QuerySet) -> None:
        super().__init__(F(field), ArraySubquery(ids))


class Sex(models.TextChoices):
    """As the ID number tells it."""

    MALE = "male", _("male")
    FEMALE = "female", _("female")


class HouseholdQuerySet(models.QuerySet):
    """Households by what an account may see."""

    def visible_to(self, user: "User") -> "HouseholdQuerySet":
        """Households with a resident whom the account sees."""
        return self.filter(id__in=Resident.objects.visible_to(user).values("household"))


@track_history()
class Household(models.Model):
    """People who live together and sign together."""

    number = models.CharField(_("household number"), max_length=40, unique=True)

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = _("household")

    def __str__(self) -> str:
        return self.number


class ResidentQuerySet(models.QuerySet):
    """Residents by what an account may see, and by date."""

    def visible_to(self, user: "User | SystemAccount") -> "ResidentQuerySet":
        """Those managed in the account's institutions, living in a doctor's villages, or seen through a contract.

        A record that was merged into another is no resident any more.
        """
        scope = user.scope
        if not scope.identities:
            return self.none()
        if scope.is_district:
            return self.filter(merged_into=None)
        managed = scope.where("institution_id")
        if not (scope.teams or scope.villages):
            return self.filter(managed, merged_into=None)
        reasons = managed | Q(village_id__in=scope.villages)
        for reason in seen_through:
            reasons |= reason(scope)
        return self.filter(reasons, merged_into=None)

    def in_population_on(self, day: date) -> "ResidentQuerySet":
        """In the population on `day` (rules.md 1)."""
        return self.filter(
            Q(registered_on=None) | Q(registered_on__lte=day),
            Q(moved_out_on=None) | Q(moved_out_on__gt=day),
            Q(died_on=None) | Q(died_on__gt=day),
            birth_date__lte=day,
            merged_into=None,
        )


def is_seen(user: "User", of: str | Combinable = "resident") -> Exists:
    """Whether the account sees the resident whose id stands there in a row: which of the people of a list it may open.
    A row may be the account's by its contract, and the person managed elsewhere by now."""
    return Exists(Resident.objects.visible_to(user).filter(pk=OuterRef(of) if isinstance(of, str) else of))


@track_facts("residents_resident")
class Resident(models.Model):
    """A person. `institution` and `village` are the present ones; earlier ones follow from `Transfer` rows.

    The ID number and phone are stored encrypted (`*_cipher`) beside a keyed hash for equality (`*_hash`).
    `person` is a keyed hash of the ID number that is the same in every district of a province (scale.md).
    """

    person = models.BigIntegerField()
    id_cipher = models.BinaryField()
    id_hash = models.BinaryField(max_length=32)
    name = models.CharField(_("name"), max_length=60)
    initials = models.CharField(max_length=60, blank=True)
    sex = models.CharField(_("sex"), max_length=6, choices=Sex)
    birth_date = models.DateField(_("birth date"))
    phone_cipher = models.BinaryField(null=True, blank=True)
    phone_hash = models.BinaryField(max_length=32, null=True, blank=True)
    phone_problem = models.CharField(_("problem of the phone number"), max_length=20, blank=True)
    household = models.ForeignKey(Household, models.PROTECT, null=True, blank=True, related_name="residents")
    is_head = models.BooleanField(_("head of household"), default=False)
    village = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="residents", db_index=False
    )
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="residents", db_index=False)
    address = models.CharField(_("address"), max_length=200, blank=True)
    registered_on = models.DateField(_("registered on"), null=True, blank=True)
    moved_out_on = models.DateField(_("moved out on"), null=True, blank=True)
    died_on = models.DateField(_("died on"), null=True, blank=True)
    entered_at = models.DateTimeField(db_default=Now(), editable=False)
    # The record of the same person that this one was merged into (contracts.actions.merging); empty: a resident.
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", db_index=False
    )

    objects = ResidentQuerySet.as_manager()

    class Meta:
        verbose_name = _("resident")
        indexes = (
            models.Index(name="residents_resident_phone", fields=["phone_hash"]),
            models.Index(name="residents_resident_initials", fields=["initials"], opclasses=["varchar_pattern_ops"]),
            models.Index(name="residents_resident_name", fields=["name"], opclasses=["varchar_pattern_ops"]),
            # The orders of lists: a page is read off an index, however long the list is.
            models.Index(name="residents_resident_by_name", fields=["initials", "name", "id"]),
            models.Index(name="residents_resident_by_age", fields=["birth_date", "id"]),
            GinIndex(Characters("name"), name="residents_resident_characters"),
            GinIndex(name="residents_resident_address", fields=["address"], opclasses=["gin_trgm_ops"]),
            # Who is in the population follows from these; few are not.
            models.Index(name="residents_resident_registered", fields=["registered_on"]),
            models.Index(name="residents_resident_died", fields=["died_on"], condition=Q(died_on__isnull=False)),
            models.Index(
                name="residents_resident_moved_out", fields=["moved_out_on"], condition=Q(moved_out_on__isnull=False)
            ),
            models.Index(
                name="residents_resident_gone",
                fields=["id"],
                include=["died_on", "moved_out_on"],
                condition=Q(died_on__isnull=False) | Q(moved_out_on__isnull=False),
            ),
            # Everything that narrows the list of residents, for those of an institution and of a village.
            models.Index(
                name="residents_resident_listed", fields=["institution", *NAMED], include=[*NARROWING, "village"]
            ),
            models.Index(name="residents_resident_at", fields=["village", *NAMED], include=[*NARROWING, "institution"]),
            models.Index(
                name="residents_resident_merged", fields=["merged_into"], condition=Q(merged_into__isnull=False)
            ),
            entered_index("residents_resident"),
        )
        constraints = (
            models.UniqueConstraint(name="residents_resident_one_per_id", fields=["id_hash"]),
            models.UniqueConstraint(name="residents_resident_one_per_person", fields=["person"]),
            models.CheckConstraint(
                name="residents_resident_dies_after_birth",
                condition=Q(died_on=None) | Q(died_on__gte=F("birth_date")),
            ),
            models.CheckConstraint(
                name="residents_resident_moves_out_after_birth",
                condition=Q(moved_out_on=None) | Q(moved_out_on__gte=F("birth_date")),
            ),
            models.CheckConstraint(
                name="residents_resident_not_merged_into_itself",
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")),
            ),
        )

    def __str__(self) -> str:
        return self.name


@track_history()
class Transfer(models.Model):
    """A resident's move to another managing institution or village, from a day on.

    Where someone was on a day: the `from_*` of their first transfer after it, else the resident's present place.
    """

    resident = models.ForeignKey(Resident, models.CASCADE, related_name="transfers")
    on = models.DateField(_("from"))
    from_institution = models.ForeignKey(Institution, models.PROTECT, related_name="+")
    from_village = models.ForeignKey(Division, models.PROTECT, null=True, blank=True, related_name="+")
    to_institution = models.ForeignKey(Institution, models.PROTECT, related_name="+")
    to_village = models.ForeignKey(Division, models.PROTECT, null=True, blank=True, related_name="+")
    entered_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("on",)
        constraints = (models.UniqueConstraint(name="residents_transfer_one_a_day", fields=["resident", "on"]),)

    def __str__(self) -> str:
        return f"{self.resident_id} {self.on}"


class RegisterQuerySet(DatedQuerySet):
    """Register entries by what an account may see."""

    def visible_to(self, user: "User") -> "RegisterQuerySet":
        """Entries of residents whom the account sees."""
        return self.filter(resident__in=Resident.objects.visible_to(user))


@track_facts("residents_register")
class Register(models.Model):
    """A resident's entry on a key-population register, from a day to a day (rules.md 2).

    An entry of expectant mothers also tells when delivery is expected, and when it was: windows of antenatal and
    postpartum services are counted from them (rules.md 5).
    """

    resident = models.ForeignKey(Resident, models.CASCADE, related_name="registers")
    category = models.CharField(_("category"), max_length=20)
    from_on = models.DateField(_("from"))
    to_on = models.DateField(_("until (exclusive)"), null=True, blank=True)
    expected_on = models.DateField(_("expected date of delivery"), null=True, blank=True)
    delivered_on = models.DateField(_("delivered on"), null=True, blank=True)
    entered_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = RegisterQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(name="residents_register_of", fields=["category", "resident"], include=["from_on", "to_on"]),
            entered_index("residents_register"),
        )
        constraints = (
            models.UniqueConstraint(name="residents_register_once_a_day", fields=["resident", "category", "from_on"]),
            ordered("residents_register_ordered"),
        )

    def __str__(self) -> str:
        return f"{self.resident_id} {self.category}"
