from django.urls import path

from . import views

app_name = "carriers"
urlpatterns = [
    path("", views.carrier_list, name="list"),
    path("new/", views.carrier_new, name="new"),
    path("<int:pk>/", views.carrier_detail, name="detail"),
    path("<int:pk>/edit/", views.carrier_edit, name="edit"),
    path("<int:pk>/services/", views.service_new, name="service-new"),
    path("services/<int:pk>/", views.service_edit, name="service"),
    path("<int:pk>/contacts/", views.contact_new, name="contact-new"),
    path("contacts/<int:pk>/", views.contact_edit, name="contact"),
]
