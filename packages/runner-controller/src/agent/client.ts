import * as z from 'zod/mini';
import type { FailureReport, Finding } from '@fapi/sdk/contract';
import { type AgentAddress, openSocket, toText } from './address.ts';
import { createFrameReader, encodeFrame, type Frame } from './frames.ts';
import { type AgentErrorCode, ErrorAnswer, type Method, protocolVersion, type Result, results, SessionOver } from './messages.ts';

/** The agent answered "no". `report` is there when user code failed. */
export class AgentError extends Error {
  override readonly name = 'AgentError';
  readonly code: AgentErrorCode;
  readonly report: FailureReport | undefined;
  readonly finding: Finding | undefined;
  constructor(code: AgentErrorCode, message: string, report?: FailureReport, finding?: Finding) {
    super(message);
    this.code = code;
    this.report = report;
    this.finding = finding;
  }
}

/** There is no agent at the other end, or no longer. Nothing is known about a request in flight. */
export class AgentGoneError extends Error {
  override readonly name = 'AgentGoneError';
}

export interface AgentClient {
  readonly hello: Result<'hello'>;
  /** Rejects with `AgentError`, `AgentGoneError` or, past `timeoutMs` (default 30 s), with `AgentGoneError` too; with the reason of `signal`, and then the agent is told to end what nobody waits for. */
  request<M extends Method>(method: M, params?: Record<string, unknown>, options?: { body?: Uint8Array; timeoutMs?: number; signal?: AbortSignal }): Promise<Result<M>>;
  /** Sends one message of the session that this connection has become by `language`. */
  sendMessage(text: string): void;
  /** Told of each message of that session, and of the agent's reason to end it. */
  onSession(listener: { onMessage(text: string): void; onOver(why: { code: string; message: string }): void }): void;
  onEvent(listener: (topic: string, data: unknown) => void): void;
  /** Resolves when the connection has ended, for whatever reason. */
  readonly closed: Promise<void>;
  close(): void;
}

interface Waiting {
  method: Method;
  resolve(result: never): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout;
}

/** Connects to an agent and says hello. */
export async function connectAgent(address: AgentAddress, hello: { role: 'controller'; epoch: number } | { role: 'gateway' }): Promise<AgentClient> {
  const socket = await openSocket(address).catch((cause: unknown) => {
    throw new AgentGoneError(`no agent answers at ${toText(address)}`, { cause });
  });
  const waiting = new Map<number, Waiting>();
  const listeners: ((topic: string, data: unknown) => void)[] = [];
  const read = createFrameReader();
  let lastId = 0;
  let ended: Error | undefined;

  const end = (error: Error): void => {
    if (ended) return;
    ended = error;
    for (const request of waiting.values()) {
      clearTimeout(request.timer);
      request.reject(error);
    }
    waiting.clear();
    socket.destroy();
  };
  const closed = new Promise<void>((resolve) => socket.once('close', () => {
    end(new AgentGoneError('the agent closed the connection'));
    resolve();
  }));
  socket.on('error', (cause) => end(new AgentGoneError('the connection to the agent broke', { cause })));
  socket.on('data', (chunk) => {
    try {
      for (const frame of read(chunk)) accept(frame);
    } catch (cause) {
      end(new AgentGoneError('the agent sent what is not a frame', { cause }));
    }
  });

  let session: Parameters<AgentClient['onSession']>[0] | undefined;

  const accept = ({ header, body }: Frame): void => {
    if (header['kind'] === 'message') return session?.onMessage(body.toString('utf8'));
    if (header['kind'] === 'end') return session?.onOver(z.parse(SessionOver, header));
    if (header['kind'] === 'event') {
      for (const listener of listeners) listener(String(header['topic']), header['data']);
      return;
    }
    const request = waiting.get(Number(header['id']));
    if (!request) return;
    waiting.delete(Number(header['id']));
    clearTimeout(request.timer);
    if (header['error'] !== undefined) {
      const answer = z.safeParse(ErrorAnswer, header['error']);
      request.reject(answer.success ? new AgentError(answer.data.code, answer.data.message, answer.data.report, answer.data.finding) : new AgentError('internal', 'the agent answered an unreadable error'));
      return;
    }
    const answer = z.safeParse(results[request.method], header['result']);
    if (answer.success) request.resolve(answer.data as never);
    else request.reject(new AgentError('internal', `the agent's answer to ${request.method} breaks the protocol: ${z.prettifyError(answer.error)}`));
  };

  /** Its answer is nobody's; an agent that is older says that there is no such method, and goes on. */
  const endNow = (id: number): void => void socket.write(encodeFrame({ kind: 'request', id: ++lastId, method: 'cancel', params: { request: id } }));
  const cancelling = (id: number, answered: Promise<never>, signal: AbortSignal): Promise<never> => {
    const cancel = (): void => {
      const left = waiting.get(id);
      if (!left) return;
      waiting.delete(id);
      clearTimeout(left.timer);
      endNow(id);
      left.reject(signal.reason as Error);
    };
    signal.addEventListener('abort', cancel, { once: true });
    return answered.finally(() => signal.removeEventListener('abort', cancel));
  };

  const request: AgentClient['request'] = (method, params = {}, { body, timeoutMs = 30_000, signal } = {}) => {
    if (ended) return Promise.reject(ended);
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    const id = ++lastId;
    const answered = new Promise<never>((resolve, reject) => {
      // Before anything waits for its answer: a message over the limits is refused here and never sent.
      const frame = encodeFrame({ kind: 'request', id, method, params }, body);
      const timer = setTimeout(() => {
        waiting.delete(id);
        if (signal) endNow(id);
        reject(new AgentGoneError(`the agent did not answer ${method} within ${timeoutMs} ms`));
      }, timeoutMs);
      waiting.set(id, { method, resolve, reject, timer });
      socket.write(frame);
    });
    return signal ? cancelling(id, answered, signal) : answered;
  };

  try {
    const answer = await request('hello', { protocol: protocolVersion, ...hello }, { timeoutMs: 5_000 });
    const sendMessage = (text: string): void => {
      if (!ended) socket.write(encodeFrame({ kind: 'message' }, Buffer.from(text)));
    };
    return { hello: answer, request, sendMessage, onSession: (listener) => (session = listener), onEvent: (listener) => listeners.push(listener), closed, close: () => end(new AgentGoneError('closed by us')) };
  } catch (error) {
    end(error as Error);
    throw error;
  }
}
