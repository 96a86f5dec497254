import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { pythonPath } from '../../../../../tools/parts/python.ts';
import { AppSocket } from './app-socket.ts';

/** An app that takes no more of an upload, and has written ahead as much as it could get. Node has not these calls. */
const greedy = `
import socket, sys
server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
server.listen()
print("listens", flush=True)
guest, _ = server.accept()
guest.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 22)
guest.setblocking(False)
guest.shutdown(socket.SHUT_RD)
sent = 0
try:
    while True:
        sent += guest.send(b" " * 65536)
except BlockingIOError:
    print(sent, flush=True)
guest.setblocking(True)
try:
    while True:
        guest.send(b" " * 65536)
except OSError:
    pass
`;

test('of an app that answers without end, no more is rescued from a failed write than may wait there of one that has ended', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fapi-greedy-'));
  const path = join(folder, 'app.sock');
  const program = spawn(pythonPath(), ['-c', greedy, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(program, 'exit');
  const socket = new AppSocket();
  onTestFinished(async () => {
    socket.destroy();
    await ended;
    await rm(folder, { recursive: true, force: true });
  });
  const said = createInterface(program.stdout)[Symbol.asyncIterator]();
  expect((await said.next()).value).toBe('listens');
  socket.mayBeAnswered = true;
  // Nothing is read before the write fails.
  socket.pause();
  socket.on('error', () => undefined);
  await once(socket.connect({ path }), 'connect');
  const waitingBytes = Number((await said.next()).value);
  expect(waitingBytes).toBeGreaterThan(256 * 1024);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.write('more of the upload');
  await closed;
  expect(socket.rescued?.length).toBe(256 * 1024);
});
