"""Ask advisory feeds about every locked package (`make audit`).

Fails when a feed knows an advisory. Where no feed answers it says so and does not fail: a network that lets only
package downloads through must not stop a release, and silence must not look like health either.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

LOCK = "requirements/up.txt"
FEEDS = (("-s", "pypi"), ("-s", "osv"))
TIMEOUT_S = 240
HASHED = ("--disable-pip", "--require-hashes")  # the lock is complete: nothing is resolved or built
UNKNOWN = "the answer is none that is known here"


def main() -> int:
    """Audit Python's packages, then the web client's; return 1 when an advisory was found."""
    lock, *more = sys.argv[1:] or [LOCK]
    found = [*python_advisories(lock, more), *web_advisories()]
    for line in found:
        print(f"  {line}")
    return 1 if found else 0


def python_advisories(lock: str, more: Sequence[str]) -> Iterator[str]:
    """Yield an advisory a line. A feed that knows none of our packages has not audited them: the next one is asked."""
    for feed in (tuple(more),) if more else FEEDS:
        report = _report([sys.executable, "-m", "pip_audit", "-r", lock, *HASHED, "-f", "json", *feed])
        packages = report.get("dependencies", [])
        audited = [package for package in packages if "vulns" in package]
        if audited:
            print(f"Python: {len(audited)} of {len(packages)} packages of {lock} were looked up.")
            for package in packages:
                if "vulns" not in package:
                    print(f"  not looked up: {package['name']} ({package.get('skip_reason', UNKNOWN)})")
                for advisory in package.get("vulns", []):
                    mended = ", ".join(advisory["fix_versions"]) or "no version yet"
                    yield f"{package['name']} {package['version']}: {advisory['id']}, mended in {mended}"
            return
    print("Python: no advisory feed can be reached from here; nothing was audited.")


def web_advisories() -> Iterator[str]:
    """Yield an advisory a line; npm asks its registry about web/package-lock.json."""
    report = _report(["npm", "--prefix", "web", "audit", "--json"])
    if "vulnerabilities" not in report:
        print("Web: the registry answers no question about advisories from here; nothing was audited.")
        return
    print(f"Web: {report['metadata']['dependencies']['total']} packages of web/package-lock.json were looked up.")
    for name, found in report["vulnerabilities"].items():
        yield f"{name} {found['range']}: {found['severity']}"


def _report(words: Sequence[str]) -> Mapping[str, Any]:
    """Return what a tool wrote as JSON, or nothing: both tools end with 1 for advisories and for no answer."""
    try:
        ran = subprocess.run(  # noqa: S603 - our own words
            words, capture_output=True, text=True, timeout=TIMEOUT_S, check=False, env=os.environ
        )
        report = json.loads(ran.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return {}
    return report if isinstance(report, dict) else {}


if __name__ == "__main__":
    sys.exit(main())
