import { afterAll, beforeAll, expect, it } from 'vitest';
import { appThatReads, makeBundle } from '../../test-parts/bundles.ts';
import { openProcessHouse, type ProcessHouse } from '../../test-parts/process-house.ts';

const never = new AbortController().signal;
let house: ProcessHouse;
beforeAll(async () => {
  house = await openProcessHouse();
});
afterAll(() => house?.close());

it('adopts a draft that was imported with the live values, and never one that has those for drafts', async () => {
  /** How long the deploy imported for: an import that was made ahead is not made again. */
  const deploy = async (generation: number, values: 'live' | 'draft'): Promise<{ isAhead: boolean; word: string }> => {
    for (const which of ['live', 'draft'] as const) house.offerEnvironment('app', generation, which, { variables: { WORD: which }, secrets: [] });
    const bundle = makeBundle(`import time\ntime.sleep(2)\n${appThatReads}`);
    house.offer(bundle);
    const wanted = { appId: 'app', host: 'app', generation, envVersion: generation, settings: { exclusive: false, idleFreezeS: null, idleStopS: null }, egress: [], revision: bundle.revision, bundleSha256: bundle.bundleSha256 };
    expect(await house.runtime.dryImport(wanted, { session: 'editor', sequence: generation, values }, never)).toMatchObject({ prepared: true });
    const { durationMs } = await house.runtime.prepare(wanted, never);
    await house.runtime.activate(wanted, never);
    return { isAhead: durationMs < 2_000, word: (await house.visit('app')).body.word };
  };
  expect(await deploy(1, 'live')).toEqual({ isAhead: true, word: 'live' });
  expect(await deploy(2, 'draft')).toEqual({ isAhead: false, word: 'live' });
});
