"""Where a household says what it thinks."""

from django.urls import reverse

from assessments.actions.voices import link_of
from contracts.models import Contract


def voice_path(contract: Contract) -> str:
    """The address of the personal link that the contract's handbook carries; "" without a representative."""
    found = link_of(contract)
    return reverse("assessments:voice_speak", args=[found[0]]) if found else ""
