import type { TryAnswer } from '@fapi/sdk/contract';
import type { StatusShape } from '../../app-status.ts';
import { isJson } from './operations.ts';
import { isDeep } from './is-deep.ts';

export const headerOf = ({ headers }: Pick<TryAnswer, 'headers'>, name: string): string | undefined => headers.find(([one]) => one.toLowerCase() === name)?.[1];

export function bytesOf({ body, bodyEncoding }: TryAnswer): Uint8Array<ArrayBuffer> {
  return bodyEncoding === 'utf8' ? new TextEncoder().encode(body) : Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0));
}

/** How a body is shown. A drawing in SVG is shown as its text: drawn, it would be a document of the app in the portal's page. */
export function kindOf(answer: TryAnswer): 'none' | 'json' | 'text' | 'image' | 'bytes' {
  const type = headerOf(answer, 'content-type') ?? '';
  if (answer.bodyBytes === 0) return 'none';
  if (answer.bodyEncoding === 'utf8') return isJson(type) ? 'json' : 'text';
  return /^image\/(?:png|jpeg|gif|webp|avif|bmp)\b/i.test(type) && !answer.isTruncated ? 'image' : 'bytes';
}

/** With a line for each value; as it came where it is no JSON, or no whole one. Numbers beyond a double stay what they were. */
export function pretty(answer: TryAnswer): string {
  if (kindOf(answer) !== 'json' || answer.isTruncated || answer.bodyBytes > 300_000) return answer.body;
  try {
    const value: unknown = JSON.parse(answer.body);
    return /\d{16}|\d[eE]/.test(answer.body) || isDeep(value) ? answer.body : JSON.stringify(value, null, 2);
  } catch {
    return answer.body;
  }
}

export const shapeOf = (status: number): StatusShape => (status >= 500 ? 'failed' : status >= 400 ? 'working' : status >= 300 || status < 200 ? 'idle' : 'live');
