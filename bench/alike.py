"""`emergence bench alike`: whether the time of an answer tells which accounts exist, with the whole hash."""

import argparse
from functools import partial
from statistics import median

from bench.instruments.engine import running_postgres
from bench.instruments.report import Figure, progress, run_and_publish
from tests.auth.served_auth import auth_environ, served_auth
from tests.auth.test_indistinguishable_accounts import KINDS, sign_in
from tests.auth.timing import REFERENCE, difference, gap_of, interleaved, suspended_person

P_AT_LEAST = 0.01
GAP_AT_MOST = 5.0


async def measured() -> list[Figure]:
    """Return every figure."""
    async with (
        running_postgres() as url,
        served_auth(auth_environ(url, AUTH_TRUSTED_HOPS="1", AUTH_CLAIM="code")) as served,
    ):
        await served.claimed()
        await suspended_person(served, "bob@example.org")
        progress("four hundred sign-ins, perhaps three times as many")
        times = (await interleaved(list(KINDS), partial(sign_in, served))).times
    unknown = times[REFERENCE]
    figures = [Figure("unknown_p50", 1000 * median(unknown), "ms", note=f"{len(unknown)} sign-ins of each kind")]
    for kind in KINDS:
        if kind != REFERENCE:
            figures += [
                Figure(f"{kind}_p", difference(times[kind], unknown), "", P_AT_LEAST, ">="),
                Figure(f"{kind}_gap", 100 * gap_of(times[kind], unknown), "%", GAP_AT_MOST),
            ]
    return figures


def main() -> int:
    """Measure and print; return the exit status."""
    argparse.ArgumentParser(prog="emergence bench alike", description="Accounts told apart by time.").parse_args()
    return run_and_publish("alike", measured())


if __name__ == "__main__":
    raise SystemExit(main())
