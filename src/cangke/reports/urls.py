from django.urls import path

from . import views

app_name = "reports"
urlpatterns = [
    path("service/", views.service, name="service"),
    path("rules/", views.compliance_view, name="compliance"),
    path("rules/export/", views.compliance_export, name="compliance-export"),
    path("cost/", views.cost, name="cost"),
    path("cost/export/", views.cost_export, name="cost-export"),
    path("cost/cases/<int:kind>/<int:client>/", views.cost_cases, name="cost-cases"),
    path("ratings/", views.ratings, name="ratings"),
    path("ratings/why/<slug:key>/", views.ratings_why, name="ratings-why"),
    path("scripts/", views.scripts, name="scripts"),
    path("service/export/", views.service_export, name="service-export"),
    path("service/why/<slug:key>/", views.service_why, name="service-why"),
    path("service/turns/<slug:key>/", views.service_figure, name="service-figure"),
]
