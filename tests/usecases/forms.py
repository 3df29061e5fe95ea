"""Edit forms as people get them and send them back."""

from core.domain.actor import Actor
from core.models.edits import EditForm
from core.usecases.statements.editing import Typed, edit_form
from core.usecases.statements.edits import get_statement
from core.wiring import Core


async def opened(core: Core, actor: Actor, name: str) -> EditForm:
    return await edit_form(core, actor, (await get_statement(core, name)).id)


def typed_over(form: EditForm, text: str | None = None, fields: dict[int, str] | None = None) -> Typed:
    digest = form.subject.text_digest
    return Typed(form.subject.id, digest, digest, text, fields or {})


def body_of(form: EditForm) -> str:
    assert form.writing is not None
    return form.writing.body
