import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ErrorCode, type Problem, problems } from '@fapi/sdk/contract';

export interface Received { method: string; url: string; headers: IncomingHttpHeaders; body: string }
/** Answers byte for byte what the test writes: for the faults that the real server does not have. */
export interface Stage {
  readonly url: string;
  readonly requests: Received[];
  /** Cuts every connection that is open now. */
  cut(): void;
  close(): Promise<void>;
}

export type Play = (response: ServerResponse, request: Received, nth: number) => void | Promise<void>;

/** `nth` counts the requests from 1. */
export async function serve(play: Play): Promise<Stage> {
  const requests: Received[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const received = { method: request.method!, url: request.url!, headers: request.headers, body };
    await play(response, received, requests.push(received));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    cut: () => server.closeAllConnections(),
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}

export function answer(response: ServerResponse, status: number, body?: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body === undefined ? undefined : JSON.stringify(body));
}

export function makeProblem(code: ErrorCode, more: Partial<Problem> = {}): Problem {
  return { type: `urn:fapi:problem:${code}`, ...problems[code], code, requestId: 'request-0001', ...more };
}

export function refuse(response: ServerResponse, code: ErrorCode, { headers = {}, ...more }: Partial<Problem> & { headers?: Record<string, string> } = {}): void {
  answer(response, problems[code].status, makeProblem(code, more), { 'content-type': 'application/problem+json', ...headers });
}
