"""The accounts of a demonstration: made by `load_demo`, offered on its sign-in page, never anywhere else."""

from dataclasses import dataclass

from django.conf import settings

from teams.models import Role, User

PASSWORD = "yingquan-2018"


@dataclass(frozen=True)
class DemoAccount:
    """One desk to sit at."""

    username: str
    roles: tuple[Role, ...]
    password: str = PASSWORD

    @property
    def role(self) -> str:
        """The roles in words."""
        return " · ".join(str(role.label) for role in self.roles)


DEMO_ACCOUNTS = (
    DemoAccount("official", (Role.OFFICIAL,)),
    DemoAccount("clerk", (Role.CLERK,)),
    DemoAccount("doctor", (Role.DOCTOR,)),
    DemoAccount("administrator", (Role.ADMINISTRATOR,)),
    DemoAccount("auditor", (Role.AUDITOR,)),
)


def demo_accounts() -> list[DemoAccount]:
    """Those of the demonstration's accounts that exist; none outside a demonstration."""
    if not settings.DEMO:
        return []
    names = User.objects.filter(username__in=[account.username for account in DEMO_ACCOUNTS]).values_list("username")
    return [account for account in DEMO_ACCOUNTS if (account.username,) in set(names)]
