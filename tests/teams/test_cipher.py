"""Encryption and keyed hashes: what goes in comes out, and nothing else does."""

import hmac
import os
from typing import Any

import pytest
from django.conf import settings as project_settings
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from teams.cipher import (
    CipherError,
    decrypt,
    decrypt_bytes,
    encrypt,
    encrypt_bytes,
    lookup_hash,
    person_key,
)

NUMBER = "11010519491231002X"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_encrypted_text_decrypts_to_itself(text: str) -> None:
    assert decrypt(encrypt(text, field="name"), field="name") == text


@given(st.binary())
def test_encrypted_file_decrypts_to_itself(data: bytes) -> None:
    assert decrypt_bytes(encrypt_bytes(data, field="scan"), field="scan") == data


@given(st.data())
def test_any_changed_byte_is_refused(data: st.DataObject) -> None:
    blob = bytearray(encrypt(NUMBER, field="id_number"))
    blob[data.draw(st.integers(0, len(blob) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(CipherError):
        decrypt(bytes(blob), field="id_number")


@given(st.binary(max_size=64))
def test_any_foreign_value_is_refused(blob: bytes) -> None:
    with pytest.raises(CipherError):
        decrypt(blob, field="id_number")


def test_value_cut_anywhere_is_refused() -> None:
    blob = encrypt(NUMBER, field="id_number")
    for length in range(len(blob)):
        with pytest.raises(CipherError):
            decrypt(blob[:length], field="id_number")


def test_value_of_another_field_is_refused() -> None:
    with pytest.raises(CipherError):
        decrypt(encrypt("13955810472", field="phone"), field="id_number")


def test_file_that_is_no_text_is_refused_as_text() -> None:
    with pytest.raises(CipherError):
        decrypt(encrypt_bytes(b"\xff\xfe", field="scan"), field="scan")


def test_same_text_encrypts_differently_each_time() -> None:
    assert encrypt(NUMBER, field="id_number") != encrypt(NUMBER, field="id_number")


def test_value_begins_with_version_and_key_id_and_hides_the_text() -> None:
    blob = encrypt(NUMBER, field="id_number")
    key_id = project_settings.IDENTITY_KEY_ID.encode()
    assert blob.startswith(bytes([1, len(key_id)]) + key_id)
    assert len(blob) == 2 + len(key_id) + 12 + len(NUMBER) + 16
    assert NUMBER.encode() not in blob


def test_value_from_the_database_driver_decrypts() -> None:
    assert decrypt(memoryview(encrypt(NUMBER, field="id_number")), field="id_number") == NUMBER


def test_rotated_key_still_reads_old_values(settings: Any) -> None:
    old = encrypt(NUMBER, field="id_number")
    settings.IDENTITY_KEYS = {**settings.IDENTITY_KEYS, "next": os.urandom(32)}
    settings.IDENTITY_KEY_ID = "next"
    new = encrypt(NUMBER, field="id_number")
    assert decrypt(old, field="id_number") == decrypt(new, field="id_number") == NUMBER


def test_value_of_a_removed_key_is_refused_without_its_text(settings: Any) -> None:
    blob = encrypt(NUMBER, field="id_number")
    settings.IDENTITY_KEYS = {"next": os.urandom(32)}
    with pytest.raises(CipherError, match="no key with the id") as caught:
        decrypt(blob, field="id_number")
    assert NUMBER not in str(caught.value)


def test_value_under_a_replaced_key_of_the_same_id_is_refused(settings: Any) -> None:
    blob = encrypt(NUMBER, field="id_number")
    settings.IDENTITY_KEYS = dict.fromkeys(settings.IDENTITY_KEYS, os.urandom(32))
    with pytest.raises(CipherError):
        decrypt(blob, field="id_number")


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_keys_of_a_wrong_length_are_refused(settings: Any, length: int) -> None:
    settings.IDENTITY_KEYS = {settings.IDENTITY_KEY_ID: bytes(length)}
    settings.HASH_KEY = b"h" * length
    with pytest.raises(ImproperlyConfigured):
        encrypt(NUMBER, field="id_number")
    with pytest.raises(ImproperlyConfigured):
        lookup_hash(NUMBER, field="id_number")


def test_current_key_that_is_missing_is_refused(settings: Any) -> None:
    settings.IDENTITY_KEY_ID = "missing"
    with pytest.raises(ImproperlyConfigured):
        encrypt(NUMBER, field="id_number")


def test_hash_key_that_also_encrypts_is_refused(settings: Any) -> None:
    settings.HASH_KEY = settings.IDENTITY_KEYS[settings.IDENTITY_KEY_ID]
    with pytest.raises(ImproperlyConfigured):
        lookup_hash(NUMBER, field="id_number")


def test_lookup_hash_is_the_keyed_hash_of_field_and_text(settings: Any) -> None:
    settings.HASH_KEY = b"k" * 32
    expected = hmac.new(b"k" * 32, b"id_number\x00" + NUMBER.encode(), "sha256").digest()
    assert lookup_hash(NUMBER, field="id_number") == expected


def test_lookup_hash_differs_by_field_and_by_key(settings: Any) -> None:
    first = lookup_hash("13955810472", field="phone")
    assert lookup_hash("13955810472", field="id_number") != first
    settings.HASH_KEY = os.urandom(32)
    assert lookup_hash("13955810472", field="phone") != first


@given(st.text("0123456789X", max_size=18), st.text("0123456789X", max_size=18))
def test_lookup_hashes_are_equal_just_when_the_texts_are(one: str, other: str) -> None:
    assert (lookup_hash(one, field="id_number") == lookup_hash(other, field="id_number")) == (one == other)


def test_person_key_is_the_first_63_bits_of_the_person_hash() -> None:
    bits = "".join(f"{byte:08b}" for byte in lookup_hash(NUMBER, field="person"))
    assert person_key(NUMBER) == int(bits[:63], 2)


@given(st.text("0123456789X", min_size=18, max_size=18))
def test_person_key_fits_a_bigint_and_stays_the_same(number: str) -> None:
    assert 0 <= person_key(number) < 2**63
    assert person_key(number) == person_key(number)
