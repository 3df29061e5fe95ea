import asyncio
import contextlib
import gzip
import json
import ssl
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from core.clock import SystemClock
from core.config import Settings
from core.errors import ConfigurationError, RemoteUnavailable
from core.servicenow import bodies
from core.servicenow.instance import ServiceNow
from tests.servicenow.odd_server import answering, reply, result, row

ID = "a" * 32
# Made for these tests only: the authority's key was thrown away, the other certificate is good for 127.0.0.1.
CERTIFICATES = Path(__file__).parent / "certificates"
AUTHORITY = CERTIFICATES / "authority.pem"


@pytest.fixture(scope="session")
def tls():
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATES / "loopback.pem")
    return context


@contextlib.asynccontextmanager
async def _proxy(answer):
    """The address of a proxy that answers each CONNECT with `answer`, and the targets it was asked for."""
    asked, open_tasks = [], set()

    async def pump(reader, writer):
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def serve(reader, writer):
        target = (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1].decode()
        asked.append(target)
        writer.write(answer)
        if b" 200 " not in answer:
            writer.close()
            return
        host, _, port = target.partition(":")
        far_reader, far_writer = await asyncio.open_connection(host, int(port))
        await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))

    def accept(reader, writer):
        task = asyncio.get_running_loop().create_task(serve(reader, writer))
        open_tasks.add(task)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked
    finally:
        server.close()
        await asyncio.wait_for(asyncio.gather(*open_tasks), 5)


async def test_a_certificate_of_our_own_authority_is_accepted(connect, tls):
    async with answering(result([row()]), tls=tls) as odd:
        assert await connect(odd.url, ca_bundle=AUTHORITY).read_one(ID) is not None


async def test_an_unknown_authority_is_named_as_the_trouble_and_nothing_is_sent(connect, tls):
    async with answering(result(row()), tls=tls) as odd:
        with pytest.raises(RemoteUnavailable, match="certificate that is not trusted") as unavailable:
            await connect(odd.url).write(0, ID, "x")
        assert odd.received == []

    assert "GRCPUSH_SERVICENOW_CA_BUNDLE" in unavailable.value.sentence


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_an_unusable_bundle_is_told_at_the_start(tmp_path, content):
    bundle = tmp_path / "bundle.pem"
    if content is not None:
        bundle.write_text(content)
    settings = Settings(
        servicenow_url="http://127.0.0.1:1",
        servicenow_username="u",
        servicenow_password="p",
        servicenow_ca_bundle=bundle,
    )

    with pytest.raises(ConfigurationError, match="certificates"):
        ServiceNow(settings, SystemClock())


def test_without_an_instance_nothing_starts():
    with pytest.raises(ConfigurationError, match="instance") as missing:
        ServiceNow(Settings(), SystemClock())
    assert "GRCPUSH_SERVICENOW_URL" in missing.value.next_step


async def test_https_goes_through_the_proxy(connect, tls):
    async with answering(result([row()]), tls=tls) as odd, _proxy(b"HTTP/1.1 200 OK\r\n\r\n") as (proxy, asked):
        client = connect(odd.url, ca_bundle=AUTHORITY, https_proxy=proxy)
        assert await client.read_one(ID) is not None
        await client.aclose()

    assert asked == [urlsplit(odd.url).netloc]


@pytest.mark.parametrize("status", ["407 Proxy Authentication Required", "502 Bad Gateway"])
async def test_a_proxy_that_refuses_means_that_nothing_was_written(connect, tls, status):
    async with answering(result(row()), tls=tls) as odd:
        async with _proxy(f"HTTP/1.1 {status}\r\n\r\n".encode()) as (proxy, _):
            with pytest.raises(RemoteUnavailable, match="through the proxy; nothing was sent"):
                await connect(odd.url, ca_bundle=AUTHORITY, https_proxy=proxy).write(0, ID, "x")
        assert odd.received == []


async def test_plain_http_to_this_machine_needs_no_proxy(connect):
    async with answering(result([row()])) as odd:
        assert await connect(odd.url, https_proxy="http://127.0.0.1:1").read_one(ID) is not None


@pytest.mark.parametrize("address", ["ftp://127.0.0.1", "http://[::1"])
def test_an_unusable_proxy_is_told_at_the_start(address):
    settings = Settings(
        servicenow_url="http://127.0.0.1:1", servicenow_username="u", servicenow_password="p", https_proxy=address
    )

    with pytest.raises(ConfigurationError, match="proxy"):
        ServiceNow(settings, SystemClock())


async def test_packed_answers_are_unpacked(connect):
    packed = gzip.compress(json.dumps({"result": [row(text="<p>ü</p>")]}).encode())
    async with answering(reply(200, packed, Content_Encoding="gzip")) as odd:
        version = await connect(odd.url).read_one(ID)

    assert version is not None
    assert version.text == "<p>ü</p>"


async def test_a_packed_answer_that_is_cut_off_is_half_an_answer(connect):
    packed = gzip.compress(json.dumps({"result": [row()]}).encode())
    async with answering(reply(200, packed[: len(packed) // 2], Content_Encoding="gzip")) as odd:
        with pytest.raises(RemoteUnavailable):
            await connect(odd.url).read_one(ID)


async def test_a_small_answer_that_unpacks_to_a_huge_one_is_refused(connect):
    bomb = gzip.compress(b" " * (bodies.LARGEST_BODY + 1))
    async with answering(reply(200, bomb, Content_Encoding="gzip")) as odd:
        with pytest.raises(RemoteUnavailable, match="larger"):
            await connect(odd.url).read_one(ID)

    assert len(bomb) < 100_000


async def test_environment_proxies_and_netrc_are_left_alone(connect, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login other password other\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    async with answering(result([row()])) as odd:
        assert await connect(odd.url, auth="api_key").read_one(ID) is not None

    assert "authorization" not in odd.received[0].headers


async def test_closing_leaves_no_connection_open(instance, connect):
    sys_ids = instance.statements(3)
    client = connect(instance.url)
    await asyncio.gather(*(client.write(lane, sys_id, "x") for lane, sys_id in enumerate(sys_ids)))

    await client.aclose()

    with pytest.raises(RuntimeError):
        await client.write(0, sys_ids[0], "y")


def test_the_host_is_known_without_a_request():
    settings = Settings(servicenow_url="https://acme.service-now.com", servicenow_username="u", servicenow_password="p")

    assert ServiceNow(settings, SystemClock()).host == "acme.service-now.com"
