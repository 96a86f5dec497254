import { isHeaderOfTheWay, type TryMethod, tryLimits } from '@fapi/sdk/contract';
import { bodyOf, type Draft } from './draft.ts';
import type { Field, Place, Scheme } from './operations.ts';
import { encodeMultipart } from './multipart.ts';

/** What was typed for a scheme. In memory only, and in nothing that is kept. */
export interface Credential { readonly user: string; readonly secret: string }
/** By the scheme's name, which is the app's own word: not the name of a property. */
export type Credentials = ReadonlyMap<string, Credential>;

export interface Outgoing { readonly method: TryMethod; readonly path: string; readonly headers: [string, string][]; readonly body?: Uint8Array<ArrayBuffer> }

export type Problem = { readonly code: 'path' | 'too_large' | 'headers' } | { readonly code: 'missing' | 'header'; readonly name: string };

/** What goes to the app, or why it cannot. */
export async function makeRequest(draft: Draft, schemes: readonly Scheme[], credentials: Credentials): Promise<Outgoing | Problem> {
  const typed = readHeaders(draft.headers);
  if (!Array.isArray(typed)) return typed;
  const query = new URLSearchParams();
  const cookies: string[] = [];
  const headers: [string, string][] = [];
  let { path } = draft;
  for (const parameter of draft.operation?.parameters ?? []) {
    const value = draft.values[`${parameter.place}:${parameter.name}`] ?? '';
    if (value === '' && parameter.isRequired) return { code: 'missing', name: parameter.name };
    if (parameter.place === 'path') path = path.replaceAll(`{${parameter.name}}`, encodeURIComponent(value.toWellFormed()));
    else for (const one of valuesOf(parameter, value)) put(parameter.place, parameter.name, one, { query, cookies, headers });
  }
  for (const scheme of schemes.filter(({ name }) => !draft.operation || draft.operation.schemes.includes(name))) {
    const { user, secret } = credentials.get(scheme.name) ?? { user: '', secret: '' };
    if (user === '' && secret === '') continue;
    if (scheme.kind === 'apiKey') put(scheme.place, scheme.key, secret, { query, cookies, headers });
    else headers.push(['Authorization', scheme.kind === 'bearer' ? `Bearer ${secret}` : `Basic ${toBase64(new TextEncoder().encode(`${user}:${secret}`))}`]);
  }
  headers.push(...typed);
  if (cookies.length > 0) headers.push(['Cookie', cookies.join('; ')]);
  const made = await makeBody(draft);
  if ('code' in made) return made;
  if (made.type !== undefined && !headers.some(([name]) => name.toLowerCase() === 'content-type')) headers.push(['Content-Type', made.type]);
  const address = toAddress(path, query);
  if (address === undefined) return { code: 'path' };
  const odd = headers.find(([name, value]) => isHeaderOfTheWay(name) || !/^[!#$%&'*+.^_`|~\w-]+$/.test(name) || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value));
  if (odd) return { code: 'header', name: odd[0] };
  return { method: draft.method, path: address, headers, ...(made.bytes ? { body: made.bytes } : {}) };
}

function put(place: Place, name: string, value: string, { query, cookies, headers }: { query: URLSearchParams; cookies: string[]; headers: [string, string][] }): void {
  if (place === 'query') query.append(name, value);
  else if (place === 'cookie') cookies.push(`${name}=${encodeURIComponent(value.toWellFormed())}`);
  else headers.push([name, value]);
}

const valuesOf = ({ kind }: Field, value: string): string[] => (value === '' ? [] : kind === 'list' ? value.split(',').map((one) => one.trim()).filter((one) => one !== '') : [value]);

/** Percent-encoded as it goes over the wire; what is encoded already stays. Undefined for what is no path. */
function toAddress(path: string, query: URLSearchParams): string | undefined {
  if (!path.startsWith('/')) return undefined;
  const [whole = ''] = path.split('#');
  const encoded = whole.replaceAll(/[^\x21-\x7e]+/g, (odd) => encodeURIComponent(odd.toWellFormed()));
  const more = query.toString();
  const address = more === '' ? encoded : `${encoded}${encoded.includes('?') ? '&' : '?'}${more}`;
  return address.length > tryLimits.pathCharacters ? undefined : address;
}

function readHeaders(text: string): [string, string][] | Problem {
  const lines = text.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  if (lines.some((line) => line.indexOf(':') < 1) || lines.length > 40) return { code: 'headers' };
  return lines.map((line) => [line.slice(0, line.indexOf(':')).trim(), line.slice(line.indexOf(':') + 1).trim()]);
}

async function makeBody(draft: Draft): Promise<{ bytes?: Uint8Array<ArrayBuffer>; type?: string } | Problem> {
  if (draft.method === 'GET' || draft.method === 'HEAD' || (draft.operation && !bodyOf(draft))) return {};
  const fields = bodyOf(draft)?.fields ?? [];
  const missing = fields.find(({ name, kind, isRequired }) => isRequired && (kind === 'file' ? (draft.files[`field:${name}`] ?? []).length === 0 : (draft.values[`field:${name}`] ?? '') === ''));
  if (missing) return { code: 'missing', name: missing.name };
  const [file] = draft.files[''] ?? [];
  const source = fields.length > 0 ? formOf(draft, fields) : file ?? (draft.body === '' ? undefined : new Blob([draft.body]));
  if (source === undefined) return {};
  const size = source instanceof Blob ? source.size : source instanceof FormData ? [...source.values()].reduce((sum, value) => sum + (typeof value === 'string' ? value.length : value.size), 0) : 0;
  if (size > tryLimits.bodyBytes) return { code: 'too_large' };
  const response = source instanceof FormData ? undefined : new Response(source);
  const form = source instanceof FormData ? await encodeMultipart(source) : undefined;
  const bytes = form?.bytes ?? new Uint8Array(await response!.arrayBuffer());
  if (bytes.length > tryLimits.bodyBytes) return { code: 'too_large' };
  const type = fields.length > 0 ? (form?.type ?? response!.headers.get('content-type')!) : draft.bodyType;
  return { bytes, ...(type === '' ? {} : { type }) };
}

function formOf({ bodyType, values, files }: Draft, fields: readonly Field[]): FormData | URLSearchParams {
  const form = /^multipart/i.test(bodyType) ? new FormData() : new URLSearchParams();
  for (const field of fields) {
    if (field.kind !== 'file') for (const value of valuesOf(field, values[`field:${field.name}`] ?? '')) form.append(field.name, value);
    else if (form instanceof FormData) for (const file of files[`field:${field.name}`] ?? []) form.append(field.name, file, file.name);
  }
  return form;
}

export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8_192) text += String.fromCharCode(...bytes.subarray(at, at + 8_192));
  return btoa(text);
}

/** As the contract carries it: text where nothing is lost by that. */
export function toWire({ method, path, headers, body }: Outgoing): { method: TryMethod; path: string; headers: [string, string][]; body?: string; bodyEncoding?: 'utf8' | 'base64' } {
  if (!body) return { method, path, headers };
  const text = textOf(body);
  return { method, path, headers, ...(text === undefined || text.includes('\0') ? { body: toBase64(body), bodyEncoding: 'base64' as const } : { body: text }) };
}

/** Undefined where the bytes are no UTF-8. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
