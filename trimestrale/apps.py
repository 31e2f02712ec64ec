from django.apps import AppConfig


class TrimestraleConfig(AppConfig):
    name = "trimestrale"

    def ready(self) -> None:
        """Makes the Celery application current, and registers the checks, in every process that loads Django."""
        from trimestrale import celery, checks

        celery.app.set_default()
        checks.register_all()
