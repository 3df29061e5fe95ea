import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.editing import Format, as_lines
from core.domain.statement_file import Header, StatementFile, file_text, made_file, parsed, place_for
from core.errors import Refused
from core.text.file_names import safe_name

HEADER = Header("Payroll Cloud", "AC-2(3)", "Disable accounts", "0" * 31 + "a", Format.MARKDOWN, "b" * 64, "")
anything = st.text(st.characters(exclude_categories=("Cs",)), max_size=80)
one_line = anything.map(lambda text: " ".join(text.split()))


@given(one_line, one_line, one_line, anything, st.sampled_from(Format))
def test_what_is_written_is_read_back(system, control, name, body, form):
    file = made_file(Header(system, control, name, "0" * 32, form, "b" * 64, ""), body)

    again = parsed(file_text(file))

    assert again == StatementFile(file.header, as_lines(body))
    assert not again.is_edited


@given(anything)
def test_line_ends_and_a_byte_order_mark_of_the_editor_are_no_edit(body):
    text = file_text(made_file(HEADER, body))

    assert not parsed("\ufeff" + text.replace("\n", "\r\n")).is_edited
    assert not parsed(text + "\n\n").is_edited


@given(anything, anything)
def test_every_other_change_of_the_text_is_an_edit(body, other):
    file = made_file(HEADER, body)

    assert StatementFile(file.header, other).is_edited == (as_lines(body) != as_lines(other))


def test_the_header_can_be_read_by_people():
    text = file_text(made_file(HEADER, "The text."))

    assert text.splitlines()[2:6] == [
        "system: Payroll Cloud",
        "control: AC-2(3)",
        "name: Disable accounts",
        f"sys_id: {HEADER.sys_id}",
    ]
    assert text.endswith("---\n\nThe text.\n")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda text: text.replace("---\n", "", 1), "no header"),
        (lambda text: text[: text.index("base:")], "no header"),
        (lambda text: re.sub(r"(?m)^sys_id:.*\n", "", text), "lacks sys_id"),
        (lambda text: re.sub(r"(?m)^base:.*\n", "base: x\nbase: y\n", text), "cannot be read"),
        (lambda text: text.replace("format: markdown", "format: word"), "format that is not known"),
        (lambda text: text.replace("control:", "control is", 1), "cannot be read"),
        (lambda _: "", "no header"),
        (lambda _: "Just some text.", "no header"),
    ],
)
def test_a_damaged_header_is_named(damage, said):
    with pytest.raises(Refused, match=said):
        parsed(damage(file_text(made_file(HEADER, "The text."))))


def test_lines_of_dashes_in_the_text_stay_text():
    body = "Above\n\n---\n\nBelow"

    assert parsed(file_text(made_file(HEADER, body))).body == body


@given(anything)
def test_a_file_name_is_safe_on_every_file_system(text):
    name = safe_name(text)

    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", name)
    assert len(name) <= 62
    assert ".." not in name
    assert not name.endswith((".", "-"))
    assert name.partition(".")[0].lower() not in {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(10))}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("AC-2(3)", "AC-2-3"),
        ("Payroll Cloud", "Payroll-Cloud"),
        ("../../etc/passwd", "etc-passwd"),
        ("Zürich München", "Zurich-Munchen"),
        ("nul", "x-nul"),
        ("Con.trol", "x-Con.trol"),
        ("", "unnamed"),
        ("控制", "unnamed"),
        ("a:b*c?<d>|e\\f", "a-b-c-d-e-f"),
        ("-rf", "rf"),
    ],
)
def test_a_file_name_still_looks_like_the_name(text, name):
    assert safe_name(text) == name


@given(one_line, one_line, st.sampled_from(Format))
def test_a_place_never_leads_out_of_the_folder_and_differs_for_each_statement(system, control, form):
    one = Header(system, control, "", "a" * 32, form, "", "")
    other = Header(system, control, "", "b" * 32, form, "", "")

    folder, name = place_for(one)

    assert not {"/", "\\", ":"} & set(folder + name)
    assert folder not in ("", ".", "..")
    assert place_for(other) != (folder, name)
    assert len(folder) < 70
    assert len(name) < 90
