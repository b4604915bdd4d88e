"""A stand-in for the base image where no registry of images is reached: the same Debian and Python, by debootstrap."""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from blueprint.images.engine import Engine
from blueprint.refusal import MissingTool, Refusal

TAG = "localhost/emergence-stand-in:bookworm"
RELEASE = "bookworm"
PACKAGES = "python3,python3-venv,ca-certificates"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
SOURCES = (Path("/etc/apt/sources.list"), Path("/etc/apt/sources.list.d"))
NOT_NEEDED = ("var/cache/apt", "var/lib/apt/lists", "usr/share/doc", "usr/share/man", "usr/share/locale")
LIMIT_S = 900


def stand_in(engine: Engine) -> str:
    """Return the stand-in's name, made once. It trusts whom this machine trusts. Raises MissingTool, Refusal."""
    if not engine.has(TAG):
        if shutil.which("debootstrap") is None:
            raise MissingTool("debootstrap is missing: apt-get install debootstrap")
        with tempfile.TemporaryDirectory(prefix="emergence-base-") as folder:
            _import(engine, _bootstrapped(Path(folder) / "root"))
    return TAG


def mirror() -> str:
    """Return where this machine's own packages come from. Raises Refusal."""
    files = [path for place in SOURCES for path in ([place] if place.is_file() else sorted(place.glob("debian*")))]
    for path in files:
        if found := re.search(r"^(?:URIs:|deb(?: \[.*?\])?) +(\S+)", path.read_text(), re.MULTILINE):
            return found[1]
    raise Refusal("no apt source names a mirror of Debian")


def _bootstrapped(root: Path) -> Path:
    command = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", RELEASE, str(root), mirror()]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=LIMIT_S)
    if done.returncode != 0:
        raise Refusal("debootstrap failed: " + "\n".join(done.stdout.splitlines()[-5:]))
    for name in NOT_NEEDED:
        shutil.rmtree(root / name, ignore_errors=True)
        (root / name).mkdir(parents=True)
    (root / "usr/bin/python").symlink_to("python3")
    if CERTIFICATES.is_file():
        shutil.copy(CERTIFICATES, root / CERTIFICATES.relative_to("/"))
    return root


def _import(engine: Engine, root: Path) -> None:
    trusting = [f"ENV {name}={CERTIFICATES}" for name in ("SSL_CERT_FILE", "PIP_CERT", "NODE_EXTRA_CA_CERTS")]
    changes = ["ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", *trusting]
    archive = root.with_suffix(".tar")
    subprocess.run(["tar", "-C", str(root), "-cf", str(archive), "."], check=True, timeout=LIMIT_S)
    engine.run("import", *(word for change in changes for word in ("--change", change)), str(archive), TAG)
