"""Months and their rows, figures, targets, official populations, surveys and phone checks; rubrics and assessments."""

from assessments.models.cycles import (
    Appeal,
    Assessment,
    Cycle,
    Evidence,
    Scenario,
    Score,
    ScoreChange,
    UnitKind,
    VetoHit,
)
from assessments.models.months import CoverageMonth, Figure, Month, Remark, ResidentMonth, Revision
from assessments.models.opinions import PhoneCheck, SurveyAnswer
from assessments.models.rubrics import Grade, Rubric, RubricVersion, Rule, Section, Veto
from assessments.models.targets import Population, Target

__all__ = [
    "Appeal",
    "Assessment",
    "CoverageMonth",
    "Cycle",
    "Evidence",
    "Figure",
    "Grade",
    "Month",
    "PhoneCheck",
    "Population",
    "Remark",
    "ResidentMonth",
    "Revision",
    "Rubric",
    "RubricVersion",
    "Rule",
    "Scenario",
    "Score",
    "ScoreChange",
    "Section",
    "SurveyAnswer",
    "Target",
    "UnitKind",
    "Veto",
    "VetoHit",
]
