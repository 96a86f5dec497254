import { fileURLToPath } from 'node:url';
import { ConfigError, ProcessStartError } from '@fapi/runner-controller';
import { ConfigError as ServerConfigError, ServerEndedError, ServerStartError } from '@fapi/server';
import { pino } from 'pino';
import { makeAnnouncement } from './announcement.ts';
import { openDataDir, readConfig } from './config.ts';
import { createSite } from './site.ts';

/** The standalone site: server, controller and a small portal in one process; one agent and one gateway beside it. */
const root = fileURLToPath(new URL('../../../', import.meta.url));

try {
  await run();
  process.exit(0);
} catch (error) {
  // Whatever has no sentence of its own is a fault of ours, and keeps its trace.
  if (![ConfigError, ServerConfigError, ProcessStartError, ServerEndedError, ServerStartError].some((kind) => error instanceof kind)) throw error;
  console.error((error as Error).message);
  process.exit(1);
}

/** Runs until told to end, be it in the middle of the start. Resolves or rejects when nothing of it is left. */
async function run(): Promise<void> {
  const told = listenForTheEnd();
  const config = readConfig(process.env, root);
  openDataDir(config.dataDir);
  const destination = pino.destination(2);
  // The terminal may be gone before we are: nobody reads then, and that must not keep us from ending what we started.
  for (const stream of [destination, process.stdout, process.stderr] as NodeJS.EventEmitter[]) stream.on('error', () => {});
  const site = createSite({ config, root, environment: process.env, logger: pino({ name: 'fapi', level: config.logLevel }, destination) });
  try {
    const { url, gatewayPort, isolation, ended } = await site.start(told);
    if (told.aborted) return;
    console.log(config.readyLine ? JSON.stringify({ ready: true, url, gatewayPort, pid: process.pid }) : makeAnnouncement(url, isolation));
    const error = await Promise.race([ended, new Promise<undefined>((resolve) => told.addEventListener('abort', () => resolve(undefined)))]);
    if (error) throw error;
  } catch (error) {
    if (!told.aborted) throw error;
  } finally {
    await site.stop();
  }
}

/** Aborted by Ctrl-C, by SIGTERM and by the end of the terminal; from the first line on, so that no moment is without it. */
function listenForTheEnd(): AbortSignal {
  const told = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => told.abort());
  return told.signal;
}
