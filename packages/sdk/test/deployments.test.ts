import { describe, expect, it } from 'vitest';
import { type Deployment, isSettled } from '@fapi/sdk';
import { deploymentEnds, deploymentStages } from '@fapi/sdk/contract';
import { makeDeployment } from './made.ts';
import { caught, client, stage } from './on-stage.ts';
import { answer, type Play, refuse } from './serve.ts';

const stream: Play = (response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write('id: 1\ndata: {"type":"ready","id":"1"}\n\n');
};
/** A server with a stream that says ready, and a deployment that is read as `read` says. */
const serving = (read: Play): Play => {
  let reads = 0;
  return (response, request) => (request.url.startsWith('/v1/events') ? stream(response, request, 1) : read(response, request, (reads += 1)));
};
const live: Deployment = makeDeployment({ status: 'live', stages: [] });

describe('following a deployment', () => {
  it('ends at once with one that has ended already', async () => {
    const { url } = await stage(serving((response) => answer(response, 200, live)));
    const seen: Deployment[] = [];
    for await (const deployment of client({ baseUrl: url }).deployments.follow(live)) seen.push(deployment);
    expect(seen).toEqual([live]);
  });

  it.each<[string, Play]>([
    ['503', (response) => refuse(response, 'not_ready', { headers: { 'retry-after': '0' } })],
    ['a page of a proxy', (response) => void response.writeHead(502).end('<html>')],
    ['a cut connection', (response) => void response.socket!.destroy()],
    ['429', (response) => refuse(response, 'rate_limited', { headers: { 'retry-after': '0' } })],
  ])('goes on after reading it was answered with %s, more often than a call is repeated', async (_, fault) => {
    const { url } = await stage(serving((response, request, nth) => (nth <= 2 ? fault(response, request, nth) : answer(response, 200, live))));
    await expect(client({ baseUrl: url, retryLimit: 0 }).deployments.untilSettled(live)).resolves.toMatchObject({ status: 'live' });
  });

  it('does not go back to what was on its way while more was read', async () => {
    const at = '2026-01-01T00:00:00.000Z';
    const reach = (...names: Deployment['stages'][number]['name'][]): Deployment => makeDeployment({ status: names.at(-1)!, stages: names.map((name) => ({ name, startedAt: at })) });
    const { url } = await stage((response, request) => {
      if (!request.url.startsWith('/v1/events')) return answer(response, 200, reach('queued', 'validating', 'preparing', 'starting'));
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const told = [{ type: 'ready' }, { type: 'deployment', appId: 'app_1', deployment: reach('queued', 'validating') }, { type: 'deployment', appId: 'app_1', deployment: reach('queued', 'validating', 'preparing') }, { type: 'deployment', appId: 'app_1', deployment: reach('queued', 'validating', 'preparing', 'starting', 'verifying', 'live') }];
      response.write(told.map((event, index) => `id: ${index + 1}\ndata: ${JSON.stringify({ ...event, id: String(index + 1) })}\n\n`).join(''));
    });
    const seen: string[] = [];
    for await (const { status } of client({ baseUrl: url }).deployments.follow(live)) seen.push(status);
    expect(seen).toEqual(['starting', 'live']);
  });

  it.each(['deployment_not_found', 'forbidden'] as const)('ends with %s', async (code) => {
    const { url } = await stage(serving((response) => refuse(response, code)));
    expect(await caught(client({ baseUrl: url }).deployments.untilSettled(live))).toMatchObject({ code });
  });

  it('ends with an AbortError by its signal, and by the close of the client: nothing unsettled is called settled', async () => {
    const leaving = new AbortController();
    const { url } = await stage(serving((response) => {
      answer(response, 200, makeDeployment());
      setImmediate(() => leaving.abort());
    }));
    expect((await caught(client({ baseUrl: url }).deployments.untilSettled(live, { signal: leaving.signal }))).name).toBe('AbortError');
    const fapi = client({ baseUrl: url });
    const work = caught((async () => {
      for await (const { status } of fapi.deployments.follow(live)) if (status === 'queued') fapi.close();
      return fapi.deployments.untilSettled(live);
    })());
    expect((await work).name).toBe('AbortError');
  });

  it('is over when the deployment is live or has ended, and not before', () => {
    expect([...deploymentStages, ...deploymentEnds].filter((status) => isSettled({ status }))).toEqual(['live', 'failed', 'cancelled', 'superseded', 'stopped']);
  });
});
