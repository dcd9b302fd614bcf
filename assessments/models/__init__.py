"""Months and their rows, figures, targets, official populations, surveys and phone checks; leads; rubrics and
assessments; funds, their allocation, and what payers transferred."""

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
from assessments.models.funds import Fund, FundPayer, FundVersion, JobWeight, PackageWeight
from assessments.models.leads import Lead, LeadStep, Screening
from assessments.models.months import CoverageMonth, Figure, Month, Remark, ResidentMonth, Revision
from assessments.models.opinions import PhoneCheck, SurveyAnswer
from assessments.models.rubrics import Grade, Rubric, RubricVersion, Rule, Section, Veto
from assessments.models.runs import Line, PassedOn, Round, Run, Share
from assessments.models.targets import Population, Target
from assessments.models.transfers import HealthFund, Transfer

__all__ = [
    "Appeal",
    "Assessment",
    "CoverageMonth",
    "Cycle",
    "Evidence",
    "Figure",
    "Fund",
    "FundPayer",
    "FundVersion",
    "Grade",
    "HealthFund",
    "JobWeight",
    "Lead",
    "LeadStep",
    "Line",
    "Month",
    "PackageWeight",
    "PassedOn",
    "PhoneCheck",
    "Population",
    "Remark",
    "ResidentMonth",
    "Revision",
    "Round",
    "Rubric",
    "RubricVersion",
    "Rule",
    "Run",
    "Scenario",
    "Score",
    "ScoreChange",
    "Screening",
    "Section",
    "Share",
    "SurveyAnswer",
    "Target",
    "Transfer",
    "UnitKind",
    "Veto",
    "VetoHit",
]
