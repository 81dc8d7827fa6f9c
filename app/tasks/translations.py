"""Having posts translated, away from any transaction."""

from flask import current_app

from app import translate as translators
from app.queue import task
from app.services import translations
from app.transaction import transaction
from app.translate import AccessRefused, TranslatorFailure, Unreachable


@task(queue="urgent", timeout=20, retries=())
def translate(translation_id: int, post_id: int) -> None:
    """Has a post translated; one that fails says so, and whoever wants it still asks again."""
    with transaction():
        wish = translations.take(translation_id, post_id)
    if wish is None:
        return
    translator = translators.chosen()
    try:
        if translator is None:
            raise Unreachable("There is no translator any more.")
        told = translator.translate(wish.text, wish.source, wish.target)
    except TranslatorFailure as failure:
        # A refused key is for somebody to mend, and an error is mailed to the administrators.
        tell = current_app.logger.error if isinstance(failure, AccessRefused) else current_app.logger.warning
        tell("A post was not translated: %s", failure)
        with transaction():
            translations.fail(translation_id, failure.code)
        return
    with transaction():
        translations.finish(translation_id, told, translator.name)
