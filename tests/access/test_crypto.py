"""Ciphers at rest: read again only with the same key, in the same place, unchanged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.plumbing.crypto import Cipher, CipherBroken, derived_key

CIPHER = Cipher("5b" * 32)


@given(
    st.text(st.characters(codec="utf-8"), max_size=200), st.text(st.characters(codec="utf-8"), max_size=40)
)
def test_what_was_encrypted_reads_the_same(text, context):
    assert CIPHER.decrypt(CIPHER.encrypt(text, context), context) == text


def test_equal_texts_have_different_ciphers():
    assert CIPHER.encrypt("110101199003070000") != CIPHER.encrypt("110101199003070000")


@pytest.mark.parametrize("position", [0, 1, 13, -1])
def test_one_changed_byte_is_found(position):
    cipher = bytearray(CIPHER.encrypt("一二三"))
    cipher[position] ^= 1

    with pytest.raises(CipherBroken):
        CIPHER.decrypt(bytes(cipher))


def test_cipher_of_another_row_or_key_is_refused():
    cipher = CIPHER.encrypt("secret", "account 1")

    with pytest.raises(CipherBroken):
        CIPHER.decrypt(cipher, "account 2")
    with pytest.raises(CipherBroken):
        Cipher("6c" * 32).decrypt(cipher, "account 1")
    with pytest.raises(CipherBroken):
        CIPHER.decrypt(b"")


def test_blind_index_is_equal_for_equal_and_only_for_equal():
    index = CIPHER.blind_index("id_card", "110101199003070000")

    assert index == Cipher("5b" * 32).blind_index("id_card", "110101199003070000")
    assert (
        len(
            {
                index,
                CIPHER.blind_index("passport", "110101199003070000"),
                Cipher("6c" * 32).blind_index("id_card", "110101199003070000"),
            }
        )
        == 3
    )


def test_keys_of_two_purposes_differ():
    assert derived_key("5b" * 32, "cipher") != derived_key("5b" * 32, "blind-index")
