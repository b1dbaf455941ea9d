from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Hashed names in the modules' imports too, so that every file may be cached for ever."""

    support_js_module_import_aggregation = True
