"""What Slack does with a team of itself: it delivers, posts, and takes the bot's answers."""

from sandbox.slack.answers import Answers
from sandbox.slack.deliveries.events import Events
from sandbox.slack.deliveries.payloads import Payloads
from sandbox.slack.deliveries.sender import Sender
from sandbox.slack.deliveries.sockets import Sockets
from sandbox.slack.posting import Posting
from sandbox.slack.settings import DEFAULT_SCOPES
from sandbox.slack.team import Team


class Service(Team):
    """A team that is served: the parts on which the Web API, the people and the page rest, none of which it knows."""

    def __init__(self, bot_url: str | None = None, *, scopes: frozenset[str] | set[str] = DEFAULT_SCOPES) -> None:
        super().__init__(bot_url, scopes=scopes)
        self.payloads = Payloads(self)
        self.sockets = Sockets(self)
        self.sender = Sender(self, self.sockets)
        self.events = Events(self, self.payloads, self.sender)
        self.posting = Posting(self, self.events)
        self.answers = Answers(self, self.sender, self.posting)

    def add_member(self, channel_id: str, user: str) -> None:
        """Bring somebody into a channel, and tell the app in the background."""
        channel = self.directory.channels[channel_id]
        channel.members.append(user)
        if self.can_deliver:
            self.spawn(self.events.joined(user, channel))

    async def aclose(self) -> None:
        """End background deliveries, sockets and streams; needed only by those who serve `app` themselves."""
        await super().aclose()
        await self.sockets.close()
        await self.sender.close()
