"""Copies of a resident's record that somebody has open (`teams.copies`)."""

from residents.models import Resident
from teams import copies

# What the edit page changes, in the order in which it shows it.
EDITED = ("name", "id_hash", "phone_hash", "address", "village_id", "registered_on")


def fingerprint(resident: Resident) -> str:
    """Tells copies apart without telling what is in them."""
    return copies.fingerprint(resident, EDITED)


def is_present(resident: Resident, seen: str) -> bool:
    """Whether the copy that was opened is how the record stands now."""
    return copies.is_present(resident, seen, EDITED)


def since(resident: Resident, seen: str) -> copies.Since:
    """What was changed since the copy with the fingerprint was opened; everything, when it isn't known any more."""
    return copies.since(resident, seen, EDITED)
