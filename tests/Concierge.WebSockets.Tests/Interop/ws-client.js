// A client on the npm package ws (which offers permessage-deflate): echoes of many sizes, a ping, fragments, a close; prints "ok" or what went wrong.
const WebSocket = require('ws');
const crypto = require('crypto');
const socket = new WebSocket(process.argv[2]);
const fail = text => { console.log(`failed: ${text}`); process.exit(1); };
const next = () => new Promise(resolve => socket.once('message', (data, binary) => resolve({ data, binary })));
socket.on('error', error => fail(error.message));
socket.on('open', async () => {
  if (socket.extensions !== '') fail('an extension was accepted');
  for (const size of [0, 1, 125, 126, 127, 65535, 65536, 1000000]) {
    const payload = crypto.randomBytes(size);
    let answer = next();
    socket.send(payload);
    let got = await answer;
    if (!got.binary || !payload.equals(got.data)) fail(`binary of ${size}`);
    const text = 'é'.repeat(size);
    answer = next();
    socket.send(text);
    got = await answer;
    if (got.binary || got.data.toString() !== text) fail(`text of ${size}`);
  }
  const answer = next();
  socket.send('a', { fin: false });
  socket.send('b', { fin: false });
  socket.send('c', { fin: true });
  if ((await answer).data.toString() !== 'abc') fail('fragments');
  const pong = new Promise(resolve => socket.once('pong', resolve));
  socket.ping('xyz');
  if ((await pong).toString() !== 'xyz') fail('pong');
  socket.on('close', code => { console.log(code === 3456 ? 'ok' : `failed: close ${code}`); });
  socket.close(3456, 'done');
});
