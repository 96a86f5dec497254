// node revert-on-errors.ts <app id> [percent] [requests]      Goes back to the last good revision when too many requests end with 5xx.
// The server can do this by itself: see `rollbackOn5xx` in the settings of an app. This one is yours to change.
import { isApiError, type Metrics } from '@fapi/sdk';
import { connect, readArguments } from './connect.ts';

const [appId, percent = '20', requests = '20'] = readArguments(1, 'revert-on-errors.ts <app id> [percent] [requests]') as [string, string?, string?];
const fapi = connect();
const windowMs = 60_000;

const ended = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ended.abort());

let watched = (await fapi.apps.read(appId)).live?.revision;
let samples: { at: number; counts: Metrics }[] = [{ at: Date.now(), counts: await fapi.apps.metrics(appId) }];
console.error(`watching ${watched ?? 'nothing that is live yet'}; Ctrl-C ends it`);

try {
  for await (const event of fapi.events.stream({ apps: [appId], topics: ['metrics', 'deployments'], signal: ended.signal })) {
    if (event.type === 'deployment' && event.deployment.status === 'live' && event.deployment.revision !== watched) {
      // What another revision has done does not count against this one.
      watched = event.deployment.revision;
      samples = [{ at: Date.now(), counts: await fapi.apps.metrics(appId) }];
    }
    if (event.type !== 'metrics') continue;
    samples = [...samples.filter(({ at }, index) => index === samples.length - 1 || at > Date.now() - windowMs), { at: Date.now(), counts: event.metrics }];
    const [first, last] = [samples[0]!.counts, event.metrics];
    const [asked, broken] = [last.requests - first.requests, last.status5xx - first.status5xx];
    if (asked < Number(requests) || (broken / asked) * 100 < Number(percent)) continue;
    console.error(`${broken} of ${asked} requests ended with 5xx`);
    const { status, revision } = await fapi.deployments.untilSettled(await fapi.deployments.create(appId, { revision: 'last_good', comment: `${broken} of ${asked} requests ended with 5xx` }));
    console.log(`${status} ${revision}`);
    process.exitCode = status === 'live' ? 0 : 1;
    break;
  }
} catch (error) {
  if (isApiError(error, 'no_last_good')) console.error('there is no earlier revision that has proved good');
  if (!ended.signal.aborted) throw error;
}
fapi.close();
