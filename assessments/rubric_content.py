"""What a version of a rubric says, as a value: what forms, files and comparisons of rubrics work on."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from decimal import Decimal
from hashlib import sha256
from typing import Any, NamedTuple

from assessments.models import RubricVersion, Rule, Section, Veto


class Band(NamedTuple):
    """From `bound` on (to it, where lower is better) the rule gives `points`."""

    bound: Decimal
    points: Decimal


@dataclass(frozen=True)
class RuleContent:
    """A rule, as `assessments.models.Rule` explains its fields."""

    code: str
    name: str
    points: Decimal
    method: str
    guidance: str = ""
    source: str = ""
    target: Decimal | None = None
    lower_is_better: bool = False
    step: Decimal | None = None
    step_points: Decimal | None = None
    bands: tuple[Band, ...] = ()

    @classmethod
    def of(cls, rule: Rule) -> "RuleContent":
        """What stands in a rule."""
        said = {field.name: getattr(rule, field.name) for field in fields(cls) if field.name != "bands"}
        return cls(**said, bands=tuple(map(Band, rule.bounds, rule.bound_points)))

    def row(self) -> dict[str, Any]:
        """The fields of `Rule`."""
        said = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "bands"}
        return said | {
            "bounds": [band.bound for band in self.bands],
            "bound_points": [band.points for band in self.bands],
        }


@dataclass(frozen=True)
class SectionContent:
    """A section with its rules, in order."""

    name: str
    bonus_most: Decimal | None = None
    rules: tuple[RuleContent, ...] = ()

    @property
    def points(self) -> Decimal:
        """What its rules are worth together."""
        return sum((rule.points for rule in self.rules), Decimal("0.00"))


@dataclass(frozen=True)
class VetoContent:
    """A veto, as `assessments.models.Veto` explains its fields."""

    code: str
    name: str
    source: str = ""
    trigger: Decimal = Decimal("1.00")
    total_most: Decimal | None = None
    grade: str = ""

    @classmethod
    def of(cls, veto: Veto) -> "VetoContent":
        """What stands in a veto."""
        return cls(**{field.name: getattr(veto, field.name) for field in fields(cls)})


@dataclass(frozen=True)
class Content:
    """All that a version says."""

    name: str
    paper: str = ""
    excellent_from: Decimal = Decimal("90.00")
    good_from: Decimal = Decimal("80.00")
    pass_from: Decimal = Decimal("60.00")
    sections: tuple[SectionContent, ...] = ()
    vetoes: tuple[VetoContent, ...] = ()

    HEAD = ("name", "paper", "excellent_from", "good_from", "pass_from")

    @classmethod
    def of(cls, version: RubricVersion) -> "Content":
        """What stands in a version."""
        sections = version.sections.prefetch_related("rules").all()
        return cls(
            **{name: getattr(version, name) for name in cls.HEAD},
            sections=tuple(
                SectionContent(each.name, each.bonus_most, tuple(map(RuleContent.of, each.rules.all())))
                for each in sections
            ),
            vetoes=tuple(map(VetoContent.of, version.vetoes.all())),
        )

    @property
    def rules(self) -> Iterator[RuleContent]:
        """Every rule, section by section."""
        return (rule for section in self.sections for rule in section.rules)

    @property
    def full_points(self) -> Decimal:
        """What the ordinary sections are worth."""
        return sum((each.points for each in self.sections if each.bonus_most is None), Decimal("0.00"))

    @property
    def fingerprint(self) -> str:
        """The same for the same content."""
        return sha256(repr(self).encode()).hexdigest()

    def write_to(self, version: RubricVersion) -> None:
        """Make the draft say this. Its parts are made anew."""
        for name in self.HEAD:
            setattr(version, name, getattr(self, name))
        version.save()
        version.rules.all().delete()
        version.sections.all().delete()
        version.vetoes.all().delete()
        sections = Section.objects.bulk_create(
            Section(version=version, position=position, name=each.name, bonus_most=each.bonus_most)
            for position, each in enumerate(self.sections, 1)
        )
        Rule.objects.bulk_create(
            Rule(version=version, section=section, position=position, **rule.row())
            for section, each in zip(sections, self.sections, strict=True)
            for position, rule in enumerate(each.rules, 1)
        )
        Veto.objects.bulk_create(
            Veto(version=version, position=position, **{f.name: getattr(each, f.name) for f in fields(each)})
            for position, each in enumerate(self.vetoes, 1)
        )
