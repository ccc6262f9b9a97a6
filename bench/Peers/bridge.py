"""A mu-law pass-through bridge in Python with websockets, to be measured beside ours (docs/load.md).

Run with PORT and REALTIME_URL set; TLS_CERTIFICATE and TLS_KEY for TLS. Uses uvloop when it is installed.
"""
import asyncio
import json
import os
import ssl

import websockets

URL = os.environ["REALTIME_URL"]
FORMAT = {"format": {"type": "audio/pcmu"}}


async def bridge(carrier, path=None):
    async with websockets.connect(URL, compression=None) as model:
        await model.send(json.dumps({"type": "session.update", "session": {"type": "realtime", "audio": {"input": FORMAT, "output": FORMAT}}}))
        stream = ""

        async def up():
            nonlocal stream
            async for text in carrier:
                message = json.loads(text)
                if message["event"] == "start":
                    stream = message["start"]["streamSid"]
                elif message["event"] == "media":
                    await model.send(json.dumps({"type": "input_audio_buffer.append", "audio": message["media"]["payload"]}))
            await model.close()

        async def down():
            async for text in model:
                event = json.loads(text)
                if event["type"] == "response.output_audio.delta":
                    await carrier.send(json.dumps({"event": "media", "streamSid": stream, "media": {"payload": event["delta"]}}))
            await carrier.close()

        await asyncio.gather(up(), down(), return_exceptions=True)


async def main():
    tls = None
    if "TLS_CERTIFICATE" in os.environ:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(os.environ["TLS_CERTIFICATE"], os.environ["TLS_KEY"])
    async with websockets.serve(bridge, "127.0.0.1", int(os.environ["PORT"]), compression=None, ssl=tls):
        await asyncio.Future()


try:
    import uvloop
    uvloop.install()
except ImportError:
    pass
asyncio.run(main())
