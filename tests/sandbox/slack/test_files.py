import httpx
import pytest
from slack_sdk.errors import SlackRequestError

from tests.sandbox.slack.refused import refused


async def test_the_sdk_uploads_a_diff_into_a_thread(ws, client):
    ts = (await client.chat_postMessage(channel="C0GRC", text="card"))["ts"]

    await client.files_upload_v2(
        channel="C0GRC", thread_ts=ts, filename="AC-2.diff", title="AC-2", content="- old\n+ new\n", snippet_type="diff"
    )

    stored = await ws.wait_file("AC-2.diff")
    assert (stored.text, stored.title, stored.filetype) == ("- old\n+ new\n", "AC-2", "diff")
    reply = ws.thread("C0GRC", ts)[1]
    assert reply.files[0]["id"] == stored.id
    assert stored.shared_in == [("C0GRC", reply.ts)]


async def test_a_file_is_read_with_the_token_only(ws, client, slack_url):
    answer = await client.files_upload_v2(channel="C0GRC", filename="a.csv", content="a;b")
    async with httpx.AsyncClient() as http:
        stranger = await http.get(answer["file"]["url_private"])
        owner = await http.get(answer["file"]["url_private"], headers={"Authorization": f"Bearer {ws.bot_token}"})

    assert stranger.status_code == 403
    assert owner.content == b"a;b"


async def test_several_files_go_into_one_message(ws, client):
    uploads = [{"filename": f"{name}.txt", "content": name} for name in "ab"]

    await client.files_upload_v2(channel="C0GRC", file_uploads=uploads, initial_comment="both")

    (message,) = ws.messages("C0GRC")
    assert message.text == "both"
    assert [file["name"] for file in message.files] == ["a.txt", "b.txt"]


async def test_a_file_goes_only_where_the_bot_is(client):
    for channel, error in (("C0GENERAL", "not_in_channel"), ("C0PRIVATE", "channel_not_found")):
        with refused(error):
            await client.files_upload_v2(channel=channel, filename="a.txt", content="a")


async def test_announced_and_sent_length_must_agree(client):
    place = await client.files_getUploadURLExternal(filename="a.txt", length=3)
    async with httpx.AsyncClient() as http:
        short = await http.post(place["upload_url"], content=b"ab")

    assert short.status_code == 400
    with refused("file_not_found"):
        await client.files_completeUploadExternal(files=[{"id": place["file_id"], "title": "a"}], channel_id="C0GRC")


async def test_an_empty_file_cannot_be_announced(client):
    with refused("invalid_arguments"):
        await client.files_getUploadURLExternal(filename="a.txt", length=0)


async def test_a_broken_upload_reaches_the_caller(ws, client):
    ws.faults.server_error("upload", status=500)

    with pytest.raises(SlackRequestError, match="status: 500"):
        await client.files_upload_v2(channel="C0GRC", filename="a.txt", content="a")


async def test_a_completed_file_can_be_looked_up(ws, client):
    ws.scopes.add("files:read")
    uploaded = await client.files_upload_v2(channel="C0GRC", filename="a.txt", content="a")

    found = await client.files_info(file=uploaded["file"]["id"])

    assert found["file"]["channels"] == ["C0GRC"]
    with refused("file_not_found"):
        await client.files_info(file="F0NONE")
