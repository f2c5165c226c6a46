"""Personal data at rest: AES-256-GCM for what must be read again, a keyed index for what must only be found again.

Both keys come from the installation's secret key through HKDF, each with a name of its own, so that none can stand in for another.
Source: NIST SP 800-38D, RFC 5869.
"""

import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

# Stored beside every cipher and index; the first byte of a cipher says the same, for columns without room beside them.
ALGORITHM = "aes-256-gcm/hmac-sha256:1"
VERSION = b"\x01"
NONCE_BYTES = 12


class Cipher:
    """Encrypts and indexes with one installation's key. Making one derives the keys (tens of µs): make it once, pass it on."""

    algorithm = ALGORITHM

    def __init__(self, secret_key: str) -> None:
        self._aead = AESGCM(derived_key(secret_key, "cipher"))
        self._index_key = derived_key(secret_key, "blind-index")

    def encrypt(self, text: str, context: str = "") -> bytes:
        """The cipher of `text`. With a `context`, such as the row's id, it cannot be moved to another row unnoticed."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return VERSION + nonce + self._aead.encrypt(nonce, text.encode(), VERSION + context.encode())

    def decrypt(self, cipher: bytes, context: str = "") -> str:
        """The text again. Raises CipherBroken for bytes changed, moved to another context or made with another key."""
        nonce, body = cipher[1 : 1 + NONCE_BYTES], cipher[1 + NONCE_BYTES :]
        if cipher[:1] != VERSION:
            raise CipherBroken
        try:
            return self._aead.decrypt(nonce, body, VERSION + context.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise CipherBroken from error

    def blind_index(self, kind: str, text: str) -> bytes:
        """32 bytes, equal for equal `kind` and `text`, that say nothing of the text to whoever lacks the key."""
        return hmac.digest(self._index_key, f"{kind}\x1f{text}".encode(), "sha256")


class CipherBroken(Exception):
    """The bytes are not a cipher of this installation for this context."""


def derived_key(secret_key: str, purpose: str) -> bytes:
    """32 bytes for one purpose. The secret key has 256 bits of its own, so that no salt is needed (RFC 5869 3.1)."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"shibaiqian {purpose} 1".encode()).derive(
        secret_key.encode()
    )
