import { setTimeout as pause } from 'node:timers/promises';
import { connect, readArguments } from './connect.ts';

/**
 * Watches an app and reverts it to its last good revision when too many of its answers are errors.
 * The setting `rollbackOn5xx` of an app does the same on the server, without a script that has to run.
 */
const [appId, percent = '20', leastRequests = '20'] = readArguments(1, 'revert-on-errors.ts <app id> [percent] [least requests]') as [string, string?, string?];
const fapi = connect();

for (let before = await fapi.apps.metrics(appId); ; ) {
  await pause(1_000);
  const now = await fapi.apps.metrics(appId);
  const [requests, errors] = [now.requests - before.requests, now.status5xx - before.status5xx];
  if (requests < Number(leastRequests)) continue;
  before = now;
  console.error(`${errors} of ${requests} answers were errors`);
  if (errors / requests < Number(percent) / 100) continue;
  const deployment = await fapi.deployments.create(appId, { revision: 'last_good', comment: `${errors} of ${requests} answers were errors` });
  const { status, revision } = await fapi.deployments.untilSettled(deployment);
  console.log(`reverted to ${revision}: ${status}`);
  process.exitCode = status === 'live' ? 0 : 1;
  break;
}
fapi.close();
