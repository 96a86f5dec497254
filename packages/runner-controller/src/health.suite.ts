import { beforeEach, describe, expect, it } from 'vitest';
import type { OpenRuntime, RuntimeUnderTest } from './runtime/runtime.suite.ts';
import { appThatDoesNotLast, appThatExits, appThatStartsOnce, makeAiling, makeApp } from './test-parts/bundles.ts';
import { useController } from './test-parts/use-controller.ts';
import type { Wishes } from './test-parts/wishes.ts';

/** What the server hears of an app that is live and not well, whichever runtime it runs on. */
export function describeHealth(title: string, open: OpenRuntime): void {
  describe(`the health of an app on ${title}`, () => {
    let house: RuntimeUnderTest;
    let wishes: Wishes;
    useController(open, (parts) => ({ house, wishes } = parts));
    let appId: string;
    let count = 0;
    beforeEach(() => {
      appId = `ailing-${++count}`;
    });

    it('names the line that blocks the event loop while it runs, and takes it back when it answers again', async () => {
      await wishes.live(appId, 1, makeAiling('one'));
      const since = wishes.heard(appId).length;
      const blocked = house.visit(appId, '/block/4');
      const ailing = await wishes.until(appId, (status) => status.trouble !== undefined, since);
      expect(ailing).toMatchObject({ phase: 'live', health: 'running', trouble: { phase: 'running', class: 'stalled', frames: [{ file: 'main.py', source: expect.stringContaining('time.sleep(seconds)') }] } });
      expect(ailing).not.toHaveProperty('crash');
      expect((await blocked).status).toBe(200);
      const well = await wishes.until(appId, (status) => status.trouble === undefined, wishes.heard(appId).indexOf(ailing));
      expect(well).toMatchObject({ phase: 'live', health: 'running', serving: { generation: 1 } });
    });

    it('tells that an app ran out of memory until another revision serves', async () => {
      await wishes.live(appId, 1, makeAiling('one'));
      expect((await house.visit(appId, '/memory')).status).toBe(500);
      expect(await wishes.until(appId, (status) => status.trouble !== undefined)).toMatchObject({ phase: 'live', health: 'running', trouble: { class: 'memory', message: expect.stringMatching(/./) } });
      await wishes.live(appId, 2, makeAiling('two'));
      expect(await wishes.until(appId, (status) => status.generation === 2 && status.phase === 'live')).not.toHaveProperty('trouble');
    });

    it('tells how an app last crashed, and when, although it is back at once, until another revision serves', async () => {
      await wishes.live(appId, 1, appThatExits);
      const before = new Date().toISOString();
      void house.visit(appId, '/exit');
      const back = await wishes.until(appId, (status) => status.lastCrash !== undefined && status.health === 'running');
      expect(back).toMatchObject({ phase: 'live', serving: { generation: 1 }, lastCrash: { report: { phase: 'running', exitCode: 7 } } });
      expect(back).not.toHaveProperty('crash');
      expect(back.lastCrash!.at >= before).toBe(true);
      await wishes.live(appId, 2, makeApp('two'));
      expect(await wishes.until(appId, (status) => status.generation === 2 && status.phase === 'live')).not.toHaveProperty('lastCrash');
    });

    it('tells of a crash loop from the third start that did not last, with the last words, until a revision that lasts', async () => {
      await wishes.live(appId, 1, appThatDoesNotLast);
      const looping = await wishes.until(appId, (status) => status.isCrashLooping === true && status.health === 'crashed');
      expect(looping).toMatchObject({ phase: 'live', health: 'crashed', crash: { phase: 'running', exitCode: 3, output: expect.arrayContaining(['had enough']) } });
      // It comes and goes, and what ails it stays the same.
      expect(await wishes.until(appId, (status) => status.isCrashLooping === true && status.health === 'running')).toMatchObject({ crash: { exitCode: 3 } });
      await wishes.live(appId, 2, makeAiling('well'));
      const well = await wishes.until(appId, (status) => status.generation === 2 && status.phase === 'live');
      expect([well.health, well.isCrashLooping, well.crash]).toEqual(['running', undefined, undefined]);
    });

    it('says that an app sleeps, how deep ever, and that it runs when somebody has asked', async () => {
      await wishes.live(appId, 1, makeApp('one'));
      for (const settings of [{ idleFreezeS: 1, idleStopS: null }, { idleFreezeS: null, idleStopS: 1 }]) {
        const since = wishes.heard(appId).length;
        await house.runtime.applySettings(appId, { exclusive: false, ...settings });
        expect(await wishes.until(appId, (status) => status.health === 'asleep', since)).toMatchObject({ phase: 'live', serving: { generation: 1 } });
        const asleep = wishes.heard(appId).length;
        expect((await house.visit(appId)).status).toBe(200);
        await wishes.until(appId, (status) => status.health === 'running', asleep);
      }
      await house.runtime.applySettings(appId, { exclusive: false, idleFreezeS: null, idleStopS: null });
    });

    it('says how a revision failed that was taken back, and how its former failed when it could not come back either', async () => {
      await wishes.live(appId, 1, appThatStartsOnce);
      // Exclusive, so that the former one has ended by then: one that still drains would just serve again.
      await wishes.live(appId, 2, appThatExits, { settings: { exclusive: true, idleFreezeS: null, idleStopS: null } });
      const since = wishes.heard(appId).length;
      void house.visit(appId, '/exit');
      const taken = await wishes.until(appId, (status) => status.phase === 'failed' && status.crash?.message === 'only once', since);
      expect(taken).toMatchObject({ generation: 2, health: 'crashed', reason: 'rolled_back', failure: { exitCode: 7 }, crash: { phase: 'import', type: 'RuntimeError' } });
    });
  });
}
