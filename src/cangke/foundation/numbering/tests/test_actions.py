import datetime as dt
import threading

import pytest
from django.db import connection, transaction

from cangke.foundation.numbering import actions, rules
from cangke.foundation.numbering.models import Counter

AT = dt.datetime(2026, 11, 23, 17, tzinfo=dt.UTC)  # the 24th in Shanghai


@pytest.mark.django_db
def test_numbers_follow_the_business_day_of_the_site():
    assert actions.next_number("order", at=AT) == "SO20261124-0001"
    assert actions.next_number("order", at=AT) == "SO20261124-0002"
    assert actions.next_number("order", at=AT, zone="America/Los_Angeles") == "SO20261123-0001"
    assert actions.next_number("order", at=AT + dt.timedelta(days=1)) == "SO20261125-0001"
    assert actions.next_number("order", at=AT, site="LAX") == "SOLAX20261124-0001"
    assert actions.next_number("ticket", at=AT) == "TK20261124-0001"


@pytest.mark.django_db
def test_many_numbers_cost_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        numbers = actions.next_numbers("customer", 500, at=AT)
    assert numbers[0] == "CU000001"
    assert numbers[-1] == "CU000500"
    assert actions.next_number("customer", at=AT) == "CU000501"


@pytest.mark.django_db
def test_refusals_take_no_number():
    with pytest.raises(rules.UnknownSeries):
        actions.next_number("nothing", at=AT)
    with pytest.raises(ValueError, match="site"):
        actions.next_number("order", at=AT, site="x y")
    with pytest.raises(ValueError, match="at least one"):
        actions.next_numbers("order", 0, at=AT)
    assert not Counter.objects.exists()


@pytest.mark.django_db
def test_a_rolled_back_document_gives_its_number_back():
    with transaction.atomic():
        actions.next_number("order", at=AT)
        transaction.set_rollback(True)
    assert actions.next_number("order", at=AT) == "SO20261124-0001"


@pytest.mark.django_db(transaction=True)
def test_many_at_once_never_share_a_number():
    taken: list[str] = []
    lock = threading.Lock()
    barrier = threading.Barrier(8)

    def work():
        barrier.wait()
        try:
            for _ in range(20):
                with transaction.atomic():
                    number = actions.next_number("order", at=AT)
                with lock:
                    taken.append(number)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(taken) == [f"SO20261124-{n:04}" for n in range(1, 161)]
