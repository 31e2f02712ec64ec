"""Static files under hashed names, inside our script modules too: what a module imports is named by its hash."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedEverywhere(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise is untyped
    """Django's own rewriting of ``import … from "./module.js"``, which is off by default."""

    support_js_module_import_aggregation = True
