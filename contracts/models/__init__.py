"""Contracts and coverages, what they promise (obligations) and cost (charges, what was
paid of them), what was given (services, visits),
whom somebody tried to reach (attempts), referrals, batches of renewals and confirmations, and handovers."""

from contracts.models.agreements import Charge, Contract, Coverage, CoveragePackage, Suspension
from contracts.models.batches import Batch, BatchLine
from contracts.models.candidates import Candidate
from contracts.models.documents import Agreement, Scan
from contracts.models.drafts import Draft
from contracts.models.fees import FeeAccount, FeeCell, FeeCount, FeeEntry
from contracts.models.follow_up import Attempt, FollowUp
from contracts.models.fulfilment import FulfilmentCell, Unserved
from contracts.models.handovers import Departure, Handover, HandoverLine
from contracts.models.ledger import Obligation, Service, Visit
from contracts.models.lifecycle import Confirmation, Consent, LifecycleEntry
from contracts.models.merges import Apart, Merge
from contracts.models.numbers import NumberSeries
from contracts.models.problems import Problem, ProblemCheck
from contracts.models.referrals import Referral, ReferralStep, SlotQuota
from contracts.models.status import Status

__all__ = [
    "Agreement",
    "Apart",
    "Attempt",
    "Batch",
    "BatchLine",
    "Candidate",
    "Charge",
    "Confirmation",
    "Consent",
    "Contract",
    "Coverage",
    "CoveragePackage",
    "Departure",
    "Draft",
    "FeeAccount",
    "FeeCell",
    "FeeCount",
    "FeeEntry",
    "FollowUp",
    "FulfilmentCell",
    "Handover",
    "HandoverLine",
    "LifecycleEntry",
    "Merge",
    "NumberSeries",
    "Obligation",
    "Problem",
    "ProblemCheck",
    "Referral",
    "ReferralStep",
    "Scan",
    "Service",
    "SlotQuota",
    "Status",
    "Suspension",
    "Unserved",
    "Visit",
]
