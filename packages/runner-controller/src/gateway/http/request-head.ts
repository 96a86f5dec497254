import { type FieldRule, HeadError, readConnectionOptions, readContentLength, readFields, readTransferEncoding, withoutFields } from './http-head.ts';
import { type HostName, readHostName } from './host-name.ts';
import { isTargetOctet, isTokenOctet } from './octets.ts';

export interface RequestHead {
  method: string;
  /** Origin form, or `*`. */
  target: string;
  host: HostName;
  /** End-to-end field lines; framing, host, hop-by-hop and reserved fields are taken out. */
  lines: string;
  /** -1 when absent. */
  contentLength: number;
  isChunked: boolean;
  wantsClose: boolean;
  expectsContinue: boolean;
  /** A WebSocket handshake; no other protocol is passed on. */
  isUpgrade: boolean;
  /** As sent by the client, when it is one we would write ourselves. */
  requestId: string | undefined;
  /** What it says of its way here, several lines of it joined; believed of proxies only. */
  forwardedFor: string | undefined;
  forwardedProto: string | undefined;
  acceptsHtml: boolean;
}

const names = new Map<string, FieldRule>([
  ['host', 'take'], ['content-length', 'take'], ['transfer-encoding', 'take'], ['connection', 'take'], ['upgrade', 'take'], ['expect', 'take'], ['x-request-id', 'take'], ['x-forwarded-for', 'take'], ['x-forwarded-proto', 'take'],
  ['accept', 'note'],
  ['keep-alive', 'drop'], ['te', 'drop'], ['proxy', 'drop'], ['proxy-connection', 'drop'], ['proxy-authorization', 'drop'], ['http2-settings', 'drop'], ['forwarded', 'drop'],
  // Who asks is for us to say: an app would believe any of these, and most proxies pass them on as a visitor wrote them.
  ...['x-real-ip', 'true-client-ip', 'x-client-ip', 'x-cluster-client-ip', 'cf-connecting-ip', 'cf-connecting-ipv6', 'fastly-client-ip', 'fly-client-ip', 'x-original-forwarded-for'].map((name) => [name, 'drop'] as const),
]);
const rules = { names, droppedPrefixes: ['x-fapi-', 'x-forwarded-'] };
const unsentOptions = new Set(['close', 'keep-alive', 'upgrade']);

/** Reads a request head (latin1, with its final empty line). Throws `HeadError`; nothing about the message is guessed. */
export function readRequestHead(text: string): RequestHead {
  let position = 0;
  while (isTokenOctet[text.charCodeAt(position)] === 1) position++;
  const method = text.slice(0, position);
  if (position === 0 || position > 32 || text[position] !== ' ') throw new HeadError('the request line does not begin with a method and one blank');
  const targetStart = ++position;
  while (isTargetOctet[text.charCodeAt(position)] === 1) position++;
  const target = text.slice(targetStart, position);
  const version = text.slice(position, position + 11);
  if (version !== ' HTTP/1.1\r\n') throw new HeadError(/^ HTTP\/\d\.\d\r\n$/.test(version) ? 'only HTTP/1.1 is spoken here' : 'the request line is not `method target HTTP/1.1`');
  const fields = readFields(text, position + 11, rules);

  let hosts: string[] = none;
  let lengths: string[] = none;
  let codings: string[] = none;
  let connections: string[] = none;
  let upgrade = '';
  let expectation: string | undefined;
  let requestId: string | undefined;
  let forwardedFor: string | undefined;
  let forwardedProto: string | undefined;
  let acceptsHtml = false;
  for (const [name, value] of fields.noted) {
    switch (name) {
      case 'host': hosts = [...hosts, value]; break;
      case 'content-length': lengths = [...lengths, value]; break;
      case 'transfer-encoding': codings = [...codings, value]; break;
      case 'connection': connections = [...connections, value]; break;
      case 'upgrade': upgrade = value.toLowerCase(); break;
      case 'expect': expectation = value.toLowerCase(); break;
      case 'x-request-id': requestId = /^[\w.:+/=-]{1,128}$/.test(value) ? value : undefined; break;
      case 'x-forwarded-for': forwardedFor = forwardedFor === undefined ? value : `${forwardedFor}, ${value}`; break;
      case 'x-forwarded-proto': forwardedProto = value; break;
      case 'accept': acceptsHtml ||= value.includes('text/html'); break;
    }
  }
  if (hosts.length !== 1) throw new HeadError(hosts.length === 0 ? 'the Host is missing' : 'there is more than one Host');
  const contentLength = readContentLength(lengths);
  const isChunked = readTransferEncoding(codings);
  if (isChunked && contentLength >= 0) throw new HeadError('Content-Length and Transfer-Encoding exclude each other');
  if (expectation !== undefined && expectation !== '100-continue') throw new HeadError('the only expectation met here is 100-continue', 417);

  const place = readTarget(method, target, hosts[0]!);
  const options = connections.length === 0 ? noOptions : readConnectionOptions(connections);
  const nominated = connections.length === 0 ? noOptions : options.difference(unsentOptions);
  const hasBody = isChunked || contentLength > 0;
  return {
    method,
    target: place.target,
    host: place.host,
    lines: nominated.size === 0 ? fields.lines : withoutFields(fields.lines, nominated),
    contentLength,
    isChunked,
    wantsClose: options.has('close'),
    expectsContinue: expectation !== undefined && hasBody,
    isUpgrade: upgrade === 'websocket' && method === 'GET' && !hasBody && options.has('upgrade'),
    requestId,
    forwardedFor,
    forwardedProto,
    acceptsHtml,
  };
}

const none: string[] = [];
const noOptions: ReadonlySet<string> = new Set();

/** What a request head becomes on its way to the app. `added` are whole lines of ours. */
export function writeRequestHead(head: RequestHead, added: string): string {
  const framing = head.isChunked ? 'transfer-encoding: chunked\r\n' : head.contentLength >= 0 ? `content-length: ${head.contentLength}\r\n` : '';
  const hop = (head.isUpgrade ? 'connection: upgrade\r\nupgrade: websocket\r\n' : '') + (head.expectsContinue ? 'expect: 100-continue\r\n' : '');
  return `${head.method} ${head.target} HTTP/1.1\r\nhost: ${head.host.authority}\r\n${head.lines}${framing}${hop}${added}\r\n`;
}

/** In the absolute form the target names the host and the Host field is ignored (RFC 9112, 3.2.2). */
function readTarget(method: string, target: string, host: string): { target: string; host: HostName } {
  if (method === 'CONNECT') throw new HeadError('CONNECT is not served here');
  if (target.startsWith('/')) return { target, host: readHostName(host) };
  if (target === '*' && method === 'OPTIONS') return { target, host: readHostName(host) };
  const absolute = /^https?:\/\/([^/?]*)(.*)$/i.exec(target);
  if (!absolute) throw new HeadError('the request target is neither a path nor an address');
  readHostName(host);
  const rest = absolute[2]!;
  return { target: rest.startsWith('/') ? rest : `/${rest}`, host: readHostName(absolute[1]!) };
}
