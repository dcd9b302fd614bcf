"""Divisions, institutions, staff, teams; accounts; the audit trail; dated policy values; imports."""

from teams.models.accounts import AuditEvent, Role, User
from teams.models.imports import Import, ImportReject
from teams.models.places import Division, Institution, InstitutionParent
from teams.models.policies import PolicyValue
from teams.models.staff import Staff, Team, TeamMember, TeamVillage

__all__ = [
    "AuditEvent",
    "Division",
    "Import",
    "ImportReject",
    "Institution",
    "InstitutionParent",
    "PolicyValue",
    "Role",
    "Staff",
    "Team",
    "TeamMember",
    "TeamVillage",
    "User",
]
