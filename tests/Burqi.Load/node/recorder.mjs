// A small recorder as one would write it in Node: takes Twilio's media messages, decodes mu-law and writes user, assistant and their mix.
// It writes in pieces of 200 ms, since a write for every frame would make it look worse than it need be.
// Usage: node recorder.mjs PORT FOLDER
import { closeSync, mkdirSync, openSync, write, writeSync } from 'node:fs';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';

const [port, folder] = [Number(process.argv[2]), process.argv[3]];
const PIECE = 1600;
const TABLE = new Int16Array(256).map((_, code) => {
  const bits = ~code & 0xff;
  const magnitude = (((bits & 0x0f) << 3) + 0x84 << ((bits & 0x70) >> 4)) - 0x84;
  return bits & 0x80 ? -magnitude : magnitude;
});

function header(bytes) {
  const wav = Buffer.alloc(44);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(36 + bytes, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(8000, 24);
  wav.writeUInt32LE(16000, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(bytes, 40);
  return wav;
}

class Track {
  constructor(path) {
    this.file = openSync(path, 'w');
    writeSync(this.file, header(0));
    this.samples = 0;
    this.filled = 0;
    this.piece = new Int16Array(PIECE);
    this.writes = 0;
  }

  append(samples) {
    for (let from = 0; from < samples.length; ) {
      const taken = Math.min(samples.length - from, PIECE - this.filled);
      this.piece.set(from === 0 && taken === samples.length ? samples : samples.subarray(from, from + taken), this.filled);
      this.filled += taken;
      from += taken;
      if (this.filled === PIECE) this.flush();
    }
  }

  flush() {
    if (this.filled === 0) return;
    const bytes = Buffer.from(this.piece.buffer, 0, this.filled * 2);
    const at = 44 + this.samples * 2;
    this.samples += this.filled;
    this.writes++;
    write(this.file, bytes, 0, bytes.length, at, () => {
      this.writes--;
      if (this.closing && this.writes === 0) this.finish();
    });
    this.piece = new Int16Array(PIECE);
    this.filled = 0;
  }

  close() {
    this.flush();
    this.closing = true;
    if (this.writes === 0) this.finish();
  }

  finish() {
    writeSync(this.file, header(this.samples * 2), 0, 44, 0);
    closeSync(this.file);
  }
}

const server = new WebSocketServer({ host: '127.0.0.1', port, perMessageDeflate: false });
server.on('connection', (socket) => {
  let tracks = null;
  const waiting = { inbound: [], outbound: [] };

  const mix = () => {
    while (waiting.inbound.length > 0 && waiting.outbound.length > 0) {
      const a = waiting.inbound.shift();
      const b = waiting.outbound.shift();
      const sum = new Int16Array(a.length);
      for (let i = 0; i < a.length; i++) {
        const value = a[i] + b[i];
        sum[i] = value > 32767 ? 32767 : value < -32768 ? -32768 : value;
      }
      tracks.mixed.append(sum);
    }
  };

  socket.on('message', (data) => {
    const message = JSON.parse(data);
    if (message.event === 'start') {
      const call = join(folder, message.start.callSid);
      mkdirSync(call, { recursive: true });
      tracks = {
        inbound: new Track(join(call, 'user.wav')),
        outbound: new Track(join(call, 'assistant.wav')),
        mixed: new Track(join(call, 'mixed.wav')),
      };
    } else if (message.event === 'media') {
      const bytes = Buffer.from(message.media.payload, 'base64');
      const samples = new Int16Array(bytes.length);
      for (let i = 0; i < bytes.length; i++) samples[i] = TABLE[bytes[i]];
      tracks[message.media.track].append(samples);
      waiting[message.media.track].push(samples);
      mix();
    }
  });
  socket.on('close', () => {
    if (tracks) for (const track of Object.values(tracks)) track.close();
  });
});
