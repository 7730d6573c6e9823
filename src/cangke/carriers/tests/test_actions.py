import pytest

from cangke.carriers import public as carriers
from cangke.carriers import rules
from cangke.carriers.models import Carrier, CarrierService
from cangke.foundation.refusal import Refusal
from cangke.people.tests.factories import AT


@pytest.mark.parametrize(
    ("template", "fits"),
    [
        ("https://example.com/track?n={number}", True),
        ("https://example.com/{number}/", True),
        ("http://example.com/{number}", False),
        ("https://example.com/", False),
        ("https://example.com/{number}{number}", False),
        ("https://example.com/{number}{0}", False),
        ("javascript:alert({number})", False),
    ],
)
def test_tracking_templates(template, fits):
    assert rules.is_tracking_template(template) is fits


def test_the_number_is_quoted_in_the_link():
    assert (
        rules.tracking_link("https://example.com/{number}", "A/1 ?x")
        == "https://example.com/A%2F1%20%3Fx"
    )
    assert rules.tracking_link("", "A") == ""


@pytest.mark.django_db
def test_a_bad_template_and_impossible_days_are_refused():
    with pytest.raises(Refusal):
        carriers.save_carrier(
            by=None, at=AT, code="sf", name="顺丰", tracking_url="http://x/{number}"
        )
    assert not Carrier.objects.exists()
    carrier = carriers.save_carrier(by=None, at=AT, code="sf", name="顺丰", name_en="SF Express")
    with pytest.raises(Refusal):
        carriers.save_service(
            carrier_id=carrier.pk, by=None, at=AT, code="x", name="x", days_min=5, days_max=2
        )
    assert not CarrierService.objects.exists()
    assert carriers.find_carrier(" sf express") == carrier
    assert carriers.find_carrier("") is None
