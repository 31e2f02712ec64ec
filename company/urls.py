"""Addresses of sign-in. Each has two names: ours, and the one by which allauth looks for it."""

from django.urls import path

from company import keys, register, views

urlpatterns = [
    path("accedi/", views.sign_in, name="login"),
    path("accedi/", views.sign_in, name="account_login"),
    path("accedi/inattivo/", views.inactive, name="account_inactive"),
    path("esci/", views.sign_out, name="logout"),
    path("esci/", views.sign_out, name="account_logout"),
    path("password/", views.change_password, name="password"),
    path("password/", views.change_password, name="account_change_password"),
    path("lingua/", views.language, name="language"),
    path("registro/", register.register, name="register"),
    path("registro/registro.csv", register.register_file, name="register_file"),
    path("impostazioni/chiavi/", keys.keys, name="keys"),
    path("impostazioni/chiavi/<int:token_id>/revoca/", keys.revoke, name="revoke_key"),
]
