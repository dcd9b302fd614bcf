"""The accounts of a demonstration: made by `load_demo`, offered on its sign-in page, never anywhere else."""

from dataclasses import dataclass

from django.conf import settings

from teams.models import Institution, Role, User

DEMO_PASSWORD = "shouyue-{username}-2018"


@dataclass(frozen=True)
class DemoAccount:
    """One desk to sit at; `role` is in words."""

    username: str
    role: str

    @property
    def password(self) -> str:
        """What everybody may know, for there is nothing to protect."""
        return DEMO_PASSWORD.format(username=self.username)


# In the order of the sign-in page.
USERNAMES = ("official", "second", "clerk", "doctor", "hospital", "auditor", "admin")


def demo_accounts() -> list[DemoAccount]:
    """Those of the demonstration's accounts that exist; none outside a demonstration."""
    if not settings.DEMO:
        return []
    users = User.objects.select_related("institution").in_bulk(USERNAMES, field_name="username")
    return [DemoAccount(name, _desk(users[name])) for name in USERNAMES if name in users]


def _desk(user: User) -> str:
    """The roles in words; a hospital's desk by its place, since its role is a clerk's."""
    if user.institution and user.institution.kind == Institution.Kind.LEAD_HOSPITAL:
        return user.institution.name
    return " · ".join(str(Role(role).label) for role in user.roles)
