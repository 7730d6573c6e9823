"""The two bare views whose cost is the limit to compare with."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.urls import path
from django.utils import timezone

PAGE = """<table>{% for row in rows %}<tr><td>{{ row.0 }}</td><td>{{ row.1 }}</td>
<td>{{ row.2 }}</td><td>{{ row.3 }}</td></tr>{% endfor %}</table>"""


def insert(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bare_row (state, body, at) VALUES (%s, %s, %s)",
            [0, "海外仓客服消息" * 8, timezone.now()],
        )
    return HttpResponse("ok")


def listing(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, state, body, at FROM bare_row WHERE state = 0 ORDER BY id DESC LIMIT 25"
        )
        rows = cursor.fetchall()
    return HttpResponse(Template(PAGE).render(Context({"rows": rows})))


urlpatterns = [path("insert", insert), path("list", listing)]
