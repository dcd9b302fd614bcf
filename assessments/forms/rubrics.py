"""Forms of rubrics. Each edits one part of a draft's content and gives the content with that part changed."""

from collections.abc import Mapping
from dataclasses import fields, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from assessments.models import Grade, Rule
from assessments.rubric_content import Band, Content, RuleContent, SectionContent, VetoContent
from assessments.rubric_files import LARGEST, parse, read_rubric, rubrics
from assessments.sources import offered_sources
from teams.fields import LongSelect
from teams.rules import RuleViolation

NEW = "new"


def number(**options: Any) -> forms.DecimalField:
    """A number with at most two places."""
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": 9})
    limits = {"min_value": 0, "max_value": 999_999_999, "decimal_places": 2, **options}
    return forms.DecimalField(widget=widget, **limits)


class RubricForm(forms.Form):
    """A new rubric: empty, as one that comes with the product, or from a file."""

    code = forms.RegexField(
        r"^[A-Za-z0-9_-]+$", label=_("Rubric code"), max_length=40, help_text=_("Letters, digits, - and _.")
    )
    name = forms.CharField(label=_("Rubric name"), max_length=80, required=False)
    like = forms.ChoiceField(label=_("Begin with"), required=False)
    file = forms.FileField(
        label=_("Rubric file (.toml)"), required=False, widget=forms.FileInput(attrs={"accept": ".toml"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        like = self.fields["like"]
        assert isinstance(like, forms.ChoiceField)
        like.choices = [("", _("an empty rubric")), *((name, read_rubric(name).name) for name in rubrics())]

    def clean_file(self) -> Content | None:
        """What the file says."""
        return read_upload(self.cleaned_data["file"])


class RubricFileForm(forms.Form):
    """A file that takes the place of what a draft says."""

    file = forms.FileField(label=_("Rubric file (.toml)"), widget=forms.FileInput(attrs={"accept": ".toml"}))

    def clean_file(self) -> Content | None:
        """What the file says."""
        return read_upload(self.cleaned_data["file"])


def read_upload(file: Any) -> Content | None:
    """The rubric of an uploaded file, None when there is none. Raises ValidationError."""
    if not file:
        return None
    try:
        return parse(file.read(LARGEST + 1))
    except RuleViolation as refusal:
        raise forms.ValidationError(str(refusal)) from None


class HeadForm(forms.Form):
    """Name, paper and grades."""

    name = forms.CharField(label=_("Rubric name"), max_length=80)
    paper = forms.CharField(label=_("Paper that it follows"), max_length=200, required=False)
    excellent_from = number(label=_("Excellent from"))
    good_from = number(label=_("Good from"))
    pass_from = number(label=_("Pass from"))

    @classmethod
    def initial_of(cls, content: Content, key: str) -> dict[str, Any]:
        """What the fields hold."""
        return {name: getattr(content, name) for name in Content.HEAD}

    def applied(self, content: Content, key: str) -> Content:
        """The content with this head."""
        return replace(content, **self.cleaned_data)


class SectionForm(forms.Form):
    """A section's name and place, and whether its points are a bonus."""

    name = forms.CharField(label=_("Rubric section"), max_length=80)
    position = forms.IntegerField(label=_("Position"), min_value=1, max_value=99)
    bonus_most = number(
        label=_("Bonus, at most"),
        required=False,
        min_value=Decimal("0.01"),
        max_value=999,
        help_text=_("Empty: an ordinary section. Else its points come on top of the others."),
    )

    @classmethod
    def initial_of(cls, content: Content, key: str) -> dict[str, Any]:
        """What the fields hold; for a new one its place at the end."""
        if key == NEW:
            return {"position": len(content.sections) + 1}
        index = _section_index(content, key)
        section = content.sections[index]
        return {"name": section.name, "bonus_most": section.bonus_most, "position": index + 1}

    def applied(self, content: Content, key: str) -> Content:
        """The content with this section at its place."""
        data = self.cleaned_data
        others = list(content.sections)
        section = SectionContent("") if key == NEW else others.pop(_section_index(content, key))
        others.insert(data["position"] - 1, replace(section, name=data["name"], bonus_most=data["bonus_most"]))
        return replace(content, sections=tuple(others))

    @staticmethod
    def removed(content: Content, key: str) -> Content:
        """The content without the section and its rules."""
        index = _section_index(content, key)
        return replace(content, sections=content.sections[:index] + content.sections[index + 1 :])


class RuleForm(forms.Form):
    """One rule. Which fields a method needs is for `rules.rubrics.check_content` to say."""

    code = forms.RegexField(r"^[A-Za-z0-9._-]+$", label=_("Rule code"), max_length=20)
    name = forms.CharField(label=_("Rubric rule"), max_length=120)
    section = forms.TypedChoiceField(label=_("Rubric section"), coerce=int)
    position = forms.IntegerField(label=_("Position"), min_value=1, max_value=999)
    points = number(label=_("Points"), min_value=Decimal("0.01"), max_value=999)
    method = forms.ChoiceField(label=_("Method"), choices=Rule.Method.choices)
    source = forms.ChoiceField(
        label=_("Source"), required=False, widget=LongSelect, help_text=_("Empty: the assessor gives the points.")
    )
    target = number(
        label=_("Target"), required=False, help_text=_("Empty: the year's target of the institution or team.")
    )
    lower_is_better = forms.BooleanField(label=_("Lower is better"), required=False)
    step = number(
        label=_("Width of a step"),
        required=False,
        help_text=_("For deductions: a step of 1 at 0.5 costs half a point for each percentage point."),
    )
    step_points = number(label=_("Points a step"), required=False, max_value=999)
    bands = forms.CharField(
        label=_("Bands"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line, the best first: 95 = 8"),
    )
    guidance = forms.CharField(
        label=_("How it is checked"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, content: Content, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        section, source = self.fields["section"], self.fields["source"]
        assert isinstance(section, forms.ChoiceField) and isinstance(source, forms.ChoiceField)
        section.choices = [(index, each.name) for index, each in enumerate(content.sections)]
        source.choices = [("", _("given by the assessor")), *((each.code, each.label) for each in offered_sources())]

    def clean_bands(self) -> tuple[Band, ...]:
        """Bound and points of each line."""
        return tuple(_band(line) for line in self.cleaned_data["bands"].splitlines() if line.strip())

    @classmethod
    def initial_of(cls, content: Content, key: str) -> dict[str, Any]:
        """What the fields hold; for `new-2` a new rule at the end of the second section."""
        if key.startswith(NEW):
            index = _section_index(content, key.removeprefix(f"{NEW}-"))
            return {"section": index, "position": len(content.sections[index].rules) + 1}
        index, place = _rule_place(content, key)
        rule = content.sections[index].rules[place]
        said = {field.name: getattr(rule, field.name) for field in fields(RuleContent)}
        bands = "\n".join(f"{band.bound.normalize():f} = {band.points.normalize():f}" for band in rule.bands)
        return {**said, "section": index, "position": place + 1, "bands": bands}

    def applied(self, content: Content, key: str) -> Content:
        """The content with this rule at its place."""
        data = dict(self.cleaned_data)
        index, position = data.pop("section"), data.pop("position")
        without = content if key.startswith(NEW) else self.removed(content, key)
        rules = list(without.sections[index].rules)
        rules.insert(position - 1, RuleContent(**data))
        return _with_rules(without, index, rules)

    @staticmethod
    def removed(content: Content, key: str) -> Content:
        """The content without the rule."""
        index, place = _rule_place(content, key)
        rules = content.sections[index].rules
        return _with_rules(content, index, [*rules[:place], *rules[place + 1 :]])


class VetoForm(forms.Form):
    """One veto."""

    code = forms.RegexField(r"^[A-Za-z0-9._-]+$", label=_("Veto code"), max_length=20)
    name = forms.CharField(label=_("Veto"), max_length=120)
    source = forms.ChoiceField(
        label=_("Source"),
        required=False,
        widget=LongSelect,
        help_text=_("Empty: an official states it, with a reason."),
    )
    trigger = number(label=_("Triggered from"), initial=1)
    total_most = number(label=_("Total at most"), required=False, max_value=999)
    grade = forms.ChoiceField(label=_("Grade at most"), required=False, choices=[("", "—"), *Grade.choices])

    def __init__(self, content: Content, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        source = self.fields["source"]
        assert isinstance(source, forms.ChoiceField)
        source.choices = [("", _("stated by an official")), *((each.code, each.label) for each in offered_sources())]

    @classmethod
    def initial_of(cls, content: Content, key: str) -> dict[str, Any]:
        """What the fields hold."""
        if key == NEW:
            return {"code": f"V{len(content.vetoes) + 1}", "trigger": 1}
        veto = content.vetoes[_veto_place(content, key)]
        return {field.name: getattr(veto, field.name) for field in fields(VetoContent)}

    def applied(self, content: Content, key: str) -> Content:
        """The content with this veto at its place."""
        vetoes, veto = list(content.vetoes), VetoContent(**self.cleaned_data)
        if key == NEW:
            vetoes.append(veto)
        else:
            vetoes[_veto_place(content, key)] = veto
        return replace(content, vetoes=tuple(vetoes))

    @staticmethod
    def removed(content: Content, key: str) -> Content:
        """The content without the veto."""
        place = _veto_place(content, key)
        return replace(content, vetoes=content.vetoes[:place] + content.vetoes[place + 1 :])


PartForm = HeadForm | SectionForm | RuleForm | VetoForm
PARTS: Mapping[str, type[PartForm]] = {"head": HeadForm, "section": SectionForm, "rule": RuleForm, "veto": VetoForm}


def part_form(part: str, key: str, content: Content, data: Any = None) -> PartForm:
    """The form of a part of the content; what isn't there is not found."""
    kind = PARTS.get(part)
    if kind is None:
        raise Http404
    initial = kind.initial_of(content, key)
    if kind in (RuleForm, VetoForm):
        return kind(content, data, initial=initial)
    return kind(data, initial=initial)


def _band(line: str) -> Band:
    bound, sign, points = line.replace("＝", "=").partition("=")
    try:
        band = Band(Decimal(bound.strip()), Decimal(points.strip()))
    except InvalidOperation:
        sign, band = "", Band(Decimal(0), Decimal(0))
    if not sign or any(not each.is_finite() or each != round(each, 2) or abs(each) >= 10**6 for each in band):
        raise forms.ValidationError(_("“%(line)s” is not a band: write it as 95 = 8"), params={"line": line})
    return band


def _with_rules(content: Content, index: int, rules: list[RuleContent]) -> Content:
    sections = list(content.sections)
    sections[index] = replace(sections[index], rules=tuple(rules))
    return replace(content, sections=tuple(sections))


def _section_index(content: Content, key: str) -> int:
    if not (key.isascii() and key.isdigit() and 1 <= int(key) <= len(content.sections)):
        raise Http404
    return int(key) - 1


def _rule_place(content: Content, code: str) -> tuple[int, int]:
    for index, section in enumerate(content.sections):
        for place, rule in enumerate(section.rules):
            if rule.code == code:
                return index, place
    raise Http404


def _veto_place(content: Content, code: str) -> int:
    for place, veto in enumerate(content.vetoes):
        if veto.code == code:
            return place
    raise Http404
