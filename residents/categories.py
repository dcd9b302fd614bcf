"""Key populations (重点人群, rules.md 2): ten that every district has, and the registers that a district adds."""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from teams.memory import once_a_request


@dataclass(frozen=True)
class Category:
    """A key population. `bit` is its place in the category mask of a month's row; `is_register` tells registers
    from the two that age alone decides."""

    code: str
    name: str | Promise
    bit: int
    is_register: bool = True

    @property
    def mask(self) -> int:
        """The category's bit as a number."""
        return 1 << self.bit


CORE = (
    Category("elderly", _("elderly"), 0, is_register=False),
    Category("child", _("children aged 0–6"), 1, is_register=False),
    Category("maternal", _("maternal"), 2),
    Category("hypertension", _("hypertension"), 3),
    Category("diabetes", _("type 2 diabetes"), 4),
    Category("mental_disorder", _("severe mental disorder"), 5),
    Category("tuberculosis", _("tuberculosis"), 6),
    Category("disabled", _("disabled"), 7),
    Category("low_income", _("out of poverty and low income"), 8),
    Category("special_family", _("special family"), 9),
)
ALL, KEY = "all", "key"
GROUP_NAMES = {ALL: _("everyone"), KEY: _("key populations")}


class AddedRegister(models.Model):
    """A register that the district adds (慢阻肺 …); it behaves like the others. Bits are given once, never again."""

    code = models.SlugField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=40)
    bit = models.PositiveSmallIntegerField(_("bit"), unique=True)

    class Meta:
        verbose_name = _("added register")
        verbose_name_plural = _("added registers")
        app_label = "residents"
        constraints = (
            models.CheckConstraint(
                name="residents_addedregister_bit_is_free", condition=models.Q(bit__gte=len(CORE), bit__lte=30)
            ),
        )

    def __str__(self) -> str:
        return self.name


@once_a_request
def categories() -> tuple[Category, ...]:
    """Every key population of the district, in order of bits."""
    added = AddedRegister.objects.order_by("bit")
    return CORE + tuple(Category(row.code, row.name, row.bit) for row in added)


def category_names() -> dict[str, str | Promise]:
    """Code -> name of everyone, the key populations together, and each of them."""
    return {**GROUP_NAMES, **{category.code: category.name for category in categories()}}
