"""Contracts and coverages, what they promise (obligations) and cost (charges), what was given (services, visits)."""

from contracts.models.agreements import Charge, Contract, Coverage, CoveragePackage, Suspension
from contracts.models.documents import Agreement
from contracts.models.drafts import Draft
from contracts.models.ledger import Obligation, Service, Visit
from contracts.models.lifecycle import LifecycleEntry
from contracts.models.numbers import NumberSeries
from contracts.models.problems import Problem, ProblemCheck

__all__ = [
    "Agreement",
    "Charge",
    "Contract",
    "Coverage",
    "CoveragePackage",
    "Draft",
    "LifecycleEntry",
    "NumberSeries",
    "Obligation",
    "Problem",
    "ProblemCheck",
    "Service",
    "Suspension",
    "Visit",
]
