"""AWS, one method for each thing that is asked of it, grouped by service in the modules of the base classes.

Answers become records and refusals become errors of ours, once and here. Nothing here decides what to do next.
"""

from __future__ import annotations

from typing import Any

from lambwsgi.deploy.aws.asking import asking
from lambwsgi.deploy.aws.buckets import Buckets
from lambwsgi.deploy.aws.functions import Functions
from lambwsgi.deploy.aws.monitoring import Monitoring
from lambwsgi.deploy.aws.stacks import Stacks


class Aws(Stacks, Buckets, Functions, Monitoring):
    """One account and region, as one profile sees it."""

    def ask(self, service: str, operation: str, resource: str, **given: Any) -> dict[str, Any]:
        """What a service answers that has no method here. `resource`: what is asked about, in words."""
        with asking(service, resource):
            return dict(getattr(self.client(service), operation)(**given))
