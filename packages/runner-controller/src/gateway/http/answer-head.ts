import { type FieldRule, HeadError, readConnectionOptions, readContentLength, readFields, readTransferEncoding, withoutFields } from './http-head.ts';
import { isDigitOctet, isValueOctet } from './octets.ts';

/** How the end of a body is found: a length (0 and up), `chunked`, or the end of the connection. */
export type BodyLength = number | 'chunked' | 'until-close';

export interface AnswerHead {
  status: number;
  reason: string;
  /** End-to-end field lines without framing. */
  lines: string;
  /** -1 when absent. */
  contentLength: number;
  isChunked: boolean;
  /** The app will take another request on this connection. */
  keepsAlive: boolean;
  isUpgrade: boolean;
}

const names = new Map<string, FieldRule>([
  ['content-length', 'take'], ['transfer-encoding', 'take'], ['connection', 'take'], ['upgrade', 'take'],
  ['keep-alive', 'drop'], ['te', 'drop'], ['proxy-connection', 'drop'], ['proxy-authenticate', 'drop'],
]);
const rules = { names, droppedPrefixes: [] };
const unsentOptions = new Set(['close', 'keep-alive', 'upgrade']);

/** Reads an answer's head (latin1, with its final empty line), as strictly as a request's. Throws `HeadError`. */
export function readAnswerHead(text: string): AnswerHead {
  const version = text.slice(0, 9);
  if (version !== 'HTTP/1.1 ' && version !== 'HTTP/1.0 ') throw new HeadError('the answer does not begin with HTTP/1.1');
  const status = Number(text.slice(9, 12));
  if (isDigitOctet[text.charCodeAt(9)] !== 1 || !Number.isInteger(status) || status < 100 || status > 599) throw new HeadError('the answer has no valid status');
  let position = 12;
  if (text[position] === ' ') position++;
  const reasonStart = position;
  while (isValueOctet[text.charCodeAt(position)] === 1) position++;
  const reason = text.slice(reasonStart, position);
  if (text.slice(position, position + 2) !== '\r\n' || (reasonStart === 12 && reason !== '')) throw new HeadError('the status line is malformed');
  const fields = readFields(text, position + 2, rules);

  let lengths: string[] = none;
  let codings: string[] = none;
  let connections: string[] = none;
  let upgrade = '';
  for (const [name, value] of fields.noted) {
    if (name === 'content-length') lengths = [...lengths, value];
    else if (name === 'transfer-encoding') codings = [...codings, value];
    else if (name === 'connection') connections = [...connections, value];
    else upgrade = value.toLowerCase();
  }
  const contentLength = readContentLength(lengths);
  const isChunked = readTransferEncoding(codings);
  if (isChunked && (contentLength >= 0 || version === 'HTTP/1.0 ')) throw new HeadError('Transfer-Encoding excludes Content-Length and HTTP/1.0');
  const options = connections.length === 0 ? noOptions : readConnectionOptions(connections);
  const nominated = connections.length === 0 ? noOptions : options.difference(unsentOptions);
  return {
    status,
    reason,
    lines: nominated.size === 0 ? fields.lines : withoutFields(fields.lines, nominated),
    contentLength,
    isChunked,
    keepsAlive: version === 'HTTP/1.1 ' ? !options.has('close') : options.has('keep-alive') && !options.has('close'),
    isUpgrade: upgrade === 'websocket' && options.has('upgrade'),
  };
}

const none: string[] = [];
const noOptions: ReadonlySet<string> = new Set();

/** A stream that goes on until its reader leaves. */
export const isEventStream = ({ lines }: AnswerHead): boolean => /^content-type:[ \t]*text\/event-stream\b/im.test(lines);

/** How long the body of this answer to `method` is (RFC 9112, 6.3). */
export function findBodyLength(head: AnswerHead, method: string): BodyLength {
  if (head.status < 200 || head.status === 204 || head.status === 304 || method === 'HEAD') return 0;
  if (head.isChunked) return 'chunked';
  return head.contentLength >= 0 ? head.contentLength : 'until-close';
}

/** What an answer's head becomes on its way to the client. */
export function writeAnswerHead(head: AnswerHead, closes: boolean): string {
  const hasFraming = head.status >= 200 && head.status !== 204;
  const framing = !hasFraming ? '' : head.isChunked ? 'transfer-encoding: chunked\r\n' : head.contentLength >= 0 ? `content-length: ${head.contentLength}\r\n` : '';
  const hop = head.status === 101 ? 'connection: upgrade\r\nupgrade: websocket\r\n' : closes ? 'connection: close\r\n' : '';
  return `HTTP/1.1 ${head.status} ${head.reason}\r\n${head.lines}${framing}${hop}\r\n`;
}
