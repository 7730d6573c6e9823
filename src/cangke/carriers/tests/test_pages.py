"""What a person sees of carriers."""

import pytest
from django.urls import reverse

from cangke.carriers.models import Carrier
from tests.factories import client_for, make_account

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"carriers:{name}", args=args)


def test_a_carrier_its_services_and_contacts_are_kept():
    leader, agent = client_for(make_account("leader")), client_for(make_account("agent"))
    data = {"code": "sf", "name": "顺丰", "country": "CN", "silent_hours": "48", "is_active": "on"}
    bad = leader.post(url("new"), {**data, "tracking_url": "http://x/{number}"})
    assert bad.status_code == 422
    assert not Carrier.objects.exists()
    leader.post(url("new"), {**data, "tracking_url": "https://example.com/{number}"})
    carrier = Carrier.objects.get()
    service = {"code": "std", "name": "标快", "days_min": "1", "days_max": "3", "is_active": "on"}
    leader.post(url("service-new", carrier.pk), service)
    leader.post(url("service", carrier.services.get().pk), {**service, "name": "特快"})
    leader.post(
        url("contact-new", carrier.pk), {"name": "徐师傅", "reach": "phone", "phone": "13800138000"}
    )
    page = agent.get(url("detail", carrier.pk)).content.decode()
    assert "特快" in page
    assert "138****8000" in page
    assert "13800138000" not in page
    assert agent.get(url("edit", carrier.pk)).status_code == 403
    assert "顺丰" in agent.get(url("list"), {"q": "顺"}).content.decode()
