"""Named permissions as statements of a policy: no action and no resource more than the name says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from lambwsgi.deploy.template.intrinsics import Arn, Json, sub
from lambwsgi.settings.grants import PERMISSIONS, Grant, Part, Statement
from lambwsgi.settings.model import StageSettings


def granted_statements(settings: StageSettings) -> list[Json]:
    """What `permissions` and `statements` of the settings grant, in the order of their names."""
    named = [each for name in sorted(settings.permissions) for each in _named(name, settings.permissions[name])]
    return [*named, *map(_raw, settings.statements)]


def arn(prefix: str, name: str) -> Arn:
    """The ARN of a name; one that is given is taken as it is."""
    return name if name.startswith("arn:") else sub(prefix + name)


def namesake_arn(prefix: str, name: str) -> Arn:
    """The ARN of a secret by its name, which AWS makes longer by a hyphen and six characters."""
    return name if name.startswith("arn:") else sub(f"{prefix}{name}-??????")


def _named(name: str, targets: tuple[str, ...]) -> Iterator[Json]:
    permission = PERMISSIONS[name]
    for grant in permission.grants:
        if grant.parts == (Part.BUCKET,):
            yield from (_list_bucket(grant, permission.prefix, target) for target in targets)
        else:
            parts = [_PARTS[part](permission.prefix, target) for target in targets for part in grant.parts]
            yield {"Effect": "Allow", "Action": list(grant.actions), "Resource": parts}


def _list_bucket(grant: Grant, prefix: str, target: str) -> Json:
    """Listing is of a bucket; what may be seen of it is a condition."""
    bucket, _, path = target.rpartition(":::")[2].partition("/")
    statement = {"Effect": "Allow", "Action": list(grant.actions), "Resource": [arn(prefix, bucket)]}
    return statement | ({"Condition": {"StringLike": {"s3:prefix": f"{path}*"}}} if path else {})


def _objects(prefix: str, target: str) -> Arn:
    """A bucket's objects, or those whose key begins with what stands after the bucket."""
    return _longer(arn(prefix, target), "*" if "/" in target else "/*")


def _whole(prefix: str, target: str) -> Arn:
    """A parameter's ARN has no second slash where its name begins with one."""
    return arn(prefix, target.removeprefix("/"))


def _longer(name: Arn, end: str) -> Arn:
    return name + end if isinstance(name, str) else sub(name["Fn::Sub"] + end)


def _raw(statement: Statement) -> Json:
    """IAM's own form, actions and resources as lists."""
    given = statement.model_dump(exclude_none=True)
    return {**given, "Action": list(statement.Action), "Resource": list(statement.Resource)}


_PARTS: Mapping[Part, Callable[[str, str], Arn]] = {
    Part.WHOLE: _whole,
    Part.INDEXES: lambda prefix, target: _longer(arn(prefix, target), "/index/*"),
    Part.OBJECTS: _objects,
    Part.BELOW: lambda prefix, target: _longer(_whole(prefix, target), "/*"),
    Part.VERSIONS: lambda prefix, target: _longer(arn(prefix, target), ":*"),
    Part.NAMESAKES: namesake_arn,
}
