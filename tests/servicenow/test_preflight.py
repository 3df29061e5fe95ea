import pytest

from core.servicenow.remarks import Grade
from core.text.content import TextKind
from sandbox import servicenow as sandbox

TABLE, FIELD = sandbox.STATEMENTS, sandbox.STATEMENT_FIELD


def _of(preflight, subject):
    """The worst remark about a subject."""
    order = [Grade.FAIL, Grade.WARN, Grade.OK]
    return min((f for f in preflight.remarks if f.subject == subject), key=lambda remark: order.index(remark.grade))


@pytest.fixture
async def looked(instance, connect):
    """Look at an instance with two statements that was changed by `change(remote)`."""

    async def look(change=None, **settings):
        instance.statements(2)
        if change is not None:
            change(instance.remote)
        return await connect(instance.url, **settings).preflight()

    return look


async def test_a_sound_instance_has_nothing_but_good_findings(looked):
    preflight = await looked(lambda remote: remote.auditing.switch(TABLE, True), writable_when="state=draft")

    assert {remark.grade for remark in preflight.remarks} == {Grade.OK}
    assert not preflight.has_failed
    assert preflight.first_failure is None
    assert (preflight.field_kind, preflight.max_length, preflight.audit) == (TextKind.HTML, 65536, True)
    assert (preflight.user_name, preflight.is_utc_proved) == (sandbox.SERVICE_ACCOUNT, True)


async def test_every_finding_that_is_not_good_has_a_remedy(looked):
    def break_much(remote):
        remote.users.change(sandbox.SERVICE_ACCOUNT, time_zone="Asia/Tokyo", web_service_access_only=False)
        remote.world.change_column(TABLE, FIELD, read_only=True, attributes="no_audit")

    preflight = await looked(break_much, system_field="control.nothing", query="stat=draft")

    poor = [remark for remark in preflight.remarks if remark.grade is not Grade.OK]
    assert len(poor) >= 6
    assert all(remark.next_step and remark.sentence.endswith(".") for remark in poor)


@pytest.mark.parametrize(
    ("subject", "settings", "words"),
    [
        ("table", {"table": "sn_nothing"}, "sn_nothing"),
        ("field", {"field": "u_nothing"}, "u_nothing"),
        ("records", {"field": "u_nothing"}, "u_nothing"),
        ("field", {"field": "work_notes"}, "journal"),
        ("field", {"field": "active"}, "boolean"),
        ("columns", {"control_id_field": "control.nothing"}, "control.nothing"),
        ("columns", {"control_name_field": "nothing.name"}, "nothing.name"),
        ("columns", {"system_field": "control.system.nothing"}, "control.system.nothing"),
        ("columns", {"writable_when": "stat=draft"}, "stat"),
        ("columns", {"query": "active=true^NQsttaus=x"}, "sttaus"),
    ],
)
async def test_a_wrong_mapping_fails_and_is_named(looked, subject, settings, words):
    preflight = await looked(**settings)

    assert preflight.has_failed
    assert _of(preflight, subject).grade is Grade.FAIL
    assert words in _of(preflight, subject).sentence


@pytest.mark.parametrize(
    ("setting", "name"), [("query", "QUERY"), ("writable_when", "WRITABLE_WHEN"), ("system_field", "SYSTEM_FIELD")]
)
async def test_the_setting_to_correct_is_named(looked, setting, name):
    value = "nothing" if setting == "system_field" else "nothing=1"

    assert f"GRCPUSH_SERVICENOW_{name}" in _of(await looked(**{setting: value}), "columns").next_step


async def test_a_plain_column_is_found_to_be_plain(looked):
    preflight = await looked(field="u_plain_statement")

    assert (preflight.field_kind, preflight.max_length) == (TextKind.PLAIN, 8000)


async def test_a_kind_that_contradicts_the_dictionary_is_a_warning(looked):
    preflight = await looked(servicenow_field_kind="plain")

    assert preflight.field_kind is TextKind.PLAIN
    assert _of(preflight, "field").grade is Grade.WARN


async def test_a_read_only_column_fails(looked):
    preflight = await looked(lambda remote: remote.world.change_column(TABLE, FIELD, read_only=True))

    assert "read-only" in _of(preflight, "field").sentence
    assert preflight.has_failed


async def test_an_inherited_column_is_found_on_the_ancestor(looked):
    preflight = await looked(field="additional_information")

    assert (preflight.field_kind, preflight.max_length) == (TextKind.PLAIN, 4000)
    assert not preflight.has_failed


@pytest.mark.parametrize("closed", ["sys_dictionary", "sys_db_object"])
async def test_a_closed_dictionary_needs_the_kind_to_be_set(looked, closed):
    def close(remote):
        remote.access.hidden_fields.add((closed, "name"))

    unknown = await looked(close)
    known = await looked(close, servicenow_field_kind="html")

    assert "GRCPUSH_SERVICENOW_FIELD_KIND" in _of(unknown, "field").next_step
    assert unknown.has_failed
    assert _of(known, "field").grade is Grade.WARN
    assert not known.has_failed


async def test_a_field_closed_to_reading_fails(looked):
    preflight = await looked(lambda remote: remote.access.hidden_fields.add((TABLE, FIELD)))

    assert FIELD in _of(preflight, "records").sentence
    assert preflight.has_failed


@pytest.mark.parametrize("column", ["sys_mod_count", "sys_updated_on", "sys_updated_by"])
async def test_stamps_closed_to_reading_fail(looked, column):
    preflight = await looked(lambda remote: remote.access.hidden_fields.add(("sn_grc_item", column)))

    assert column in _of(preflight, "records").sentence


async def test_a_control_column_closed_to_reading_fails(looked):
    preflight = await looked(lambda remote: remote.access.hidden_fields.add(("sn_grc_item", "number")))

    assert "control.number" in _of(preflight, "columns").sentence
    assert preflight.has_failed


async def test_a_table_closed_to_the_account_fails(looked):
    preflight = await looked(lambda remote: remote.access.readers.update({TABLE: {"admin"}}))

    assert "may not read this table" in preflight.first_failure.sentence


async def test_a_table_closed_to_web_services_fails(looked):
    def close(remote):
        remote.schema.tables[TABLE].web_access = False
        remote.world.describe()

    preflight = await looked(close)

    assert preflight.first_failure.subject == "table"
    assert "web services" in preflight.first_failure.sentence


async def test_no_visible_record_is_a_warning(instance, connect):
    empty = await connect(instance.url).preflight()
    (sys_id,) = instance.statements(1)
    instance.remote.access.hidden_rows.add((TABLE, sys_id))
    hidden = await connect(instance.url).preflight()

    assert "no record" in _of(empty, "records").sentence
    assert "counts 1 records" in _of(hidden, "records").sentence
    assert not empty.has_failed
    assert not hidden.has_failed


@pytest.mark.parametrize(
    ("zone", "level", "proved"), [("GMT", "ok", True), ("UTC", "ok", True), ("Asia/Tokyo", "warn", False)]
)
async def test_the_time_zone_of_the_account_is_told(looked, zone, level, proved):
    preflight = await looked(lambda remote: remote.users.change(sandbox.SERVICE_ACCOUNT, time_zone=zone))

    assert _of(preflight, "time zone").grade == level
    assert preflight.is_utc_proved is proved


async def test_an_interactive_account_is_warned_about_with_basic_sign_in_only(looked):
    def make_interactive(remote):
        remote.users.change(sandbox.SERVICE_ACCOUNT, web_service_access_only=False)

    assert "Web service access only" in _of(await looked(make_interactive), "account").next_step
    assert _of(await looked(make_interactive, auth="oauth_password"), "account").grade is Grade.OK


async def test_an_account_without_a_writing_role_is_a_warning_only(looked):
    def demote(remote):
        remote.users.grant(sandbox.SERVICE_ACCOUNT, "sn_compliance.reader")
        remote.users.revoke(sandbox.SERVICE_ACCOUNT, "sn_compliance.user")

    preflight = await looked(demote)

    assert _of(preflight, "write access").grade is Grade.WARN
    assert not preflight.has_failed


async def test_auditing_counts_for_exactly_the_table(looked):
    parent_only = await looked(lambda remote: remote.auditing.switch("sn_grc_item", True))

    assert not parent_only.audit
    assert "exactly this table" in _of(parent_only, "audit").next_step


async def test_a_column_kept_out_of_the_audit_is_told(looked):
    def exclude(remote):
        remote.auditing.switch(TABLE, True)
        remote.world.change_column(TABLE, FIELD, attributes="no_audit")

    preflight = await looked(exclude)

    assert not preflight.audit
    assert "no_audit" in _of(preflight, "audit").sentence


async def test_an_audit_that_may_not_be_read_is_told(looked):
    def close(remote):
        remote.auditing.switch(TABLE, True)
        remote.users.revoke(sandbox.SERVICE_ACCOUNT, "sn_compliance.auditor")

    preflight = await looked(close)

    assert not preflight.audit
    assert "sys_audit" in _of(preflight, "audit").sentence


@pytest.mark.parametrize(("readers", "known"), [({"sn_compliance.user"}, True), ({"admin"}, False)])
async def test_the_instance_says_its_name_when_it_may_be_read(looked, instance, readers, known):
    def name(remote):
        remote.access.readers["sys_properties"] = readers
        remote.world.set_property("instance_name", "acmedev")

    preflight = await looked(name)

    assert preflight.instance_name == ("acmedev" if known else instance.url.removeprefix("http://"))
