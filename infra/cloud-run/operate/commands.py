"""Every command: its words, and which act it is."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable
from dataclasses import dataclass
from math import nan

from operate import acts, acts_of_regions
from operate.failover import MOST_LOSS_S
from operate.place import VARIABLES
from operate.programs import Tools
from prediction.instances import HEAD_ROOM

LOOK = "`make status` shows how things are"


@dataclass(frozen=True, slots=True)
class Command:
    """One word of `operate.sh`."""

    summary: str
    run: Callable[[Tools, Namespace], int]
    configure: Callable[[ArgumentParser], object] = lambda _: None
    after_stop: str = LOOK
    needs_no_place: Callable[[Namespace], bool] = lambda _: False


def _number(least: float, most: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = nan
        if not least <= value <= most:  # no number at all is neither
            raise ArgumentTypeError(f"{text} is no number between {least:g} and {most:g}")
        return value

    return read


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise ArgumentTypeError(f"{text} is no number from 0 on")
    return int(text)


def _of_service(words: ArgumentParser) -> None:
    words.add_argument("service", metavar="SERVICE", help="auth, session, main")


def _of_image(words: ArgumentParser) -> None:
    _of_service(words)
    words.add_argument("--image", metavar="NAME@sha256:…", help="deploy this image, build nothing")
    _of_schema(words)


def _of_gate(words: ArgumentParser) -> None:
    words.add_argument(
        "--watch", type=_number(0, 86_400), default=120, metavar="SECONDS", help="how long each step is watched"
    )
    words.add_argument(
        "--most-errors", type=_number(0, 1), default=0.01, metavar="SHARE", help="of requests that may end with 5xx"
    )
    words.add_argument(
        "--least-requests", type=_whole, default=0, metavar="N", help="that each step must see (0: none need come)"
    )


def _of_canary(words: ArgumentParser) -> None:
    _of_image(words)
    _of_gate(words)


def _of_promote(words: ArgumentParser) -> None:
    _of_service(words)
    _of_gate(words)


def _of_schema(words: ArgumentParser) -> None:
    words.add_argument("--accept-schema", action="store_true", help="you know that the older revision can live with it")


def _of_rollback(words: ArgumentParser) -> None:
    _of_service(words)
    words.add_argument("--to", metavar="REVISION", help="default: the one before")
    _of_schema(words)


def _of_rotation(words: ArgumentParser) -> None:
    words.add_argument("name", metavar="NAME")
    words.add_argument("--early", action="store_true", help="let go of a value that was replaced less than 30 days ago")


def _of_all(words: ArgumentParser) -> None:
    words.add_argument("--resume", action="store_true", help="leave out what was done before")
    _of_schema(words)


def _of_logs(words: ArgumentParser) -> None:
    _of_service(words)
    words.add_argument("--follow", action="store_true", help="go on until Ctrl-C")
    words.add_argument("--lines", type=_whole, default=50)


def _of_test(words: ArgumentParser) -> None:
    words.add_argument("services", nargs="*", metavar="SERVICE", help="default: all")
    words.add_argument("--url", help="ask this address instead of what Google says")
    words.add_argument("--figures", action="store_true", help="send METRICS_TOKEN to that address, over https alone")


def _of_standby(words: ArgumentParser) -> None:
    words.add_argument(
        "--most-loss",
        type=_number(0, 86_400),
        default=MOST_LOSS_S,
        metavar="SECONDS",
        help="of writes that may be lost",
    )


def _of_failover(words: ArgumentParser) -> None:
    words.add_argument("--confirm", default="", metavar="REGION", help="the region that is to take over")
    _of_standby(words)


def _of_predict(words: ArgumentParser) -> None:
    words.add_argument("--history", metavar="FILE", help="CSV or JSON of sockets; default: what Cloud Monitoring kept")
    words.add_argument("--time-zone", default="UTC", metavar="ZONE", help="of people's clocks, like Europe/Paris")
    words.add_argument("--quantile", type=_number(0.5, 1), default=0.95, help="of the same hour in earlier weeks")
    words.add_argument(
        "--head-room", type=_number(0, 3), default=HEAD_ROOM, metavar="SHARE", help="over the prediction"
    )
    words.add_argument("--horizon", choices=("hour", "day"), default="day", help="for which the minimum must do")
    words.add_argument("--json", action="store_true", help="print JSON")
    words.add_argument("--apply", action="store_true", help="set the minimum")


COMMANDS = {
    "setup": Command("Prepare a project: APIs, image repository, accounts, secrets.", acts.setup),
    "secrets": Command("Make the secrets that are missing and grant them.", acts.secrets),
    "create-jwt-secret": Command("Make AUTH_JWT_SECRET.", acts.create_jwt_secret),
    "secrets-check": Command("Look at every secret: there, usable, readable.", acts.secrets_check),
    "secrets-rotate": Command(
        "Give a secret another value.",
        acts.secrets_rotate,
        _of_rotation,
    ),
    "deploy": Command("Build, check and deploy one service.", acts.deploy, _of_image),
    "deploy-all": Command(
        "Deploy every service in order.",
        acts.deploy_all,
        _of_all,
        after_stop="`make deploy-all ARGS=--resume` goes on there",
    ),
    "plan": Command("Say what deploying one service would do.", acts.plan, _of_image),
    "canary": Command("Deploy one service and give it a twentieth of its traffic.", acts.canary, _of_canary),
    "promote": Command("Give a canary a quarter of the traffic, then all.", acts.promote, _of_promote),
    "abort": Command("Take the traffic back from a canary.", acts.abort, _of_service),
    "rollback": Command("Give the traffic to an earlier revision.", acts.rollback, _of_rollback),
    "predict": Command("Predict how many instances session needs.", acts.predict, _of_predict),
    "deploy-standby": Command(
        "Deploy every service to the second region, without an instance.", acts_of_regions.deploy_standby, _of_all
    ),
    "failover": Command(
        "Have the second region take over.",
        acts_of_regions.fail_over,
        _of_failover,
        after_stop="`make failover` goes on there",
    ),
    "failover-status": Command(
        "Say whether the second region could take over.", acts_of_regions.failover_status, _of_standby
    ),
    "test": Command(
        "Ask services what they must answer.", acts.test, _of_test, needs_no_place=lambda asked: bool(asked.url)
    ),
    "status": Command("Print revisions and traffic.", acts.status),
    "urls": Command("Print addresses.", acts.urls),
    "logs": Command("Print a service's log.", acts.logs, _of_logs, after_stop="nothing was changed"),
    "doctor": Command("Look at tools, sign-in, project and secrets.", acts.doctor),
    "setting": Command(
        "Print what a setting is, from the environment or .env.ENVIRONMENT.",
        acts.setting,
        lambda words: words.add_argument("name", metavar="NAME", choices=VARIABLES),
        needs_no_place=lambda _: True,
    ),
    "clean": Command(
        "Remove the images on this machine that carry our label.", acts.clean, needs_no_place=lambda _: True
    ),
    "edge-render": Command("Write what stands before the services into build/edge.", acts.edge_render),
    "db-user": Command("Make users of databases, and secrets with their addresses.", acts.db_user),
    "db-backup": Command("Back the database up.", acts.db_backup),
    "db-migrate": Command("Bring the database to what is checked out.", acts.db_migrate, _of_schema),
    "db-restore-test": Command("Restore the newest backup on trial.", acts.db_restore_test),
    "teardown": Command("Delete services and jobs; data and secrets stay.", acts.teardown),
}
