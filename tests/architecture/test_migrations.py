"""Every migration is safe while the previous version still runs, as far as a linter can tell."""

import subprocess
import sys
from pathlib import Path

import pytest

from emergence.kernel.storage.migrate import migrations_in

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "src").rglob("migrations/*.sql"))
PACKAGES = sorted({".".join(file.parent.relative_to(ROOT / "src").parts) for file in FILES})


def lint(*arguments: str, sql: str | None = None) -> subprocess.CompletedProcess[str]:
    squawk = Path(sys.executable).with_name("squawk")
    command = [str(squawk), "--config", str(ROOT / ".squawk.toml"), "--reporter", "gcc", *arguments]
    return subprocess.run(command, input=sql, capture_output=True, text=True, check=False, cwd=ROOT)


def test_there_are_migrations_to_check() -> None:
    assert "emergence.kernel.events.migrations" in PACKAGES


@pytest.mark.parametrize("package", PACKAGES)
def test_the_files_are_numbered_without_gap_or_double(package: str) -> None:
    assert migrations_in(package)


def test_no_migration_locks_out_or_breaks_the_previous_version() -> None:
    found = lint(*(str(file.relative_to(ROOT)) for file in FILES))

    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize(
    "dangerous",
    [
        "ALTER TABLE items DROP COLUMN price;",
        "ALTER TABLE items RENAME COLUMN price TO cost;",
        "DROP TABLE items;",
        "ALTER TABLE items ALTER COLUMN price TYPE bigint;",
        "ALTER TABLE items ADD COLUMN price integer NOT NULL;",
        "ALTER TABLE items ADD CONSTRAINT positive CHECK (price > 0);",
        "ALTER TABLE items ALTER COLUMN price SET NOT NULL;",
        "COMMIT;",
    ],
)
def test_the_linter_refuses_what_breaks_the_previous_version(dangerous: str) -> None:
    assert lint(sql=dangerous).returncode != 0
