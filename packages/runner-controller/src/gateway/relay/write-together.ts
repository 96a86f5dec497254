import type { Socket } from 'node:net';

/** Up to here a head and the start of its body leave in one write, and arrive as one piece. */
export const smallBytes = 16 * 1024;

/** Writes a head and what there is of its body in as few system calls as it can. False when the other side should be waited for. */
export function writeTogether(socket: Socket, head: string, body: Buffer | undefined): boolean {
  if (body === undefined) return socket.write(head, 'latin1');
  if (body.length <= smallBytes) return socket.write(head + body.toString('latin1'), 'latin1');
  socket.cork();
  socket.write(head, 'latin1');
  const isTaken = socket.write(body);
  socket.uncork();
  return isTaken;
}
