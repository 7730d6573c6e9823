from django.urls import path

from . import views

app_name = "people"
urlpatterns = [
    path("", views.employee_list, name="list"),
    path("chart/", views.org_chart, name="chart"),
    path("lines/", views.reporting_lines, name="lines"),
    path("headcount/", views.headcount_edit, name="headcount"),
    path("new/", views.employee_new, name="new"),
    path("<int:pk>/", views.employee_detail, name="detail"),
    path("<int:pk>/edit/", views.employee_edit, name="edit"),
    path("<int:pk>/transfer/", views.employee_transfer, name="transfer"),
    path("<int:pk>/suspend/", views.employee_suspend, name="suspend"),
    path("<int:pk>/reinstate/", views.employee_reinstate, name="reinstate"),
    path("<int:pk>/leave/", views.employee_leave, name="leave"),
    path("<int:pk>/account/", views.employee_account, name="account"),
    path("<int:pk>/standing/", views.employee_standing, name="standing"),
    path("<int:pk>/qualification/", views.employee_qualification, name="qualification"),
    path("<int:pk>/work/", views.employee_work, name="work"),
    path("<int:pk>/abilities/", views.employee_abilities, name="abilities"),
    path("<int:pk>/abilities/rate/", views.employee_rate, name="rate"),
    path("<int:pk>/evidence/", views.employee_evidence, name="evidence"),
    path("<int:pk>/handover/", views.employee_handover, name="handover"),
    path("<int:pk>/contracts/new/", views.contract_new, name="contract-new"),
    path("contracts/<int:pk>/void/", views.contract_void, name="contract-void"),
    path("posts/<int:pk>/", views.post_detail, name="post"),
    path("posts/<int:pk>/describe/", views.post_describe, name="post-describe"),
    path("posts/<int:pk>/print/", views.post_print, name="post-print"),
    path("posts/<int:pk>/target/", views.post_target, name="post-target"),
    path("units/<slug:kind>/", views.unit_list, name="units"),
    path("units/<slug:kind>/new/", views.unit_new, name="unit-new"),
    path("units/<slug:kind>/<int:pk>/", views.unit_edit, name="unit"),
]
