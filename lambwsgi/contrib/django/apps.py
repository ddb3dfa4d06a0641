"""What INSTALLED_APPS names. Travels to Lambda, since the project's settings do; the command does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import AppConfig
from django.core.checks import register

if TYPE_CHECKING:
    from django.core.checks import CheckMessage


class LambwsgiConfig(AppConfig):
    """`lambwsgi.contrib.django`: brings `manage.py lambwsgi`, and checks to `manage.py check --deploy`."""

    name = "lambwsgi.contrib.django"
    label = "lambwsgi"
    verbose_name = "lambwsgi"

    def ready(self) -> None:
        """Offer the checks; Django calls them for `--deploy` only."""
        register(_check, "lambwsgi", deploy=True)


def _check(**_: Any) -> list[CheckMessage]:
    from lambwsgi.contrib.django.checks import check_project  # noqa: PLC0415 - not at INIT

    return check_project()
