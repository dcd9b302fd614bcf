"""The exception of every business rule, and the rules of teams."""

import re
from collections.abc import Collection, Mapping
from datetime import date

from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from teams.clock import today
from teams.errors import CodedError
from teams.models import (
    Division,
    Import,
    Institution,
    InstitutionParent,
    Role,
    Staff,
    Team,
    TeamMember,
    TeamVillage,
    User,
)
from teams.models.accounts import SystemAccount
from teams.models.places import subtree_ids
from teams.permissions import Permission, has_permission
from teams.phones import PUBLIC_PHONE


class RuleViolation(CodedError):
    """An action was refused. `code` is stable (`contract.overlap`); `message` is a sentence for the user."""


# User names stand in the audit trail and in logs, where nothing identifying may stand.
_ID_NUMBER = re.compile(r"\d{15}|\d{17}[\dXx]")


def check_can_create_account(
    *,
    username: str,
    institution: Institution | None,
    roles: Collection[Role],
    staff: Staff | None,
    by: User | SystemAccount,
) -> None:
    """Who may make accounts, and of what: an administrator, within the own institutions."""
    _check_administers(institution, by)
    _check_holding(institution, roles, staff)
    if staff:
        _check_has_no_account(staff)
    if _ID_NUMBER.search(username):
        raise RuleViolation(
            "account.identity", _("An ID number must not be a user name: user names are seen in the logs.")
        )


def check_can_edit_account(
    account: User,
    *,
    institution: Institution | None,
    roles: Collection[Role],
    staff: Staff | None,
    by: User | SystemAccount,
) -> None:
    """An account becomes what may be made, and administrators neither lock themselves out nor leave the bureau alone.

    Asked while the bureau's administrators are locked (`teams.actions.accounts`).
    """
    _check_administers(account.institution, by)
    _check_administers(institution, by)
    _check_holding(institution, roles, staff)
    if staff and staff.pk != account.staff_id:
        _check_has_no_account(staff)
    stays = Role.ADMINISTRATOR in roles
    if account.pk == by.pk and (not stays or institution != account.institution):
        raise RuleViolation(
            "account.own",
            _("Another administrator must change your own role or institution: you would lock yourself out."),
        )
    if not stays or not User(institution=institution).is_of_the_bureau:
        check_is_not_the_last(account)


def check_can_close_account(account: User, *, reason: str, by: User | SystemAccount) -> None:
    """An open account of somebody else, with a reason; the bureau keeps an administrator."""
    _check_administers(account.institution, by)
    if not account.is_active:
        raise RuleViolation("account.closed", _("This account is closed already."))
    if account.pk == by.pk:
        raise RuleViolation("account.own", _("Nobody closes their own account: ask another administrator."))
    if not reason.strip():
        raise RuleViolation("account.reason", _("Say why the account is closed."))
    check_is_not_the_last(account)


def check_can_reopen_account(account: User, *, by: User | SystemAccount) -> None:
    """A closed account of the own institutions."""
    _check_administers(account.institution, by)
    if account.is_active:
        raise RuleViolation("account.open", _("This account is open already."))


def check_can_give_password(account: User, *, by: User | SystemAccount) -> None:
    """To somebody else whose account is open; one's own password is chosen, not given."""
    _check_administers(account.institution, by)
    if not account.is_active:
        raise RuleViolation("account.closed_password", _("This account is closed. Reopen it first."))
    if account.pk == by.pk:
        raise RuleViolation("account.own_password", _("Choose your own password under “Change password”."))


def check_can_unlock_account(account: User, *, by: User | SystemAccount) -> None:
    """Any account of the own institutions."""
    _check_administers(account.institution, by)


def check_is_not_the_last(account: User) -> None:
    """Somebody who can open accounts again must be left in the bureau."""
    left = User.objects.administering_the_bureau()
    if left.filter(pk=account.pk).exists() and not left.exclude(pk=account.pk).exists():
        raise RuleViolation(
            "account.last_administrator",
            _("This is the last open account that administers the bureau. Make another administrator first."),
        )


def check_account_is_present(is_present: bool) -> None:
    """Nobody writes over what somebody else changed meanwhile without having seen it."""
    if not is_present:
        raise RuleViolation(
            "account.stale",
            _("Somebody changed this account while you had it open. See what was changed, then save again."),
        )


def _check_administers(institution: Institution | None, by: User | SystemAccount) -> None:
    if not has_permission(by, Permission.ACCOUNT_EDIT):
        raise RuleViolation("account.not_allowed", _("Only administrators make accounts."))
    if not (by.scope.is_district or (institution and institution.pk in (by.scope.institutions or ()))):
        raise RuleViolation("account.outside", _("The institution is not one of yours."))


def _check_holding(institution: Institution | None, roles: Collection[Role], staff: Staff | None) -> None:
    """An account has a role; a doctor's has its staff member, who works at the account's institution."""
    if not roles:
        raise RuleViolation("account.no_role", _("Give the account at least one role."))
    if Role.DOCTOR in roles and staff is None:
        raise RuleViolation(
            "account.doctor_without_staff", _("A doctor's account needs the staff member it belongs to.")
        )
    if staff and institution and staff.institution_id != institution.pk:
        raise RuleViolation("account.staff_elsewhere", _("The staff member works at another institution."))


def _check_has_no_account(staff: Staff) -> None:
    """A staff member at work gets one account."""
    if staff.left_on and staff.left_on <= today():
        raise RuleViolation(
            "account.staff_left", format_lazy(_("{name} left on {day}."), name=staff.name, day=staff.left_on)
        )
    taken = User.objects.filter(staff=staff).first()
    if taken:
        raise RuleViolation(
            "account.staff_taken",
            format_lazy(_("{name} has the account {username} already."), name=staff.name, username=taken.username),
        )


# --- Institutions ---------------------------------------------------------------------------------------------------


def check_can_edit_institution(institution: Institution, by: User | SystemAccount) -> None:
    """Who may make and change institutions: an administrator, within the own ones."""
    if not has_permission(by, Permission.TEAM_EDIT):
        raise RuleViolation("institution.not_allowed", _("Only administrators change institutions."))
    if not (by.scope.is_district or institution.pk in (by.scope.institutions or ())):
        raise RuleViolation("institution.outside", _("The institution is not one of yours."))


def check_institution_is_present(is_present: bool) -> None:
    """Nobody writes over what somebody else changed meanwhile without having seen it."""
    if not is_present:
        raise RuleViolation(
            "institution.stale",
            _("Somebody changed this institution while you had it open. See what was changed, then save again."),
        )


def check_can_change_institution(institution: Institution, *, kind: str, by: User | SystemAccount) -> None:
    """What has teams stays a centre or clinic."""
    check_can_edit_institution(institution, by)
    if kind not in Institution.PRIMARY_KINDS and institution.teams.exists():
        raise RuleViolation(
            "institution.has_teams", _("It has teams, which belong to health centres and village clinics only.")
        )


def check_can_move_institution(
    institution: Institution,
    place: InstitutionParent | None,
    *,
    parent: Institution,
    from_on: date,
    by: User | SystemAccount,
) -> None:
    """`place`: where it stands now. It moves from a day on that is not before it came there, and never below itself."""
    check_can_edit_institution(institution, by)
    check_can_edit_institution(parent, by)
    if place is None:
        raise RuleViolation("institution.root", _("The district's own institution stands below no other."))
    if place.parent_id == parent.pk:
        raise RuleViolation("institution.there_already", _("It stands there already."))
    if from_on > today():
        raise RuleViolation("institution.future", _("The day lies in the future."))
    if from_on <= place.from_on:
        raise RuleViolation(
            "institution.too_early",
            format_lazy(_("It came where it stands on {day}: choose a later day."), day=place.from_on),
        )
    if any(parent.pk in subtree_ids(institution.pk, day) for day in _days_of_the_tree(from_on)):
        raise RuleViolation("institution.below_itself", _("It would stand below itself."))


def _days_of_the_tree(since: date) -> set[date]:
    """The day, and each later one on which an institution came to stand elsewhere."""
    return {since, *InstitutionParent.objects.filter(from_on__gt=since).values_list("from_on", flat=True)}


# --- Teams ----------------------------------------------------------------------------------------------------------


def check_can_edit_team(institution: Institution, by: User | SystemAccount) -> None:
    """Who may make and change teams: an administrator, for the own institutions."""
    if not has_permission(by, Permission.TEAM_EDIT):
        raise RuleViolation("team.not_allowed", _("Only administrators change teams."))
    if not (by.scope.is_district or institution.pk in (by.scope.institutions or ())):
        raise RuleViolation("team.outside", _("The institution is not one of yours."))


def check_public_phone(phone: str) -> None:
    """A number that residents can dial, or none. Raises RuleViolation `institution.phone`."""
    if phone and not PUBLIC_PHONE.fullmatch(phone):
        raise RuleViolation("institution.phone", _("Write the number with its area code, say 0558-5550123."))


def check_can_create_team(*, institution: Institution, by: User | SystemAccount) -> None:
    """A team belongs to an institution that cares for residents."""
    check_can_edit_team(institution, by)
    if institution.kind not in Institution.PRIMARY_KINDS:
        raise RuleViolation("team.not_primary", _("Teams belong to health centres and village clinics."))


def check_can_join(team: Team, staff: Staff, from_on: date) -> None:
    """A member joins a team that exists that day, while at work, and not twice."""
    _check_exists_on(team, from_on)
    if (staff.left_on and staff.left_on <= from_on) or (staff.joined_on and staff.joined_on > from_on):
        raise RuleViolation(
            "team.not_at_work", format_lazy(_("{name} is not at work on {day}."), name=staff.name, day=from_on)
        )
    same = team.members.filter(Q(to_on=None) | Q(to_on__gt=from_on), staff=staff).order_by("from_on").first()
    if same:
        raise RuleViolation(
            "team.member_already",
            format_lazy(_("{name} is a member since {day} already."), name=staff.name, day=same.from_on),
        )


def check_can_lead(member: TeamMember, from_on: date) -> None:
    """Who is a member on a day may lead from that day on."""
    check_can_end(member, from_on)
    if member.is_leader:
        raise RuleViolation(
            "team.leads_already", format_lazy(_("{name} leads the team already."), name=member.staff.name)
        )


def check_can_serve(team: Team, village: Division, from_on: date) -> None:
    """A team that exists that day serves a village, and not twice."""
    _check_exists_on(team, from_on)
    if village.level != Division.Level.VILLAGE:
        raise RuleViolation("team.no_village", format_lazy(_("{name} is not a village."), name=village.name))
    same = team.villages.filter(Q(to_on=None) | Q(to_on__gt=from_on), village=village).order_by("from_on").first()
    if same:
        raise RuleViolation(
            "team.serves_already",
            format_lazy(_("The team serves {name} since {day} already."), name=village.name, day=same.from_on),
        )


def check_can_end(row: TeamMember | TeamVillage, on: date) -> None:
    """What is still so ends once, on or after its first day."""
    if row.to_on and row.to_on <= on:
        raise RuleViolation("team.ended", format_lazy(_("That ended on {day} already."), day=row.to_on))
    if on < row.from_on:
        raise RuleViolation(
            "team.before_begin", format_lazy(_("That began on {day}. Choose a later day."), day=row.from_on)
        )


def check_can_dissolve(team: Team, on: date) -> None:
    """A team ends once, on or after the day on which it was formed."""
    if team.dissolved_on:
        raise RuleViolation(
            "team.dissolved", format_lazy(_("The team was dissolved on {day} already."), day=team.dissolved_on)
        )
    if team.formed_on and on < team.formed_on:
        raise RuleViolation(
            "team.before_begin", format_lazy(_("That began on {day}. Choose a later day."), day=team.formed_on)
        )


def _check_exists_on(team: Team, day: date) -> None:
    if not Team.objects.existing_on(day).filter(pk=team.pk).exists():
        raise RuleViolation("team.not_there", format_lazy(_("The team does not exist on {day}."), day=day))


# What may become of an import. The worker is at it, or to take it up, in the states of IMPORT_WORK.
IMPORT_MOVES: Mapping[str, Collection[str]] = {
    Import.Status.QUEUED: (Import.Status.CHECKING, Import.Status.FAILED),
    Import.Status.CHECKING: (Import.Status.CHECKING, Import.Status.CHECKED, Import.Status.FAILED),
    Import.Status.CHECKED: (Import.Status.CONFIRMED, Import.Status.QUEUED, Import.Status.DISCARDED),
    Import.Status.CONFIRMED: (Import.Status.RUNNING, Import.Status.FAILED),
    Import.Status.RUNNING: (Import.Status.RUNNING, Import.Status.DONE, Import.Status.FAILED),
    Import.Status.DONE: (Import.Status.CONFIRMED, Import.Status.UNDOING),
    Import.Status.FAILED: (Import.Status.UNDOING,),
    Import.Status.UNDOING: (Import.Status.UNDONE, Import.Status.DONE, Import.Status.FAILED),
}
IMPORT_WORK = (
    Import.Status.QUEUED,
    Import.Status.CHECKING,
    Import.Status.CONFIRMED,
    Import.Status.RUNNING,
    Import.Status.UNDOING,
)


def check_can_move_import(imported: Import, to: Import.Status) -> None:
    """Raises RuleViolation `import.state` when that cannot become of it any more: somebody was faster."""
    if to not in IMPORT_MOVES.get(imported.status, ()):
        message = _("Meanwhile this import is “{status}”: that can no longer be done with it.")
        raise RuleViolation("import.state", format_lazy(message, status=imported.get_status_display()))


def check_can_steer_import(imported: Import, by: User, *, whole_district: bool = False) -> None:
    """Whose rows they are decides; where `whole_district`, also who imports for the whole district.

    Raises RuleViolation `import.not_yours`.
    """
    is_bureau = whole_district and by.scope.is_district and has_permission(by, Permission.IMPORT_RUN)
    if imported.by_id != by.pk and not is_bureau:
        raise RuleViolation("import.not_yours", _("Only the person who sent the file can do that."))
