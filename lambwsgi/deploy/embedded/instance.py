"""A running embedded AWS, as the code that deploys to it sees it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.embedded.ministack import Ministack
from lambwsgi.deploy.errors import DeployError

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Embedded:
    """An embedded AWS that runs, with a gateway in front. `url` is where the application will answer."""

    aws: Aws
    url: str
    ministack: Ministack

    def pause(self, seconds: float) -> None:
        """Wait so long. Raises DeployError where it has ended meanwhile."""
        time.sleep(seconds)
        if not self.ministack.is_running():
            raise DeployError("the embedded AWS has ended by itself; run `lambwsgi deploy local` again")
