"""Service items, packages and their versions, prices and payer shares (rules.md 5-6)."""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from residents.models import Sex
from service_packages.windows import Anchor, Span, Windows
from teams.history import track_history
from teams.models import Staff
from teams.versions import Version, part_stays, version_stays

if TYPE_CHECKING:
    from teams.models import User


class Payer(models.TextChoices):
    """Who bears a share of a package's price."""

    PUBLIC_HEALTH_FUND = "public_health_fund", _("public health fund")
    MEDICAL_INSURANCE = "medical_insurance", _("medical insurance")
    RESIDENT = "resident", _("resident")
    FINANCE = "finance", _("finance")
    CIVIL_AFFAIRS = "civil_affairs", _("civil affairs")
    DISABLED_FEDERATION = "disabled_federation", _("disabled persons' federation")
    POVERTY_RELIEF = "poverty_relief", _("poverty relief")
    FAMILY_PLANNING = "family_planning", _("family planning")
    INSTITUTION_DISCOUNT = "institution_discount", _("institution's discount")
    # Where two treasuries share a subsidy, each is billed for its own part (Zhongyuan: city 4, district 6).
    CITY_FINANCE = "city_finance", _("city finance")
    DISTRICT_FINANCE = "district_finance", _("district finance")


# Item kinds that feed the standards of rules.md 3; other kinds are free words.
STANDARD_KINDS = ("htn_follow_up", "dm_follow_up", "smd_follow_up", "tb_follow_up", "elderly_exam")

# Files complete a published version until somebody has signed for it; taking an import back may put it in use again.
HELD = "exists (select from contracts_coveragepackage held where held.version_id = {version}.id)"
_PARTS = (part_stays("service_packages_packageversion", HELD),)


class CatalogueQuerySet(models.QuerySet):
    """The catalogue is the district's: every account with a role reads it."""

    def visible_to(self, user: "User") -> "CatalogueQuerySet":
        """All rows for an account with a role, none otherwise."""
        return self if user.roles else self.none()


@track_history()
class Item(models.Model):
    """A service that can be promised and given: a follow-up, an examination, advice.

    `modes`, `performers` and `readings` say how it is to be given; an empty list asks nothing. Which of them decide
    whether a record counts as fulfilling stands in `deciding`; the others are advice.
    """

    class Mode(models.TextChoices):
        CLINIC = "clinic", _("at the clinic")
        HOME = "home", _("at home")
        PHONE = "phone", _("by phone")
        ONLINE = "online", _("online")
        GROUP = "group", _("in a group")

    class Reading(models.TextChoices):
        SYSTOLIC = "systolic", _("systolic pressure")
        DIASTOLIC = "diastolic", _("diastolic pressure")
        FASTING_GLUCOSE = "fasting_glucose", _("fasting glucose")

    class Rule(models.TextChoices):
        MODES = "modes", _("how it is given")
        PERFORMERS = "performers", _("who gives it")
        READINGS = "readings", _("readings taken")

    code = models.CharField(_("item code"), max_length=40, unique=True)
    name = models.CharField(_("item name"), max_length=80)
    kind = models.CharField(_("item kind"), max_length=40, blank=True)
    modes = ArrayField(models.CharField(max_length=20, choices=Mode), default=list, blank=True)
    performers = ArrayField(models.CharField(max_length=20, choices=Staff.Job), default=list, blank=True)
    readings = ArrayField(models.CharField(max_length=20, choices=Reading), default=list, blank=True)
    deciding = ArrayField(models.CharField(max_length=20, choices=Rule), default=list, blank=True)
    unit_price = models.DecimalField(
        _("usual unit price"), max_digits=10, decimal_places=2, default=Decimal("0.00"), db_default=Decimal("0.00")
    )

    objects = CatalogueQuerySet.as_manager()

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(name="service_packages_item_usual_price", condition=Q(unit_price__gte=0)),
        )

    def __str__(self) -> str:
        return self.name


@track_history()
class Package(models.Model):
    """A service package; what it holds and costs stands in its versions."""

    code = models.CharField(_("package code"), max_length=40, unique=True)

    objects = CatalogueQuerySet.as_manager()

    class Meta:
        verbose_name = _("package")
        ordering = ("code",)

    def __str__(self) -> str:
        return self.code


@track_history()
class PackageVersion(Version):
    """One state of a package. A version that a contract holds never changes; a change makes the next version.

    For whom it is: members of one of `categories` (empty: everyone) and of all of `required`, of `age_from` to `age_to`
    completed years, of `sex`. With `is_must` the signing screen refuses others, else it warns. Of an `exclusive_group`
    (the levels of one package) a person holds one. Residents of `free_for` pay nothing themselves.
    """

    class Tier(models.TextChoices):
        BASIC = "basic", _("basic")
        PERSONALISED = "personalised", _("personalised")

    package = models.ForeignKey(Package, models.CASCADE, related_name="versions")
    name = models.CharField(_("package name"), max_length=80)
    tier = models.CharField(_("tier"), max_length=12, choices=Tier, default=Tier.BASIC)
    categories = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    annual_price = models.DecimalField(
        _("price a year"),
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("empty: sum of its items"),
    )
    year = models.PositiveSmallIntegerField(_("catalogue of"), null=True, blank=True)
    required = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    age_from = models.PositiveSmallIntegerField(_("from age"), null=True, blank=True)
    age_to = models.PositiveSmallIntegerField(_("to age"), null=True, blank=True)
    sex = models.CharField(_("sex"), max_length=6, choices=Sex, blank=True)
    exclusive_group = models.CharField(_("not together with others of the group"), max_length=40, blank=True)
    free_for = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    is_must = models.BooleanField(_("refuse people whom it is not for"), default=False)

    objects = CatalogueQuerySet.as_manager()

    class Meta:
        verbose_name = _("package version")
        verbose_name_plural = _("package versions")
        ordering = ("package__code", "-number")
        triggers = (version_stays(HELD, moves="{new} <> 'draft'"),)
        constraints = (
            models.UniqueConstraint(name="service_packages_version_number", fields=["package", "number"]),
            models.UniqueConstraint(
                name="service_packages_version_one_published",
                fields=["package"],
                condition=Q(status="published"),
            ),
            models.UniqueConstraint(
                name="service_packages_version_one_draft", fields=["package"], condition=Q(status="draft")
            ),
            models.CheckConstraint(
                name="service_packages_version_ages_ordered",
                condition=Q(age_from=None) | Q(age_to=None) | Q(age_to__gte=models.F("age_from")),
            ),
            models.CheckConstraint(
                name="service_packages_version_price_not_negative",
                condition=Q(annual_price=None) | Q(annual_price__gte=0),
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} v{self.number}"

    @property
    def price(self) -> Decimal:
        """Yuan a year: the fixed price, or the sum over the items of unit price × times (rules.md 6)."""
        if self.annual_price is not None:
            return self.annual_price
        return sum((row.unit_price * row.times_per_year for row in self.items.all()), Decimal("0.00"))


@track_history()
class PackageItem(models.Model):
    """An item of a package version: how often a year, at which unit price.

    `opens` and `closes` are the spans of an anchor other than the contract year, in its unit, element by element;
    `times_per_year` then only says how often a year it is charged.
    """

    version = models.ForeignKey(PackageVersion, models.CASCADE, related_name="items")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    times_per_year = models.PositiveSmallIntegerField(_("times a year"))
    unit_price = models.DecimalField(_("unit price"), max_digits=10, decimal_places=2, default=Decimal("0.00"))
    anchor = models.CharField(
        _("counted from"),
        max_length=16,
        choices=Anchor,
        default=Anchor.CONTRACT_YEAR,
        db_default=Anchor.CONTRACT_YEAR.value,
    )
    opens = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    closes = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)

    class Meta:
        ordering = ("item__code",)
        triggers = _PARTS
        constraints = (
            models.UniqueConstraint(name="service_packages_item_once", fields=["version", "item"]),
            models.CheckConstraint(
                name="service_packages_item_times", condition=Q(times_per_year__gte=1, times_per_year__lte=366)
            ),
            models.CheckConstraint(name="service_packages_item_price", condition=Q(unit_price__gte=0)),
            models.CheckConstraint(
                name="service_packages_item_spans_are_whole",
                condition=Q(opens__len=models.F("closes__len"))
                & (Q(anchor="contract_year", opens=[]) | (~Q(anchor="contract_year") & ~Q(opens=[]))),
            ),
        )

    def __str__(self) -> str:
        return f"{self.item_id} × {self.times_per_year}"

    @property
    def windows(self) -> Windows:
        """What its windows follow from."""
        return Windows(self.anchor, tuple(map(Span, self.opens, self.closes)))


@track_history()
class PayerShare(models.Model):
    """What one payer bears of a version's yearly price; `category` empty: the rule for everyone else."""

    version = models.ForeignKey(PackageVersion, models.CASCADE, related_name="shares")
    category = models.CharField(_("category"), max_length=20, blank=True)
    payer = models.CharField(_("payer"), max_length=24, choices=Payer)
    amount = models.DecimalField(_("amount"), max_digits=10, decimal_places=2)

    class Meta:
        ordering = ("category", "payer")
        triggers = _PARTS
        constraints = (
            models.UniqueConstraint(name="service_packages_share_once", fields=["version", "category", "payer"]),
            models.CheckConstraint(name="service_packages_share_not_negative", condition=Q(amount__gte=0)),
        )

    def __str__(self) -> str:
        return f"{self.payer} {self.amount}"
