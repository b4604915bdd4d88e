"""Who built an image from what: an in-toto statement with SLSA provenance, signed in a DSSE envelope by openssl."""

import base64
import json
import re
import shutil
import subprocess
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Any

from blueprint.files import FOLDER, REPOSITORY
from blueprint.images.engine import Engine
from blueprint.refusal import MissingTool, Refusal

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://slsa.dev/provenance/v1"
BUILD_TYPE = "https://emergence.dev/build/dockerfile/v1"
BASE_LABEL = "org.opencontainers.image.base.name"
REVISION_LABEL = "org.opencontainers.image.revision"
COMMIT = re.compile(r"[0-9a-f]{12,40}")
BY_DIGEST = re.compile(r"(\S+)@sha256:([0-9a-f]{64})")


class SignatureRejected(Refusal):
    """An envelope was not signed by that key, was changed, or is about another image."""


def statement(key: str, digest: str, base: tuple[str, str], commit: str, made_at: str) -> dict[str, Any]:
    """Return what is said of an image: its digest, the commit, and digests of what that commit holds."""
    dockerfile, lock = FOLDER / f"{key}-service.Dockerfile", FOLDER / f"{key}-requirements.txt"
    materials = [{"uri": base[0], "digest": {"sha256": base[1]}}, {"uri": "git", "digest": {"gitCommit": commit}}]
    materials += [
        {"uri": uri, "digest": {"sha256": sha256(_git("show", f"{commit}:{uri}")).hexdigest()}}
        for path in (dockerfile, lock, REPOSITORY / "requirements" / "build.txt")
        for uri in [str(path.relative_to(REPOSITORY))]
    ]
    return {
        "_type": STATEMENT,
        "subject": [{"name": f"emergence-{key}", "digest": {"sha256": digest.removeprefix("sha256:")}}],
        "predicateType": PREDICATE,
        "predicate": {
            "buildDefinition": {
                "buildType": BUILD_TYPE,
                "externalParameters": {"service": key},
                "resolvedDependencies": materials,
            },
            "runDetails": {"builder": {"id": BUILD_TYPE}, "metadata": {"finishedOn": made_at}},
        },
    }


def revision_of_tree(folder: Path = REPOSITORY) -> str:
    """Return the commit that is checked out; `-dirty` behind it says that an image of this tree is of no commit."""
    commit = _git("rev-parse", "HEAD", folder=folder).decode().strip()
    return f"{commit}-dirty" if _git("status", "--porcelain", folder=folder) else commit


def commit_of(engine: Engine, image: str) -> str:
    """Return the whole hash of the commit that an image was built from, as it says itself. Raises Refusal."""
    revision = (engine.inspect(image)["Config"].get("Labels") or {}).get(REVISION_LABEL, "")
    if not COMMIT.fullmatch(revision):
        said = revision or "nothing"
        raise Refusal(
            f"{image} was not built from a commit, it says {said!r}: commit, build it anew, then vouch for it"
        )
    try:
        return _git("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").decode().strip()
    except Refusal:
        raise Refusal(f"{image} was built from {revision}, a commit that is not in this repository; fetch it") from None


def base_of(engine: Engine, image: str) -> tuple[str, str]:
    """Return name and digest of the base that an image was really built on. Raises Refusal when it does not say."""
    name = (engine.inspect(image)["Config"].get("Labels") or {}).get(BASE_LABEL, "")
    found = BY_DIGEST.fullmatch(name)
    if found is not None:
        return found[1], found[2]
    if not name:
        raise Refusal(f"{image} does not say its base: build it from one of our Dockerfiles")
    return name, engine.digest(name).removeprefix("sha256:")


def signed(content: dict[str, Any], private_key: Path) -> dict[str, Any]:
    """Return a DSSE envelope, signed with an Ed25519 key in PEM. Raises MissingTool, Refusal."""
    payload = json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
    with tempfile.TemporaryDirectory() as folder:
        said, signature = Path(folder) / "said", Path(folder) / "signature"
        said.write_bytes(_encoded(payload))
        words = ["-sign", "-inkey", str(private_key), "-rawin", "-in", str(said), "-out", str(signature)]
        if _openssl(words).returncode != 0:
            raise Refusal(f"{private_key} cannot sign: it must be an Ed25519 key in PEM")
        value = base64.b64encode(signature.read_bytes()).decode()
    return {
        "payloadType": PAYLOAD_TYPE,
        "payload": base64.b64encode(payload).decode(),
        "signatures": [{"sig": value}],
    }


def verified(envelope: dict[str, Any], public_key: Path, digest: str) -> dict[str, Any]:
    """Return the statement of an envelope about one digest. Raises SignatureRejected, MissingTool."""
    try:
        payload = base64.b64decode(envelope["payload"], validate=True)
        signature = base64.b64decode(envelope["signatures"][0]["sig"], validate=True)
        content: dict[str, Any] = json.loads(payload)
        subjects = [f"sha256:{each['digest']['sha256']}" for each in content["subject"]]
    except (KeyError, IndexError, TypeError, ValueError):
        raise SignatureRejected("this is no DSSE envelope with an in-toto statement") from None
    with tempfile.TemporaryDirectory() as folder:
        said, given = Path(folder) / "said", Path(folder) / "signature"
        said.write_bytes(_encoded(payload))
        given.write_bytes(signature)
        words = ["-verify", "-pubin", "-inkey", str(public_key), "-rawin", "-in", str(said), "-sigfile", str(given)]
        is_signed = _openssl(words).returncode == 0
    if not is_signed or envelope["payloadType"] != PAYLOAD_TYPE:
        raise SignatureRejected("the signature does not belong to this statement and this key")
    if subjects != [digest]:
        raise SignatureRejected(f"it is about {', '.join(subjects)}, not about {digest}")
    return content


def _encoded(payload: bytes) -> bytes:
    """Return what DSSE signs (its pre-authentication encoding, version 1)."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def _openssl(words: list[str]) -> "subprocess.CompletedProcess[bytes]":
    if shutil.which("openssl") is None:
        raise MissingTool("openssl 3 is missing")
    return subprocess.run(["openssl", "pkeyutl", *words], capture_output=True, check=False, timeout=30)


def _git(*words: str, folder: Path = REPOSITORY) -> bytes:
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, check=False, timeout=30)
    if done.returncode != 0:
        raise Refusal(f"git {words[0]}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout
