"""Addresses of sign-in. Each has two names: ours, and the one by which allauth looks for it."""

from django.urls import path

from company import entering, keys, register, roster, views

urlpatterns = [
    path("accedi/", views.sign_in, name="login"),
    path("accedi/", views.sign_in, name="account_login"),
    path("accedi/inattivo/", views.inactive, name="account_inactive"),
    path("esci/", views.sign_out, name="logout"),
    path("esci/", views.sign_out, name="account_logout"),
    path("password/", views.change_password, name="password"),
    path("password/", views.change_password, name="account_change_password"),
    path("accedi/dimenticata/", entering.forgotten, name="forgotten"),
    path("accedi/dimenticata/", entering.forgotten, name="account_reset_password"),
    path("invito/<str:who>/<str:token>/", entering.invited, name="invited"),
    path("accedi/codice/", entering.ask_code, name="ask_code"),
    path("accedi/codice/", entering.ask_code, name="mfa_authenticate"),
    path("accedi/ancora/", entering.again, name="again"),
    path("accedi/ancora/", entering.again, name="account_reauthenticate"),
    path("accedi/ancora/codice/", entering.again_code, name="again_code"),
    path("accedi/ancora/codice/", entering.again_code, name="mfa_reauthenticate"),
    path("secondo-fattore/", entering.second_factor, name="second_factor"),
    path("secondo-fattore/", entering.second_factor, name="mfa_index"),
    path("secondo-fattore/attiva/", entering.second_factor_on, name="second_factor_on"),
    path("secondo-fattore/attiva/", entering.second_factor_on, name="mfa_activate_totp"),
    path("secondo-fattore/togli/", entering.second_factor_off, name="second_factor_off"),
    path("secondo-fattore/togli/", entering.second_factor_off, name="mfa_deactivate_totp"),
    path("secondo-fattore/codici/", entering.codes, name="codes"),
    path("secondo-fattore/codici/", entering.codes, name="mfa_view_recovery_codes"),
    path("secondo-fattore/codici/nuovi/", entering.new_codes, name="new_codes"),
    path("secondo-fattore/codici/nuovi/", entering.new_codes, name="mfa_generate_recovery_codes"),
    path("lingua/", views.language, name="language"),
    path("registro/", register.register, name="register"),
    path("registro/registro.csv", register.register_file, name="register_file"),
    path("impostazioni/persone/", roster.people_page, name="people"),
    path("impostazioni/persone/nuova/", roster.invite_page, name="invite"),
    path("impostazioni/persone/<int:person_id>/", roster.person_page, name="person"),
    path("impostazioni/persone/<int:person_id>/<slug:step>/", roster.step, name="person_step"),
    path("impostazioni/chiavi/", keys.keys, name="keys"),
    path("impostazioni/chiavi/<int:token_id>/revoca/", keys.revoke, name="revoke_key"),
]
