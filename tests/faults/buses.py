"""On which bus the tests of a module run: each has one deployment, which stays with one worker."""

import pytest

_POSTGRES = pytest.param("postgres", marks=pytest.mark.xdist_group("faults-postgres"))
_NATS = pytest.param("nats", marks=pytest.mark.xdist_group("faults-nats"))

ON_POSTGRES = pytest.mark.parametrize("cluster", [_POSTGRES], indirect=True, scope="session")
ON_BOTH = pytest.mark.parametrize("cluster", [_POSTGRES, _NATS], indirect=True, scope="session")
