"""Blocks, elements and views as the tests send them."""


def plain(text="Words"):
    return {"type": "plain_text", "text": text}


def mrkdwn(text="Words"):
    return {"type": "mrkdwn", "text": text}


def option(value="a", text=None, **extra):
    return {"text": plain(text or f"Choice {value}"), "value": value, **extra}


def section(text="Words", **extra):
    return {"type": "section", "text": mrkdwn(text), **extra}


def button(action_id="go", text="Go", **extra):
    return {"type": "button", "action_id": action_id, "text": plain(text), **extra}


def actions(*elements, **extra):
    return {"type": "actions", "elements": list(elements), **extra}


def checkboxes(action_id="picks", values="abc", **extra):
    return {"type": "checkboxes", "action_id": action_id, "options": [option(value) for value in values], **extra}


def text_input(action_id="text", **extra):
    return {"type": "plain_text_input", "action_id": action_id, **extra}


def asks(element, block_id="asked", **extra):
    return {"type": "input", "block_id": block_id, "label": plain("Label"), "element": element, **extra}


def modal(*blocks, title="A modal", **extra):
    return {
        "type": "modal",
        "callback_id": "modal",
        "title": plain(title),
        "submit": plain("Send"),
        "blocks": list(blocks) or [section()],
        **extra,
    }


def home(*blocks, **extra):
    return {"type": "home", "blocks": list(blocks) or [section("At home")], **extra}


def rich_text(*texts):
    runs = [{"type": "text", "text": text} for text in texts]
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": runs}]}


def select(count=2, **extra):
    return {"type": "static_select", "action_id": "menu", "options": [option(str(n)) for n in range(count)], **extra}


def overflow(count):
    return {"type": "overflow", "action_id": "more", "options": [option(str(n)) for n in range(count)]}


def table(rows=1, columns=1, text="cell"):
    return {"type": "table", "rows": [[{"type": "raw_text", "text": text}] * columns for _ in range(rows)]}


def data_table(rows=2, columns=1, text="cell", **extra):
    return {**table(rows, columns, text), "type": "data_table", "caption": "Changes", **extra}
