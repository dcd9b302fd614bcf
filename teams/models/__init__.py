"""Divisions, institutions, staff, teams; accounts; the audit trail; dated policy values; imports; forms sent."""

from teams.models.accounts import AuditEvent, Role, User
from teams.models.imports import Import, ImportReject, ImportRound, ImportTrace
from teams.models.places import Division, Institution, InstitutionParent
from teams.models.policies import PolicyValue
from teams.models.staff import Staff, Team, TeamMember, TeamVillage
from teams.models.submissions import Submission

__all__ = [
    "AuditEvent",
    "Division",
    "Import",
    "ImportReject",
    "ImportRound",
    "ImportTrace",
    "Institution",
    "InstitutionParent",
    "PolicyValue",
    "Role",
    "Staff",
    "Submission",
    "Team",
    "TeamMember",
    "TeamVillage",
    "User",
]
