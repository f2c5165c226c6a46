"""The seal of a layer: one of two codes opens it, and nothing else does."""

import pytest

from api.judging import sealing
from api.judging.sealing import SealBroken, new_code, plain_code, seal, unseal, unwrap, wrap


async def test_code_opens_what_it_wrapped_however_it_is_typed():
    key = sealing.new_key()
    wrapped = await wrap(key, "layer 1 officer")

    assert await unwrap(wrapped.bytes, wrapped.code, "layer 1 officer") == key
    assert (
        await unwrap(wrapped.bytes, f" {wrapped.code.lower().replace('-', ' ')} ", "layer 1 officer") == key
    )
    with pytest.raises(SealBroken):
        await unwrap(wrapped.bytes, new_code(), "layer 1 officer")
    with pytest.raises(SealBroken):
        await unwrap(wrapped.bytes, wrapped.code + "0", "layer 1 officer")
    with pytest.raises(SealBroken):
        await unwrap(wrapped.bytes, wrapped.code, "layer 2 officer")


def test_letters_that_look_like_digits_are_read_as_digits():
    assert plain_code("oOiI-lL0U") == "0011110"


def test_code_has_sixty_bits_and_is_never_the_same():
    codes = {new_code() for _ in range(200)}

    assert len(codes) == 200
    assert {len(plain_code(code)) for code in codes} == {12}
    assert len({character for code in codes for character in plain_code(code)}) == 32


@pytest.mark.parametrize("change", [lambda cipher: cipher[:-1], lambda cipher: cipher[:-1] + bytes([cipher[-1] ^ 1]), lambda _: b""])  # fmt: skip
def test_changed_cipher_is_refused(change):
    key = sealing.new_key()

    with pytest.raises(SealBroken):
        unseal(key, change(seal(key, b"text", "layer 1 seed")), "layer 1 seed")
