"""Errors keep their class, words and members on their way over the wire."""

import pytest

from emergence.kernel.errors import NotFound, ServiceError, Unavailable, error_from_problem


class Eaten(ServiceError):
    code = "test_eaten"
    status = 410
    sentence = "The cake has been eaten."


def test_a_problem_has_what_the_standard_asks_for() -> None:
    document = Eaten("Yesterday.", members={"by": "mice"}).problem(instance="urn:x:1", trace_id="t")

    assert document == {
        "type": "urn:emergence:problem:test_eaten",
        "title": "The cake has been eaten.",
        "status": 410,
        "detail": "Yesterday.",
        "code": "test_eaten",
        "instance": "urn:x:1",
        "trace_id": "t",
        "by": "mice",
    }


def test_a_problem_becomes_the_same_class_again() -> None:
    error = error_from_problem(410, Eaten(members={"by": "mice"}).problem(trace_id="t"))

    assert type(error) is Eaten
    assert (error.detail, error.members) == ("The cake has been eaten.", {"by": "mice"})


@pytest.mark.parametrize("document", [{}, {"code": 7, "detail": ["x"]}, {"code": None}])
def test_a_document_without_sense_is_still_an_error_with_its_status(document: dict[str, object]) -> None:
    error = error_from_problem(502, document)

    assert (error.status, error.code, error.detail) == (502, "http_502", ServiceError.sentence)


def test_members_cannot_replace_what_the_standard_names() -> None:
    document = Eaten(members={"status": 200, "code": "fine", "type": "about:blank"}).problem()

    assert (document["status"], document["code"]) == (410, "test_eaten")


def test_two_classes_cannot_share_a_code() -> None:
    with pytest.raises(TypeError, match="'test_eaten' is declared by Eaten and Swallowed"):
        type("Swallowed", (ServiceError,), {"code": "test_eaten", "__qualname__": "Swallowed"})


def test_a_more_special_error_is_caught_as_the_general_one() -> None:
    assert isinstance(error_from_problem(404, {"code": "not_found"}), NotFound)
    assert Unavailable(retry_after_s=9).headers == {"Retry-After": "9"}
