"""Runs one command of a deployment in a process that is killed at its n-th call to AWS.

`python killing.py ORDER.json`: the order has the endpoint, the settings, the artifact, the command, the number of the
call and whether the process dies before the call is sent or after it was answered. A run with fewer calls ends with 0.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.rollout import release
from lambwsgi.deploy.rollout.dialogue import Dialogue
from lambwsgi.deploy.stack.following import Watch
from lambwsgi.package.artifact import Artifact
from lambwsgi.settings.model import StageSettings

# botocore's events: a request is about to go out, an answer has been read.
MOMENTS = {"before": "before-send", "after": "after-call"}


def main() -> None:
    order = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    aws = Aws(endpoint_url=order["endpoint"])
    settings = StageSettings.model_validate(order["settings"])
    _die_at(aws, order["call"], MOMENTS[order["moment"]])
    watch = Watch(pause=lambda seconds: time.sleep(min(seconds, 0.02)))
    dialogue = Dialogue(confirm=lambda plan: True, visit=None, watch=watch)
    if order["command"] == "deploy":
        path, sha256, size = order["artifact"]
        release.deploy(aws, settings, Artifact(Path(path), sha256, size, size, ()), dialogue)
    elif order["command"] == "rollback":
        release.rollback(aws, settings, None, dialogue)
    else:
        release.delete(aws, settings, dialogue)


def _die_at(aws: Aws, number: int, moment: str) -> None:
    calls = 0

    def count(**_: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == number:
            os.kill(os.getpid(), signal.SIGKILL)

    for client in (aws.cloudformation, aws.s3, aws.functions, aws.invocations, aws.cloudwatch, aws.logs):
        client.meta.events.register(moment, count)


if __name__ == "__main__":
    main()
