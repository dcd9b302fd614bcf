"""Months and their rows, figures, targets, official populations, surveys and phone checks; leads; rubrics and
assessments; funds, their allocation, and what payers transferred; inspections, activities, bulletins, publications."""

from assessments.models.activities import Activity, ActivityProof
from assessments.models.bulletins import Bulletin, BulletinFile, BulletinSeries
from assessments.models.checklists import Checklist, ChecklistItem
from assessments.models.cohorts import CohortRow
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
from assessments.models.findings import Finding, FindingProof, FindingStep
from assessments.models.funds import Fund, FundPayer, FundVersion, JobWeight, PackageWeight
from assessments.models.inspections import Answer, Inspection, InspectionRound, InspectionTeam
from assessments.models.leads import Lead, LeadStep, Screening
from assessments.models.months import (
    AnswerMonth,
    CoverageMonth,
    Figure,
    Month,
    Places,
    Remark,
    ResidentMonth,
    Revision,
    Tally,
)
from assessments.models.opinions import PhoneCheck, SurveyAnswer
from assessments.models.publications import Publication
from assessments.models.repayments import Repayment
from assessments.models.rubrics import Grade, Rubric, RubricVersion, Rule, Section, Veto
from assessments.models.runs import Line, PassedOn, Round, Run, Share
from assessments.models.samples import Check, Sample, Sampled
from assessments.models.targets import Population, Target
from assessments.models.transfers import Due, HealthFund, Transfer
from assessments.models.voices import Voice, VoiceLink, VoiceLook

__all__ = [
    "Activity",
    "ActivityProof",
    "Answer",
    "AnswerMonth",
    "Appeal",
    "Assessment",
    "Bulletin",
    "BulletinFile",
    "BulletinSeries",
    "Check",
    "Checklist",
    "ChecklistItem",
    "CohortRow",
    "CoverageMonth",
    "Cycle",
    "Due",
    "Evidence",
    "Figure",
    "Finding",
    "FindingProof",
    "FindingStep",
    "Fund",
    "FundPayer",
    "FundVersion",
    "Grade",
    "HealthFund",
    "Inspection",
    "InspectionRound",
    "InspectionTeam",
    "JobWeight",
    "Lead",
    "LeadStep",
    "Line",
    "Month",
    "PackageWeight",
    "PassedOn",
    "PhoneCheck",
    "Places",
    "Population",
    "Publication",
    "Remark",
    "Repayment",
    "ResidentMonth",
    "Revision",
    "Round",
    "Rubric",
    "RubricVersion",
    "Rule",
    "Run",
    "Sample",
    "Sampled",
    "Scenario",
    "Score",
    "ScoreChange",
    "Screening",
    "Section",
    "Share",
    "SurveyAnswer",
    "Tally",
    "Target",
    "Transfer",
    "UnitKind",
    "Veto",
    "VetoHit",
    "Voice",
    "VoiceLink",
    "VoiceLook",
]
