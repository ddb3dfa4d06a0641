"""Entries of a log in what a process writes."""

import pytest

from lambwsgi.local.lambda_service.log_entries import split_entries


def framed(message: bytes, kind: int = 0xA55A0003) -> bytes:
    return kind.to_bytes(4, "big") + len(message).to_bytes(4, "big") + bytes(8) + message


@pytest.mark.parametrize(
    ("written", "entries", "rest"),
    [
        pytest.param(b"one\ntwo\nthr", [b"one", b"two"], b"thr", id="lines"),
        pytest.param(framed(b"one\ntwo\n"), [b"one\ntwo"], b"", id="a frame is one entry"),
        pytest.param(framed(b""), [b""], b"", id="an empty frame"),
        pytest.param(b"a\nb" + framed(b"c", 0xA55A0017) + b"d\n", [b"a", b"b", b"c", b"d"], b"", id="in their order"),
        pytest.param(b"a\n" + framed(b"b") + framed(b"c"), [b"a", b"b", b"c"], b"", id="two frames in a row"),
        pytest.param(framed(b"one")[:9], [], framed(b"one")[:9], id="half a head waits"),
        pytest.param(b"a" + framed(b"one")[:-1], [b"a"], framed(b"one")[:-1], id="half a message waits"),
    ],
)
def test_lines_and_frames_become_entries(written: bytes, entries: list[bytes], rest: bytes) -> None:
    assert split_entries(written) == (entries, rest)
