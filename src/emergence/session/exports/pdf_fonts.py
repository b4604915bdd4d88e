"""Which font has a character, and what stands in for one that none has: no text vanishes from a page."""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from fontTools.varLib.instancer import instantiateVariableFont  # type: ignore[import-untyped]
from fpdf import FPDF

SANS, MONO = "sans", "mono"
# Packages of fonts, each under the SIL Open Font License; the one for Chinese, Japanese and Korean may be left out.
_SANS = ("manimgx_fonts", "NotoSans[wght].ttf")
_MONO = ("fontpkg_roboto_mono", "RobotoMono[wght].ttf")
_CJK = ("pylopdf_fonts_cjk", "NotoSansJP-Regular.otf")
_SLANTED = "NotoSans-Italic[wght].ttf"
_FIRST = ("NotoEmoji[wght].ttf", "NotoSansSymbols[wght].ttf")
_BOLD = {"wght": 700.0}
_LAYOUT = ("GPOS", "GSUB", "GDEF")


@dataclass(frozen=True)
class FontFile:
    """A font that is opened, and then loaded, only when a conversation needs it: each takes a while."""

    name: str
    path: Path

    @cached_property
    def characters(self) -> frozenset[int]:
        """What it has."""
        with TTFont(self.path, lazy=True) as opened:
            return frozenset(opened.getBestCmap())


class Fonts:
    """The fonts of one document."""

    def __init__(self, pdf: FPDF) -> None:
        self._pdf = pdf
        self._loaded: list[str] = []
        self._sans = FontFile(SANS, _path(*_SANS))
        self._others = _others(self._sans.path.parent)
        pdf.add_font(SANS, fname=self._sans.path)
        pdf.add_font(SANS, style="I", fname=self._sans.path.parent / _SLANTED)
        with _bold_of(self._sans.path) as bold:
            pdf.add_font(SANS, style="B", fname=bold)
        pdf.add_font(MONO, fname=_path(*_MONO))
        pdf.set_fallback_fonts([SANS], exact_match=False)

    def settable(self, text: str) -> str:
        """Return a text as it can be set, and load what it needs: what no font has is named, as `[U+4E2D]`."""
        plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
        strange = {ord(c) for c in set(plain)} - self._sans.characters - {0x0A}
        names: dict[int, str] = {}
        for code in sorted(strange):
            font = next((each for each in self._others if code in each.characters), None)
            if font is not None:
                self._load(font)
            else:
                names[code] = "" if _shows_nothing(chr(code)) else f"[U+{code:04X}]"
        return plain.translate(names)

    def _load(self, font: FontFile) -> None:
        if font.name not in self._loaded:
            self._pdf.add_font(font.name, fname=font.path)
            self._loaded.append(font.name)
            self._pdf.set_fallback_fonts([*self._loaded, SANS], exact_match=False)


@contextmanager
def _bold_of(path: Path) -> Iterator[Path]:
    """Lend the bold kind of a font that has all weights; how letters move together is left out, it takes seconds."""
    with TTFont(path) as font, TemporaryDirectory() as folder:
        for table in _LAYOUT:
            if table in font:
                del font[table]
        bold = Path(folder) / "bold.ttf"
        instantiateVariableFont(font, _BOLD, inplace=True).save(bold)
        yield bold


def _shows_nothing(character: str) -> bool:
    """Return whether it shows nothing anywhere: joiners, directions, selectors."""
    is_selector = 0xFE00 <= ord(character) <= 0xFE0F or 0xE0100 <= ord(character) <= 0xE01EF
    return is_selector or unicodedata.category(character) == "Cf"


def _others(folder: Path) -> list[FontFile]:
    """Return the fonts for what the first one lacks, those that are asked for most before the others."""
    beside = sorted(path.name for path in folder.glob("*.ttf") if not path.name.startswith(("NotoSans[", "NotoSans-")))
    names = [*_FIRST, *(name for name in beside if name not in _FIRST)]
    fonts = [FontFile(name.split("[")[0].lower(), folder / name) for name in names]
    if find_spec(_CJK[0]) is not None:
        fonts.insert(len(_FIRST), FontFile("cjk", _path(*_CJK)))
    return fonts


def _path(package: str, file: str) -> Path:
    spec = find_spec(package)
    assert spec is not None and spec.submodule_search_locations is not None, f"{package} is not installed"
    found = (each for place in spec.submodule_search_locations for each in sorted(Path(place).rglob("*")))
    return next(each for each in found if each.name == file)
