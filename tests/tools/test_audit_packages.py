"""`make audit` fails for an advisory, passes without one, and never takes silence for health (A44)."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from anyio import run_process
from packaging.version import Version
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.served_app import served

ROOT = Path(__file__).parents[2]
AUDIT = ROOT / "tools" / "audit_packages.py"
LOCKED = "cakes==1.0 --hash=sha256:" + "0" * 64 + "\npies==2.0 --hash=sha256:" + "0" * 64 + "\n"
ADVISORY = {
    "id": "PYSEC-2026-1",
    "summary": "Too sweet.",
    "details": "Far too sweet.",
    "modified": "2026-01-02T00:00:00Z",
    "published": "2026-01-01T00:00:00Z",
    "affected": [
        {
            "package": {"name": "cakes", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.1"}]}],
        }
    ],
}


@pytest.fixture
async def feed_url() -> AsyncIterator[str]:
    """An advisory feed that speaks OSV's protocol and knows one thing about cakes."""

    async def query(request: Request) -> JSONResponse:
        asked = await request.json()
        return JSONResponse({"vulns": [ADVISORY]} if asked["package"]["name"] == "cakes" else {})

    async with served(Starlette(routes=[Route("/v1/query", query, methods=["POST"])])) as url:
        yield f"{url}/v1/query"


async def audited(folder: Path, locked: str, feed_url: str) -> tuple[int, str]:
    """Run the tool over a lock and a feed of the test's own, where there is no npm."""
    (folder / "lock.txt").write_text(locked)
    words = [sys.executable, str(AUDIT), str(folder / "lock.txt"), "-s", "osv", "--osv-url", feed_url]
    ran = await run_process(words, check=False, cwd=folder, env={"PATH": "/nonexistent", "HOME": str(folder)})
    return ran.returncode, ran.stdout.decode() + ran.stderr.decode()


async def test_an_advisory_fails_and_names_the_version_that_mends_it(tmp_path: Path, feed_url: str) -> None:
    status, said = await audited(tmp_path, LOCKED, feed_url)

    assert status == 1
    assert "cakes 1.0: PYSEC-2026-1, mended in 1.1" in said
    assert "2 of 2 packages" in said


async def test_packages_that_nobody_warns_of_pass(tmp_path: Path, feed_url: str) -> None:
    status, said = await audited(tmp_path, LOCKED.splitlines()[1] + "\n", feed_url)

    assert (status, "1 of 1 packages" in said) == (0, True), said


async def test_a_feed_that_cannot_be_reached_is_told_and_does_not_fail(tmp_path: Path) -> None:
    status, said = await audited(tmp_path, LOCKED, "http://127.0.0.1:9/v1/query")

    assert status == 0
    assert "no advisory feed can be reached from here; nothing was audited" in said
    assert "nothing was audited" in said.partition("Web:")[2]


def test_the_token_library_that_tests_believe_is_a_mended_one() -> None:
    lines = (ROOT / "requirements" / "dev.txt").read_text().splitlines()
    (locked,) = [line for line in lines if line.startswith("pyjwt==")]

    assert Version(locked.split("==")[1].split()[0]) >= Version("2.14")
