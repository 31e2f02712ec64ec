from importlib import import_module

from django.apps import AppConfig


class CompanyConfig(AppConfig):
    name = "company"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Sessions count from the sign-in."""
        import_module("company.fresh")
