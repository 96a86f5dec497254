import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isGateOpen } from '../src/runtime/kubernetes/deploying/gate.ts';
import type { Wanted } from '../src/runtime/runtime.ts';
import { makeApp } from '../src/test-parts/bundles.ts';
import { until } from '../src/test-parts/until.ts';
import { offerWanted } from '../src/test-parts/wanted.ts';
import { type KubernetesHouse, openKubernetesHouse } from './house.ts';

const never = new AbortController().signal;

describe('a pod that takes the place of another', () => {
  let house: KubernetesHouse;
  beforeAll(async () => {
    house = await openKubernetesHouse();
  });
  afterAll(() => house?.close());

  const serve = async (wanted: Wanted): Promise<void> => {
    await house.runtime.prepare(wanted, never);
    await house.runtime.activate(wanted, never);
  };

  it('is given its app again after pauses that grow when it does not start', async () => {
    const fragile = 'import os\nassert os.environ["WORD"] == "good"\n' + makeApp('one');
    house.offerEnvironment('fragile', 1, 'live', { variables: { WORD: 'good' }, secrets: [] });
    await serve(offerWanted(house, 'fragile', 1, fragile, { envVersion: 1 }));
    // Another controller has not read the values yet.
    house.offerEnvironment('fragile', 1, 'live', { variables: { WORD: 'bad' }, secrets: [] });
    await house.openRuntime();
    const [pod] = await house.podsOfApp('fragile');
    await house.cluster.remove('Pod', pod!.metadata!.name!);
    const tellings = (msg: string): Record<string, unknown>[] => house.logs.filter((line) => line['msg'] === msg && line['appId'] === 'fragile');
    const failures = await until(() => tellings('an app did not start in a new pod; it is tried again'), ({ length }) => length === 3, 40_000);
    expect(failures.map(({ retryMs }) => retryMs)).toEqual([500, 2_000, 8_000]);
    // Each try was told as one: nothing rang in between.
    expect(tellings('a new pod is given its app')).toHaveLength(3);
  }, 60_000);

  it('is given its app while the agent of another pod does not answer', async () => {
    await house.openRuntime({ replicas: 2 });
    await serve(offerWanted(house, 'pair', 1, makeApp('one')));
    const [silent, other] = await until(() => house.podsOfApp('pair'), (pods) => pods.length === 2 && pods.every(isGateOpen), 30_000);
    const pid = await house.withAgent(silent!, async ({ hello }) => hello.pid);
    process.kill(pid, 'SIGSTOP');
    try {
      await house.cluster.remove('Pod', other!.metadata!.name!);
      const isNew = (uid: string | undefined): boolean => ![silent, other].some((pod) => pod!.metadata!.uid === uid);
      const pods = await until(() => house.podsOfApp('pair'), (found) => found.some((pod) => isNew(pod.metadata!.uid) && isGateOpen(pod)), 40_000);
      expect(pods.find(({ metadata }) => metadata!.uid === silent!.metadata!.uid)?.status?.containerStatuses?.[0]?.restartCount).toBe(0);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  }, 90_000);
});
