from typing import Any

from django.db import models

from kit.cover_art import cover


class CoverArtField(models.TextField):
    """The picture drawn from the row's slug on its first save, then kept, so that a printed cover never changes.

    Reads `slug` and, where the model has them, `cover_motif` and `cover_paper`. Emptied, it is drawn anew.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"editable": False, "blank": True, **kwargs})

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        if not getattr(model_instance, self.attname):
            motif, paper = (getattr(model_instance, name, "") for name in ("cover_motif", "cover_paper"))
            setattr(model_instance, self.attname, cover(model_instance.slug, motif, paper))
        return super().pre_save(model_instance, add)
