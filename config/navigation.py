"""What every page's frame shows: the entries that the account may open, who is signed in, what is amiss."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from teams.health import is_work_waiting
from teams.models import Role, User
from teams.permissions import Permission, has_permission
from teams.trail import Phrase


@dataclass(frozen=True)
class Entry:
    """A place in the main navigation: the page it opens, and the names of the pages that belong to it.

    `is_start`: it may be the first page after signing in. `is_rare`: it stands under "More".
    """

    label: str | Promise
    view: str
    permission: Permission
    pages: tuple[str, ...]
    district_only: bool = False
    is_start: bool = True
    is_rare: bool = False


# How many entries fit beside the name of the account on the clerk's screen, in English too; more stand under "More".
ON_THE_LINE = 8
# In order; the first start page that an account may open is its own.
ENTRIES = (
    Entry(
        gettext_lazy("Today"),
        "contracts:today",
        Permission.CONTRACT_EDIT,
        ("contracts:today", "contracts:to_sign"),
    ),
    Entry(
        gettext_lazy("Sign contracts"),
        "contracts:sign",
        Permission.CONTRACT_EDIT,
        ("contracts:sign", "contracts:draft_"),
    ),
    Entry(
        gettext_lazy("Contracts"),
        "contracts:contract_list",
        Permission.PEOPLE_READ,
        ("contracts:contract_", "contracts:batch_", "contracts:handover_", "contracts:departure_"),
        is_start=False,
    ),
    Entry(
        gettext_lazy("Due work"),
        "contracts:due_list",
        Permission.SERVICE_RECORD,
        ("contracts:due_", "contracts:service_", "contracts:attempt_", "contracts:obligation_"),
    ),
    Entry(
        gettext_lazy("Residents"),
        "contracts:people",
        Permission.PEOPLE_READ,
        (
            "contracts:people",
            "contracts:person",
            "contracts:register_",
            "contracts:duplicate",
            "contracts:merge_",
            "teams:export_",
        ),
        is_start=False,
    ),
    Entry(
        gettext_lazy("Referrals"),
        "contracts:referral_list",
        Permission.REFERRAL_EDIT,
        ("contracts:referral_", "contracts:slot_"),
    ),
    Entry(gettext_lazy("Fees"), "contracts:fee_list", Permission.FEE_READ, ("contracts:fee_",), is_start=False),
    Entry(
        gettext_lazy("Overview"),
        "assessments:overview",
        Permission.FIGURE_READ,
        (
            "assessments:overview",
            "assessments:figure",
            "assessments:people",
            "assessments:ages",
            "assessments:evidence",
            "assessments:month_difference",
            "assessments:return",
            "assessments:forecast",
            "assessments:cohort",
        ),
    ),
    Entry(
        gettext_lazy("Fulfilment"),
        "assessments:fulfilment",
        Permission.FIGURE_READ,
        ("assessments:fulfilment", "contracts:unserved_"),
        is_start=False,
    ),
    Entry(
        gettext_lazy("Assessment"),
        "assessments:cycle_list",
        Permission.ASSESSMENT_READ,
        ("assessments:rubric_", "assessments:cycle_", "assessments:assessment_", "assessments:scenario_"),
        is_start=False,
    ),
    Entry(
        gettext_lazy("Targets"),
        "assessments:target_list",
        Permission.FIGURE_READ,
        ("assessments:target_",),
        is_rare=True,
    ),
    Entry(
        gettext_lazy("Months"),
        "assessments:month_list",
        Permission.MONTH_COMPUTE,
        ("assessments:month_list", "assessments:month_detail", "assessments:month_remark"),
        district_only=True,
        is_rare=True,
    ),
    Entry(
        gettext_lazy("Supervision"),
        "assessments:lead_list",
        Permission.SUPERVISION_READ,
        (
            "assessments:lead_",
            "assessments:sample_",
            "assessments:call_",
            "assessments:voice_",
            "assessments:inspection_",
            "assessments:inspector_",
            "assessments:patrol_",
            "assessments:checklist_",
            "assessments:finding_",
            "assessments:bulletin_",
            "assessments:activity_",
            "assessments:publication_",
        ),
        is_start=False,
    ),
    Entry(
        gettext_lazy("Money"),
        "assessments:money_home",
        Permission.MONEY_READ,
        (
            "assessments:money_",
            "assessments:fund_",
            "assessments:run_",
            "assessments:payment_",
            "assessments:statement",
            "assessments:transfer_",
            "assessments:health_fund_",
        ),
        is_start=False,
    ),
    Entry(
        gettext_lazy("Teams"),
        "teams:team_list",
        Permission.FIGURE_READ,
        ("teams:team_", "contracts:team", "contracts:institution", "contracts:member_", "contracts:village_"),
        is_rare=True,
    ),
    Entry(
        gettext_lazy("Packages"),
        "service_packages:package_list",
        Permission.CATALOGUE_READ,
        ("service_packages:", "contracts:package_"),
        is_start=False,
        is_rare=True,
    ),
    Entry(
        gettext_lazy("Settings"),
        "assessments:setting_list",
        Permission.CATALOGUE_READ,
        ("assessments:setting_",),
        is_start=False,
        is_rare=True,
    ),
    Entry(
        gettext_lazy("Data problems"),
        "contracts:problem_list",
        Permission.PEOPLE_READ,
        ("contracts:problem_",),
        is_start=False,
        is_rare=True,
    ),
    Entry(gettext_lazy("Imports"), "teams:import_list", Permission.IMPORT_RUN, ("teams:import_",), is_rare=True),
    Entry(gettext_lazy("Audit trail"), "teams:audit_list", Permission.LOG_READ, ("teams:audit_",), is_start=False),
    Entry(
        gettext_lazy("Reference tables"),
        "admin:index",
        Permission.CATALOGUE_EDIT,
        ("admin:",),
        district_only=True,
        is_rare=True,
    ),
    Entry(
        gettext_lazy("Accounts"),
        "teams:account_list",
        Permission.ACCOUNT_EDIT,
        ("teams:account_",),
        is_start=False,
        is_rare=True,
    ),
    Entry(
        gettext_lazy("API keys"),
        "teams:token_list",
        Permission.ACCOUNT_EDIT,
        ("teams:token_",),
        is_start=False,
        is_rare=True,
    ),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context of `base.html`: nav entries (label, url, active, rare), account, warnings, demo_today."""
    context: dict[str, Any] = {"nav": [], "demo_today": settings.TODAY if settings.DEMO else None}
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return context
    here = request.resolver_match.view_name if request.resolver_match else ""
    entries = entries_of(user)
    shown = [entry.view for entry in entries if not entry.is_rare][:ON_THE_LINE]
    nav = [
        {
            "label": str(entry.label),
            "url": reverse(entry.view),
            "active": here.startswith(entry.pages),
            "rare": entry.view not in shown,
        }
        for entry in entries
    ]
    warnings = [_("Background work is waiting: its server cannot be reached.")] if is_work_waiting() else []
    return context | {"nav": nav, "account": account_of(user), "warnings": warnings}


def _page(asked: str) -> str:
    """The entry of the navigation under which a page stands, and the page's own name."""
    entry = next((entry for entry in ENTRIES if asked.startswith(entry.pages)), None)
    return f"{entry.label} · {asked}" if entry else asked


# What lines of the audit trail about refused access say.
REFUSED = (
    Phrase("GET {*page}", gettext_lazy("page: {page}"), {"page": _page}),
    Phrase("POST {*page}", gettext_lazy("sent: {page}"), {"page": _page}),
)


def entries_of(user: User) -> list[Entry]:
    """The entries that the account may open, in order; none before it has an own password."""
    if user.must_change_password:
        return []
    return [
        entry
        for entry in ENTRIES
        if has_permission(user, entry.permission) and (user.scope.is_district or not entry.district_only)
    ]


def account_of(user: User) -> dict[str, str]:
    """Institution, name and roles of the signed-in account, in words."""
    return {
        "institution": user.institution.name if user.institution else _("Health bureau"),
        "name": user.get_full_name() or user.username,
        "role": " · ".join(str(Role(role).label) for role in user.roles),
    }


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """To the account's first page; an account without a role learns whom to ask."""
    entries = [entry for entry in entries_of(request.user) if entry.is_start]  # type: ignore[arg-type]
    return redirect(entries[0].view) if entries else render(request, "registration/no_role.html")
