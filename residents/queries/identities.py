"""Residents by their ID number, past all merging."""

from residents.identity import IdNumber
from residents.models import Resident
from teams import cipher


def resident_with(number: IdNumber) -> Resident | None:
    """The resident with the number, whoever may see them; of a record that was merged into another, the other."""
    hashed = cipher.lookup_hash(number.number, field="id_number")
    found = Resident.objects.select_related("merged_into").filter(id_hash=hashed).first()
    while found and found.merged_into_id:
        found = Resident.objects.get(pk=found.merged_into_id)
    return found
