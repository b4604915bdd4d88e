"""The figures that the product shows, as its code declares them, and what a query in PromQL asks of them."""

import ast
import re
from dataclasses import dataclass
from functools import cache

from tests.architecture.sources import product_trees

KINDS = frozenset({"counter", "gauge", "histogram"})
# Prometheus makes the first two itself; the others are those of prometheus-client's ProcessCollector.
OF_OTHERS = frozenset({"up", "ALERTS", "process_cpu_seconds_total", "process_resident_memory_bytes"})
OF_SCRAPES = frozenset({"instance", "job"})
WORDS = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")
SELECTOR = re.compile(r"([a-z_:][a-zA-Z0-9_:]*)\s*\{([^}]*)\}")
MATCHER = re.compile(r'([a-z_]+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"')
NAME = re.compile(r"\b[a-zA-Z_:][a-zA-Z0-9_:]*\b(?!\s*\()")
OPERATORS = frozenset({"and", "or", "unless", "offset", "bool", "by", "without", "on", "ignoring"})


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: its kind and the names of its labels."""

    kind: str
    labels: frozenset[str]


@cache
def declared() -> dict[str, Figure]:
    """Return every figure of the product by name."""
    found = {}
    for _, tree in product_trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KINDS:
                match node.args:
                    case [ast.Constant(value=str(name)), _, *rest]:
                        found[name] = Figure(node.func.id, labels_of(rest))
    return found


def labels_of(rest: list[ast.expr]) -> frozenset[str]:
    """Return the label names among the arguments after name and description."""
    listed = rest[0].elts if rest and isinstance(rest[0], ast.Tuple | ast.List) else []
    return frozenset(str(item.value) for item in listed if isinstance(item, ast.Constant))


@cache
def product_words() -> frozenset[str]:
    """Return every text constant of the product's code; a label's value must be one of them."""
    return frozenset(
        node.value
        for _, tree in product_trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def series_of(query: str) -> set[str]:
    """Return the names of series that a query reads."""
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\"[^\"]*\"", " ", WORDS.sub(" ", query))
    return {
        name for name in NAME.findall(bare) if name not in OPERATORS and not re.fullmatch(r"[0-9.]*e?\d*[smhd]?", name)
    }


def figure_of(series: str) -> Figure | None:
    """Return the figure whose series has that name: histograms have three series each."""
    if (figure := declared().get(series)) is not None:
        return figure if figure.kind != "histogram" else None
    stem, _, part = series.rpartition("_")
    figure = declared().get(stem)
    if figure is None or figure.kind != "histogram" or part not in {"bucket", "sum", "count"}:
        return None
    return Figure("histogram", figure.labels | ({"le"} if part == "bucket" else set()))


def faults_of(query: str) -> list[str]:
    """Return what a query asks that the product does not have: figures, labels, values of labels."""
    faults = [
        f"nobody declares the figure {series}"
        for series in sorted(series_of(query) - OF_OTHERS)
        if figure_of(series) is None
    ]
    for series, inside in SELECTOR.findall(query):
        figure = figure_of(series)
        for label, values in MATCHER.findall(inside):
            if series in OF_OTHERS or figure is None:
                continue
            if label not in figure.labels | OF_SCRAPES:
                faults.append(f"{series} has no label {label}")
            elif label not in {"status", "route"} and set(values.split("|")) - product_words():
                faults.append(f"{series}: nothing in the code gives {label} the value {values}")
    known = {label for series in series_of(query) if (figure := figure_of(series)) for label in figure.labels}
    grouped = {label.strip() for inside in WORDS.findall(query) for label in inside.split(",") if label.strip()}
    if not series_of(query) <= OF_OTHERS:
        faults += [
            f"grouped by {label}, which none of its figures has" for label in sorted(grouped - known - OF_SCRAPES)
        ]
    return faults
