"""What each command does, from the words to the exit code; behaviours are in files of their own."""

from argparse import Namespace
from collections.abc import Sequence
from datetime import timedelta

from operate import database, look, predicting, removal, restoring, shift
from operate.before_rotation import check_rotation, question_of
from operate.catalogue import Service, all_secrets, catalogue, readers_of_secrets, service_called
from operate.database_user import provide_database_users
from operate.deploy import Plan
from operate.deploy import deploy as deploy_one
from operate.deploy_all import deploy_all as deploy_every
from operate.doctor import doctor as look_at_everything
from operate.images import remove_our_images
from operate.jobs import Whose
from operate.one_at_a_time import one_at_a_time
from operate.place import SCRIPTS, settings
from operate.preflight import (
    APIS,
    check_environment,
    check_sign_in,
    check_tools,
    missing_apis,
    preflight,
    project_number,
)
from operate.programs import Tools, blueprint, tell
from operate.refusals import Exit, Missing, Refused
from operate.rotation import rotate
from operate.secret_store import check_secrets, provide, state_of


def setup(tools: Tools, asked: Namespace) -> int:
    """APIs, repository of images, accounts, secrets and grants; running it again changes nothing."""
    check_tools(tools, docker=False)
    check_sign_in(tools)
    project_number(tools)
    check_environment(tools)
    place, services = tools.place, readers_of_secrets(tools, catalogue(tools))
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
            "--immutable-tags",
        ),
    )
    for service in services:
        address = service.account_address(place.project)
        _unless_there(
            tools,
            ("iam", "service-accounts", "describe", address),
            ("iam", "service-accounts", "create", service.account, f"--display-name=Emergence {service.key}"),
        )
    return secrets(tools, asked)


def _unless_there(tools: Tools, look: Sequence[str], make: Sequence[str]) -> None:
    try:
        tools.read(*look)
    except Missing:
        tools.change(*make)
    except Refused as refused:
        if refused.code is not Exit.PROJECT:
            raise
        tools.change(*make)  # who may not see an account is told the same as where there is none


def secrets(tools: Tools, asked: Namespace) -> int:
    check_environment(tools)
    services = catalogue(tools)
    provide(tools, all_secrets(services), readers_of_secrets(tools, services))
    return Exit.DONE


def create_jwt_secret(tools: Tools, asked: Namespace) -> int:
    check_environment(tools)
    if state_of(tools, "AUTH_JWT_SECRET") == "usable":
        raise Refused(
            Exit.SECRET,
            "AUTH_JWT_SECRET is there; another one ends sessions: `make secrets-rotate NAME=AUTH_JWT_SECRET`",
        )
    provide(tools, {"AUTH_JWT_SECRET": True}, catalogue(tools))
    return Exit.DONE


def secrets_check(tools: Tools, asked: Namespace) -> int:
    for service in readers_of_secrets(tools, catalogue(tools)):
        pinned = check_secrets(tools, service)
        print(f"{service.key}: {', '.join(f'{name} {version}' for name, version in pinned.items())}")
    return Exit.DONE


def secrets_rotate(tools: Tools, asked: Namespace) -> int:
    services = catalogue(tools)
    if asked.name not in all_secrets(services):
        raise Refused(
            Exit.NOT_ASKED, f"no service reads {asked.name!r}; take one of {', '.join(all_secrets(services))}"
        )
    check_environment(tools)
    check_rotation(tools, asked.name, services)
    removal.confirm(question_of(asked.name), is_sure=asked.yes or tools.is_dry)
    rotate(tools, asked.name, readers_of_secrets(tools, services), early=asked.early)
    return Exit.DONE


def _one(tools: Tools, asked: Namespace, *, moves_traffic: bool) -> Plan:
    service = service_called(catalogue(tools), asked.service)
    number = preflight(tools, docker=asked.image is None and not tools.is_dry)
    return Plan(service, number, asked.image, moves_traffic=moves_traffic, accept_schema=asked.accept_schema)


def deploy(tools: Tools, asked: Namespace) -> int:
    with one_at_a_time(tools.place):
        deployed = deploy_one(tools, _one(tools, asked, moves_traffic=True))
    if not tools.is_dry:
        print(f"{deployed.service.name} {deployed.revision} {deployed.url}")
    return Exit.DONE


def deploy_all(tools: Tools, asked: Namespace) -> int:
    removal.confirm(
        f"Deploy every service to {tools.place.project} ({tools.place.environment})?", is_sure=asked.yes or tools.is_dry
    )
    with one_at_a_time(tools.place):
        services = catalogue(tools)
        number = preflight(tools, docker=not tools.is_dry)
        deploy_every(tools, services, number, resume=asked.resume, accept_schema=asked.accept_schema)
    return Exit.DONE


def plan(tools: Tools, asked: Namespace) -> int:
    return deploy(Tools(tools.machine, tools.place, is_dry=True), asked)


def _gate(asked: Namespace) -> shift.Gate:
    return shift.Gate(timedelta(seconds=asked.watch), asked.most_errors, asked.least_requests)


def canary(tools: Tools, asked: Namespace) -> int:
    with one_at_a_time(tools.place):
        shift.canary(tools, _one(tools, asked, moves_traffic=False), _gate(asked))
    return Exit.DONE


def promote(tools: Tools, asked: Namespace) -> int:
    with one_at_a_time(tools.place):
        shift.promote(tools, _named(tools, asked), _gate(asked))
    return Exit.DONE


def abort(tools: Tools, asked: Namespace) -> int:
    with one_at_a_time(tools.place):
        shift.abort(tools, _named(tools, asked))
    return Exit.DONE


def rollback(tools: Tools, asked: Namespace) -> int:
    with one_at_a_time(tools.place):
        shift.rollback(tools, _named(tools, asked), asked.to, accept_schema=asked.accept_schema)
    return Exit.DONE


def predict(tools: Tools, asked: Namespace) -> int:
    wish = predicting.Wish(
        history=asked.history,
        zone=predicting.zone_called(asked.time_zone),
        quantile=asked.quantile,
        head_room=asked.head_room,
        horizon=asked.horizon,
        as_json=asked.json,
    )
    foreseen = predicting.predict(tools, wish)
    if asked.apply:
        check_tools(tools, docker=False)
        check_sign_in(tools)
        check_environment(tools)
        with one_at_a_time(tools.place):
            predicting.apply(tools, foreseen)
    return Exit.DONE


def _named(tools: Tools, asked: Namespace) -> Service:
    check_sign_in(tools)
    check_environment(tools)
    return service_called(catalogue(tools), asked.service)


def test(tools: Tools, asked: Namespace) -> int:
    services = catalogue(tools)
    chosen = [service_called(services, key) for key in asked.services]
    if asked.url:
        there = chosen or [service_called(services, look.FRONT)]
        return Exit.DONE if look.summary(look.test_address(there, asked.url, figures=asked.figures)) else Exit.SMOKE
    chosen = chosen or services
    return Exit.DONE if look.summary(look.test_services(tools, chosen)) else Exit.SMOKE


def status(tools: Tools, asked: Namespace) -> int:
    check_environment(tools)
    look.status(tools)
    return Exit.DONE


def urls(tools: Tools, asked: Namespace) -> int:
    check_environment(tools)
    look.urls(tools)
    return Exit.DONE


def logs(tools: Tools, asked: Namespace) -> int:
    look.logs(tools, service_called(catalogue(tools), asked.service), follow=asked.follow, lines=asked.lines)
    return Exit.DONE


def doctor(tools: Tools, asked: Namespace) -> int:
    found = look_at_everything(tools)
    for each in found:
        print(each)
    first = next((each.refusal for each in found if each.refusal), None)
    return Exit.DONE if first is None else first.code


def edge_render(tools: Tools, asked: Namespace) -> int:
    place = tools.place
    if place.public_url is None:
        raise Refused(Exit.NOT_ASKED, "PUBLIC_URL is not set: the edge is made for the address that browsers use")
    check_sign_in(tools)
    words = ["edge", "--env", place.environment, "--project", place.project, "--region", place.region]
    words += ["--project-number", project_number(tools), "--public-url", place.public_url]
    print(blueprint(tools, *words, "--out", str(SCRIPTS / "build" / "edge")), end="")
    return Exit.DONE


def setting(tools: Tools, asked: Namespace) -> int:
    print(settings(asked.env)[1].get(asked.name, ""))
    return Exit.DONE


def clean(tools: Tools, asked: Namespace) -> int:
    print(f"{remove_our_images(tools)} images removed")
    return Exit.DONE


def db_backup(tools: Tools, asked: Namespace) -> int:
    check_environment(tools)
    restoring.backup(tools, Whose(catalogue(tools), project_number(tools)))
    return Exit.DONE


def db_migrate(tools: Tools, asked: Namespace) -> int:
    with one_at_a_time(tools.place):
        number = preflight(tools, docker=False)
        database.migrate(tools, Whose(catalogue(tools), number), accept_schema=asked.accept_schema)
    return Exit.DONE


def db_user(tools: Tools, asked: Namespace) -> int:
    check_sign_in(tools)
    check_environment(tools)
    provide_database_users(tools, readers_of_secrets(tools, catalogue(tools)))
    return Exit.DONE


def db_restore_test(tools: Tools, asked: Namespace) -> int:
    check_environment(tools)
    removal.confirm(
        "Clone the database into an instance that costs money until it is deleted?", is_sure=asked.yes or tools.is_dry
    )
    restoring.restore_test(tools, Whose(catalogue(tools), project_number(tools)))
    return Exit.DONE


def teardown(tools: Tools, asked: Namespace) -> int:
    check_environment(tools)
    with one_at_a_time(tools.place):
        removal.teardown(tools, is_sure=asked.yes)
    return Exit.DONE
