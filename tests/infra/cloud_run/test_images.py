"""What is said of images: their contents against targets, their parts, and who vouches for them."""

import io
import os
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from blueprint.__main__ import main
from blueprint.files import FOLDER, REPOSITORY
from blueprint.images.contents import MEGABYTE, PINNED, Contents, contents_of, problems
from blueprint.images.engine import Engine
from blueprint.images.provenance import (
    SignatureRejected,
    base_of,
    commit_of,
    revision_of_tree,
    signed,
    statement,
    verified,
)
from blueprint.images.sbom import sbom
from blueprint.images.start import environment
from blueprint.refusal import Refusal
from blueprint.services import service_of
from emergence.composition import problems_under_serve

DIGEST = "sha256:" + "ab" * 32
LOCK = FOLDER / "auth-requirements.txt"
PACKAGES = "/opt/emergence/lib/python3.11/site-packages"
STATUS = (
    "Package: libc6\nStatus: install ok installed\nVersion: 2.36-9\n\nPackage: gone\nStatus: deinstall ok\nVersion: 1\n"
)


@dataclass(frozen=True)
class ArchivedImage(Engine):
    """An engine that has one image: a tar archive made here."""

    made: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def files(self, image: str) -> Iterator[tarfile.TarFile]:
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as archive:
            for name, text in self.made.items():
                member = tarfile.TarInfo(name.lstrip("/"))
                member.size = len(text.encode())
                archive.addfile(member, io.BytesIO(text.encode()))
        packed.seek(0)
        with tarfile.open(fileobj=packed, mode="r|") as archive:
            yield archive

    def inspect(self, image: str) -> dict[str, Any]:
        return {"Config": {"Labels": self.labels}, "Id": "cd" * 32}


def image_of(files: dict[str, str], labels: dict[str, str] | None = None) -> ArchivedImage:
    return ArchivedImage(("none",), (), files, labels or {})


def metadata(name: str, version: str) -> dict[str, str]:
    text = f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\nLicense-Expression: MIT\n\nLong text.\n"
    return {f"{PACKAGES}/{name}-{version}.dist-info/METADATA": text}


def test_an_image_is_read_by_what_its_packages_say() -> None:
    files = {**metadata("Argon2_cffi", "25.1"), "usr/bin/gcc": "", "var/lib/dpkg/status": STATUS, "srv/.env": ""}

    found = contents_of(image_of(files), "any")

    assert found.python == {"argon2-cffi": "25.1"}
    assert found.licences == {"argon2-cffi": "MIT"}
    assert found.debian == {"libc6": "2.36-9"}
    assert "gcc" in found.programs
    assert found.private == ["srv/.env"]


def fitting() -> Contents:
    """Return what auth's image should hold."""
    return Contents(python={"emergence": "0.1.0", **dict(PINNED.findall(LOCK.read_text()))})


def test_what_an_image_should_not_be_is_said_by_name() -> None:
    auth = service_of("auth")
    heavy, compiling, learning, private, lacking = (fitting() for _ in range(5))
    compiling.programs.add("gcc")
    learning.python["numpy"] = "2.4.6"
    private.private.append(".env")
    del lacking.python["webauthn"]

    assert problems(auth, fitting(), 280 * MEGABYTE, LOCK) == []
    assert problems(auth, heavy, 281 * MEGABYTE, LOCK) == ["is 281 MB, at most 280"]
    assert problems(auth, compiling, MEGABYTE, LOCK) == ["has gcc"]
    assert problems(auth, learning, MEGABYTE, LOCK)[0] == "has numpy, which only memory uses"
    assert problems(auth, private, MEGABYTE, LOCK) == ["has .env"]
    assert problems(auth, lacking, MEGABYTE, LOCK) == ["does not hold what auth-requirements.txt says: webauthn"]


@pytest.mark.parametrize("key", ["auth", "session", "main"])
def test_a_started_image_is_told_what_its_manifest_says_and_nothing_leaves_the_machine(key: str) -> None:
    service = service_of(key)

    told = environment(service, "postgresql://nobody@127.0.0.1:1/none", 8123)

    assert problems_under_serve(service.serves, told) == []
    assert told["PORT"] == "8123"
    assert {value for name, value in told.items() if name.endswith("_SERVICE_URL")} == {"http://127.0.0.1:9"}
    assert all(not value for name, value in told.items() if name.endswith("_API_KEY"))


def test_the_parts_of_an_image_are_listed_once_each_and_in_order() -> None:
    contents = Contents(python={"b": "2", "a": "1"}, debian={"libc6": "1:2+3"}, licences={"a": "MIT"})

    document = sbom("auth", DIGEST, "2026-11-28T00:00:00+00:00", contents)

    addresses = [component["purl"] for component in document["components"]]
    assert addresses == ["pkg:pypi/a@1", "pkg:pypi/b@2", "pkg:deb/debian/libc6@1%3A2%2B3"]
    assert document["components"][0]["licenses"] == [{"license": {"name": "MIT"}}]
    assert document["metadata"]["component"]["version"] == DIGEST


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("keys")
    private, public = folder / "private.pem", folder / "public.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(private)], check=True)
    subprocess.run(["openssl", "pkey", "-in", str(private), "-pubout", "-out", str(public)], check=True)
    return private, public


def git(*words: str, folder: Path = REPOSITORY) -> str:
    named = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    return subprocess.run(
        ["git", *named, *words], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


def head() -> str:
    return git("rev-parse", "HEAD")


REVISION = "org.opencontainers.image.revision"


def test_an_image_is_vouched_for_with_the_commit_that_it_says() -> None:
    assert commit_of(image_of({}, {REVISION: head()[:12]}), "any") == head()
    for revision, said in (
        ({}, "not built from a commit"),
        ({REVISION: "unknown"}, "not built from a commit"),
        ({REVISION: f"{head()}-dirty"}, "not built from a commit"),
        ({REVISION: "--all"}, "not built from a commit"),
        ({REVISION: "0" * 40}, "not in this repository"),
    ):
        with pytest.raises(Refusal, match=said):
            commit_of(image_of({}, revision), "any")


def test_a_file_that_is_not_committed_makes_the_tree_dirty(tmp_path: Path) -> None:
    git("init", "--quiet", folder=tmp_path)
    git("commit", "--quiet", "--allow-empty", "--message", "x", folder=tmp_path)
    commit = git("rev-parse", "HEAD", folder=tmp_path)

    clean = revision_of_tree(tmp_path)
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "back_door.py").write_text("")

    assert (clean, revision_of_tree(tmp_path)) == (commit, f"{commit}-dirty")


def test_a_signed_statement_names_commit_base_and_locks(keys: tuple[Path, Path]) -> None:
    private, public = keys
    content = statement("auth", DIGEST, ("python:3.11", "cd" * 32), head(), "2026-11-28T00:00:00+00:00")

    read = verified(signed(content, private), public, DIGEST)

    assert read == content
    materials = read["predicate"]["buildDefinition"]["resolvedDependencies"]
    assert materials[0] == {"uri": "python:3.11", "digest": {"sha256": "cd" * 32}}
    assert materials[1]["digest"] == {"gitCommit": head()}
    assert {material["uri"] for material in materials[2:]} >= {"infra/cloud-run/auth-requirements.txt"}


def test_what_was_changed_or_is_about_another_image_is_rejected(keys: tuple[Path, Path], tmp_path: Path) -> None:
    private, public = keys
    content = statement("auth", DIGEST, ("python:3.11", "cd" * 32), head(), "2026-11-28T00:00:00+00:00")
    envelope = signed(content, private)
    other = signed({**content, "subject": [{"digest": {"sha256": "ee" * 32}}]}, private)
    stranger = tmp_path / "stranger.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(stranger)], check=True)

    for forged in (
        {**envelope, "payload": other["payload"]},
        {**envelope, "payloadType": "text/plain"},
        signed(content, stranger),
        {"payload": "!"},
    ):
        with pytest.raises(SignatureRejected):
            verified(forged, public, DIGEST)
    with pytest.raises(SignatureRejected, match="not about"):
        verified(other, public, DIGEST)


def test_an_image_says_on_which_base_it_was_really_built() -> None:
    label = "org.opencontainers.image.base.name"
    by_digest = image_of({}, {label: f"python:3.11-slim@{DIGEST}"})
    by_name = image_of({}, {label: "localhost/stand-in"})

    assert base_of(by_digest, "any") == ("python:3.11-slim", "ab" * 32)
    assert base_of(by_name, "any") == ("localhost/stand-in", "cd" * 32)
    with pytest.raises(Refusal, match="does not say its base"):
        base_of(image_of({}), "any")


def test_without_an_engine_nothing_is_called_passed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CONTAINER_ENGINE", raising=False)

    assert main(["images"]) == 0

    assert capsys.readouterr().out.startswith("skipped: no Docker engine answers")
    assert main(["sbom"]) == 10
    assert os.environ["PATH"] == str(tmp_path)


@pytest.mark.skipif("EMERGENCE_IMAGES" not in os.environ, reason="takes minutes: infra/cloud-run/verify-images.sh")
def test_every_image_is_built_and_started_for_real() -> None:
    assert main(["images"]) == 0
