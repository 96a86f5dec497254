import { ask } from './raw-client.ts';

/** A request for the app `alpha`, unless another host is named. `more`: whole field lines. */
export const get = (path: string, more = '', host = 'alpha.localhost'): string => `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${more}\r\n`;

export const close = 'Connection: close\r\n';

/** What the gateway says of itself. */
export async function askHealth(port: number): Promise<{ status: string; routes: number; version: number; apps: Record<string, { unanswered: number; held: number }> }> {
  return JSON.parse((await ask(port, get('/.fapi/gateway/health', close, 'localhost'))).split('\r\n\r\n')[1]!) as never;
}
