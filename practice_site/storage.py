from typing import Any

from django.conf import settings
from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Hashed names in the modules' imports too, so that every file may be cached for ever."""

    support_js_module_import_aggregation = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._served: dict[str, str] = {}

    def url(self, name: str, force: bool = False) -> str:
        """Worked out once: a process reads the manifest when it starts, and every page names the same few files."""
        if force or settings.DEBUG:
            return super().url(name, force)
        if name not in self._served:
            self._served[name] = super().url(name)
        return self._served[name]
