"""Files for one person alone: in their direct messages, whatever channel they asked in."""

from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from bot.views.parts.markup import escaped


@dataclass(frozen=True)
class PrivateFile:
    """A CSV file: what it is, in words, what it is called, and its text."""

    title: str
    name: str
    text: str


async def send_file(client: AsyncWebClient, user_id: str, file: PrivateFile) -> None:
    """Send the file to the person. The message before it opens the conversation with them. Raises SLACK_TROUBLE."""
    answer = await client.chat_postMessage(channel=user_id, text=escaped(f"{file.title}, as you asked:"))
    await client.files_upload_v2(
        # Spreadsheets take a file for UTF-8 by the mark at its beginning.
        content=file.text.encode("utf-8-sig"),
        filename=file.name,
        title=file.title,
        channel=str(answer["channel"]),
    )
