from django.urls import path

from .views import accounts, audit, grants, profile, roles

app_name = "office"
urlpatterns = [
    path("settings/", profile.hub, name="settings"),
    path("settings/accounts/", accounts.account_list, name="accounts"),
    path("settings/accounts/new/", accounts.account_new, name="account-new"),
    path("settings/accounts/<int:pk>/", accounts.account_detail, name="account"),
    path("settings/accounts/<int:pk>/edit/", accounts.account_edit, name="account-edit"),
    path("settings/accounts/<int:pk>/rights/", grants.account_rights, name="account-rights"),
    path("settings/accounts/<int:pk>/disable/", accounts.account_disable, name="account-disable"),
    path("settings/accounts/<int:pk>/enable/", accounts.account_enable, name="account-enable"),
    path("settings/accounts/<int:pk>/reset/", accounts.account_reset, name="account-reset"),
    path("settings/accounts/<int:pk>/unlock/", accounts.account_unlock, name="account-unlock"),
    path(
        "settings/accounts/<int:pk>/second-factor/",
        accounts.account_second_factor,
        name="account-second-factor",
    ),
    path("settings/accounts/<int:pk>/grants/new/", grants.grant_new, name="grant-new"),
    path("settings/grants/<int:pk>/revoke/", grants.grant_revoke, name="grant-revoke"),
    path("settings/roles/", roles.role_list, name="roles"),
    path("settings/roles/new/", roles.role_new, name="role-new"),
    path("settings/roles/<int:pk>/", roles.role_edit, name="role"),
    path("settings/roles/<int:pk>/delete/", roles.role_delete, name="role-delete"),
    path("settings/roles/preset/<slug:code>/", roles.role_preset, name="role-preset"),
    path("settings/audit/", audit.audit_list, name="audit"),
    path("settings/audit/<int:pk>/", audit.audit_entry, name="audit-entry"),
    path("me/", profile.profile, name="profile"),
    path("me/rights/", grants.my_rights, name="my-rights"),
    path("me/sessions/<int:pk>/end/", profile.session_end, name="session-end"),
]
