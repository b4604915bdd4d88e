"""The table of `make cost`: each service's sizes, what they come to, and what was once estimated for them."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from blueprint.cost import Cost, Size, cents, costs, in_use, load_rates, sizes, total
from blueprint.cost_beside import Beside, Place, beside
from blueprint.cost_beside import total as total_beside
from blueprint.files import FOLDER, load

BUDGET = Decimal(
    75
)  # US dollars a month at minimum for auth, session and main in each environment, in the profile `default`
PLANNED = ("auth", "session")  # what the first estimate covered
HOURS_A_DAY = Decimal(10)
LEFT_OUT = "traffic to the internet, logs, figures, builds, scans of images, and what models cost"


def report(profile: str, folder: Path = FOLDER, place: Place | None = None) -> dict[str, Any]:
    """Return all figures as data; amounts are text, so that no reader rounds them. Raises InvalidManifest."""
    rates = load_rates(folder)
    where = place or Place()
    found = sizes(profile, folder, where.environment)
    lines = costs(found, rates)
    used = {size.key: cents(in_use(size, rates, HOURS_A_DAY)) for size in found}
    rows = [_row(size, line, used[size.key]) for size, line in zip(found, lines, strict=True)]
    whole = total(lines)
    stands = beside(where, found, rates, folder)
    return {
        "profile": profile,
        "rates_as_of": str(rates["as_of"]),
        "hours_a_day": str(HOURS_A_DAY),
        "left_out": LEFT_OUT,
        "services": rows,
        "environment": where.environment,
        "beside": [_beside_row(line) for line in stands],
        "beside_total": str(total_beside(stands)),
        "minimum_with_beside": str(whole.minimum + total_beside(stands)),
        "total": {"minimum": str(whole.minimum), "maximum": str(whole.maximum), "in_use": str(sum(used.values()))},
        "estimated": _estimated(folder, rates),
    }


def text(told: dict[str, Any]) -> str:
    """Return the same as a table for people."""
    hours = told["hours_a_day"]
    head = (
        f"{'service':9} {'instances':>9} {'vCPU':>5} {'GiB':>5} {'billed by':>9} {'at minimum':>11} {'at maximum':>11}"
    )
    lines = [
        f"US dollars a month in {told['environment']}, profile {told['profile']}, "
        f"rates of {told['rates_as_of']}; free tiers not taken off.",
        f"{head} {hours + ' h a day':>11}",
    ]
    lines += [
        f"{row['service']:9} {row['instances']:>9} {row['vcpu']:>5} {row['gib']:>5} {row['billed_by']:>9} "
        f"{row['minimum']:>11} {row['maximum']:>11} {row['in_use']:>11}"
        for row in told["services"]
    ]
    whole = told["total"]
    lines.append(f"{'total':41} {whole['minimum']:>11} {whole['maximum']:>11} {whole['in_use']:>11}")
    lines += _beside_text(told)
    lines += [f"Not in it: {told['left_out']}.", "", "The sizes of the profile seed: estimated, and computed."]
    for row in told["estimated"]:
        least, most = ("-".join(map(str, row[f"estimated_{end}"])) for end in ("minimum", "maximum"))
        lines.append(
            f"{row['service']:9} minimum {least:>7}, computed {row['minimum']:>8}; "
            f"maximum {most:>7}, computed {row['maximum']:>8}"
        )
    return "\n".join(lines)


def _beside_text(told: dict[str, Any]) -> list[str]:
    rows = [
        (f"~{row['what']}" if row["uncertain"] else row["what"], row["amount"], row["month"]) for row in told["beside"]
    ]
    rows += [("total", "", told["beside_total"]), ("services at minimum, and this", "", told["minimum_with_beside"])]
    head = f"Beside the services in {told['environment']}; ~ is uncertain, see rates.yaml."
    return [
        "",
        head,
        *(
            f"{what:18} {amount:>47} {month:>12}" if amount else f"{what:66} {month:>12}"
            for what, amount, month in rows
        ),
    ]


def _beside_row(line: Beside) -> dict[str, str | None]:
    return {
        "what": line.what,
        "amount": line.amount,
        "month": str(line.month),
        "source": line.source,
        "uncertain": line.uncertain,
    }


def _row(size: Size, line: Cost, used: Decimal) -> dict[str, str]:
    return {
        "service": size.key,
        "instances": f"{size.least}-{size.most}",
        "vcpu": str(size.vcpu),
        "gib": str(size.gib.normalize()),
        "billed_by": "request" if size.is_request_based else "instance",
        "minimum": str(line.minimum),
        "maximum": str(line.maximum),
        "in_use": str(used),
    }


def _estimated(folder: Path, rates: dict[str, Any]) -> list[dict[str, Any]]:
    lines = costs(sizes("seed", folder), rates)
    computed = {line.key: line for line in [*lines, total(lines, *PLANNED)]}
    return [
        {
            "service": key,
            "estimated_minimum": told["minimum"],
            "estimated_maximum": told["maximum"],
            "minimum": str(computed[key].minimum),
            "maximum": str(computed[key].maximum),
        }
        for key, told in load(folder / "seed-estimate.yaml").items()
    ]
