// A mu-law pass-through bridge in Node.js with ws, to be measured beside ours (docs/load.md). Run with PORT and REALTIME_URL set; TLS_CERTIFICATE and TLS_KEY for TLS.
'use strict';
const { createServer: plain } = require('http');
const { createServer: secure } = require('https');
const { readFileSync } = require('fs');
const { WebSocketServer, WebSocket } = require('ws');

const { PORT, REALTIME_URL, TLS_CERTIFICATE, TLS_KEY } = process.env;
const server = TLS_CERTIFICATE ? secure({ cert: readFileSync(TLS_CERTIFICATE), key: readFileSync(TLS_KEY) }) : plain();
const format = { format: { type: 'audio/pcmu' } };

new WebSocketServer({ server, perMessageDeflate: false }).on('connection', carrier => {
  let stream = '';
  const model = new WebSocket(REALTIME_URL, { perMessageDeflate: false });
  const failed = error => console.error(error.message);
  carrier.on('error', failed);
  model.on('error', failed);
  model.on('open', () => model.send(JSON.stringify({ type: 'session.update', session: { type: 'realtime', audio: { input: format, output: format } } })));
  carrier.on('message', text => {
    const message = JSON.parse(text);
    if (message.event === 'start') stream = message.start.streamSid;
    else if (message.event === 'media' && model.readyState === WebSocket.OPEN) {
      model.send(JSON.stringify({ type: 'input_audio_buffer.append', audio: message.media.payload }));
    }
  });
  model.on('message', text => {
    const event = JSON.parse(text);
    if (event.type === 'response.output_audio.delta') {
      carrier.send(JSON.stringify({ event: 'media', streamSid: stream, media: { payload: event.delta } }));
    }
  });
  carrier.on('close', () => model.close());
  model.on('close', () => carrier.close());
});
server.listen(Number(PORT), '127.0.0.1');
