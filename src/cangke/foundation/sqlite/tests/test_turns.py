"""Writers of one process stand in line."""

import sqlite3
import threading
import time
from contextlib import closing, contextmanager

import pytest
from django.db import OperationalError
from django.db.utils import ConnectionHandler

from cangke.foundation.sqlite.turns import Turns

pytestmark = pytest.mark.django_db
LONG = 30


@pytest.fixture
def house(tmp_path):
    """Connections to a file of its own, one for each thread that asks."""
    options = {"transaction_mode": "IMMEDIATE", "timeout": 0.2}
    handler = ConnectionHandler(
        {
            "default": {
                "ENGINE": "cangke.foundation.sqlite",
                "NAME": str(tmp_path / "house.sqlite3"),
                "OPTIONS": options,
            }
        }
    )
    with handler["default"].cursor() as cursor:
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("CREATE TABLE word (said integer)")
    yield handler
    handler["default"].close()


def begin(connection):
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def end(connection, how="commit"):
    getattr(connection, how)()
    connection.set_autocommit(True)


@contextmanager
def writing(connection):
    begin(connection)
    with connection.cursor() as cursor:
        yield cursor
    end(connection)


def elsewhere(work):
    """Do something in another thread and return what came of it."""
    said = []

    def run():
        try:
            said.append(work())
        except OperationalError as error:
            said.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(LONG)
    return said[0]


def can_write(house):
    def write():
        with closing(house["default"]), writing(house["default"]) as cursor:
            cursor.execute("INSERT INTO word VALUES (1)")
        return True

    return elsewhere(write)


def test_those_who_wait_are_served_in_the_order_they_came():
    turns, served = Turns(), []
    assert turns.take(seconds=0)
    threads = []

    def wait(number):
        assert turns.take(seconds=LONG)
        served.append(number)
        turns.give()

    for number in range(6):
        threads.append(threading.Thread(target=wait, args=[number]))
        threads[-1].start()
        while len(turns._waiting) <= number:
            time.sleep(0.001)
    turns.give()
    for thread in threads:
        thread.join(LONG)
    assert served == [0, 1, 2, 3, 4, 5]
    assert turns.take(seconds=0)


def test_whoever_has_waited_long_enough_leaves_the_line():
    turns = Turns()
    assert turns.take(seconds=0)
    assert not turns.take(seconds=0.01)
    turns.give()
    assert turns.take(seconds=0)
    turns.give()


def test_nobody_who_writes_again_and_again_goes_before_those_who_wait(house):
    served = []

    def write(number):
        connection = house["default"]
        for _each in range(10):
            with writing(connection) as cursor:
                cursor.execute("INSERT INTO word VALUES (%s)", [number])
                served.append(number)
                time.sleep(0.002)
        connection.close()

    threads = [threading.Thread(target=write, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG)
    assert len(served) == 40
    middle = served[12:28]  # all four are there, and none is done
    assert all(len(set(middle[at : at + 5])) == 4 for at in range(len(middle) - 5))


@pytest.mark.parametrize("how", ["commit", "rollback"])
def test_who_is_done_makes_way(house, how):
    begin(house["default"])
    assert isinstance(can_write(house), OperationalError)
    end(house["default"], how)
    assert can_write(house) is True


def test_who_closes_in_a_transaction_makes_way(house):
    begin(house["default"])
    house["default"].close()
    assert can_write(house) is True


def test_who_cannot_begin_for_another_process_makes_way(house, tmp_path):
    with closing(sqlite3.connect(tmp_path / "house.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError):
            begin(house["default"])
        assert isinstance(can_write(house), OperationalError)
        other.execute("ROLLBACK")
    assert can_write(house) is True


def test_a_commit_that_fails_keeps_the_turn_until_it_is_taken_back(house):
    connection = house["default"]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE one (id integer PRIMARY KEY)")
        cursor.execute(
            "CREATE TABLE two (one integer REFERENCES one DEFERRABLE INITIALLY DEFERRED)"
        )
    begin(connection)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO two VALUES (7)")
    with pytest.raises(Exception, match="FOREIGN KEY"):
        connection.commit()
    assert isinstance(can_write(house), OperationalError)
    end(connection, "rollback")
    assert can_write(house) is True
