"""Keeping what was sent as proof, and reading it again."""

from collections.abc import Iterable
from typing import Any, TypeVar

from assessments.models.uploads import Upload
from assessments.uploads import Proof
from teams import cipher
from teams.models import User

Kept = TypeVar("Kept", bound=Upload)


def keep(table: type[Kept], proofs: Iterable[Proof], *, by: User, **owner: Any) -> list[Kept]:
    """Keep files, encrypted, with what they prove (`owner`: fields of the table)."""
    rows = [
        table(
            content=cipher.encrypt_bytes(proof.content, field=Upload.FIELD),
            media_type=proof.media_type,
            size=len(proof.content),
            sha256=proof.sha256,
            made_by=by,
            **owner,
        )
        for proof in proofs
    ]
    return table._default_manager.bulk_create(rows)


def content_of(upload: Upload) -> bytes:
    """The file as it was sent."""
    return cipher.decrypt_bytes(upload.content, field=Upload.FIELD)
