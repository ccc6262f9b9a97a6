"""A client on python3-websockets (which offers permessage-deflate): echoes of many sizes, a ping, fragments, a close; prints "ok"."""
import asyncio
import os
import sys
import websockets


async def main():
    async with websockets.connect(sys.argv[1], max_size=None, subprotocols=["chat"]) as socket:
        assert not socket.extensions, "an extension was accepted"
        for size in [0, 1, 125, 126, 127, 65535, 65536, 1000000]:
            payload = os.urandom(size)
            await socket.send(payload)
            assert await socket.recv() == payload, f"binary of {size}"
            text = "é" * size
            await socket.send(text)
            assert await socket.recv() == text, f"text of {size}"
        await socket.send(["a", "b", "c"])
        assert await socket.recv() == "abc", "fragments"
        await (await socket.ping("xyz"))
        await socket.close(3456, "done")
        assert socket.close_code == 3456, f"close {socket.close_code}"
    print("ok")


asyncio.run(main())
