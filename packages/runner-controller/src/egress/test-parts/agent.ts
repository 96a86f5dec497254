import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { createFrameReader, writeFrame } from '../frames.ts';
import type { TlsIdentity } from '../grant-source.ts';

/** One tunnel, as the agent of a pod opens it. */
export interface TestTunnel {
  readonly socket: TLSSocket;
  /** What was answered to the request; undefined when the gateway left without a word. */
  readonly answer: { reason?: string; text?: string } | undefined;
  send(text: string): void;
  /** Half a close. */
  end(): void;
  /** All that came, once the other side has ended; rejects when it broke off. */
  whole(): Promise<string>;
  /** Resolves when the connection is gone, whatever became of it. */
  readonly gone: Promise<unknown>;
}

export interface TestAgentOptions { port: number; identity: TlsIdentity; /** The pod's own. */ address: string }

export async function openTunnel({ port, identity, address }: TestAgentOptions, request: unknown): Promise<TestTunnel> {
  const socket = connectTls({ socket: connect({ host: '127.0.0.1', port, localAddress: address }), ...identity, minVersion: 'TLSv1.3', checkServerIdentity: () => undefined });
  const gone = once(socket, 'close').catch(() => undefined);
  socket.on('error', () => undefined);
  let text = '';
  const answered = Promise.withResolvers<string | undefined>();
  const ended = Promise.withResolvers<string>();
  ended.promise.catch(() => undefined);
  let isAnswered = false;
  const read = createFrameReader({
    onPart(part) {
      text += part.toString();
      // The answer is the first piece, and small.
      if (isAnswered) return;
      try {
        JSON.parse(text);
      } catch {
        return;
      }
      isAnswered = true;
      answered.resolve(text);
      text = '';
    },
    onEnd: () => ended.resolve(text),
  });
  socket.on('data', read);
  void gone.then(() => {
    answered.resolve(undefined);
    ended.reject(new Error('it broke off'));
  });
  socket.once('secureConnect', () => writeFrame(socket, Buffer.from(typeof request === 'string' ? request : JSON.stringify(request))));
  const said = await answered.promise;
  return {
    socket, gone,
    answer: said === undefined ? undefined : (JSON.parse(said) as { reason?: string; text?: string }),
    send: (more) => void writeFrame(socket, Buffer.from(more)),
    end: () => void writeFrame(socket, Buffer.alloc(0)),
    whole: () => ended.promise,
  };
}
