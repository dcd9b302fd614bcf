"""Divisions (区划) and institutions (机构) with their dated tree."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from teams.clock import today
from teams.history import track_history
from teams.memory import once_a_request
from teams.models.dated import Dated, one_at_a_time, ordered

if TYPE_CHECKING:
    from teams.models.accounts import User


@track_history()
class Division(models.Model):
    """An administrative division by its statistical code: province, city, county, township, village."""

    class Level(models.TextChoices):
        PROVINCE = "province", _("province")
        CITY = "city", _("city")
        COUNTY = "county", _("county")
        TOWNSHIP = "township", _("township")
        VILLAGE = "village", _("village")

    code = models.CharField(_("division code"), max_length=12, unique=True)
    name = models.CharField(_("division name"), max_length=60)
    level = models.CharField(_("level"), max_length=10, choices=Level)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")

    class Meta:
        verbose_name = _("division")
        verbose_name_plural = _("divisions")
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class InstitutionQuerySet(models.QuerySet):
    """Institutions by what an account may see."""

    def visible_to(self, user: "User") -> "InstitutionQuerySet":
        """Institutions within the account's scope."""
        return self.filter(user.scope.where("id"))

    def subtree(self, root_id: int, on: date | None = None) -> "InstitutionQuerySet":
        """`root_id` and everything below it on the day (default today)."""
        return self.filter(id__in=subtree_ids(root_id, on))


@track_history()
class Institution(models.Model):
    """A bureau, hospital, centre or clinic. Its place in the tree is dated (`InstitutionParent`)."""

    class Kind(models.TextChoices):
        BUREAU = "bureau", _("health bureau")
        LEAD_HOSPITAL = "lead_hospital", _("lead hospital")
        HOSPITAL = "hospital", _("hospital")
        TOWNSHIP_CENTER = "township_center", _("township health centre")
        COMMUNITY_CENTER = "community_center", _("community health centre")
        VILLAGE_CLINIC = "village_clinic", _("village clinic")

    class Setting(models.TextChoices):
        URBAN = "urban", _("urban")
        RURAL = "rural", _("rural")

    # Where a visit counts as one at the primary level (rules.md 3, primary_share).
    PRIMARY_KINDS = (Kind.TOWNSHIP_CENTER, Kind.COMMUNITY_CENTER, Kind.VILLAGE_CLINIC)

    code = models.CharField(_("institution code"), max_length=40, unique=True)
    name = models.CharField(_("institution name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    setting = models.CharField(_("urban or rural"), max_length=5, choices=Setting, blank=True)
    division = models.ForeignKey(Division, models.PROTECT, null=True, blank=True, related_name="institutions")
    # Where residents call: shown to everybody, unlike a person's.
    public_phone = models.CharField(_("public phone"), max_length=30, blank=True, default="", db_default="")

    objects = InstitutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("institution")
        verbose_name_plural = _("institutions")
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name

    @property
    def kind_name(self) -> str:
        """Its kind in words: what is a clinic in a village is a station in town."""
        if self.kind == self.Kind.VILLAGE_CLINIC and self.setting == self.Setting.URBAN:
            return gettext("community health station")
        return str(self.Kind(self.kind).label)


@track_history()
class InstitutionParent(Dated):
    """The institution right above another, from a day to a day. A root has no row."""

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="parents")
    parent = models.ForeignKey(Institution, models.PROTECT, related_name="children")

    class Meta:
        constraints = (
            one_at_a_time("teams_institutionparent_one_at_a_time", "institution"),
            ordered("teams_institutionparent_ordered"),
            models.CheckConstraint(
                name="teams_institutionparent_not_itself", condition=~models.Q(institution=models.F("parent"))
            ),
        )

    def __str__(self) -> str:
        return f"{self.institution_id} < {self.parent_id}"


@once_a_request
def parent_ids(on: date | None = None) -> dict[int, int]:
    """Institution id -> id of the institution right above it on the day (default today). Roots are absent."""
    day = on or today()
    return {
        institution: parent
        for institution, parent, from_on, to_on in _parents()
        if from_on <= day and (to_on is None or to_on > day)
    }


@once_a_request
def _parents() -> list[tuple[int, int, date, date | None]]:
    """Every line of the tree with its days: a page may ask for today's and for that of a report date."""
    return list(InstitutionParent.objects.values_list("institution_id", "parent_id", "from_on", "to_on"))


def subtree_ids(root_id: int, on: date | None = None) -> frozenset[int]:
    """Ids of `root_id` and everything below it on the day (default today)."""
    return ids_below(root_id, parent_ids(on))


def ids_below(root_id: int, above: Mapping[int, int]) -> frozenset[int]:
    """Ids of `root_id` and everything below it in a tree: institution id -> id of the one right above it."""
    children = defaultdict(list)
    for institution, parent in above.items():
        children[parent].append(institution)
    found, todo = {root_id}, [root_id]
    while todo:
        todo = [child for above in todo for child in children[above] if child not in found]
        found.update(todo)
    return frozenset(found)
