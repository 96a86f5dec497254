import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** A client that never stops asking, on a kept-alive connection and on a new connection per request. `pauseMs` between two requests leaves the machine to others. */
export function startSteadyClient(gatewayPort: number, appUrl: string, pauseMs = 0): { /** While this lasts a request may fail: what answers it was killed. */
  excuse(during: () => Promise<void>): Promise<void>;
  /** What is open now may fail, and nothing that is begun from here on. */
  excuseOpen(): void; stop(): Promise<{ answered: number; failures: string[] }> } {
  const kept = new Agent({ keepAlive: true, maxSockets: 1 });
  const failures: string[] = [];
  let answered = 0;
  let isOn = true;
  let excused = 0;
  /** Of those that are begun now; another one after each `excuseOpen`. */
  let era = {};
  const ask = (agent: Agent | false): Promise<void> => new Promise((resolve) => {
    const own = era;
    const fail = (reason: string): void => {
      if (excused === 0 && own === era) failures.push(reason);
    };
    const asked = request({ host: '127.0.0.1', port: gatewayPort, path: '/', agent, headers: { host: new URL(appUrl).host } }, (answer) => {
      answer.resume().on('end', () => {
        answered += 1;
        if (answer.statusCode !== 200) fail(`status ${answer.statusCode} at ${new Date().toISOString()}`);
        resolve();
      }).on('error', (error) => {
        fail(error.message);
        resolve();
      });
    });
    asked.on('error', (error) => {
      fail(error.message);
      resolve();
    });
    asked.end();
  });
  const loop = async (agent: Agent | false): Promise<void> => {
    while (isOn) {
      await ask(agent);
      if (pauseMs > 0) await pause(pauseMs);
    }
  };
  const loops = Promise.all([loop(kept), loop(false)]);
  return {
    async excuse(during) {
      excused += 1;
      try {
        await during();
      } finally {
        excused -= 1;
      }
    },
    excuseOpen() {
      era = {};
    },
    async stop() {
      isOn = false;
      await loops;
      kept.destroy();
      return { answered, failures };
    },
  };
}
