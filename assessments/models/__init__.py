"""Months and their rows, figures, targets, official populations, surveys and phone checks."""

from assessments.models.months import CoverageMonth, Figure, Month, Remark, ResidentMonth, Revision
from assessments.models.opinions import PhoneCheck, SurveyAnswer
from assessments.models.targets import Population, Target

__all__ = [
    "CoverageMonth",
    "Figure",
    "Month",
    "PhoneCheck",
    "Population",
    "Remark",
    "ResidentMonth",
    "Revision",
    "SurveyAnswer",
    "Target",
]
