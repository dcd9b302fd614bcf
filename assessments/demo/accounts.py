"""Accounts to look around with: one for each role, a second official, and one of a hospital."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db.models import Case, Count, When
from django.utils.translation import gettext as _

from assessments.demo.places import Places
from assessments.demo.staff import Roster
from contracts.models import Coverage, Obligation
from teams.demo_accounts import DEMO_PASSWORD, USERNAMES
from teams.models import Role, TeamMember, User

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Account:
    """A made account; the password is known only now."""

    username: str
    password: str
    role: Role
    where: str


class Passwords:
    """Fixed in a demo (`settings.DEMO`), random elsewhere. They are hashed, which is slow on purpose, beside other
    work."""

    def __init__(self) -> None:
        self.clear = {username: _password(username) for username in USERNAMES}
        pool = ThreadPoolExecutor()
        self._hashes = {username: pool.submit(make_password, clear) for username, clear in self.clear.items()}
        pool.shutdown(wait=False)

    def hashed(self, username: str) -> str:
        """As it is stored, once that is worked out."""
        return self._hashes[username].result()


def make_accounts(places: Places, roster: Roster, passwords: Passwords) -> list[Account]:
    """Save an account for each role, and one of the hospital."""
    crew = next((crew for crew in roster.crews if not crew.center.is_urban), roster.crews[0])
    doctor = crew.members[0]
    rows = (
        ("admin", Role.ADMINISTRATOR, places.bureau, None, _("Administrator")),
        ("official", Role.OFFICIAL, places.bureau, None, _("Official")),
        # What one official submits another one approves.
        ("second", Role.OFFICIAL, places.bureau, None, _("Second official")),
        ("clerk", Role.CLERK, crew.center.institution, None, _("Clerk")),
        ("doctor", Role.DOCTOR, crew.center.institution, doctor, doctor.name),
        ("auditor", Role.AUDITOR, places.bureau, None, _("Auditor")),
        ("hospital", Role.CLERK, crew.center.hospital, None, _("Referral desk")),
    )
    for username, role, institution, staff, name in rows:
        User.objects.create(
            username=username,
            password=passwords.hashed(username),
            roles=[role],
            institution=institution,
            staff=staff,
            first_name=name,
        )
    return [Account(username, passwords.clear[username], role, where.name) for username, role, where, *_ in rows]


def seat_doctor(day: date, made: list[Account]) -> list[Account]:
    """Let the doctor lead a team with work in the week from the day, best one of the clerk's institution; at a small
    scale many teams have none. Returns the accounts as they are then."""
    open_now = Obligation.objects.filter(met_on=None, waived_on=None, opens_on__lte=day, due_on__lt=day + WEEK)
    soon = Coverage.objects.in_force_on(day).filter(obligations__in=open_now.filter(due_on__gte=day))
    clerk, doctor = (User.objects.get(username=name) for name in ("clerk", "doctor"))
    assert clerk.institution is not None, "the account was made for one"
    busy = soon.filter(contract__team__institution__setting=clerk.institution.setting).values("contract__team")
    here = Case(When(contract__team__institution=clerk.institution, then=1), default=0)
    team = busy.annotate(here=here, people=Count("resident", distinct=True)).order_by("-here", "-people").first()
    if team is None:
        return made
    leader = TeamMember.objects.on(day).select_related("staff", "team__institution")
    seat = leader.get(team=team["contract__team"], is_leader=True)
    doctor.staff, doctor.institution, doctor.first_name = seat.staff, seat.team.institution, seat.staff.name
    doctor.save(update_fields=["staff", "institution", "first_name"])
    where = seat.team.institution.name
    return [replace(account, where=where) if account.username == "doctor" else account for account in made]


def _password(username: str) -> str:
    return DEMO_PASSWORD.format(username=username) if settings.DEMO else secrets.token_urlsafe(12)


def describe(accounts: list[Account]) -> str:
    """The accounts as lines of text."""
    width = max(len(account.username) for account in accounts)
    return "\n".join(
        f"{account.username:<{width}}  {account.password:<{width + 13}}  {account.role.label} · {account.where}"
        for account in accounts
    )


def write_down(text: str) -> None:
    """Keep the accounts in `settings.DEMO_ACCOUNTS_FILE`, if there is one, readable by its owner only."""
    name = getattr(settings, "DEMO_ACCOUNTS_FILE", None)
    if name:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(f"{text}\n", encoding="utf-8")
