"""Names and reasons hold nothing that nobody sees, and everything that people write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emergence.contracts.auth.visible_text import require_visible, visible_part

WRITTEN = {
    "Latin with accents": "Zoë Nuñez‑O’Brien",
    "Persian, with the non-joiner within a word": "می\u200cخواهم",
    "Persian, with the joiner": "ه\u200dه",
    "Hindi, with the joiner after the virama": "क्\u200dष",
    "Malayalam, an old chillu at the end": "അവന്\u200d",
    "Bengali, with the non-joiner after the virama": "ক্\u200cষ",
    "Hebrew": "שלום עולם",
    "Arabic with a number sign": "\u0600١٢",
    "a family": "👨\u200d👩\u200d👧\u200d👦",
    "a heart on fire, with its selector": "❤\ufe0f\u200d🔥",
    "a developer with a skin tone": "🧑🏽\u200d💻",
    "a head that shakes": "🙂\u200d↔\ufe0f",
    "the rainbow flag": "🏳\ufe0f\u200d🌈",
    "Scotland, which is written with tags": "Ailsa 🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "a variant of a Japanese name": "葛\U000e0100城",
    "lines": "one\n\ttwo",
}
UNSEEN = {
    "zero width space": "Ad\u200ba",
    "joiner in a Latin word": "Ad\u200da",
    "non-joiner in a Latin word": "Ad\u200ca",
    "joiner at the beginning": "\u200dAda",
    "joiner after an emoji that nothing follows": "🔥\u200d",
    "two joiners in an emoji": "👨\u200d\u200d👩",
    "joiner between an emoji and a letter": "🔥\u200dA",
    "word joiner": "Ad\u2060a",
    "byte order mark": "\ufeffAda",
    "left-to-right mark": "Ada\u200e",
    "right-to-left mark": "\u200fAda",
    "Arabic letter mark": "Ada\u061c",
    "embedding": "\u202aAda\u202c",
    "override": "\u202egpj.ada",
    "isolates": "\u2066Ada\u2069",
    "soft hyphen": "Ad\u00ada",
    "tags without a flag": "Ada\U000e0041\U000e0042",
    "tags behind another flag": "🏴\U000e0068\U000e0069\U000e007f",
    "selectors that carry bytes": "A\ufe00\ufe01\ufe02",
    "a selector alone": "\ufe0f",
    "Hangul filler": "\u3164",
    "empty Braille": "Ada\u2800",
    "grapheme joiner": "Ad\u034fa",
    "line separator": "Ada\u2028Eve",
    "control of the second set": "Ada\u0085",
}


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN.keys())
def test_what_people_write_stays(text: str) -> None:
    assert require_visible(text) == text
    assert visible_part(text) == text


@pytest.mark.parametrize("text", UNSEEN.values(), ids=UNSEEN.keys())
def test_what_nobody_sees_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="invisible characters"):
        require_visible(text)


@pytest.mark.parametrize("first", [0x202A, 0x2066, 0xE0000])
def test_of_whole_ranges_none_is_forgotten(first: int) -> None:
    counts = {0x202A: 5, 0x2066: 4, 0xE0000: 128}
    defined = [chr(first + place) for place in range(counts[first])]
    let_in = [each for each in defined if not _is_refused(f"A{each}B") and each.isprintable()]

    assert let_in == []


def _is_refused(text: str) -> bool:
    try:
        require_visible(text)
    except ValueError:
        return True
    return False


@given(st.text(alphabet=st.sampled_from("Aa 🔥❤👨क्می\u200c\u200d\u200b\u202e\ufe0f\U000e0067\n"), max_size=12))
def test_what_is_left_of_any_text_holds_no_override_and_nothing_seen_is_lost(text: str) -> None:
    left = visible_part(text)

    assert not set(left) & set("\u200b\u202e\U000e0067")
    assert [each for each in left if each in "Aa 🔥❤👨"] == [each for each in text if each in "Aa 🔥❤👨"]
