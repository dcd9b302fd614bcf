"""The accounts of a demonstration: made by `load_demo`, offered on its sign-in page, never anywhere else."""

from dataclasses import dataclass

from django.conf import settings

from teams.models import Role, User

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
USERNAMES = ("official", "clerk", "doctor", "auditor", "admin")


def demo_accounts() -> list[DemoAccount]:
    """Those of the demonstration's accounts that exist; none outside a demonstration."""
    if not settings.DEMO:
        return []
    users = User.objects.in_bulk(USERNAMES, field_name="username")
    return [
        DemoAccount(name, " · ".join(str(Role(role).label) for role in users[name].roles))
        for name in USERNAMES
        if name in users
    ]
