"""Every URL of the product."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView
from django.urls import include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from config.navigation import home
from teams.views.sign_ins import ChangePassword, sign_in

urlpatterns = [
    path("", home, name="home"),
    path("sign-in/", sign_in, name="login"),
    path("sign-out/", LogoutView.as_view(), name="logout"),
    path("password/", ChangePassword.as_view(), name="password_change"),
    path("language/", login_not_required(set_language), name="set_language"),
    path("", include("teams.urls")),
    path("", include("residents.urls")),
    path("", include("service_packages.urls")),
    path("", include("contracts.urls")),
    path("", include("assessments.urls")),
    # The stock page would leave a password that was given to be changed.
    path("admin/password_change/", RedirectView.as_view(pattern_name="password_change"), name="admin_password"),
    path("admin/", admin.site.urls),
]

handler403 = "teams.views.errors.permission_denied"
handler500 = "teams.views.errors.server_error"
