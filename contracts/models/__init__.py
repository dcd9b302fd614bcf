"""Contracts and coverages, what they promise (obligations) and cost (charges), what was given (services, visits),
whom somebody tried to reach (attempts), and referrals."""

from contracts.models.agreements import Charge, Contract, Coverage, CoveragePackage, Suspension
from contracts.models.candidates import Candidate
from contracts.models.documents import Agreement
from contracts.models.drafts import Draft
from contracts.models.follow_up import Attempt, FollowUp
from contracts.models.ledger import Obligation, Service, Visit
from contracts.models.lifecycle import LifecycleEntry
from contracts.models.numbers import NumberSeries
from contracts.models.problems import Problem, ProblemCheck
from contracts.models.referrals import Referral, ReferralStep, SlotQuota

__all__ = [
    "Agreement",
    "Attempt",
    "Candidate",
    "Charge",
    "Contract",
    "Coverage",
    "CoveragePackage",
    "Draft",
    "FollowUp",
    "LifecycleEntry",
    "NumberSeries",
    "Obligation",
    "Problem",
    "ProblemCheck",
    "Referral",
    "ReferralStep",
    "Service",
    "SlotQuota",
    "Suspension",
    "Visit",
]
