"""The settings: what a person wants to hear of, to be changed, and below it the team's policy, to be read."""

import uuid
from collections.abc import Sequence

from bot.actions import Action, ButtonValue, Callback
from bot.views.parts.blocks import (
    Block,
    Element,
    Submission,
    View,
    actions,
    button,
    context,
    divider,
    header,
    list_section,
    modal,
    option,
    plain,
    section,
)
from bot.views.parts.fields import TYPED
from bot.views.parts.markup import Mrkdwn, counted, marked
from core.domain.digest import DAY_NAMES
from core.models.digests import PersonalSettings
from core.models.home import TeamPolicy

HEAR, HOUR, DAYS, AGE = "hear", "hour", "days", "age"
"""Block ids of the fields: what to hear of, at which hour, on which days, and of edits how old."""
DIGEST, RESULTS = "digest", "results"
"""What there is to hear of."""
AS_TEAM = "team"
"""The hour that is the team's, whatever it is."""

_AGES = (0, 1, 2, 3, 5, 10, 20, 30)
_NOTHING = ButtonValue(uuid.UUID(int=0))


def settings_modal(mine: PersonalSettings, policy: TeamPolicy, roles: Sequence[str]) -> View:
    """The person's own settings, the team's policy, and the person's roles."""
    test = button("Send me a test reminder", Action.DIGEST_TEST, _NOTHING, spoken="Send me a test reminder now")
    return modal(
        "Settings",
        Submission(Callback.SETTINGS, _NOTHING, "Save"),
        header("What I am told"),
        context(f"Reminders are snoozed until {mine.silent_until:%A, %d %B}.") if mine.silent_until else None,
        _field(HEAR, "By direct message", _hear(mine), optional=True),
        _field(HOUR, f"Hour of the reminder, in your time zone ({mine.zone})", _hour(mine, policy)),
        _field(DAYS, "Days of the reminder", _days(mine)),
        _field(AGE, "Edits it names", _age(mine)),
        actions(test),
        divider(),
        *_policy(policy, roles),
        close="Cancel",
    )


def tested_modal(told: str) -> View:
    """What became of the test reminder."""
    return modal("Test reminder", Submission(Callback.READ_ONLY), section(told), close="Back")


def _field(name: str, label: str, element: Element, *, optional: bool = False) -> Block:
    return {"type": "input", "block_id": name, "label": plain(label, 150), "element": element, "optional": optional}


def _hear(mine: PersonalSettings) -> Element:
    told = {
        DIGEST: ("The daily reminder of what I have not pushed", mine.own.is_on),
        RESULTS: ("How a push I asked for ended, when it took over half a minute", mine.own.tells_results),
    }
    return _boxes([(words, value, is_on) for value, (words, is_on) in told.items()])


def _days(mine: PersonalSettings) -> Element:
    return _boxes([(name, str(day), day in mine.days) for day, name in enumerate(DAY_NAMES)])


def _boxes(choices: Sequence[tuple[str, str, bool]]) -> Element:
    options = [option(words, value) for words, value, _ in choices]
    ticked = [each for each, (_, _, is_ticked) in zip(options, choices, strict=True) if is_ticked]
    element: Element = {"type": "checkboxes", "action_id": TYPED, "options": options}
    return {**element, "initial_options": ticked} if ticked else element


def _hour(mine: PersonalSettings, policy: TeamPolicy) -> Element:
    choices = [(AS_TEAM, f"As the team has it ({policy.digest_hour}:00)")]
    choices += [(str(hour), f"{hour}:00") for hour in range(24)]
    return _menu("Hour", choices, AS_TEAM if mine.own.hour is None else str(mine.own.hour))


def _age(mine: PersonalSettings) -> Element:
    ages = sorted({*_AGES, mine.own.min_age})
    words = [(str(age), f"Not pushed for {counted(age, 'working day')} or more") for age in ages if age]
    return _menu("Age", [("0", "All of them, however young"), *words], str(mine.own.min_age))


def _menu(placeholder: str, choices: Sequence[tuple[str, str]], chosen: str) -> Element:
    options = {value: option(words, value) for value, words in choices}
    return {
        "type": "static_select",
        "action_id": TYPED,
        "placeholder": plain(placeholder, 150),
        "options": list(options.values()),
        "initial_option": options[chosen],
    }


def _policy(policy: TeamPolicy, roles: Sequence[str]) -> list[Block | None]:
    """The team's policy. It is set in the configuration of the deployment, and not here."""
    approvals = (
        f"{counted(policy.approvals_required, 'approval')} needed, within {policy.expires_hours:g} hours"
        if policy.approvals_required
        else "No approval needed: a push starts when it is asked for"
    )
    facts = [
        marked("ServiceNow: *{}*{}", policy.host, " (this deployment only reads)" if policy.is_read_only else ""),
        marked(
            "Push requests are posted in {}{}",
            Mrkdwn(f"<#{policy.channel}>") if policy.channel else "no channel",
            ", which shows titles and sizes, and no texts" if policy.titles_only else "",
        ),
        marked("{}", approvals),
        marked("Approving in Slack is {}", "on" if policy.in_chat else "switched off"),
        marked(
            "At most {} in a request, and {} by one person in an hour",
            counted(policy.largest_request, "statement"),
            counted(policy.requests_per_hour, "request"),
        ),
        marked(
            "Reminders at {}:00 in each owner's own time zone, {}, unless they choose otherwise",
            policy.digest_hour,
            policy.digest_days,
        ),
    ]
    named = [marked("*{}*: {}", role, people) for role, people in policy.roles]
    held = ", ".join(roles) or "none; ask an admin for one"
    return [
        header("The team's policy"),
        section(marked("Your roles: *{}*", held)),
        list_section(facts, total=len(facts)),
        list_section([Mrkdwn("*Who may what*"), *named], total=len(named) + 1) if named else None,
        context("Set in the configuration, by the operator; this part cannot be changed from Slack."),
    ]
