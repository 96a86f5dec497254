import { once } from 'node:events';
import { createServer } from 'node:http';
import { request } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';

/** What an API server says instead of doing what it is asked. */
export interface Fault { status: 409 | 410 | 429 | 500 | 503; retryAfterS?: number }

export interface FaultyApi {
  /** Through this one, with the same rights. */
  readonly config: KubeConfig;
  /** Asked for each call; undefined lets it pass. */
  fail(decide: (call: { method: string; path: string; isWatch: boolean }) => Fault | undefined): void;
  /** What was said so far, by status. */
  counts(): Record<string, number>;
  stop(): Promise<void>;
}

/** Stands before a real API server and refuses what it is told to, in that server's own words. */
export async function startFaultyApi(to: KubeConfig): Promise<FaultyApi> {
  const { server: target, caData } = to.getCurrentCluster()!;
  const ca = caData === undefined ? undefined : Buffer.from(caData, 'base64');
  let decide: Parameters<FaultyApi['fail']>[0] = () => undefined;
  const counts: Record<string, number> = {};
  const server = createServer((near, answer) => {
    const url = new URL(near.url ?? '/', target);
    const fault = decide({ method: near.method ?? 'GET', path: url.pathname, isWatch: url.searchParams.get('watch') === 'true' });
    if (fault) {
      counts[fault.status] = (counts[fault.status] ?? 0) + 1;
      near.resume();
      answer.writeHead(fault.status, { 'content-type': 'application/json', ...(fault.retryAfterS === undefined ? {} : { 'retry-after': String(fault.retryAfterS) }) });
      return void answer.end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Injected', message: `status ${fault.status} on purpose`, code: fault.status }));
    }
    const far = request(url, { method: near.method, headers: { ...near.headers, host: url.host }, ...(ca ? { ca } : { rejectUnauthorized: false }) }, (said) => {
      answer.writeHead(said.statusCode ?? 502, said.headers);
      answer.flushHeaders();
      said.pipe(answer);
    });
    far.on('error', () => answer.destroy());
    answer.on('close', () => far.destroy());
    near.pipe(far);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const config = Object.assign(Object.create(Object.getPrototypeOf(to) as object) as KubeConfig, to);
  config.clusters = to.clusters.map(({ name }) => ({ name, server: `http://127.0.0.1:${address.port}`, skipTLSVerify: true }));
  return {
    config,
    fail: (next) => void (decide = next),
    counts: () => counts,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
