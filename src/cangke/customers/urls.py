from django.urls import path

from . import views

app_name = "customers"
urlpatterns = [
    path("", views.customer_list, name="list"),
    path("new/", views.customer_new, name="new"),
    path("clients/", views.client_list, name="clients"),
    path("clients/new/", views.client_new, name="client-new"),
    path("clients/<int:pk>/", views.client_detail, name="client"),
    path("clients/<int:pk>/edit/", views.client_edit, name="client-edit"),
    path("identities/<int:pk>/remove/", views.identity_remove, name="identity-remove"),
    path("addresses/<int:pk>/", views.address_edit, name="address"),
    path("addresses/<int:pk>/remove/", views.address_remove, name="address-remove"),
    path("<int:pk>/", views.customer_detail, name="detail"),
    path("<int:pk>/edit/", views.customer_edit, name="edit"),
    path("<int:pk>/verify/", views.customer_verify, name="verify"),
    path("<int:pk>/identities/", views.identity_add, name="identity-add"),
    path("<int:pk>/addresses/", views.address_new, name="address-new"),
    path("<int:pk>/mute/", views.customer_mute, name="mute"),
    path("<int:pk>/unmute/", views.customer_unmute, name="unmute"),
    path("<int:pk>/merge/", views.customer_merge, name="merge"),
]
