"""A certificate for a server in a workshop, where no public authority can reach: an authority of the venue's own, and one server.

The authority may vouch for private addresses and local names only: whoever installs it on a tablet does not thereby trust it with
any site of the internet (name constraints, RFC 5280 4.2.1.10). Keys are P-256; what is private is written with mode 0600.
"""

import ipaddress
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CA_DAYS: Final = 825
# What iPads accept of an authority that a person installed, with room.
SERVER_DAYS: Final = 397
LOCAL_NAMES: Final = ("local", "lan", "home.arpa", "internal", "localhost")
PRIVATE: Final = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8")


class NotLocalError(Exception):
    """The name or address is not one that a venue's own authority may vouch for."""


class Files(msgspec.Struct, frozen=True):
    """Where everything lies."""

    folder: Path

    @property
    def ca(self) -> Path:
        return self.folder / "ca.crt"

    @property
    def ca_key(self) -> Path:
        return self.folder / "ca.key"

    @property
    def server(self) -> Path:
        return self.folder / "server.crt"

    @property
    def server_key(self) -> Path:
        return self.folder / "server.key"

    @property
    def whole(self) -> bool:
        """Whether a server can be started with them."""
        return all(path.exists() for path in (self.ca, self.server, self.server_key))


def make_certificate(folder: Path, names: Sequence[str], addresses: Sequence[str]) -> Files:
    """A server certificate for the names and addresses; the authority is made once and stays. Raises NotLocalError."""
    _require_local(names, addresses)
    files = Files(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (files.ca.exists() and files.ca_key.exists()):
        _make_authority(files)
    authority = x509.load_pem_x509_certificate(files.ca.read_bytes())
    signer = serialization.load_pem_private_key(files.ca_key.read_bytes(), None)
    assert isinstance(signer, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    # No name of a host: some readers hold the common name against the constraints as if it were a DNS name.
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Shibaiqian venue server")])
    alternatives: list[x509.GeneralName] = [x509.DNSName(name) for name in names]
    alternatives += [x509.IPAddress(ipaddress.ip_address(address)) for address in addresses]
    certificate = (
        _begun(subject, authority.subject, key.public_key(), SERVER_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        .sign(signer, hashes.SHA256())
    )
    _write_key(files.server_key, key)
    files.server.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return files


def ca_fingerprint(files: Files) -> str:
    """SHA-256 of the authority's certificate in pairs, as Android and iPad show it."""
    certificate = x509.load_pem_x509_certificate(files.ca.read_bytes())
    digits = certificate.fingerprint(hashes.SHA256()).hex().upper()
    return " ".join(digits[place : place + 2] for place in range(0, len(digits), 2))


def ca_der(files: Files) -> bytes:
    """The authority's certificate as tablets take it."""
    certificate = x509.load_pem_x509_certificate(files.ca.read_bytes())
    return certificate.public_bytes(serialization.Encoding.DER)


def served_names(files: Files) -> tuple[list[str], list[str]]:
    """Names and addresses that the server's certificate is for."""
    certificate = x509.load_pem_x509_certificate(files.server.read_bytes())
    found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return found.get_values_for_type(x509.DNSName), [
        str(address) for address in found.get_values_for_type(x509.IPAddress)
    ]


def _make_authority(files: Files) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    stamp = datetime.now(UTC).strftime("%Y-%m-%d")
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Shibaiqian venue {stamp}")])
    permitted: list[x509.GeneralName] = [x509.DNSName(each) for each in LOCAL_NAMES]
    permitted += [x509.IPAddress(ipaddress.ip_network(each)) for each in PRIVATE]
    certificate = (
        _begun(name, name, key.public_key(), CA_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write_key(files.ca_key, key)
    files.ca.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, days: int
) -> x509.CertificateBuilder:
    # An hour back: a tablet's clock may be behind.
    begins = datetime.now(UTC) - timedelta(hours=1)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=days))
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs, key_cert_sign=signs, crl_sign=signs, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    content = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def _require_local(names: Sequence[str], addresses: Sequence[str]) -> None:
    if not names and not addresses:
        raise NotLocalError("Name at least one host or address.")
    for name in names:
        if not any(name == each or name.endswith(f".{each}") for each in LOCAL_NAMES):
            raise NotLocalError(
                f"{name} is not a local name (*.local, *.lan, *.home.arpa, *.internal). "
                "For a public name use a public certificate."
            )
    networks = [ipaddress.ip_network(each) for each in PRIVATE]
    for address in addresses:
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError as error:
            raise NotLocalError(f"{address} is no IP address.") from error
        if not any(parsed in network for network in networks):
            raise NotLocalError(f"{address} is not a private IPv4 address.")
