import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNats } from '../../tools/parts/nats.ts';
import { freePort } from '../../tools/parts/port.ts';
import { pythonPath } from '../../tools/parts/paths.ts';
import { startPostgres } from '../../tools/parts/postgres.ts';
import { killAgent, killGateway, makeMark } from '../processes/marked.ts';
import { type Program, startProgram } from '../program.ts';
import type { System, Victim } from '../system.ts';

/** Server and controller as two processes on a real NATS and a real Postgres; runners are local processes. */
export async function startScaled(): Promise<System> {
  const dataDir = await mkdtemp(join(tmpdir(), 'fapi-'));
  const [nats, postgres] = await Promise.all([startNats(), startPostgres()]);
  const [port, gatewayPort] = [await freePort(), await freePort()];
  const [operatorKey, controllerKey] = [randomBytes(24).toString('hex'), randomBytes(24).toString('hex')];
  const mark = makeMark();
  const shared = { PATH: mark.path, FAPI_NATS_URL: nats.url, FAPI_CONTROLLER_KEY: controllerKey, FAPI_ALLOW_UNSAFE: '1' };
  const serverEnvironment = { ...shared, FAPI_DATABASE_URL: await postgres.createDatabase(), FAPI_PORT: String(port), FAPI_OPERATOR_KEY: operatorKey, FAPI_DATA_DIR: join(dataDir, 'server'), FAPI_APPS_URL: `http://{host}.localhost:${gatewayPort}/` };
  const controllerEnvironment = { ...shared, FAPI_SERVER_URL: `http://127.0.0.1:${port}`, FAPI_DATA_DIR: join(dataDir, 'controller'), FAPI_GATEWAY_PORT: String(gatewayPort), FAPI_PYTHON: pythonPath(), FAPI_KEEP_RUNNERS: '0' };
  const startServer = () => startProgram('packages/server/src/main.ts', serverEnvironment);
  const startController = () => startProgram('packages/runner-controller/src/main.ts', controllerEnvironment);
  let server: Program = await startServer();
  let controller: Program = await startController();
  const down = new Set<Victim>();
  return {
    shape: 'scaled',
    baseUrl: `http://127.0.0.1:${port}`,
    gatewayPort,
    operatorKey,
    async kill(victim) {
      down.add(victim);
      await { server: () => server.kill('SIGKILL'), controller: () => controller.kill('SIGKILL'), agent: () => killAgent(mark), gateway: () => killGateway(mark), nats: nats.kill, postgres: postgres.kill }[victim]();
    },
    async restart() {
      if (down.has('nats')) await nats.restart();
      if (down.has('postgres')) await postgres.restart();
      if (down.has('server')) server = await startServer();
      if (down.has('controller')) controller = await startController();
      down.clear();
    },
    processes: mark.alive,
    async stop() {
      // An own start, so that runners left by a killed controller are adopted and ended in order.
      if (down.has('controller')) controller = await startController();
      await controller.kill('SIGTERM');
      await server.kill('SIGTERM');
      await Promise.all([nats.stop(), postgres.stop()]);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
