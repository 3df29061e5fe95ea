from tests.sandbox.slack.refused import refused


async def test_people_have_zone_address_and_flags(client):
    erin = (await client.users_info(user="U0EDITOR", include_locale=True))["user"]
    guest = (await client.users_info(user="U0GUEST"))["user"]
    parted = (await client.users_info(user="U0GONE"))["user"]
    outside = (await client.users_info(user="U0OTHER"))["user"]

    assert (erin["tz"], erin["profile"]["email"], erin["locale"]) == ("Europe/Berlin", "editor@example.com", "en-GB")
    assert guest["is_restricted"]
    assert parted["deleted"]
    assert outside["is_stranger"]
    assert outside["team_id"] == "T0OTHER"


async def test_an_unknown_person_is_not_found(client):
    with refused("user_not_found"):
        await client.users_info(user="U0NOBODY")


async def test_people_are_found_by_address_unless_they_left(client):
    assert (await client.users_lookupByEmail(email="Approver@example.com"))["user"]["id"] == "U0APPROVE"
    for email in ("parted@example.com", "nobody@example.com"):
        with refused("users_not_found"):
            await client.users_lookupByEmail(email=email)


async def test_user_groups_and_their_members(ws, client):
    (group,) = (await client.usergroups_list(include_users=True))["usergroups"]

    assert (group["id"], group["handle"], group["users"]) == ("S0APPROVE", "grc-approvers", ["U0APPROVE", "U0SECOND"])
    ws.directory.groups["S0APPROVE"].users.remove("U0SECOND")
    assert (await client.usergroups_users_list(usergroup="S0APPROVE"))["users"] == ["U0APPROVE"]
    with refused("no_such_subteam"):
        await client.usergroups_users_list(usergroup="S0NONE")


async def test_the_bot_sees_public_channels_and_the_private_ones_it_is_in(client):
    listed = await client.conversations_list(types="public_channel,private_channel")
    own = await client.users_conversations(types="public_channel,private_channel")

    assert [channel["id"] for channel in listed["channels"]] == ["C0GRC", "C0GENERAL", "C0SHARED"]
    assert [channel["id"] for channel in own["channels"]] == ["C0GRC", "C0SHARED"]
    assert listed["channels"][2]["is_ext_shared"]
    with refused("channel_not_found"):
        await client.conversations_info(channel="C0PRIVATE")


async def test_members_come_in_pages(client):
    first = await client.conversations_members(channel="C0GRC", limit=3)
    rest = await client.conversations_members(channel="C0GRC", cursor=first["response_metadata"]["next_cursor"])

    members = first["members"] + rest["members"]
    assert "U0BOT" in members
    assert len(members) == len(set(members)) == 7


async def test_the_team_and_the_bot_introduce_themselves(ws, client):
    ws.scopes.add("team:read")

    assert (await client.team_info())["team"]["name"] == "Acme Compliance"
    assert (await client.bots_info(bot="B0BOT"))["bot"]["app_id"] == "A0GRC"
