from django.urls import path

from . import views

app_name = "portal"
urlpatterns = [
    path("chat/<str:key>/", views.page, name="chat"),
    path("chat/<str:key>/messages/", views.messages, name="messages"),
    path("chat/<str:key>/seen/", views.seen, name="seen"),
    path("chat/<str:key>/typing/", views.typing, name="typing"),
    path("chat/<str:key>/rate/", views.rate, name="rate"),
    path("chat/<str:key>/stream/", views.stream, name="stream"),
    path("chat/<str:key>/colour.css", views.colour, name="colour"),
    path("widget/<str:key>.js", views.widget, name="widget"),
    path("track/", views.track, name="track"),
]
