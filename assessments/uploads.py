"""What may be sent as proof: how large, how many, and of which type by its first bytes. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from teams.rules import RuleViolation

LARGEST = 5 * 1024 * 1024
MOST_FILES = 6
# First bytes of what a phone or a scanner makes, and what to call it. Nothing is believed of a name.
TYPES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"%PDF-": "application/pdf"}


@dataclass(frozen=True)
class Proof:
    """A file that was looked at and may be kept."""

    content: bytes
    media_type: str

    @property
    def sha256(self) -> str:
        """By which the same file is known again."""
        return sha256(self.content).hexdigest()


def read_proof(content: bytes) -> Proof:
    """The file with its type. Raises RuleViolation: proof.empty, .too_large, .type."""
    if not content:
        raise RuleViolation("proof.empty", _("The file is empty."))
    if len(content) > LARGEST:
        message = _("A file is larger than {limit} MB. Let the phone make a smaller picture.")
        raise RuleViolation("proof.too_large", format_lazy(message, limit=LARGEST // 1024 // 1024))
    found = next((name for first, name in TYPES.items() if content.startswith(first)), None)
    if found is None:
        raise RuleViolation("proof.type", _("A file is not a JPEG, PNG or PDF, whatever its name says."))
    return Proof(content, found)


def check_count(proofs: Sequence[Proof], present: int = 0) -> None:
    """Raises RuleViolation `proof.too_many`."""
    if len(proofs) + present > MOST_FILES:
        message = _("At most {count} files may be kept here.")
        raise RuleViolation("proof.too_many", format_lazy(message, count=MOST_FILES))
