import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layDatabase } from '../../tools/parts/database.ts';
import { freePort } from '../../tools/parts/port.ts';
import { killAgent, killGateway, makeMark } from '../processes/marked.ts';
import { startProgram } from '../program.ts';
import type { System } from '../system.ts';

/** The demo site: server and controller in one process, PGlite, the bus in memory, local processes. `environment` is added to its own. */
export async function startEmbedded(environment: Readonly<Record<string, string>> = {}): Promise<System> {
  const dataDir = await mkdtemp(join(tmpdir(), 'fapi-'));
  await layDatabase(dataDir);
  const [port, gatewayPort] = [await freePort(), await freePort()];
  const mark = makeMark();
  const start = () => startProgram('examples/demo-site/src/main.ts', { PATH: mark.path, FAPI_DATA_DIR: dataDir, FAPI_PORT: String(port), FAPI_GATEWAY_PORT: String(gatewayPort), FAPI_ALLOW_UNSAFE: '1', FAPI_READY_LINE: '1', ...environment });
  let site = await start();
  return {
    shape: 'embedded',
    baseUrl: `http://127.0.0.1:${port}`,
    gatewayPort,
    operatorKey: (await readFile(join(dataDir, 'operator-key'), 'utf8')).trim(),
    kill: (victim) => (victim === 'agent' ? killAgent(mark) : victim === 'gateway' ? killGateway(mark) : site.kill('SIGKILL')),
    async restart() {
      if (!site.isAlive()) site = await start();
    },
    processes: mark.alive,
    async stop() {
      await site.kill('SIGTERM');
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
