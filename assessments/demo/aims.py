"""The official populations beside the counted ones."""

from collections import Counter
from random import Random

from assessments.demo.figures import PlaceFacts, Quotas
from assessments.demo.people import People
from assessments.demo.places import Places
from assessments.models import Population


def set_populations(facts: PlaceFacts, quotas: Quotas, places: Places, people: People, rng: Random) -> None:
    """Save official populations near the counted ones; every institution's is the sum of those below it."""
    counted: Counter[int] = Counter()
    for household, slot in enumerate(people.slot):
        clinic = people.slots[slot].clinic.pk
        counted[clinic] += sum(people.present[person] for person in people.members(household))
    clinics = {pk: round(count * rng.uniform(0.98, 1.02)) for pk, count in counted.items()}
    largest = max(clinics, key=clinics.__getitem__)
    clinics[largest] += quotas.population - sum(clinics.values())
    official = dict(clinics)
    for center in places.centers:
        own = [clinic.pk for village in center.villages for clinic in village.clinics]
        official[center.institution.pk] = sum(clinics.get(pk, 0) for pk in own)
    official[places.bureau.pk] = quotas.population
    year = facts.as_of.year
    rows = [Population(institution_id=pk, year=year, count=count) for pk, count in official.items()]
    rows.append(Population(institution_id=places.bureau.pk, year=year, category="key", count=quotas.key))
    Population.objects.bulk_create(rows)
