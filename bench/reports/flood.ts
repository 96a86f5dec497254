import { LogEvent } from '../../packages/runner-controller/src/agent/messages.ts';
import { ask } from '../parts/ask.ts';
import { openHouse } from '../parts/house.ts';
import { inTurn } from '../parts/in-turn.ts';
import type { Figures } from '../parts/row.ts';

/** The agent's rate is by the second: sooner nobody can know that it is a flood. */
const windowMs = 1_000;
const code = 'import os\n\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/flood")\ndef flood() -> None:\n    for _ in range(500):\n        os.write(1, b"a line of a flood\\n" * 2000)\n';

/** From the request whose app floods its output to the event that says how many lines were dropped. */
export async function measureFlood(rounds: number): Promise<Figures> {
  const house = await openHouse();
  try {
    let hear: (appId: string) => void = () => undefined;
    house.agent.onEvent((topic, data) => {
      if (topic !== 'log') return;
      const { appId, dropped } = LogEvent.parse(data);
      if (dropped > 0) hear(appId);
    });
    await house.agent.request('watch', { logsAfter: 0 });
    return await inTurn(rounds, async (round) => {
      const appId = `flood-${round}`;
      const { generation } = await house.deploy(appId, [{ path: 'main.py', content: code }]);
      const heard = new Promise<void>((resolve) => {
        hear = (said) => {
          if (said === appId) resolve();
        };
      });
      const startedAt = performance.now();
      void ask(await house.directly(appId), '/flood').catch(() => undefined);
      await heard;
      const ms = performance.now() - startedAt;
      await house.agent.request('remove', { appId, generation }, { timeoutMs: 60_000 });
      return ms;
    }, () => Promise.resolve(windowMs));
  } finally {
    await house.close();
  }
}
