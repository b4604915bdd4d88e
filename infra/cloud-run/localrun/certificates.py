"""An authority of one run, and the certificates that it gives to accounts: short-lived, and kept nowhere else."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from blueprint.mesh.envoy import AUTHORITY, OWN

OF_AUTHORITY = timedelta(days=30)  # longer than anybody leaves `local.sh up` running
OF_ACCOUNT = timedelta(hours=12)
SKEW = timedelta(minutes=1)
PEM = serialization.Encoding.PEM
SECRET = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret"


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate with its key, as PEM."""

    certificate: str
    key: str


class Authority:
    """Signs for as long as it lives; its key never leaves the process."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Emergence, this run")])
        usage = _usage(signs_certificates=True)
        built = (
            _builder(self._name, self._name, self._key.public_key(), OF_AUTHORITY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.certificate = built.public_bytes(PEM).decode()

    def issue(self, identity: str, lifetime: timedelta = OF_ACCOUNT) -> Issued:
        """Return a certificate that names `identity` alone, for either end of a line."""
        key = ec.generate_private_key(ec.SECP256R1())
        both = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]
        built = (
            _builder(x509.Name([]), self._name, key.public_key(), lifetime)
            .add_extension(x509.SubjectAlternativeName([x509.UniformResourceIdentifier(identity)]), critical=True)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage(both), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        form = (PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return Issued(built.public_bytes(PEM).decode(), key.private_bytes(*form).decode())


def write_secrets(folder: Path, issued: Issued, authority: str) -> None:
    """Write what Envoy watches, each file as a whole or not at all; only its owner can read it."""
    folder.mkdir(mode=0o700, exist_ok=True)
    own = {
        "certificate_chain": {"inline_string": issued.certificate},
        "private_key": {"inline_string": issued.key},
    }
    _write(folder, AUTHORITY, {"validation_context": {"trusted_ca": {"inline_string": authority}}})
    _write(folder, OWN, {"tls_certificate": own})


def _write(folder: Path, name: str, secret: dict[str, object]) -> None:
    beside = folder / f"{name}.new"
    beside.unlink(missing_ok=True)
    beside.touch(mode=0o600)
    beside.write_text(yaml.safe_dump({"resources": [{"@type": SECRET, "name": name, **secret}]}))
    beside.replace(folder / f"{name}.yaml")  # Envoy looks when something is moved here


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, lifetime: timedelta
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SKEW)
        .not_valid_after(now + lifetime)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
