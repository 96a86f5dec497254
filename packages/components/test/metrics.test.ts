import type { Metrics } from '@fapi/sdk/contract';
import type { FapiLogs, FapiMetrics } from '../src/index.ts';
import { appId, makeDeployment, makeResponder, until } from '../scenes/server/responder.ts';
import { expect, find, hasNoViolations, show, text } from './show.ts';

afterEach(() => document.body.replaceChildren());

const count = (change: Partial<Metrics>): Metrics => ({ appId, requests: 0, status2xx: 0, status3xx: 0, status4xx: 0, status5xx: 0, inFlight: 0, bytesOut: 0, ...change });
async function open(app: Parameters<typeof makeResponder>[1] = {}): Promise<{ metrics: FapiMetrics; responder: ReturnType<typeof makeResponder> }> {
  const responder = makeResponder(undefined, app);
  const metrics = show<FapiMetrics>('fapi-metrics', responder);
  await until(() => responder.openStreams > 0 && !find(metrics, '.skeleton') && text(metrics).includes('Requests'));
  return { metrics, responder };
}
const tiles = (metrics: FapiMetrics): Record<string, string> => Object.fromEntries([...metrics.shadowRoot!.querySelectorAll('.tile:not(.wide)')].map((tile) => [tile.querySelector('dt')!.textContent!, tile.querySelector('dd')!.textContent!]));

describe('fapi-metrics', () => {
  it('says what makes the counters move while there is nothing to count, with the way there once the app is live', async () => {
    const { metrics } = await open();
    expect(text(metrics).includes('No requests yet'), true);
    expect(find(metrics, 'a'), null);
    document.body.replaceChildren();
    const live = await open({ live: makeDeployment({ status: 'live' }), health: 'running' });
    expect(find<HTMLAnchorElement>(live.metrics, 'a')!.href, 'http://hello-abc.localhost:8788/');
  });

  it('counts each class apart, and marks only what has happened', async () => {
    const { metrics, responder } = await open();
    responder.send({ type: 'metrics', appId, metrics: count({ requests: 12, status2xx: 11, status4xx: 1 }) });
    await until(() => find(metrics, '.tiles'));
    expect(tiles(metrics), { Requests: '12', '2xx': '11', '4xx': '1', '5xx': '0' });
    expect([...metrics.shadowRoot!.querySelectorAll<HTMLElement>('.tile[data-tone]')].map((tile) => tile.dataset['tone']), ['live', 'working']);
    responder.send({ type: 'metrics', appId, metrics: count({ requests: 14, status2xx: 11, status4xx: 1, status5xx: 2 }) });
    await until(() => tiles(metrics)['5xx'] === '2');
    expect([...metrics.shadowRoot!.querySelectorAll<HTMLElement>('.tile[data-tone]')].map((tile) => tile.dataset['tone']), ['live', 'working', 'failed']);
    await hasNoViolations(metrics);
  });

  it('says of which time its figures are, with the exact one to read on the side, and in a narrow panel too', async () => {
    const createdAt = new Date(Date.now() - 3.1 * 86_400_000).toISOString();
    const { metrics, responder } = await open({ createdAt });
    expect(find(metrics, '[data-since]'), null);
    responder.send({ type: 'metrics', appId, metrics: count({ requests: 12, status2xx: 12 }) });
    const since = await until(() => find(metrics, '[data-since]'));
    expect([since.textContent, since.querySelector('time')!.dateTime], ['Since the app was created · 3 days ago', createdAt]);
    metrics.style.width = '240px';
    expect(metrics.scrollWidth <= 240, true);
    await hasNoViolations(metrics);
  });

  it('has room for large numbers', async () => {
    const { metrics, responder } = await open();
    metrics.style.width = '320px';
    responder.send({ type: 'metrics', appId, metrics: count({ requests: 1_234_567, status2xx: 1_234_567 }) });
    await until(() => tiles(metrics)['Requests'] === '1,234,567');
    const box = find(metrics, '.tiles')!;
    expect(box.scrollWidth <= box.clientWidth, true);
  });

  it('says when the last request was, with the exact time to read on the side', async () => {
    const { metrics, responder } = await open();
    const lastRequestAt = new Date(Date.now() - 3.1 * 3_600_000).toISOString();
    responder.send({ type: 'metrics', appId, metrics: count({ requests: 1, status2xx: 1, lastRequestAt }) });
    const time = await until(() => find<HTMLTimeElement>(metrics, '.tile time'));
    expect([time.textContent, time.dateTime], ['3 hours ago', lastRequestAt]);
    expect(time.title.length > 8, true);
  });

  it('says who can when the token may not see the counters', async () => {
    const responder = makeResponder();
    responder.refuse(`/v1/apps/${appId}/metrics`, 403, 'forbidden');
    const metrics = show<FapiMetrics>('fapi-metrics', responder);
    await until(() => text(metrics).includes('Whoever runs the portal can change it'));
    expect(text(metrics).includes('No requests yet'), false);
    await hasNoViolations(metrics);
  });

  it('counts on after it left the page and came back', async () => {
    const { metrics, responder } = await open();
    const provider = metrics.parentElement!;
    metrics.remove();
    await until(() => responder.openStreams === 0);
    provider.append(metrics);
    await until(() => responder.openStreams > 0);
    responder.send({ type: 'metrics', appId, metrics: count({ requests: 5, status2xx: 5 }) });
    await until(() => tiles(metrics)['Requests'] === '5');
  });
});

describe('fapi-logs', () => {
  it('shows each line once, in its order, and says how many were dropped', async () => {
    const responder = makeResponder();
    const logs = show<FapiLogs>('fapi-logs', responder);
    await until(() => responder.openStreams > 0 && text(logs).includes('No output yet'));
    const line = (seq: number, stream: 'stdout' | 'stderr' = 'stdout') => ({ seq, at: new Date(0).toISOString(), stream, generation: 1, text: `line ${seq}` });
    responder.send({ type: 'log', id: '', appId, lines: [line(1), line(2, 'stderr')], dropped: 0 });
    responder.send({ type: 'log', id: '', appId, lines: [line(2, 'stderr'), line(3)], dropped: 4 });
    await until(() => text(logs).includes('4 lines were dropped'));
    expect([...logs.shadowRoot!.querySelectorAll('.line .text')].map((span) => span.textContent), ['line 1', 'line 2', 'line 3']);
    await hasNoViolations(logs);
  });
});
