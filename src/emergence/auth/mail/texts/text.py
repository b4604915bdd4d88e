"""The words of one letter, as plain text and HTML share them."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """Paragraphs around a code or a link; `{name}` stands for the letter's value of that name."""

    subject: str
    opening: tuple[str, ...]
    closing: tuple[str, ...] = ()
    label: str = ""  # of the link
    link: str = ""
    code: str = ""

    def filled(self, values: Mapping[str, str]) -> "Text":
        """Return the text with the values in it; none of them is read as a form again."""

        def fill(form: str) -> str:
            return form.format_map(values)

        return Text(
            subject=self.subject,  # no value reaches a header
            opening=tuple(map(fill, self.opening)),
            closing=tuple(map(fill, self.closing)),
            label=fill(self.label),
            link=fill(self.link),
            code=fill(self.code),
        )
