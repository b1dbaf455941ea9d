import threading
from typing import Any

from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware


class StaticFiles(WhiteNoiseMiddleware):
    """Looks at the files when the first one is asked for. nginx has them itself and asks for none, and to look at all
    of them takes a tenth of the start.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._folders: list[tuple[str, str]] = []
        self._looking = threading.Lock()
        super().__init__(*args, **kwargs)

    def update_files_dictionary(self, root: str, prefix: str) -> None:
        self._folders.append((root, prefix))

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self._folders and request.path_info.startswith(self.static_prefix):
            self._look()
        return super().__call__(request)

    def _look(self) -> None:
        with self._looking:
            for root, prefix in self._folders:
                super().update_files_dictionary(root, prefix)
            self._folders = []
