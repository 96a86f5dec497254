import { expect, it } from 'vitest';
import type { System, Victim } from '../system.ts';
import { until } from '../visit.ts';
import { runCampaign } from './campaign.ts';
import { chooseMoments } from './moments.ts';
import { makeRandom } from './random.ts';

/** Of a machine that others use too. */
const roundMs = 60_000;

/** Runs a campaign of `kills` seeded moments and says what it was; the seed is printed and set by `FAPI_SEED`. */
export function tellCampaign(start: () => Promise<System>, kills: number, victims: readonly Victim[]): void {
  it(`keeps its word over ${kills} kills of ${victims.join(', ')}, and leaves no process`, async () => {
    const random = makeRandom();
    console.log(`FAPI_SEED=${random.seed}`);
    const system = await start();
    try {
      const report = await runCampaign(system, chooseMoments(random, kills, victims), random);
      console.log(JSON.stringify(report));
      expect(report.deployments).toBe(kills + 1);
      for (const victim of victims) expect(report.victims[victim], victim).toBeGreaterThanOrEqual(Math.floor(kills / victims.length));
    } finally {
      await system.stop();
    }
    await until(() => system.processes(), (processes) => processes.length === 0);
  }, kills * roundMs + 300_000);
}
