from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import pytest
from botocore.stub import Stubber

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.aws.records import LogQuery
from lambwsgi.deploy.errors import DeployError
from lambwsgi.deploy.logs.reading import duration_seconds, follow_log, read_log
from lambwsgi.deploy.names import log_group_name
from lambwsgi.deploy.rollout import release
from lambwsgi.deploy.rollout.dialogue import Dialogue
from lambwsgi.package.artifact import Artifact
from lambwsgi.settings.model import StageSettings

GROUP = "/aws/lambda/shop-dev"
MINUTE = 60_000


@pytest.fixture
def offline() -> Iterator[tuple[Aws, Stubber]]:
    aws = Aws(endpoint_url="http://127.0.0.1:9")
    with Stubber(aws.logs) as stub:
        yield aws, stub


def page(*events: tuple[str, int], more: str | None = None) -> dict[str, object]:
    """A page with events of these ids and times."""
    lines = [{"eventId": name, "timestamp": time, "message": f"line {name}\n"} for name, time in events]
    return {"events": lines, **({"nextToken": more} if more else {})}


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("10m", 600), ("2h", 7200), ("1d", 86_400), ("1w", 604_800)]
)
def test_durations_are_a_number_and_a_unit(text: str, seconds: int) -> None:
    assert duration_seconds(text) == seconds


@pytest.mark.parametrize("text", ["", "10", "m", "1.5h", "-1m", "10 m", "10x"])
def test_anything_else_is_no_duration(text: str) -> None:
    with pytest.raises(DeployError, match="as in 10m"):
        duration_seconds(text)


def test_an_empty_page_is_not_the_end(offline: tuple[Aws, Stubber]) -> None:
    aws, stub = offline
    stub.add_response("filter_log_events", page(more="1"), {"logGroupName": GROUP, "startTime": 5})
    stub.add_response("filter_log_events", page(("a", 6)), {"logGroupName": GROUP, "startTime": 5, "nextToken": "1"})

    assert [event.message for event in read_log(aws, LogQuery(GROUP, 5))] == ["line a"]


def test_a_pattern_goes_to_cloudwatch(offline: tuple[Aws, Stubber]) -> None:
    aws, stub = offline
    stub.add_response("filter_log_events", page(), {"logGroupName": GROUP, "startTime": 5, "filterPattern": "?ERROR"})

    assert list(read_log(aws, LogQuery(GROUP, 5, "?ERROR"))) == []
    stub.assert_no_pending_responses()


def test_following_tells_each_line_once_and_reads_only_what_may_be_new(offline: tuple[Aws, Stubber]) -> None:
    aws, stub = offline
    old, new = ("old", 1 * MINUTE), ("new", 2 * MINUTE)
    late = ("late", 2 * MINUTE - 9_000)
    stub.add_response("filter_log_events", page(old, new), {"logGroupName": GROUP, "startTime": 0})
    # From here on ten seconds before the newest line: that late a line may still come.
    again = {"logGroupName": GROUP, "startTime": 2 * MINUTE - 10_000}
    stub.add_response("filter_log_events", page(late, new), again)
    stub.add_response("filter_log_events", page(late, new, ("newer", 3 * MINUTE)), again)

    told = itertools.islice(follow_log(aws, LogQuery(GROUP, 0), pause=lambda seconds: None), 4)

    assert [event.event_id for event in told] == ["old", "new", "late", "newer"]


def test_a_log_where_nothing_happens_is_asked_ever_more_seldom(offline: tuple[Aws, Stubber]) -> None:
    aws, stub = offline
    pages = [page(("a", 5)), page(), page(), page(), page(), page(), page(), page(("b", 5)), page(("c", 5))]
    for each in pages:
        stub.add_response("filter_log_events", each)
    pauses: list[float] = []

    told = itertools.islice(follow_log(aws, LogQuery(GROUP, 0), pause=pauses.append), 3)

    assert [event.event_id for event in told] == ["a", "b", "c"]
    assert pauses == [2.0, 3.0, 4.5, 6.75, 10.0, 10.0, 10.0, 2.0]


def test_one_stream_is_read_up_to_a_moment(offline: tuple[Aws, Stubber]) -> None:
    aws, stub = offline
    asked = {"logGroupName": GROUP, "startTime": 5, "endTime": 9, "logStreamNames": ["a"]}
    stub.add_response("filter_log_events", page(), asked)

    assert list(read_log(aws, LogQuery(GROUP, 5, until_ms=9, stream="a"))) == []
    stub.assert_no_pending_responses()


@pytest.mark.embedded
def test_what_the_function_prints_is_in_its_log(
    aws: Aws, settings: StageSettings, make_artifact: Callable[..., Artifact], dialogue: Dialogue
) -> None:
    release.deploy(aws, settings, make_artifact(), dialogue)

    messages = [event.message for event in read_log(aws, LogQuery(log_group_name(settings), 0))]

    assert "a request for shop.wsgi:app" in messages
