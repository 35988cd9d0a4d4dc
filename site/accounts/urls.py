"""Signing in and "My account". Included first: the redirects must win over the log-in forms of Wagtail."""

from __future__ import annotations

from allauth.account.views import EmailView, PasswordSetView
from django.urls import include, path

from accounts import own_data, views
from accounts.recently import recent_sign_in_required
from accounts.staff import StaffAccountView
from accounts.stop_views import stop_mail

urlpatterns = [
    path("admin/login/", views.to_the_login),
    path("_util/login/", views.to_the_login),
    path("django-admin/login/", views.to_the_login),
    path("admin/account/", StaffAccountView.as_view()),
    path("accounts/login/password/", views.PasswordLoginView.as_view(), name="account_login_password"),
    # Before allauth's own: who moves an account to another address, or gives it a password, takes it over.
    path("accounts/email/", recent_sign_in_required(EmailView.as_view()), name="account_email"),
    path("accounts/password/set/", recent_sign_in_required(PasswordSetView.as_view()), name="account_set_password"),
    path("accounts/", include("allauth.urls")),
    path("account/", views.account_home, name="account_home"),
    path("account/name/", views.change_name, name="account_name"),
    path("account/mail/", views.mail_choices, name="account_mail"),
    path("mail/stop/<str:token>/", stop_mail, name="mail_stop"),
    path("account/again/", own_data.sign_in_again, name="account_sign_in_again"),
    path("account/data/", own_data.download, name="account_data"),
    path("account/close/", own_data.close, name="account_close"),
    path("account/closed/", own_data.closed, name="account_closed"),
    path("demo/mail/", views.demo_mail_list, name="demo_mail_list"),
    path("demo/mail/<int:mail_pk>/", views.demo_mail, name="demo_mail"),
    path("demo/mail/<int:mail_pk>/html/", views.demo_mail_html, name="demo_mail_html"),
]
