import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../tools/parts/paths.ts';
import type { Address } from '../parts/ask.ts';
import { openHouse } from '../parts/house.ts';
import { inTurn } from '../parts/in-turn.ts';
import { projects } from '../parts/projects.ts';
import type { Figures } from '../parts/row.ts';
import { startUvicorn } from '../parts/uvicorn.ts';

const connections = 16;
const durationMs = 2_000;

/** Requests per second of one app over kept connections, beside bare uvicorn: both on a socket file, or both on a port and ours behind the gateway. */
export async function measureThroughput(path: 'direct' | 'gateway', rounds: number): Promise<Figures> {
  const house = await openHouse({ withGateway: path === 'gateway' });
  try {
    const peer = await startUvicorn({ files: projects.hello.files('here'), isUnix: path === 'direct' });
    try {
      await house.deploy('app', projects.hello.files('here'));
      const ours = path === 'direct' ? await house.directly('app') : house.through('app');
      const figures = await inTurn(rounds, () => measureLoad(ours), () => measureLoad(peer.address));
      return { ...figures, note: `${connections} connections, ${durationMs / 1_000} s a round` };
    } finally {
      await peer.stop();
    }
  } finally {
    await house.close();
  }
}

async function measureLoad(address: Address): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'bench/traffic/load.ts'), JSON.stringify(address), String(connections), String(durationMs)]);
  return (JSON.parse(stdout) as { perSecond: number }).perSecond;
}
