"""A patch changes what it names and nothing beside it."""

from blueprint.merging import merged


def test_mappings_are_joined_and_named_lists_keep_their_order() -> None:
    below = {
        "a": {"x": 1, "y": 2},
        "env": [{"name": "P", "value": "1"}, {"name": "Q", "value": "2"}],
        "args": ["serve"],
    }
    above = {"a": {"y": 3}, "env": [{"name": "R", "value": "4"}, {"name": "P", "value": "9"}], "args": ["other"]}

    joined = merged(below, above)

    assert joined["a"] == {"x": 1, "y": 3}
    assert joined["env"] == [{"name": "P", "value": "9"}, {"name": "Q", "value": "2"}, {"name": "R", "value": "4"}]
    assert joined["args"] == ["other"]
    assert below["a"] == {"x": 1, "y": 2}, "neither side is changed"


def test_null_takes_a_key_away() -> None:
    assert merged({"a": 1, "b": {"c": 2}}, {"b": None}) == {"a": 1}
