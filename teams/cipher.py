"""Keep identity data unreadable outside the application: authenticated encryption, and keyed hashes to find it by.

The keys come from the settings (from the environment), never from the database:
`IDENTITY_KEYS` = {key id: 32 bytes}, `IDENTITY_KEY_ID` = the id that new values get, `HASH_KEY` = 32 other bytes.

A stored value is: 1 byte algorithm version, 1 byte length of the key id, the key id (ASCII), 12 bytes nonce, then the
ciphertext with its 16-byte tag. What stands before the nonce and the field's name are authenticated with it, so a
value cannot be moved to another column. Version 1 is AES-256-GCM; a national cipher gets a version of its own.
"""

from __future__ import annotations

import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.dispatch import receiver

AES_256_GCM = 1
KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16

Blob = bytes | bytearray | memoryview


class CipherError(Exception):
    """A stored value that cannot be read: damaged, of another field, or of a key that the settings do not hold."""


def encrypt(text: str, *, field: str) -> bytes:
    """Encrypt a text for the column `field` with the current key; a different value each time."""
    return encrypt_bytes(text.encode(), field=field)


def decrypt(blob: Blob, *, field: str) -> str:
    """The text that `encrypt` was given for the same field. Raises CipherError."""
    try:
        return decrypt_bytes(blob, field=field).decode()
    except UnicodeDecodeError:
        raise CipherError(f"{field}: not a text") from None


def encrypt_bytes(data: bytes, *, field: str) -> bytes:
    """Like `encrypt`, for a file's content (held in memory whole)."""
    header = _header(settings.IDENTITY_KEY_ID)
    nonce = os.urandom(NONCE_BYTES)
    return header + nonce + _aead(settings.IDENTITY_KEY_ID).encrypt(nonce, data, header + field.encode())


def decrypt_bytes(blob: Blob, *, field: str) -> bytes:
    """The content that `encrypt_bytes` was given for the same field. Raises CipherError."""
    value = bytes(blob)
    key_id = _key_id(value)
    start = 2 + len(key_id)
    if key_id not in settings.IDENTITY_KEYS:
        raise CipherError(f"{field}: no key with the id {key_id!r} in the settings")
    try:
        return _aead(key_id).decrypt(
            value[start : start + NONCE_BYTES], value[start + NONCE_BYTES :], value[:start] + field.encode()
        )
    except InvalidTag:
        raise CipherError(f"{field}: the value was changed, moved from another field or its key replaced") from None


def lookup_hash(text: str, *, field: str) -> bytes:
    """32 bytes (HMAC-SHA256) that are equal for equal texts of one field, and tell nothing without the key.

    Pass the normalised text (`identity.parse_id_number(...).number`, `identity.parse_phone(...).number`).
    """
    return hmac.digest(_hash_key(), f"{field}\0{text}".encode(), "sha256")


def person_key(id_number: str) -> int:
    """The person's number in figures and bundles: 63 bits of a keyed hash of the normalised ID number (a bigint)."""
    return int.from_bytes(lookup_hash(id_number, field="person")[:8]) >> 1


@lru_cache(maxsize=16)
def _header(key_id: str) -> bytes:
    name = key_id.encode("ascii")
    return bytes((AES_256_GCM, len(name))) + name


def _key_id(value: bytes) -> str:
    if len(value) < 2 or value[0] != AES_256_GCM:
        raise CipherError("not a value encrypted by this version")
    name = value[2 : 2 + value[1]]
    if len(value) < 2 + value[1] + NONCE_BYTES + TAG_BYTES or not name.isascii():
        raise CipherError("the encrypted value is cut short or damaged")
    return name.decode("ascii")


def _aead(key_id: str) -> AESGCM:
    try:
        return _aead_of(settings.IDENTITY_KEYS[key_id])
    except KeyError:
        raise ImproperlyConfigured("IDENTITY_KEYS holds no key with the id IDENTITY_KEY_ID") from None


@lru_cache(maxsize=16)
def _aead_of(key: bytes) -> AESGCM:
    if len(key) != KEY_BYTES:
        raise ImproperlyConfigured(f"Each of IDENTITY_KEYS must be {KEY_BYTES} bytes long")
    return AESGCM(key)


@lru_cache(maxsize=1)
def _hash_key() -> bytes:
    key: bytes = settings.HASH_KEY
    if len(key) != KEY_BYTES or key in settings.IDENTITY_KEYS.values():
        raise ImproperlyConfigured(f"HASH_KEY must be {KEY_BYTES} bytes long and no encryption key")
    return key


@receiver(setting_changed)
def _forget_hash_key(*, setting: str, **_more: object) -> None:
    if setting in {"HASH_KEY", "IDENTITY_KEYS"}:
        _hash_key.cache_clear()
