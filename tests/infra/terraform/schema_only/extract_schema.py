"""Write schema.json: the schema of the resources that infra/cloud-run/terraform uses, taken out of an npm package.

`@cdktf/provider-google` was generated from the provider's own schema and still holds it, in its code: names and types
in `index.js`, what is required in `index.d.ts`, what is computed in comments. What it lost: which optional attributes
are computed too, which are sensitive, and the provider's own checks of values. To write the file anew, after a new
kind of resource:

    npm pack @cdktf/provider-google@16.12.1 && tar xzf cdktf-provider-google-*.tgz
    .venv/bin/python -m tests.infra.terraform.schema_only.extract_schema package
"""

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from tests.architecture.sources import ROOT

SCHEMA = Path(__file__).parent / "schema.json"
TERRAFORM = ROOT / "infra" / "cloud-run" / "terraform"
USED = re.compile(r'^resource "(google_\w+)"', re.MULTILINE)
ENTRY = re.compile(
    r'^ +(\w+): \{\n +value: (.*),\n +isBlock: (true|false),\n +type: "(\w+)",\n +storageClassType: "(\w+)",',
    re.MULTILINE,
)
STRUCT = re.compile(r"(\w+)ToHclTerraform\b")
MEMBER = re.compile(r"#(\w+) \w+#\w+\}.*?\n    readonly \w+(\??):", re.DOTALL)
COMPUTED = re.compile(
    r"// (\w+) - computed: true, optional: false, required: false\n +"
    r"(?:get \w+\(\) \{\n +return this\.(get\w+)\(|this\._\w+ = new ([\w.]+)\()"
)
SIMPLE = {"string": "string", "boolean": "bool", "number": "number"}
Type = str | list[object]
COLLECTIONS: dict[str, Type] = {
    "stringList": ["list", "string"],
    "numberList": ["list", "number"],
    "stringMap": ["map", "string"],
}
# Optional attributes that the provider fills in when they are not given, and that are referred to somewhere.
FILLED_IN = {"google_compute_global_address": ("address",)}
GETTERS: dict[str, Type] = {
    "getStringAttribute": "string",
    "getNumberAttribute": "number",
    "getBooleanAttribute": "bool",
    "getListAttribute": ["list", "string"],
    "getNumberListAttribute": ["list", "number"],
    "cdktf.StringMap": ["map", "string"],
    "cdktf.BooleanMap": ["map", "bool"],
    "cdktf.AnyMap": ["map", "string"],
}


class Attribute(TypedDict):
    """One attribute: its type as Terraform writes types in JSON, and any of `required`, `optional`, `computed`."""

    type: Type
    is_: list[str]


class Nested(TypedDict):
    """One kind of block inside another: `single`, `list` or `set`, and how many there may be (0: no limit)."""

    nesting: str
    min: int
    max: int
    block: "Block"


class Block(TypedDict):
    """What may stand inside a block."""

    attributes: dict[str, Attribute]
    blocks: dict[str, Nested]


@dataclass(frozen=True, slots=True)
class Package:
    """The code of one resource."""

    code: str
    types: str

    def entries(self, struct: str) -> list[tuple[str, str, bool, str, str]]:
        """Return what may be given inside a struct: name, expression, whether it is a block, kind, class."""
        head = (
            r"    synthesizeHclAttributes\(\) \{"
            if not struct
            else rf"^function {struct[0].lower() + struct[1:]}ToHclTerraform\(struct\) \{{"
        )
        body = re.search(head + r".*?const attrs = \{\n(.*?)\n +\};\n", self.code, re.DOTALL | re.MULTILINE)
        return [(n, v, b == "true", k, c) for n, v, b, k, c in ENTRY.findall(body[1])] if body else []

    def required(self, interface: str) -> set[str]:
        """Return the names that an interface asks for."""
        body = re.search(rf"^export interface {interface}\b[^{{]*\{{\n(.*?)^\}}", self.types, re.DOTALL | re.MULTILINE)
        return {name for name, mark in MEMBER.findall(body[1]) if not mark} if body else set()

    def computed(self, owner: str) -> dict[str, Type]:
        """Return what only the provider sets in a class, with its types."""
        body = re.search(rf"^class {owner} extends .*?^\}}", self.code, re.DOTALL | re.MULTILINE)
        found: dict[str, Type] = {}
        for name, getter, maker in COMPUTED.findall(body[0]) if body else []:
            kind = getter or maker
            found[name] = GETTERS[kind] if kind in GETTERS else ["list", ["object", self.inner(kind)]]
        return found

    def inner(self, listed: str) -> dict[str, Type]:
        """Return the types inside what a list of computed objects holds."""
        return self.computed(listed.removesuffix("List") + "OutputReference")


def block_of(package: Package, struct: str, interface: str, owner: str) -> Block:
    """Return what may stand in a struct, and what the provider fills in."""
    block: Block = {"attributes": {}, "blocks": {}}
    required = package.required(interface)
    for name, expression, is_block, kind, _class in package.entries(struct):
        if is_block:
            inner = STRUCT.search(expression)
            assert inner is not None, expression
            child = inner[1][0].upper() + inner[1][1:]
            is_many = "listMapperHcl" in expression
            block["blocks"][name] = {
                "nesting": {"struct": "single"}.get(kind, kind),
                "min": int(name in required),
                "max": 0 if is_many or kind == "struct" else 1,
                "block": block_of(package, child, child, f"{child}OutputReference"),
            }
        else:
            block["attributes"][name] = {
                "type": type_of(kind, _class),
                "is_": ["required" if name in required else "optional"],
            }
    for name, kept in package.computed(owner).items():
        block["attributes"].setdefault(name, {"type": kept, "is_": ["computed"]})
    return block


def type_of(kind: str, storage: str) -> Type:
    """Return the type of an attribute that may be given."""
    if storage in SIMPLE:
        return SIMPLE[storage]
    made = list(COLLECTIONS[storage]) if storage in COLLECTIONS else None
    if made is None:
        raise ValueError(f"no type is known for {storage}")
    return ["set", *made[1:]] if kind == "set" else made


def resource(folder: Path, name: str) -> Block:
    """Return the schema of one kind of resource. Raises FileNotFoundError when the package does not have it."""
    place = folder / "lib" / name.removeprefix("google_").replace("_", "-")
    package = Package((place / "index.js").read_text(), (place / "index.d.ts").read_text())
    owner = re.search(rf'^(\w+)\.tfResourceType = "{name}"', package.code, re.MULTILINE)
    assert owner is not None, name
    block = block_of(package, "", f"{owner[1]}Config", owner[1])
    block["attributes"]["id"] = {"type": "string", "is_": ["optional", "computed"]}
    for filled in FILLED_IN.get(name, ()):
        block["attributes"][filled]["is_"] = ["optional", "computed"]
    return block


def main() -> int:
    """Write the schema of every kind of resource that is used, and of the provider's own block."""
    folder = Path(sys.argv[1])
    names = sorted({name for path in TERRAFORM.glob("*.tf") for name in USED.findall(path.read_text())})
    index = folder / "lib" / "provider"
    provider = Package((index / "index.js").read_text(), (index / "index.d.ts").read_text())
    lines = {"provider": block_of(provider, "", "GoogleProviderConfig", "GoogleProvider")}
    lines |= {name: resource(folder, name) for name in names}
    shown = [f"{json.dumps(name)}: {json.dumps(block, separators=(',', ':'))}" for name, block in lines.items()]
    SCHEMA.write_text("{\n" + ",\n".join(shown) + "\n}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
