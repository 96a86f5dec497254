import { createServer, type IncomingMessage, request as sendRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { ErrorCode } from '@fapi/sdk/contract';
import { refuse } from './serve.ts';

export interface Held { readonly arrived: Promise<void>; release(): void }
export interface Gate {
  readonly url: string;
  /** `METHOD /path` of every call that came. */
  readonly calls: string[];
  /** The same calls with what was sent, in the order in which they were sent whole. */
  readonly bodies: { call: string; body: string }[];
  /** Streams of events that are open now. */
  readonly streams: number;
  /** Cuts every connection that is open now. */
  cut(): void;
  /** Keeps the next call that matches from going on. */
  hold(call: RegExp): Held;
  /** Does the next call that matches, and keeps its answer; `arrived` means that the answer is here. */
  holdAnswer(call: RegExp): Held;
  /** Answers the next call that matches itself. */
  refuse(call: RegExp, code: ErrorCode): void;
  /** Answers the next call that matches with a page, as a proxy does whose server is away. */
  page(call: RegExp, status: number): void;
  /** Does the next call that matches, and cuts the connection instead of answering. */
  lose(call: RegExp): void;
}

/** Stands in front of a server and does to single calls what the test wants. */
export async function startGate(target: string): Promise<Gate> {
  const calls: string[] = [];
  const bodies: Gate['bodies'] = [];
  const rules: { call: RegExp; onCall?: () => Promise<void>; onAnswer?: () => Promise<void>; isLost?: boolean; code?: ErrorCode; status?: number }[] = [];
  let streams = 0;
  const ruleFor = (request: IncomingMessage): (typeof rules)[number] | undefined => {
    const call = `${request.method} ${new URL(request.url!, target).pathname}`;
    calls.push(call);
    const index = rules.findIndex((rule) => rule.call.test(call));
    return index === -1 ? undefined : rules.splice(index, 1)[0];
  };
  const held = (): Held & { meet(): Promise<void> } => {
    const [arrival, going] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    return { arrived: arrival.promise, release: () => going.resolve(), meet: () => (arrival.resolve(), going.promise) };
  };
  const server = createServer(async (request, response) => {
    if (request.headers.accept === 'text/event-stream') {
      streams += 1;
      response.on('close', () => (streams -= 1));
    }
    const rule = ruleFor(request);
    if (rule?.code) return refuse(response, rule.code);
    if (rule?.status) return void response.writeHead(rule.status, { 'content-type': 'text/html' }).end('<h1>Nobody is behind this proxy</h1>');
    await rule?.onCall?.();
    const upstream = sendRequest(new URL(request.url!, target), { method: request.method!, headers: request.headers }, async (answer) => {
      await rule?.onAnswer?.();
      if (rule?.isLost) return void answer.resume().on('end', () => response.socket!.destroy());
      response.writeHead(answer.statusCode!, answer.headers).flushHeaders();
      answer.pipe(response);
    });
    upstream.on('error', () => response.destroy());
    response.on('close', () => upstream.destroy());
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => bodies.push({ call: `${request.method} ${new URL(request.url!, target).pathname}`, body: Buffer.concat(chunks).toString('utf8') }));
    request.pipe(upstream);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  }));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    bodies,
    get streams() { return streams; },
    cut: () => server.closeAllConnections(),
    hold(call) {
      const made = held();
      rules.push({ call, onCall: made.meet });
      return made;
    },
    holdAnswer(call) {
      const made = held();
      rules.push({ call, onAnswer: made.meet });
      return made;
    },
    refuse: (call, code) => void rules.push({ call, code }),
    page: (call, status) => void rules.push({ call, status }),
    lose: (call) => void rules.push({ call, isLost: true }),
  };
}
