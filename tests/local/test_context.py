"""The context object."""

from __future__ import annotations

import inspect
import time

import pytest

from lambwsgi.local.context import FunctionIdentity, LambdaContext


@pytest.fixture
def context() -> LambdaContext:
    function = FunctionIdentity(name="shop-dev", version="7", memory_mb=256)
    return LambdaContext("1111-2222", function, deadline_ms=int(time.time() * 1000) + 60_000)


def test_it_has_all_that_the_runtime_client_gives(context: LambdaContext) -> None:
    from awslambdaric.lambda_context import LambdaContext as RealContext  # type: ignore[import-untyped]

    real = RealContext("1111-2222", None, None, 0)
    wanted = {name for name in vars(real) if not name.startswith("_")} | {"get_remaining_time_in_millis"}

    assert wanted <= {name for name, _ in inspect.getmembers(context)}


def test_the_memory_limit_is_a_text(context: LambdaContext) -> None:
    assert context.memory_limit_in_mb == "256"


def test_names_follow_from_the_function(context: LambdaContext) -> None:
    assert context.invoked_function_arn == "arn:aws:lambda:us-east-1:123456789012:function:shop-dev"
    assert context.log_group_name == "/aws/lambda/shop-dev"
    assert context.log_stream_name == "local/[7]11112222"


def test_the_remaining_time_runs_down_and_stops_at_zero(context: LambdaContext) -> None:
    over = LambdaContext("1", FunctionIdentity(), deadline_ms=int(time.time() * 1000) - 5)

    assert 0 < context.get_remaining_time_in_millis() <= 60_000
    assert over.get_remaining_time_in_millis() == 0
