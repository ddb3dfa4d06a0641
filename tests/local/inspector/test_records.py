"""The log of the last records, in memory and in a file that outlives the process."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable

from lambwsgi.local.inspector.persistence import Keeper, from_line, read_lines, to_line
from lambwsgi.local.inspector.records import Log, Notice, Record, Stream

MakeRecord = Callable[..., Record]


def numbers(log: Log) -> list[int]:
    return [each.number for each in log.all()]


def test_only_the_last_are_kept(record: MakeRecord) -> None:
    log = Log(most=2)

    for number in (1, 2, 3):
        log.add(record(number))

    assert numbers(log) == [2, 3]
    assert log.find(1) is None
    assert log.find(3) is log.all()[1]


def test_large_bodies_make_room_by_their_size(record: MakeRecord) -> None:
    log = Log(most_bytes=100)

    log.add(record(1, event={"body": "x" * 60}))
    log.add(record(2, result={"body": "x" * 60}))
    log.add(record(3, event={"Records": [{"cf": {"request": {"body": {"data": "x" * 500}}}}]}))

    assert numbers(log) == [3]


def test_who_listens_is_told_of_each_record_until_it_stops(record: MakeRecord) -> None:
    log = Log()

    with log.subscription() as news:
        log.add(record(1))
        log.clear()
    log.add(record(2))

    first, second = news.get(), news.get()
    assert isinstance(first, Record)
    assert (first.number, second) == (1, Notice.CLEARED)
    assert news.empty()


def test_numbers_are_given_once_however_many_ask() -> None:
    log = Log()
    given: list[int] = []
    threads = [threading.Thread(target=lambda: given.extend(log.next_number() for _ in range(200))) for _ in range(4)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(given) == list(range(1, 801))


def test_a_record_is_the_same_after_a_way_through_a_line(record: MakeRecord) -> None:
    stream = Stream({"statusCode": 200}, chunks=2, size_bytes=3, first_chunk_ms=0.5, beginning=b"\xff\x00a")

    for before in (record(7, event={"path": "/ë"}, stream=stream), record(8, result=None, error="Traceback")):
        after = from_line(to_line(before))
        assert [getattr(after, name) for name in Record.__slots__] == [
            getattr(before, name) for name in Record.__slots__
        ]


def test_a_result_that_is_no_json_is_kept_by_its_repr(record: MakeRecord) -> None:
    assert from_line(to_line(record(1, result={1, 2}))).result == "{1, 2}"
    assert from_line(to_line(record(1, result=b'{"statusCode": 200}'))).result == {"statusCode": 200}


def test_the_next_process_has_the_records_of_the_last_and_numbers_behind_them(record: MakeRecord) -> None:
    with tempfile.TemporaryFile() as file:
        before = Log()
        keeper = Keeper(before, file)
        before.add(record(1))
        before.add(record(before.next_number() + 1))
        keeper.close()

        after = Log()
        Keeper(after, file).close()

    assert numbers(after) == [1, 2]
    assert after.next_number() == 3


def test_what_was_cleared_does_not_come_back(record: MakeRecord) -> None:
    with tempfile.TemporaryFile() as file:
        log = Log()
        keeper = Keeper(log, file)
        log.add(record(1))
        log.clear()
        keeper.close()

        assert list(read_lines(file)) == []


def test_a_line_that_a_dying_process_left_unfinished_is_passed_over(record: MakeRecord) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(to_line(record(1)) + to_line(record(2))[:20])

        assert [each.number for each in read_lines(file)] == [1]
