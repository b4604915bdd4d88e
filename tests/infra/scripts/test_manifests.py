"""A manifest that is not as ours are is refused with 15 and a sentence, whatever its form."""

from typing import Any

import pytest

from operate.catalogue import Service
from operate.manifests import look_through
from operate.refusals import Exit, Refused

AUTH = Service("auth", "emergence-auth-service", "emergence-auth", "", (), ())
IMAGE = "europe-west1-docker.pkg.dev/emergence-prod/emergence/auth@sha256:" + "1" * 64


def manifest(*containers: Any) -> dict[str, Any]:
    spec = {"serviceAccountName": "emergence-auth@emergence-prod.iam.gserviceaccount.com", "containers": containers}
    return {"metadata": {"name": AUTH.name}, "spec": {"template": {"spec": spec}}}


@pytest.mark.parametrize(
    ("container", "sentence"),
    [
        ({"image": IMAGE, "env": ["FOO"]}, "has not the form of one"),
        ("auth", "has not the form of one"),
        ({"image": IMAGE, "env": None}, "has not the form of one"),
        ({"image": IMAGE, "env": [{"name": "FOO", "valueFrom": "BAR"}]}, "has not the form of one"),
        ({"image": IMAGE, "env": [{"value": "x"}]}, "a variable has no name"),
        ({"image": IMAGE, "env": [{"name": "PORT", "value": "1"}]}, "PORT is set"),
        ({"image": 5}, "image 5 has no digest"),
    ],
)
def test_a_container_of_another_form_is_refused(container: Any, sentence: str) -> None:
    look_through(manifest({"image": IMAGE, "env": [{"name": "FOO", "value": "x"}]}), AUTH)

    with pytest.raises(Refused, match=sentence) as refused:
        look_through(manifest(container), AUTH)

    assert refused.value.code == Exit.MANIFEST
