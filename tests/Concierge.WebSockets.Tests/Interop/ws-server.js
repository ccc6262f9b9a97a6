// An echo server on the npm package ws: prints its port, echoes, and exits when its input closes.
const { WebSocketServer } = require('ws');
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', maxPayload: 64 * 1024 * 1024, handleProtocols: names => [...names][0] });
server.on('listening', () => console.log(`listening on port ${server.address().port}`));
server.on('connection', socket => {
  socket.on('message', (data, binary) => {
    if (!binary && data.toString() === 'close me') { socket.close(4001, 'as you wish'); return; }
    if (!binary && data.toString() === 'ping me') { socket.once('pong', d => socket.send(`pong ${d}`)); socket.ping('abc'); return; }
    if (!binary && data.toString() === 'fragments') { socket.send('one ', { fin: false }); socket.send('two ', { fin: false }); socket.send('three'); return; }
    socket.send(data, { binary });
  });
});
process.stdin.on('end', () => process.exit(0)).resume();
