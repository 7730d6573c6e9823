import pytest
from django.urls import get_resolver, reverse
from tests.factories import make_account, client_for
pytestmark = pytest.mark.django_db
URLS = ["/", "/settings/", "/settings/accounts/", "/settings/accounts/?view=all&q=a", "/settings/accounts/new/", "/settings/roles/", "/settings/roles/new/?from=agent", "/settings/roles/preset/agent/","/settings/audit/","/settings/audit/?q=登录","/me/","/me/rights/","/jobs/","/jobs/running/","/account/password/change/","/account/2fa/","/account/sessions/","/account/2fa/totp/activate/"]
@pytest.mark.parametrize("url", URLS)
def test_page(url):
    c = client_for(make_account("admin"))
    r = c.get(url)
    print(url, r.status_code, len(r.content))
    assert r.status_code in (200,302), (url, r.status_code, r.content.decode()[:500])
def test_detail():
    a = make_account("admin")
    c = client_for(a)
    for p in ["", "edit/","rights/","disable/","enable/","reset/","unlock/","second-factor/","grants/new/"]:
        r = c.get(f"/settings/accounts/{a.pk}/{p}")
        assert r.status_code == 200, p
    g = a.grants.get()
    assert c.get(f"/settings/grants/{g.pk}/revoke/").status_code == 200
    from cangke.foundation.audit.public import AuditEntry
    for e in AuditEntry.objects.all():
        assert c.get(f"/settings/audit/{e.pk}/").status_code == 200
