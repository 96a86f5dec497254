import { type Outgoing, textOf, toBase64 } from './request.ts';

/** Inside single quotes a shell reads nothing; a quote ends them, is escaped, and begins them anew. */
const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** The request as a command for a POSIX shell, with what was typed and nothing else. Bytes that are no text go in through base64. */
export function toCurl(url: string, { method, path, headers, body }: Outgoing): string {
  const text = body && textOf(body);
  const isBytes = body !== undefined && (text === undefined || text.includes('\0'));
  // --globoff and --path-as-is: brackets and dots go out as they stand.
  const parts = ['curl -i --globoff --path-as-is', ...(method === 'GET' && !body ? [] : method === 'HEAD' ? ['--head'] : [`-X ${method}`]), quoted(`${url.replace(/\/$/, '')}${path}`)];
  for (const [name, value] of headers) parts.push(`-H ${quoted(value === '' ? `${name};` : `${name}: ${value}`)}`);
  if (body) parts.push(isBytes ? '--data-binary @-' : `--data-raw ${quoted(text!)}`);
  const command = parts.join(' \\\n  ');
  return isBytes ? `printf %s ${quoted(toBase64(body))} | base64 -d | ${command}` : command;
}
