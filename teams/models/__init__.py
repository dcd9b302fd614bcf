"""Divisions, institutions, staff, teams; accounts; the audit trail; dated policy values; imports; forms sent."""

from teams.models.accounts import AuditEvent, Role, User
from teams.models.exports import Export, ExportPart
from teams.models.imports import Import, ImportReject, ImportRound, ImportTrace
from teams.models.lists import SavedFilter
from teams.models.places import Division, Institution, InstitutionParent
from teams.models.policies import PolicyValue
from teams.models.staff import Staff, Team, TeamMember, TeamVillage
from teams.models.submissions import Submission
from teams.models.tokens import ApiToken

__all__ = [
    "ApiToken",
    "AuditEvent",
    "Division",
    "Export",
    "ExportPart",
    "Import",
    "ImportReject",
    "ImportRound",
    "ImportTrace",
    "Institution",
    "InstitutionParent",
    "PolicyValue",
    "Role",
    "SavedFilter",
    "Staff",
    "Submission",
    "Team",
    "TeamMember",
    "TeamVillage",
    "User",
]
