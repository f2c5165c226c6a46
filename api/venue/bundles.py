"""The form of a bundle: a line of JSON that says what it is, a line with the signature of that line, then the body.

The first line holds length and SHA-256 of the body, so that the signature answers for every byte; it is checked before anything of
the body is unpacked. The body is gzip over canonical JSON. A file that was cut, changed, signed by another or made by a newer
program is told apart from the others, because the person with the USB stick has to know what to do next.
"""

import gzip
import hashlib
import zlib
from datetime import datetime
from typing import Final, Literal, TypeVar
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from api.plumbing.problems import Problem

FORMAT: Final = "shibaiqian-venue"
VERSION: Final = 1
ALGORITHM: Final = "ed25519+sha256:1"
CONTEXT: Final = b"shibaiqian venue bundle\n"
PAIRING: Final = b"shibaiqian venue pairing\n"
MOST_BYTES: Final = 20 * 1024 * 1024
MOST_UNPACKED: Final = 256 * 1024 * 1024
LONGEST_HEAD: Final = 4096

Body = TypeVar("Body", bound=msgspec.Struct)
Kind = Literal["session", "facts"]


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What a bundle says of itself. `number` counts hand-outs of a session, or bundles of facts of one hand-out.

    `key` is the signer's; `pairing` answers for a venue's key that the centre has not met yet.
    """

    format: str
    version: int
    kind: Kind
    algorithm: str
    session: UUID
    handout: UUID
    number: int
    made_at: datetime
    key: str
    pairing: str = ""
    length: int
    sha256: str


class Sealed(msgspec.Struct, frozen=True):
    """A bundle whose form is sound. Who signed it is known, not whether they are the right one."""

    head: Head
    packed: bytes

    @property
    def hash(self) -> bytes:
        """SHA-256 of the body."""
        return bytes.fromhex(self.head.sha256)

    def body(self, kind: type[Body]) -> Body:
        """The body. Raises venue_bundle_broken for one that is not what its head says."""
        unpacker = zlib.decompressobj(wbits=31)
        try:
            unpacked = unpacker.decompress(self.packed, MOST_UNPACKED)
            if unpacker.unconsumed_tail or not unpacker.eof:
                raise Problem("venue_bundle_broken")
            return msgspec.json.decode(unpacked, type=kind)
        except (zlib.error, msgspec.MsgspecError) as error:
            raise Problem("venue_bundle_broken") from error


def seal(
    key: Ed25519PrivateKey, kind: Kind, body: msgspec.Struct, *, session: UUID, handout: UUID, number: int, made_at: datetime,
    pairing: str = "",
) -> bytes:  # fmt: skip
    """A bundle's bytes: the same body, number and moment give the same bytes again."""
    packed = gzip.compress(msgspec.json.encode(body, order="deterministic"), mtime=0)
    head = Head(
        format=FORMAT,
        version=VERSION,
        kind=kind,
        algorithm=ALGORITHM,
        session=session,
        handout=handout,
        number=number,
        made_at=made_at,
        key=public_bytes(key).hex(),
        pairing=pairing,
        length=len(packed),
        sha256=hashlib.sha256(packed).hexdigest(),
    )
    line = msgspec.json.encode(head, order="deterministic")
    return b"\n".join((line, key.sign(CONTEXT + line).hex().encode(), packed))


def unseal(content: bytes, kind: Kind) -> Sealed:
    """The bundle, its form and the signature of its own key checked.

    Raises venue_bundle_broken, venue_bundle_version, venue_bundle_kind, venue_bundle_truncated, venue_bundle_changed.
    """
    line, end, rest = content[: LONGEST_HEAD + 1].partition(b"\n")
    if len(line) > LONGEST_HEAD or not content.startswith(b"{"):
        raise Problem("venue_bundle_broken")
    if not end:
        # How long it was is in the line that was cut.
        raise Problem("venue_bundle_truncated", got=len(content), whole_zh="", whole_en="")
    head = _head(line)
    if head.kind != kind:
        raise Problem("venue_bundle_kind")
    rest = content[len(line) + 1 :]
    signature, end, packed = rest[:129].partition(b"\n")[0], rest[128:129], rest[129:]
    if len(packed) < head.length:
        length = len(line) + 130 + head.length
        raise Problem(
            "venue_bundle_truncated",
            got=len(content),
            whole_zh=f"，应有{length}字节",
            whole_en=f" of {length}",
        )
    if end != b"\n" or hashlib.sha256(packed).hexdigest() != head.sha256 or len(packed) != head.length:
        raise Problem("venue_bundle_changed")
    require_signature(head.key, signature, CONTEXT + line)
    return Sealed(head, packed)


def require_signature(public: str, signature: bytes, content: bytes) -> None:
    """Raise venue_bundle_changed unless `public` has signed the content; both in hexadecimal."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(
            bytes.fromhex(signature.decode("ascii")), content
        )
    except (InvalidSignature, ValueError) as error:
        raise Problem("venue_bundle_changed") from error


def public_bytes(key: Ed25519PrivateKey) -> bytes:
    """The 32 bytes that others know the key by."""
    return key.public_key().public_bytes_raw()


def fingerprint(public: bytes) -> str:
    """Sixteen digits of a key's hash in four groups, for two people to compare."""
    digits = hashlib.sha256(public).hexdigest()[:16].upper()
    return "-".join(digits[place : place + 4] for place in range(0, 16, 4))


def pairing_of(seed: bytes, handout: UUID, public: bytes) -> str:
    """The pairing key of a bundle says: this venue key is mine."""
    return Ed25519PrivateKey.from_private_bytes(seed).sign(PAIRING + handout.bytes + public).hex()


def is_paired(pairing_public: bytes, handout: UUID, public: bytes, signature: str) -> bool:
    """Whether the pairing key has said so."""
    try:
        Ed25519PublicKey.from_public_bytes(pairing_public).verify(
            bytes.fromhex(signature), PAIRING + handout.bytes + public
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def _head(line: bytes) -> Head:
    try:
        version = msgspec.json.decode(line, type=_Version)
    except msgspec.MsgspecError as error:
        raise Problem("venue_bundle_broken") from error
    if version.format != FORMAT:
        raise Problem("venue_bundle_broken")
    if version.version != VERSION:
        raise Problem("venue_bundle_version", version=version.version, known=VERSION)
    try:
        return msgspec.json.decode(line, type=Head)
    except msgspec.MsgspecError as error:
        raise Problem("venue_bundle_broken") from error


class _Version(msgspec.Struct):
    format: str
    version: int
