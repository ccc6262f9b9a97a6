"""An echo server on python3-websockets: prints its port, echoes, and exits when its input closes."""
import asyncio
import sys
import websockets


async def serve(socket, path=None):
    async for message in socket:
        if message == "close me":
            await socket.close(4001, "as you wish")
        elif message == "ping me":
            await (await socket.ping("abc"))
            await socket.send("pong abc")
        elif message == "fragments":
            await socket.send(["one ", "two ", "three"])
        else:
            await socket.send(message)


async def main():
    async with websockets.serve(serve, "127.0.0.1", 0, max_size=None) as server:
        print("listening on port", server.sockets[0].getsockname()[1], flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
