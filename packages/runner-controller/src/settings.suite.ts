import { describe, expect, it } from 'vitest';
import type { OpenRuntime, RuntimeUnderTest } from './runtime/runtime.suite.ts';
import { makeApp } from './test-parts/bundles.ts';
import { useController } from './test-parts/use-controller.ts';
import type { Wishes } from './test-parts/wishes.ts';

const settings = { exclusive: false, idleFreezeS: null, idleStopS: null };

/** What the controller makes of settings that change while the generation stays. */
export function describeSettings(title: string, open: OpenRuntime): void {
  describe(`when an app sleeps, by the controller on ${title}`, () => {
    let house: RuntimeUnderTest;
    let wishes: Wishes;
    const controller = useController(open, (parts) => ({ house, wishes } = parts));

    it('lets a live app sleep as soon as its spec says so, in the same generation, and no longer when it says never', async () => {
      const spec = await wishes.live('sleeper', 1, makeApp('one'));
      const marked = await wishes.mark(spec, { settled: true, settings: { ...settings, idleFreezeS: 1 } });
      const asleep = await wishes.until('sleeper', (status) => status.health === 'asleep');
      expect(asleep).toMatchObject({ generation: 1, phase: 'live', serving: { generation: 1 } });
      expect((await house.visit('sleeper')).status).toBe(200);
      await wishes.mark(marked, { settings });
      // Another app, asked for later, shows that the controller has been past it; that one sleeps after the time in which the first would have.
      await wishes.deploy('after', 1, makeApp('one'), { settings: { ...settings, idleFreezeS: 2 } });
      await wishes.until('after', (status) => status.health === 'asleep');
      expect(await house.runtime.observe('sleeper')).toMatchObject({ health: 'running' });
    });

    it('tells the settings again when another controller has taken over', async () => {
      await wishes.deploy('adopted', 1, makeApp('one'));
      const live = await wishes.until('adopted', (status) => status.phase === 'live');
      await controller.replace(() => wishes.deploy('adopted', 1, makeApp('one'), { settled: true, settings: { ...settings, idleFreezeS: 1 } }));
      expect(await wishes.until('adopted', (status) => status.health === 'asleep')).toMatchObject({ generation: 1, serving: live.serving });
    });
  });
}
