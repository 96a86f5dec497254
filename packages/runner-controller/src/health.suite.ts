import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Controller } from './controller.ts';
import type { OpenRuntime, RuntimeUnderTest } from './runtime/runtime.suite.ts';
import { makeApp } from './test-parts/bundles.ts';
import { openWishes, startController, type Wishes } from './test-parts/wishes.ts';

const appThatBlocks = `import time
from fastapi import FastAPI

app = FastAPI()


@app.get("/")
async def root():
    return {"word": "free"}


@app.get("/block")
async def block():
    time.sleep(2.5)
    return "free again"


@app.get("/hog")
async def hog():
    return len(bytearray(8 << 30))
`;

/** Ends soon after each start. */
const appThatCrashes = `import os
import threading
from contextlib import asynccontextmanager
from fastapi import FastAPI


@asynccontextmanager
async def lifespan(app):
    threading.Timer(0.5, os._exit, [3]).start()
    yield


app = FastAPI(lifespan=lifespan)
`;

/** Starts once in its life; the lock keeps it from being parked. */
const appThatStartsOnce = `import fcntl
import os
from fastapi import FastAPI

if os.path.exists("started"):
    raise RuntimeError("only once")
lock = open("started", "w")
fcntl.flock(lock, fcntl.LOCK_EX)
app = FastAPI()
`;

const appThatExits = `import os
from fastapi import FastAPI

app = FastAPI()


@app.get("/exit")
async def leave():
    os._exit(7)
`;

/** What is said of an app that is live and not well. Nothing but the runtime's own word has the controller look. */
export function describeHealth(title: string, open: OpenRuntime): void {
  describe(`the health of an app on ${title}`, () => {
    let house: RuntimeUnderTest;
    let wishes: Wishes;
    let controller: Controller;
    let appId: string;
    let count = 0;
    beforeAll(async () => {
      house = await open();
      wishes = openWishes(house);
      controller = startController(wishes.bus, house.runtime, { resyncMs: 3_600_000 });
    });
    afterAll(async () => {
      await controller?.close();
      await wishes?.stop();
      await house?.close();
    });
    beforeEach(() => {
      appId = `ill-${++count}`;
    });

    it('names the line that blocks it, for as long as it does', async () => {
      await wishes.live(appId, 1, appThatBlocks);
      const since = wishes.heard(appId).length;
      const blocked = house.visit(appId, '/block');
      const line = appThatBlocks.split('\n').indexOf('    time.sleep(2.5)') + 1;
      const stalled = await wishes.until(appId, (status) => status.trouble !== undefined, since);
      expect(stalled).toMatchObject({ phase: 'live', health: 'running', trouble: { phase: 'running', class: 'stalled', message: expect.stringContaining(`main.py, line ${line}`) } });
      expect(stalled.trouble!.frames.at(-1)).toMatchObject({ file: 'main.py', line });
      expect((await blocked).status).toBe(200);
      const later = wishes.heard(appId).indexOf(stalled) + 1;
      const free = await wishes.until(appId, (status) => status.trouble === undefined, later);
      expect(free).toMatchObject({ phase: 'live', health: 'running' });
      expect(free.crash).toBeUndefined();
    });

    it('names the line that ran out of memory, until the next deploy', async () => {
      await wishes.live(appId, 1, appThatBlocks);
      expect((await house.visit(appId, '/hog')).status).toBe(500);
      const ill = await wishes.until(appId, (status) => status.trouble !== undefined);
      expect(ill).toMatchObject({ phase: 'live', health: 'running', trouble: { phase: 'running', class: 'memory' } });
      expect(ill.trouble!.frames.at(-1)).toMatchObject({ file: 'main.py', line: appThatBlocks.split('\n').indexOf('    return len(bytearray(8 << 30))') + 1 });
      await wishes.live(appId, 2, makeApp('well'));
      expect(wishes.heard(appId).at(-1)!.trouble).toBeUndefined();
    });

    it('says that it crashes again and again, and how, also while it is up for a moment; a good deploy ends that', async () => {
      await wishes.deploy(appId, 1, appThatCrashes);
      const looping = await wishes.until(appId, (status) => status.isCrashLooping === true);
      const up = await wishes.until(appId, (status) => status.isCrashLooping === true && status.health === 'running');
      for (const status of [looping, up]) expect(status.crash).toMatchObject({ phase: 'running', exitCode: 3, message: expect.stringMatching(/./) });
      await wishes.live(appId, 2, makeApp('well'));
      expect(wishes.heard(appId).at(-1)).toMatchObject({ health: 'running', generation: 2 });
      expect(wishes.heard(appId).at(-1)).not.toHaveProperty('isCrashLooping');
    });

    it('says that it sleeps, and that it runs when somebody has asked', async () => {
      await wishes.live(appId, 1, makeApp('one'));
      for (const settings of [{ idleFreezeS: 1, idleStopS: null }, { idleFreezeS: null, idleStopS: 1 }]) {
        const since = wishes.heard(appId).length;
        await house.runtime.applySettings(appId, { exclusive: false, ...settings });
        expect(await wishes.until(appId, (status) => status.health === 'asleep', since)).toMatchObject({ phase: 'live', generation: 1 });
        const asleep = wishes.heard(appId).length;
        expect((await house.visit(appId)).status).toBe(200);
        await wishes.until(appId, (status) => status.health === 'running', asleep);
      }
      await house.runtime.applySettings(appId, { exclusive: false, idleFreezeS: null, idleStopS: null });
    });

    it('says how a revision failed that was taken back, and how its former failed when it could not come back either', async () => {
      await wishes.live(appId, 1, appThatStartsOnce);
      await wishes.live(appId, 2, appThatExits);
      const since = wishes.heard(appId).length;
      void house.visit(appId, '/exit');
      const taken = await wishes.until(appId, (status) => status.phase === 'failed' && status.crash?.message === 'only once', since);
      expect(taken).toMatchObject({ generation: 2, health: 'crashed', reason: 'rolled_back', failure: { exitCode: 7 }, crash: { phase: 'import', type: 'RuntimeError' } });
    });
  });
}
