import { request as overHttp, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as overHttps } from 'node:https';
import { type TryAnswer, tryLimits, type TryRequest } from '@fapi/sdk/contract';
import { DomainError } from '../domain/errors.ts';
import { findRefusal } from './refusal.ts';

/** Where an app is asked: its public address names it, `via` is whom we connect to when that is another one. */
export interface AppAddress { readonly url: string; readonly via: string | undefined }

const mayLackBody = /^(?:GET|HEAD|DELETE|OPTIONS)$/;
const headBytes = 64_000;

/**
 * Sends one request to one app and reads its answer, over a connection of its own. Whatever the app says is an answer, redirects too, which are not followed.
 * Throws `app_unavailable`, `app_answer_invalid`, `app_timeout` or `gateway_unavailable`; once `leave` fires the connection is gone.
 */
export async function askApp(address: AppAddress, asked: TryRequest, body: Buffer | undefined, leave: AbortSignal): Promise<TryAnswer> {
  const deadline = AbortSignal.timeout(asked.deadlineMs);
  const [sentAt, startedAt] = [new Date().toISOString(), performance.now()];
  const request = open(address, asked, body, AbortSignal.any([deadline, leave]));
  try {
    const response = await answerOf(request, body);
    const { bytes, truncatedBy } = await read(response, deadline);
    if (leave.aborted) throw left();
    const headers = pairsOf(response.rawHeaders);
    const refusal = findRefusal(response, bytes);
    if (refusal) throw refusal;
    const revision = headers.find(([name]) => name.toLowerCase() === 'x-fapi-revision')?.[1];
    return {
      status: response.statusCode!, headers, ...encode(bytes, truncatedBy !== undefined), bodyBytes: bytes.length, isTruncated: truncatedBy !== undefined, sentAt, durationMs: Math.round((performance.now() - startedAt) * 10) / 10,
      ...(truncatedBy === undefined ? {} : { truncatedBy }), ...(revision === undefined ? {} : { revision }),
    };
  } catch (error) {
    if (error instanceof DomainError) throw error;
    if (leave.aborted) throw left();
    if (deadline.aborted) throw new DomainError('app_timeout', `no answer within ${asked.deadlineMs / 1_000} s`);
    throw error;
  } finally {
    request.destroy();
  }
}

/** Nobody reads this word: whoever asked is gone, or we are going. */
const left = (): DomainError => new DomainError('not_ready', 'the request was ended before the app had answered');

function open({ url, via }: AppAddress, { method, path, headers }: TryRequest, body: Buffer | undefined, signal: AbortSignal): ClientRequest {
  const app = new URL(url);
  const target = new URL(via ?? url);
  const send = target.protocol === 'https:' ? overHttps : overHttp;
  const length = body ? ['content-length', String(body.length)] : mayLackBody.test(method) ? [] : ['content-length', '0'];
  return send({
    // Every name below localhost is this machine (RFC 6761), whatever the system's resolver knows.
    hostname: target.hostname.endsWith('.localhost') ? '127.0.0.1' : target.hostname.replace(/^\[|\]$/g, ''), port: target.port, method, path, signal, agent: false, maxHeaderSize: headBytes,
    ...(target.protocol === 'https:' ? { servername: via === undefined ? app.hostname : target.hostname } : {}),
    // As a flat list it goes out as it stands: nothing is added, nothing is merged.
    headers: ['host', app.host, ...headers.flat(), ...length, 'connection', 'close'],
  });
}

function answerOf(request: ClientRequest, body: Buffer | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    let isConnected = false;
    request.on('socket', (socket) => socket.once('connect', () => (isConnected = true)));
    request.on('response', resolve);
    // The name and the port of the gateway are no business of the caller.
    request.on('error', (cause: NodeJS.ErrnoException) => {
      if (cause.name === 'AbortError') reject(cause);
      else if (isConnected) reject(new DomainError('app_answer_invalid', 'the connection ended before an answer that is HTTP'));
      else reject(new DomainError('gateway_unavailable', `it does not take a connection (${cause.code ?? cause.name})`));
    });
    request.end(body);
  });
}

/** As much of the body as is kept; its end is never waited for beyond that. */
async function read(response: IncomingMessage, deadline: AbortSignal): Promise<{ bytes: Buffer; truncatedBy: TryAnswer['truncatedBy'] }> {
  const chunks: Buffer[] = [];
  let length = 0;
  let truncatedBy: TryAnswer['truncatedBy'];
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > tryLimits.answerBytes) break;
    }
  } catch {
    truncatedBy = deadline.aborted ? 'time' : 'app';
  }
  if (length > tryLimits.answerBytes) truncatedBy = 'size';
  return { bytes: Buffer.concat(chunks).subarray(0, tryLimits.answerBytes), truncatedBy };
}

function pairsOf(raw: readonly string[]): [string, string][] {
  return Array.from({ length: raw.length / 2 }, (_, index) => [raw[2 * index]!, raw[2 * index + 1]!]);
}

/** Text where the bytes are UTF-8, a byte order mark included, so that nothing is lost either way. A cut may go through a letter. */
function encode(bytes: Buffer, isCut: boolean): Pick<TryAnswer, 'body' | 'bodyEncoding'> {
  try {
    return { body: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: isCut }), bodyEncoding: 'utf8' };
  } catch {
    return { body: bytes.toString('base64'), bodyEncoding: 'base64' };
  }
}
