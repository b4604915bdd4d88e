"""Cold starts of the services as they are deployed, from their start to the first answer of the probe."""

import os
from collections.abc import Mapping
from statistics import median

from bench.instruments.engine import running_postgres
from bench.instruments.ground import NO_OTHER, Ground, made_up, probe, started
from bench.instruments.programs import free_port
from bench.instruments.report import Figure, NotMeasured, progress

SERVICES = ("auth", "session", "main")
MOST_S: Mapping[str, float] = {"auth": 2.0, "session": 4.0, "main": 4.0}
TENTH = {"cpu": "0.1"}
WITHIN_S = 40.0


async def measured(ground: Ground, repeats: int) -> list[Figure]:
    """Return the figures. Raises NotMeasured."""
    figures: list[Figure] = []
    for key in SERVICES:
        async with running_postgres() as database:
            # Blocks the loop on purpose: nothing else needs it.
            progress(f"cold starts of {key}, {ground.runs}")
            load = os.getloadavg()[0]
            environ = made_up(key, database)
            _start(ground, key, environ)  # brings the schema
            figures += figures_of(key, [_start(ground, key, environ) for _ in range(repeats)], load)
            if key == SERVICES[0]:
                figures.append(_slowed(ground, key, environ))
    return figures


def figures_of(key: str, taken_s: list[float], load: float) -> list[Figure]:
    """Return the figures of one service; on a busy machine none is held against a target."""
    cores = os.cpu_count() or 1
    spread = f"median of {len(taken_s)}, {min(taken_s):.2f} to {max(taken_s):.2f}"
    if load > cores:
        told = f"skipped: the machine is busy, load {load:.1f} on {cores} cores; {spread}"
        judged = Figure(f"cold_{key}", median(taken_s), "s", note=told)
    else:
        judged = Figure(f"cold_{key}", median(taken_s), "s", MOST_S[key], note=spread)
    return [judged, Figure(f"cold_{key}_load", load, "load", note="when it began")]


def _start(ground: Ground, key: str, environ: Mapping[str, str], sizes: Mapping[str, str] = NO_OTHER) -> float:
    with started(ground, key, free_port(), environ, sizes) as service:
        return service.until_answers(probe(key), WITHIN_S) - service.started_s


def _slowed(ground: Ground, key: str, environ: Mapping[str, str]) -> Figure:
    """Start it on a tenth of a processor, which must miss the target."""
    if ground.engine is None:
        return Figure("cold_slowed", 0, "", note=f"skipped: processes have no limits ({ground.reason})")
    progress(f"{key} on a tenth of a processor")
    try:
        taken_s = _start(ground, key, environ, TENTH)
    except NotMeasured:
        taken_s = WITHIN_S
    missed = figures_of(key, [taken_s], load=0)[0].met is False
    return Figure("cold_slowed_noticed", missed, "", 1, ">=", note=f"{key} on a tenth of a processor: {taken_s:.1f} s")
