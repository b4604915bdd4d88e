"""Under which account the server runs, and who cannot run it."""

import os
from pathlib import Path

import pytest

from emergence.kernel.storage.embedded.account import server_account
from emergence.kernel.storage.embedded.errors import EngineFailed

NAMELESS_UID = 54_321


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another account")
def test_an_account_without_a_name_is_told_what_to_do(tmp_path: Path) -> None:
    os.seteuid(NAMELESS_UID)
    try:
        with pytest.raises(EngineFailed, match="DATABASE_URL"):
            server_account(tmp_path / "data")
    finally:
        os.seteuid(0)
