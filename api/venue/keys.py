"""The key that this installation signs its bundles with: made when it is first needed, kept as a cipher under the secret key.

Centre and venue server have one each. A *pairing* key belongs to one hand-out: it is not kept but derived, so that a bundle that is
downloaded again is the same bundle.
"""

from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.access.secret_texts import cipher_of
from api.plumbing.crypto import derived_key
from api.plumbing.db import Connection
from api.plumbing.settings import Settings
from api.venue.bundles import public_bytes

PURPOSE = "venue"
CONTEXT = "signing-key:venue"

OWN_KEY = """/* venue.own_key */
SELECT private_cipher FROM signing_key WHERE purpose = $1
"""
# Two processes that need it at once: the first one's is the installation's.
KEEP_KEY = """/* venue.keep_key */
INSERT INTO signing_key (purpose, public, private_cipher) VALUES ($1, $2, $3) ON CONFLICT (purpose) DO NOTHING
"""


async def own_key(connection: Connection, settings: Settings) -> Ed25519PrivateKey:
    """This installation's key."""
    cipher = cipher_of(settings.secret_key)
    kept = await connection.fetchval(OWN_KEY, PURPOSE)
    if kept is None:
        key = Ed25519PrivateKey.generate()
        private = cipher.encrypt(key.private_bytes_raw().hex(), CONTEXT)
        await connection.execute(KEEP_KEY, PURPOSE, public_bytes(key), private)
        kept = await connection.fetchval(OWN_KEY, PURPOSE)
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(cipher.decrypt(kept, CONTEXT)))


def pairing_seed(settings: Settings, handout: UUID) -> bytes:
    """The private pairing key of a hand-out that travels as a file."""
    return derived_key(settings.secret_key, f"venue-pairing:{handout}")


def pairing_public(settings: Settings, handout: UUID) -> bytes:
    """What the centre knows a hand-out's pairing key by."""
    return public_bytes(Ed25519PrivateKey.from_private_bytes(pairing_seed(settings, handout)))
