import { request } from 'node:http';

export interface Visit { status: number; body: any; revision: string | undefined }

/** Asks an app through the gateway over a fresh connection; status 0 when nobody answers. */
export const visit = (gatewayPort: number, host: string, path = '/'): Promise<Visit> => visitAt('127.0.0.1', gatewayPort, `${host}.localhost:${gatewayPort}`, path);

/** Asks whoever listens there for an app of that name. */
export function visitAt(address: string, port: number, hostHeader: string, path: string): Promise<Visit> {
  return new Promise((resolve) => {
    const asked = request({ host: address, port, path, agent: false, timeout: 15_000, headers: { host: hostHeader, accept: 'application/json' } }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: /json/.test(answer.headers['content-type'] ?? '') ? JSON.parse(text) : text, revision: answer.headers['x-fapi-revision'] as string | undefined }));
      answer.on('error', (error) => resolve({ status: 0, body: error.message, revision: undefined }));
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer within 15 s')));
    asked.on('error', (error) => resolve({ status: 0, body: error.message, revision: undefined }));
    asked.end();
  });
}
