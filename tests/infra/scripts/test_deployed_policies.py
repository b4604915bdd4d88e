"""What a deployment hands to Google keeps every rule of policy/, or it is 15 before anything is built or changed."""

from pathlib import Path

import pytest

from operate.refusals import Exit
from tests.infra.scripts.google.world import PROJECT
from tests.infra.scripts.on_path import shell
from tests.infra.scripts.operated import AUTH, Operated

ENV = "          env:\n"
SPOILT = {
    "sign-in without a password": (ENV, f'{ENV}            - {{name: AUTH_DEV_LOGIN, value: "true"}}\n', "production"),
    "development": ("value: production", "value: development", "production"),
    "a library": (ENV, f"{ENV}            - {{name: LD_PRELOAD, value: /tmp/x.so}}\n", "known-variable"),
    "a key in the open": (ENV, f"{ENV}            - {{name: SMTP_PASSWORD, value: hunter2}}\n", "secret-in-manifest"),
    "somebody else's account": ("emergence-auth@${PROJECT}", "emergence-main@${PROJECT}", "own-account"),
    "another registry": ("image: ${IMAGE}", f"image: docker.io/library/auth@sha256:{'1' * 64}", "own-image"),
    "open to everybody": (
        "ingress: ${INGRESS}",
        'ingress: ${INGRESS}\n    run.googleapis.com/x: "1"',
        "known-annotation",
    ),
}


@pytest.mark.parametrize("name", sorted(SPOILT))
def test_a_manifest_against_a_rule_never_reaches_google(name: str, operate: Operated, tmp_path: Path) -> None:
    right, wrong, rule = SPOILT[name]
    for secret in ("DATABASE_URL", "EMERGENCE_SERVICE_SECRET", "AUTH_ADMIN_EMAILS"):
        operate.world.fill_secret(secret, "postgresql://a@b/c", "emergence-auth")
    with shell(operate.machine, tmp_path) as there:
        good = there.run("make -s plan-auth")
        manifest = there.scripts / "auth-service.yaml"
        assert right in manifest.read_text()
        manifest.write_text(manifest.read_text().replace(right, wrong, 1))
        operate.machine.ran.clear()

        ended = there.run("./operate.sh deploy auth")

    assert good.returncode == Exit.DONE, good.stderr
    assert ended.returncode == Exit.MANIFEST, ended.stderr
    assert rule in ended.stderr.strip().splitlines()[-1]
    assert operate.world.changes == []
    assert not [words for words in operate.machine.ran if words[:2] == ["docker", "build"] or "replace" in words]


def test_the_collector_goes_to_google_where_the_settings_name_it(operate: Operated, tmp_path: Path) -> None:
    for secret in ("DATABASE_URL", "EMERGENCE_SERVICE_SECRET", "AUTH_ADMIN_EMAILS"):
        operate.world.fill_secret(secret, "postgresql://a@b/c", "emergence-auth")
    image = f"europe-west1-docker.pkg.dev/{PROJECT}/emergence/collector@sha256:{'c' * 64}"
    foreign = f"docker.io/otel/collector@sha256:{'c' * 64}"
    with shell(operate.machine, tmp_path) as there:
        refused = there.run(f"COLLECTOR={foreign} ./operate.sh deploy auth")
        (there.scripts / ".env.dev").write_text(f"PROJECT_ID={PROJECT}\nCOLLECTOR={image}\n")
        operate.world.images[image] = "2027-01-15T09:00:00Z"
        done = there.run("./operate.sh deploy auth")
        containers = operate.world.run.services[AUTH]["spec"]["template"]["spec"]["containers"]
        del operate.world.images[image]
        operate.machine.commit = "333333333333"
        absent = there.run("./operate.sh deploy auth")

    assert (refused.returncode, absent.returncode) == (Exit.MANIFEST, Exit.NOT_READY)
    assert "own-collector" in refused.stderr
    assert done.returncode == Exit.DONE, done.stderr
    assert [each["name"] for each in containers] == ["auth", "collector"]
    assert containers[1]["image"] == image
