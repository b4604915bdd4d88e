"""The messages of Terraform's plugin protocol 5 that a provider needs to plan, made from one table at import.

Names and numbers are those of `tfplugin5.proto`; calls and fields that Terraform does without are left out.
"""

from typing import Any

from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClassesForFiles

PACKAGE = "tfplugin5"
# Message: its fields as `name number type`; `*` repeats, `map` is a map from text.
TABLE = {
    "DynamicValue": "msgpack 1 bytes, json 2 bytes",
    "Diagnostic": "severity 1 int64, summary 2 string, detail 3 string",
    "Step": "attribute_name 1 string, element_key_string 2 string, element_key_int 3 int64",
    "AttributePath": "steps 1 *Step",
    "RawState": "json 1 bytes",
    "Attribute": "name 1 string, type 2 bytes, required 4 bool, optional 5 bool, computed 6 bool",
    "NestedBlock": "type_name 1 string, block 2 Block, nesting 3 int64, min_items 4 int64, max_items 5 int64",
    "Block": "version 1 int64, attributes 2 *Attribute, block_types 3 *NestedBlock",
    "Schema": "version 1 int64, block 2 Block",
    "SchemaRequest": "",
    "SchemaResponse": "provider 1 Schema, resource_schemas 2 map Schema",
    "PrepareRequest": "config 1 DynamicValue",
    "PrepareResponse": "prepared_config 1 DynamicValue, diagnostics 2 *Diagnostic",
    "UpgradeRequest": "type_name 1 string, version 2 int64, raw_state 3 RawState",
    "UpgradeResponse": "upgraded_state 1 DynamicValue, diagnostics 2 *Diagnostic",
    "ValidateRequest": "type_name 1 string, config 2 DynamicValue",
    "ValidateResponse": "diagnostics 1 *Diagnostic",
    "ConfigureRequest": "terraform_version 1 string, config 2 DynamicValue",
    "ConfigureResponse": "diagnostics 1 *Diagnostic",
    "ReadRequest": "type_name 1 string, current_state 2 DynamicValue, private 3 bytes",
    "ReadResponse": "new_state 1 DynamicValue, diagnostics 2 *Diagnostic, private 3 bytes",
    "PlanRequest": "type_name 1 string, prior_state 2 DynamicValue, proposed_new_state 3 DynamicValue, "
    "config 4 DynamicValue",
    "PlanResponse": "planned_state 1 DynamicValue, requires_replace 2 *AttributePath, diagnostics 4 *Diagnostic, "
    "legacy_type_system 5 bool",
    "StopRequest": "",
    "StopResponse": "Error 1 string",
}
KINDS = {
    "string": FieldDescriptorProto.TYPE_STRING,
    "bytes": FieldDescriptorProto.TYPE_BYTES,
    "bool": FieldDescriptorProto.TYPE_BOOL,
    "int64": FieldDescriptorProto.TYPE_INT64,
}


def _file() -> FileDescriptorProto:
    file = FileDescriptorProto(name="tfplugin5.proto", package=PACKAGE, syntax="proto3")
    for message_name, fields in TABLE.items():
        message = file.message_type.add(name=message_name)
        for line in filter(None, fields.split(", ")):
            name, number, kind = line.split(" ", 2)
            field = message.field.add(name=name, number=int(number), label=FieldDescriptorProto.LABEL_OPTIONAL)
            if kind.startswith("map "):
                entry = message.nested_type.add(name=f"{name.title().replace('_', '')}Entry")
                entry.options.map_entry = True
                _typed(entry.field.add(name="key", number=1, label=FieldDescriptorProto.LABEL_OPTIONAL), "string")
                value = entry.field.add(name="value", number=2, label=FieldDescriptorProto.LABEL_OPTIONAL)
                _typed(value, kind.removeprefix("map "))
                kind = f"*{message_name}.{entry.name}"
            if kind.startswith("*"):
                field.label = FieldDescriptorProto.LABEL_REPEATED
            _typed(field, kind.removeprefix("*"))
    return file


def _typed(field: FieldDescriptorProto, kind: str) -> None:
    if kind in KINDS:
        field.type = KINDS[kind]
    else:
        field.type, field.type_name = FieldDescriptorProto.TYPE_MESSAGE, f".{PACKAGE}.{kind}"


_pool = DescriptorPool()
_pool.Add(_file())
_classes = GetMessageClassesForFiles(["tfplugin5.proto"], _pool)


def message(name: str) -> Any:
    """Return the class of a message of TABLE."""
    return _classes[f"{PACKAGE}.{name}"]
