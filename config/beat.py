"""The schedule of what runs at night, which must survive a beat that was killed."""

from typing import Any

from celery.beat import PersistentScheduler


class Scheduler(PersistentScheduler):  # type: ignore[misc]  # Celery comes without types
    """Celery's own, which begins anew where a kill cut its file off, instead of never starting again."""

    def _open_schedule(self) -> Any:
        """Read every value, not just the keys: Celery replaces a file that cannot be opened."""
        store = super()._open_schedule()
        try:
            dict(store)
        except Exception:  # a file that was cut off raises whatever its bytes happen to say
            store.dict.close()  # without writing back
            raise
        return store
