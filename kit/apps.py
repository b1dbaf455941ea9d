from django.apps import AppConfig
from django.db.backends.signals import connection_created


class KitConfig(AppConfig):
    name = "kit"

    def ready(self) -> None:
        from kit.database import writes

        connection_created.connect(writes.watch)
