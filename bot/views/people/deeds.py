"""What people, and grcpush itself, did: one line each; and the buttons under every history."""

from collections.abc import Iterator

from bot.actions import Action, ButtonValue
from bot.views.parts.blocks import Element, Message, actions, button, context, list_sections, message, section
from bot.views.parts.markup import Mrkdwn, counted, link, marked, mention, name_of, together, when
from bot.views.parts.sources import source_words
from bot.views.parts.ticking import CardUrl
from core.domain.audit import AuditKind
from core.domain.conflict import Choice
from core.domain.outcome import words
from core.models.deeds import Deed, Deeds
from core.text.display import safe_display, shortened

_LABEL = 120
_ABOUT_STATEMENT = {
    AuditKind.STATEMENT_EDITED: "saved a text of {}",
    AuditKind.STATEMENT_REVERTED: "gave up the local edit of {}",
    AuditKind.STATEMENT_MISSING: "did not find {} in ServiceNow any more",
    AuditKind.CONFLICT_OPENED: "found {} in conflict with ServiceNow",
    AuditKind.CONFLICT_RESOLVED: "settled the conflict of {}",
    AuditKind.CONFLICT_REOPENED: "found {} changed once more in ServiceNow",
    AuditKind.CONFLICT_UNDONE: "took back what was chosen in the conflict of {}",
    AuditKind.PUSH_ITEM_ENDED: "ended the push of {}",
}
_ABOUT_REQUEST = {
    AuditKind.PUSH_REQUESTED: "asked for {}",
    AuditKind.PUSH_ITEM_LEFT_OUT: "left a statement out of {}",
    AuditKind.PUSH_ITEM_PUT_BACK: "put a statement back into {}",
    AuditKind.COMMENT_MADE: "commented on {}",
    AuditKind.PUSH_APPROVED: "approved {}",
    AuditKind.PUSH_DECLINED: "declined {}",
    AuditKind.PUSH_CHANGES_ASKED: "asked for changes in {}",
    AuditKind.PUSH_DECLINE_WITHDRAWN: "withdrew the decline of {}",
    AuditKind.PUSH_APPROVAL_VOIDED: "stopped counting an approval of {}, for want of the role",
    AuditKind.PUSH_RELEASED: "started {}",
    AuditKind.PUSH_CANCELLED: "cancelled {}",
    AuditKind.PUSH_SUPERSEDED: "closed {}, because of a later edit",
    AuditKind.PUSH_EXPIRED: "closed {}, because its time was over",
    AuditKind.PUSH_RETRIED: "pushed again what had failed in {}",
    AuditKind.PUSH_UNDONE: "brought back the earlier texts of {}",
}
_ABOUT_ALL = {
    AuditKind.WRITING_PAUSED: "paused all writing to ServiceNow",
    AuditKind.WRITING_RESUMED: "let writing to ServiceNow go on",
}
_CHOICES = {
    Choice.KEEP_LOCAL: "kept the local text",
    Choice.KEEP_REMOTE: "kept ServiceNow's text",
    Choice.MERGED: "merged",
}


def deeds_message(shown: Deeds, period: str, card_url: CardUrl, carried: ButtonValue) -> Message:
    """What somebody did, one deed on a line; `period` says since when, `carried` is what the buttons carry."""
    name, since = name_of(shown.person), f" {period}" if period else ""
    if not shown.deeds:
        told = f"The history has nothing that {name} did{since}."
        return message(told, section(told))
    head = f"What {name} did{since}: {counted(shown.total, 'entry', 'entries')}, the newest first"
    lines = [deed_line(deed, card_url, names_who=False) for deed in shown.deeds]
    place = page_words(shown.page, shown.pages)
    return message(
        f"{head}.",
        section(marked("*{}*", head)),
        *list_sections(lines),
        context(place) if place else None,
        actions(*history_buttons(carried, shown.page, shown.pages)),
    )


def deed_line(deed: Deed, card_url: CardUrl, *, names_who: bool = True, names_statement: bool = True) -> Mrkdwn:
    """When, who, what, and the way to the card."""
    who = (mention(deed.person) if deed.person else "grcpush") if names_who else ""
    statement = marked("*{}*", _shown(deed.statement)) if names_statement else Mrkdwn("this statement")
    request = _request(deed, card_url) if deed.number is not None else None
    about = request if deed.kind in _ABOUT_REQUEST else statement
    what = [who, marked(_template(deed), about or "a push request")]
    if deed.kind in _ABOUT_STATEMENT and request is not None:
        what += ["in", request]
    return together([marked("• {}", when(deed.at)), together(what, " "), details_of(deed)])


def deed_words(deed: Deed) -> str:
    """What was done, in plain words, as in `approved push request #42`."""
    request = f"push request #{deed.number}" if deed.number is not None else "a push request"
    return _template(deed).format(request if deed.kind in _ABOUT_REQUEST else deed.statement or "a statement")


def _template(deed: Deed) -> str:
    return {**_ABOUT_STATEMENT, **_ABOUT_REQUEST, **_ABOUT_ALL}[deed.kind]


def details_of(deed: Deed) -> str:
    """What more there is to say: where from, what was chosen, how it ended."""
    if deed.outcome is not None:
        return words(deed.outcome, deed.level).sentence
    if deed.choice is not None and deed.kind is AuditKind.CONFLICT_RESOLVED:
        return _CHOICES[deed.choice]
    return source_words(deed.source) if deed.kind is AuditKind.STATEMENT_EDITED and deed.source else ""


def history_buttons(carried: ButtonValue, page: int, pages: int) -> Iterator[Element]:
    """Turning pages, and the same lines as a file. In what they carry, `revision` is the page."""
    for label, action, target in (("Newer", Action.HISTORY_NEWER, page - 1), ("Older", Action.HISTORY_OLDER, page + 1)):
        if 0 <= target < pages:
            spoken = f"{label} entries, page {target + 1:,} of {pages:,}"
            yield button(label, action, at_page(carried, target), spoken=spoken)
    yield button("CSV", Action.HISTORY_CSV, carried, spoken="CSV file of this whole history, sent to me alone")


def at_page(carried: ButtonValue, page: int) -> ButtonValue:
    """The same history, at this page."""
    return ButtonValue(carried.id, page, other=carried.other, page=carried.page, word=carried.word)


def page_words(page: int, pages: int) -> str:
    """Which page this is; empty for the only one."""
    return f"Page {page + 1:,} of {pages:,}" if pages > 1 else ""


def _request(deed: Deed, card_url: CardUrl) -> Mrkdwn:
    name = f"push request #{deed.number}"
    url = card_url(deed.channel, deed.ts) if deed.ts else ""
    return link(url, name) if url else marked("{}", name)


def _shown(label: str) -> str:
    return shortened(safe_display(label), _LABEL) or "a statement"
