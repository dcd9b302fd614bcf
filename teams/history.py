"""Row history: a database trigger keeps the old row at every change, bulk ones and COPY included (docs/adr/0005)."""

from typing import Any

import pghistory


def track_history(**options: Any) -> Any:
    """Model decorator: keep the row as it was before each update and delete; inserts cost nothing."""
    return pghistory.track(
        pghistory.UpdateEvent(row=pghistory.Old, condition=pghistory.AnyChange()),
        pghistory.DeleteEvent(),
        **options,
    )
