"""Schemas of the types that a stage is made of, cut out of a package that is generated from the provider's own schemas.

`python -m tests.terraform.extract FOLDER > tests/terraform/schema.json`, where FOLDER holds what
`uv pip install --no-deps --target FOLDER cdktf-cdktf-provider-aws==21.22.1` installs (MPL-2.0; 232 MB, so no
dependency). It is made of version 6.25.0 of hashicorp/aws; what is newer is added here, with its source.
"""

from __future__ import annotations

import json
import re
import sys
import tarfile
from pathlib import Path
from typing import Any

from lambwsgi.deploy.formats.kinds import KINDS, snake_case

Json = dict[str, Any]
SOURCES = ("aws_caller_identity", "aws_partition", "aws_region")
# Source: the provider's changelog and documentation, version 6.29.0.
NEWER = {"aws_lambda_permission": {"invoked_via_function_url": {"type": "bool", "given": "optional"}}}
_TERRAFORMS_NAME = re.compile(r"#(\w+) \w+#\w+\}")
_OF_CDKTF = frozenset({"friendly_unique_id", "fqn", "internal_value"})


def main(folder: Path) -> None:
    """Print the schemas as JSON."""
    types = _types(folder)
    resources = {kind.name: _resource(kind.name, types) for kind in KINDS.values()}
    for name, attributes in NEWER.items():
        resources[name]["attributes"] |= attributes
    found = {
        "resources": dict(sorted(resources.items())),
        "data": {name: _resource(f"data_{name}", types) for name in SOURCES},
    }
    print(json.dumps(found, indent=1))


def _types(folder: Path) -> Json:
    """The types of the assembly, by their full names and by their own."""
    [assembly] = folder.glob("cdktf_cdktf_provider_aws/_jsii/*.tgz")
    with tarfile.open(assembly) as archive:
        file = archive.extractfile("package/.jsii")
        assert file is not None
        types = json.load(file)["types"]
    return {**types, **{each["name"]: each for each in types.values()}}


def _resource(name: str, types: Json) -> Json:
    words = name.removeprefix("aws_").split("_")
    title = "".join(word[:1].upper() + word[1:] for word in words)
    return _block(types[f"{title}Config"], types[title], types)


def _block(given: Json, computed: Json, types: Json) -> Json:
    attributes: Json = {}
    blocks: Json = {}
    for each in given["properties"]:
        name, kind = _name(each), _type(each["type"])
        if struct := _struct(kind):
            below = _block(types[struct], types.get(f"{types[struct]['name']}OutputReference", {}), types)
            most = {} if isinstance(kind, list) else {"most": 1}
            blocks[name] = {**most, "required": not each.get("optional"), **below}
        else:
            attributes[name] = {"type": kind, "given": "optional" if each.get("optional") else "required"}
    for each in computed.get("properties", []):
        name, kind = snake_case(each["name"]), _type(each["type"])
        if isinstance(kind, str) and name not in attributes and not _is_of_cdktf(each, name):
            attributes[name] = {"type": kind, "given": "computed"}
    blocks.pop("timeouts", None)
    return {"attributes": attributes, "blocks": blocks}


def _is_of_cdktf(member: Json, name: str) -> bool:
    return bool(member.get("static")) or name.endswith("_input") or name in _OF_CDKTF


def _name(member: Json) -> str:
    told = _TERRAFORMS_NAME.search(member.get("docs", {}).get("remarks", ""))
    return told[1] if told else snake_case(member["name"])


def _struct(kind: Any) -> str | None:
    inner = kind[1] if isinstance(kind, list) else kind
    return inner["struct"] if isinstance(inner, dict) else None


def _type(given: Json) -> Any:
    """A type as Terraform writes it in JSON; a struct by its name."""
    if "union" in given:
        return next(found for each in given["union"]["types"] if (found := _type(each)) is not None)
    if "fqn" in given:
        return None if given["fqn"].startswith("cdktf.") else {"struct": given["fqn"]}
    if "collection" in given:
        kind = "map" if given["collection"]["kind"] == "map" else "list"
        return [kind, _type(given["collection"]["elementtype"])]
    return {"boolean": "bool"}.get(given["primitive"], given["primitive"])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
