"""Row history: a database trigger keeps the old row at every change, bulk ones and COPY included (docs/adr/0005)."""

from typing import TYPE_CHECKING, Any

import pghistory

if TYPE_CHECKING:
    from teams.models.accounts import SystemAccount, User


def track_history(**options: Any) -> Any:
    """Model decorator: keep the row as it was before each update and delete; inserts cost nothing."""
    return pghistory.track(
        pghistory.UpdateEvent(row=pghistory.Old, condition=pghistory.AnyChange()),
        pghistory.DeleteEvent(),
        **options,
    )


def made_by(by: "User | SystemAccount", action: str) -> pghistory.context:
    """For `with`: the rows' history names the account and the action, also where no request stands behind a change."""
    return pghistory.context(user=by.pk, by=str(by), action=action)
