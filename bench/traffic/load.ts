import { connect, type NetConnectOpts } from 'node:net';

/** Keep-alive without pipelining, in a process of its own: `node load.ts <address as JSON> <connections> <milliseconds>` prints the requests answered per second. */
const [address = '', connections = '', durationMs = ''] = process.argv.slice(2);
const { at, host } = JSON.parse(address) as { at: NetConnectOpts; host: string };
const request = Buffer.from(`GET /word HTTP/1.1\r\nhost: ${host}\r\n\r\n`);

let answered = 0;
let isOver = false;

/** One connection that asks as soon as it was answered. Rejects when it breaks or is answered with anything but 200. */
function keepAsking(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(at, () => socket.write(request)).setNoDelay(true);
    let received = '';
    socket.setEncoding('latin1').on('error', reject).on('data', (chunk: string) => {
      received += chunk;
      const end = received.indexOf('\r\n\r\n');
      if (end === -1) return;
      const bodyBytes = Number(/\r\ncontent-length: (\d+)\r\n/i.exec(received)?.[1]);
      if (received.length < end + 4 + bodyBytes) return;
      if (!received.startsWith('HTTP/1.1 200 ')) return reject(new Error(received.slice(0, end)));
      answered++;
      received = '';
      if (!isOver) return socket.write(request);
      socket.destroy();
      resolve();
    }).on('end', () => reject(new Error('the connection was closed')));
  });
}

const startedAt = performance.now();
const asking = Array.from({ length: Number(connections) }, keepAsking);
setTimeout(() => (isOver = true), Number(durationMs));
await Promise.all(asking);
process.stdout.write(JSON.stringify({ perSecond: answered / ((performance.now() - startedAt) / 1_000) }));
