import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ErrorCode, type Problem, problems } from '@fapi/sdk/contract';

/** Every method of a row, and those that all addresses take. */
export const methods = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';

const noSuchMethod: [ErrorCode, string] = ['method_not_allowed', `there is no such method here: ${methods}`];
const sentences: Record<string, [ErrorCode, string]> = {
  HPE_INVALID_METHOD: noSuchMethod,
  HPE_HEADER_OVERFLOW: ['invalid_request', 'the address and the headers are too long'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['invalid_request', 'the chunks of the body carry too much beside it'],
  ERR_HTTP_REQUEST_TIMEOUT: ['invalid_request', 'the request did not come to its end in time'],
};

/** What is no HTTP, and what asks for a tunnel, never becomes a request: the platform would answer it with nothing. The connection ends, since nobody knows where the next request begins. */
export function answerBrokenRequests(http: Server): void {
  http.on('clientError', ({ code = '' }: NodeJS.ErrnoException, socket) => {
    if (code === 'ECONNRESET') return void socket.destroy();
    endWith(socket, ...(sentences[code] ?? ['invalid_request', 'this is not HTTP as the standard has it'] satisfies [ErrorCode, string]));
  });
  http.on('connect', (_request, socket) => {
    // From here on it is ours alone: one that is cut must not end the program.
    socket.on('error', () => socket.destroy());
    endWith(socket, ...noSuchMethod);
  });
}

function endWith(socket: Duplex, error: ErrorCode, detail: string): void {
  if (!socket.writable) return void socket.destroy();
  const { status, title } = problems[error];
  const requestId = randomUUID();
  const body = JSON.stringify({ type: `urn:fapi:problem:${error}`, title, status, code: error, requestId, detail } satisfies Problem);
  const headers = {
    'content-type': 'application/problem+json', 'content-length': String(Buffer.byteLength(body)), 'x-request-id': requestId, 'x-content-type-options': 'nosniff', 'cache-control': 'no-store', connection: 'close',
    ...(error === 'method_not_allowed' ? { allow: methods } : {}),
  };
  socket.end(`HTTP/1.1 ${status} ${error === 'method_not_allowed' ? 'Method Not Allowed' : 'Bad Request'}\r\n${Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`);
}
