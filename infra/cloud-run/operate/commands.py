"""Every command: its words, and which behaviour it starts."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from operate import database, look, removal, shift
from operate.catalogue import Service, all_secrets, catalogue, service_called
from operate.deploy import Plan, deploy
from operate.deploy_all import deploy_all
from operate.images import remove_our_images
from operate.one_at_a_time import one_at_a_time
from operate.preflight import APIS, check_sign_in, check_tools, doctor, missing_apis, preflight, project_number
from operate.programs import Tools, tell
from operate.refusals import Exit, Missing, Refused
from operate.secret_store import check_secrets, grant, newest_or_none, provide, rotate

LOOK = "`make status` shows how things are"


@dataclass(frozen=True, slots=True)
class Command:
    """One word of `operate.sh`."""

    summary: str
    run: Callable[[Tools, Namespace], int]
    configure: Callable[[ArgumentParser], object] = lambda _: None
    after_stop: str = LOOK
    needs_no_place: Callable[[Namespace], bool] = lambda _: False


def _setup(tools: Tools, asked: Namespace) -> int:
    """APIs, repository of images, accounts, secrets and grants; running it again changes nothing."""
    check_tools(tools, docker=False)
    check_sign_in(tools)
    project_number(tools)
    place, services = tools.place, catalogue(tools)
    if missing := missing_apis(tools):
        tools.change("services", "enable", *missing)
    tell(f"APIs: {', '.join(APIS)}")
    _unless_there(
        tools,
        ("artifacts", "repositories", "describe", place.repository, f"--location={place.region}"),
        (
            "artifacts",
            "repositories",
            "create",
            place.repository,
            f"--location={place.region}",
            "--repository-format=docker",
        ),
    )
    for service in services:
        address = service.account_address(place.project)
        _unless_there(
            tools,
            ("iam", "service-accounts", "describe", address),
            ("iam", "service-accounts", "create", service.account, f"--display-name=Emergence {service.key}"),
        )
    return _secrets(tools, asked)


def _unless_there(tools: Tools, look: Sequence[str], make: Sequence[str]) -> None:
    try:
        tools.read(*look)
    except Missing:
        tools.change(*make)
    except Refused as refused:
        if refused.code is not Exit.PROJECT:
            raise
        tools.change(*make)  # who may not see an account is told the same as where there is none


def _secrets(tools: Tools, asked: Namespace) -> int:
    services = catalogue(tools)
    for name, is_required in all_secrets(services).items():
        if provide(tools, name, is_required=is_required):
            grant(tools, name, services)
    return Exit.DONE


def _create_jwt_secret(tools: Tools, asked: Namespace) -> int:
    if newest_or_none(tools, "AUTH_JWT_SECRET") is not None:
        raise Refused(
            Exit.SECRET,
            "AUTH_JWT_SECRET is there; another one ends sessions: `make secrets-rotate NAME=AUTH_JWT_SECRET`",
        )
    provide(tools, "AUTH_JWT_SECRET", is_required=True)
    grant(tools, "AUTH_JWT_SECRET", catalogue(tools))
    return Exit.DONE


def _secrets_check(tools: Tools, asked: Namespace) -> int:
    for service in catalogue(tools):
        pinned = check_secrets(tools, service)
        print(f"{service.key}: {', '.join(f'{name} {version}' for name, version in pinned.items())}")
    return Exit.DONE


def _secrets_rotate(tools: Tools, asked: Namespace) -> int:
    services = catalogue(tools)
    if asked.name not in all_secrets(services):
        raise Refused(
            Exit.NOT_ASKED, f"no service reads {asked.name!r}; take one of {', '.join(all_secrets(services))}"
        )
    removal.confirm(f"Give {asked.name} another value?", is_sure=asked.yes or tools.is_dry)
    rotate(tools, asked.name, services)
    tell("It counts from the next deployment on, which pins the newest version: `make deploy-all`.")
    return Exit.DONE


def _one(tools: Tools, asked: Namespace, *, moves_traffic: bool) -> Plan:
    service = service_called(catalogue(tools), asked.service)
    number = preflight(tools, docker=asked.image is None and not tools.is_dry)
    return Plan(service, number, asked.image, moves_traffic=moves_traffic)


def _deploy(tools: Tools, asked: Namespace) -> int:
    with one_at_a_time(tools.place):
        deployed = deploy(tools, _one(tools, asked, moves_traffic=True))
    if not tools.is_dry:
        print(f"{deployed.service.name} {deployed.revision} {deployed.url}")
    return Exit.DONE


def _deploy_all(tools: Tools, asked: Namespace) -> int:
    removal.confirm(
        f"Deploy every service to {tools.place.project} ({tools.place.environment})?", is_sure=asked.yes or tools.is_dry
    )
    with one_at_a_time(tools.place):
        services = catalogue(tools)
        deploy_all(tools, services, preflight(tools, docker=not tools.is_dry), resume=asked.resume)
    return Exit.DONE


def _plan(tools: Tools, asked: Namespace) -> int:
    return _deploy(Tools(tools.machine, tools.place, is_dry=True), asked)


def _gate(asked: Namespace) -> shift.Gate:
    return shift.Gate(timedelta(seconds=asked.watch), asked.most_errors)


def _canary(tools: Tools, asked: Namespace) -> int:
    with one_at_a_time(tools.place):
        shift.canary(tools, _one(tools, asked, moves_traffic=False), _gate(asked))
    return Exit.DONE


def _promote(tools: Tools, asked: Namespace) -> int:
    with one_at_a_time(tools.place):
        shift.promote(tools, _named(tools, asked), _gate(asked))
    return Exit.DONE


def _abort(tools: Tools, asked: Namespace) -> int:
    with one_at_a_time(tools.place):
        shift.abort(tools, _named(tools, asked))
    return Exit.DONE


def _rollback(tools: Tools, asked: Namespace) -> int:
    with one_at_a_time(tools.place):
        shift.rollback(tools, _named(tools, asked), asked.to, accept_schema=asked.accept_schema)
    return Exit.DONE


def _named(tools: Tools, asked: Namespace) -> Service:
    check_sign_in(tools)
    return service_called(catalogue(tools), asked.service)


def _test(tools: Tools, asked: Namespace) -> int:
    if asked.url:
        return Exit.DONE if look.summary(look.test_address(asked.services or ["main"], asked.url)) else Exit.SMOKE
    services = catalogue(tools)
    chosen = [service_called(services, key) for key in asked.services] or services
    return Exit.DONE if look.summary(look.test_services(tools, chosen)) else Exit.SMOKE


def _status(tools: Tools, asked: Namespace) -> int:
    look.status(tools)
    return Exit.DONE


def _urls(tools: Tools, asked: Namespace) -> int:
    look.urls(tools)
    return Exit.DONE


def _logs(tools: Tools, asked: Namespace) -> int:
    look.logs(tools, service_called(catalogue(tools), asked.service), follow=asked.follow, lines=asked.lines)
    return Exit.DONE


def _doctor(tools: Tools, asked: Namespace) -> int:
    found = doctor(tools)
    for each in found:
        print(each)
    first = next((each.refusal for each in found if each.refusal), None)
    return Exit.DONE if first is None else first.code


def _clean(tools: Tools, asked: Namespace) -> int:
    print(f"{remove_our_images(tools)} images removed")
    return Exit.DONE


def _db_backup(tools: Tools, asked: Namespace) -> int:
    database.backup(tools)
    return Exit.DONE


def _db_migrate(tools: Tools, asked: Namespace) -> int:
    with one_at_a_time(tools.place):
        number = preflight(tools, docker=False)
        database.migrate(tools, catalogue(tools), number, accept_schema=asked.accept_schema)
    return Exit.DONE


def _db_restore_test(tools: Tools, asked: Namespace) -> int:
    removal.confirm(
        "Clone the database into an instance that costs money until it is deleted?", is_sure=asked.yes or tools.is_dry
    )
    database.restore_test(tools)
    return Exit.DONE


def _teardown(tools: Tools, asked: Namespace) -> int:
    with one_at_a_time(tools.place):
        removal.teardown(tools, is_sure=asked.yes)
    return Exit.DONE


def _of_service(words: ArgumentParser) -> None:
    words.add_argument("service", metavar="SERVICE", help="auth, session, main")


def _of_image(words: ArgumentParser) -> None:
    _of_service(words)
    words.add_argument("--image", metavar="NAME@sha256:…", help="deploy this image, build nothing")


def _of_gate(words: ArgumentParser) -> None:
    words.add_argument("--watch", type=float, default=120, metavar="SECONDS", help="how long each step is watched")
    words.add_argument(
        "--most-errors", type=float, default=0.01, metavar="SHARE", help="of requests that may end with 5xx"
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


def _of_logs(words: ArgumentParser) -> None:
    _of_service(words)
    words.add_argument("--follow", action="store_true", help="go on until Ctrl-C")
    words.add_argument("--lines", type=int, default=50)


def _of_test(words: ArgumentParser) -> None:
    words.add_argument("services", nargs="*", metavar="SERVICE", help="default: all")
    words.add_argument("--url", help="ask this address instead of what Google says; METRICS_TOKEN opens the figures")


COMMANDS = {
    "setup": Command("Prepare a project: APIs, image repository, accounts, secrets.", _setup),
    "secrets": Command("Make the secrets that are missing and grant them.", _secrets),
    "create-jwt-secret": Command("Make AUTH_JWT_SECRET.", _create_jwt_secret),
    "secrets-check": Command("Look at every secret: there, usable, readable.", _secrets_check),
    "secrets-rotate": Command(
        "Give a secret another value.", _secrets_rotate, lambda words: words.add_argument("name", metavar="NAME")
    ),
    "deploy": Command("Build, check and deploy one service.", _deploy, _of_image),
    "deploy-all": Command(
        "Deploy every service in order.",
        _deploy_all,
        lambda words: words.add_argument("--resume", action="store_true", help="leave out what was done before"),
        after_stop="`make deploy-all ARGS=--resume` goes on there",
    ),
    "plan": Command("Say what deploying one service would do.", _plan, _of_image),
    "canary": Command("Deploy one service and give it a twentieth of its traffic.", _canary, _of_canary),
    "promote": Command("Give a canary a quarter of the traffic, then all.", _promote, _of_promote),
    "abort": Command("Take the traffic back from a canary.", _abort, _of_service),
    "rollback": Command("Give the traffic to an earlier revision.", _rollback, _of_rollback),
    "test": Command(
        "Ask services what they must answer.", _test, _of_test, needs_no_place=lambda asked: bool(asked.url)
    ),
    "status": Command("Print revisions and traffic.", _status),
    "urls": Command("Print addresses.", _urls),
    "logs": Command("Print a service's log.", _logs, _of_logs, after_stop="nothing was changed"),
    "doctor": Command("Look at tools, sign-in, project and secrets.", _doctor),
    "clean": Command("Remove the images on this machine that carry our label.", _clean, needs_no_place=lambda _: True),
    "db-backup": Command("Back the database up.", _db_backup),
    "db-migrate": Command("Bring the database to what is checked out.", _db_migrate, _of_schema),
    "db-restore-test": Command("Restore the newest backup on trial.", _db_restore_test),
    "teardown": Command("Delete services and jobs; data and secrets stay.", _teardown),
}
