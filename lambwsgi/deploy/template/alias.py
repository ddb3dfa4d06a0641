"""The alias that serves: the version it stands for, and how much of the requests another one gets."""

from __future__ import annotations

from lambwsgi.deploy import names
from lambwsgi.deploy.template.capacity import alias_capacity
from lambwsgi.deploy.template.intrinsics import Json, get_att, ref
from lambwsgi.settings.model import StageSettings

# The condition under which the alias is held at an older version.
_HELD = "RolledBack"
# The condition under which the newest version gets a part of the requests.
_SHARED = "Shared"


def alias_parameters() -> Json:
    """What a deployment moves the alias by, without another template."""
    return {
        names.VERSION_PARAMETER: {
            "Type": "String",
            "Default": "",
            "AllowedPattern": "^[0-9]*$",
            "Description": "Version that serves; empty: the one of this template",
        },
        names.WEIGHT_PARAMETER: {
            "Type": "Number",
            "Default": names.NO_WEIGHT,
            "MinValue": 0,
            "MaxValue": 1,
            "Description": "Part of the requests that the version of this template gets while another one serves",
        },
    }


def alias_conditions() -> Json:
    """What follows from the parameters."""
    return {
        _HELD: _is_not(names.VERSION_PARAMETER, ""),
        _SHARED: _is_not(names.WEIGHT_PARAMETER, names.NO_WEIGHT),
    }


def alias_resource(settings: StageSettings, version_id: str) -> Json:
    """The alias, at the version of the template or at the one that it is held at."""
    newest = get_att(version_id, "Version")
    share = {"FunctionVersion": newest, "FunctionWeight": ref(names.WEIGHT_PARAMETER)}
    return {
        "Type": "AWS::Lambda::Alias",
        "Properties": {
            "Name": names.ALIAS,
            "FunctionName": ref(names.FUNCTION_ID),
            "FunctionVersion": {"Fn::If": [_HELD, ref(names.VERSION_PARAMETER), newest]},
            # Said even where it is empty: what an update leaves out, Lambda would leave as it is.
            "RoutingConfig": {"AdditionalVersionWeights": {"Fn::If": [_SHARED, [share], []]}},
            **alias_capacity(settings),
        },
    }


def _is_not(parameter: str, value: str) -> Json:
    return {"Fn::Not": [{"Fn::Equals": [ref(parameter), value]}]}
