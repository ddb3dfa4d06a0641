"""The formats that a stage can be printed in, each made of the one template."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lambwsgi.deploy.formats.sam import sam_template
from lambwsgi.deploy.formats.terraform import terraform_configuration
from lambwsgi.deploy.template.intrinsics import Json

FORMATS: Mapping[str, Callable[[Json], Json]] = {
    "cloudformation": lambda template: template,
    "sam": sam_template,
    "terraform": terraform_configuration,
}
