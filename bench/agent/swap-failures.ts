import { openHouse } from '../parts/house.ts';
import type { Figures } from '../parts/row.ts';
import { startUvicorn } from '../parts/uvicorn.ts';
import { makeShapedApp, shapes } from '../traffic/shapes.ts';
import { startTraffic, type Traffic } from '../traffic/traffic.ts';

const peerRestarts = 3;

/** Failed requests in each swap under traffic through the gateway, beside a plain restart under the same traffic. */
export async function measureSwapFailures(name: keyof typeof shapes, rounds: number): Promise<Figures> {
  const restarts = Math.min(peerRestarts, rounds);
  const ours = await measureSwaps(name, rounds);
  const peers = await measureRestarts(name, restarts);
  const why = ours.firstFailure === undefined ? '' : `; the first failed with "${ours.firstFailure}"`;
  return {
    ours: ours.failures, peers: peers.failures,
    note: `${ours.requests} requests in ${rounds} swaps, ${peers.requests} in ${restarts} restarts of the peer${why}`,
  };
}

interface Outcome { failures: number[]; requests: number; firstFailure: string | undefined }

async function measureSwaps(name: keyof typeof shapes, rounds: number): Promise<Outcome> {
  const house = await openHouse({ withGateway: true });
  try {
    await house.deploy('app', makeShapedApp('word 0'));
    return await count(startTraffic(house.through('app'), shapes[name]), rounds, (round) => house.deploy('app', makeShapedApp(`word ${round}`)));
  } finally {
    await house.close();
  }
}

async function measureRestarts(name: keyof typeof shapes, rounds: number): Promise<Outcome> {
  const uvicorn = await startUvicorn({ files: makeShapedApp('word 0') });
  try {
    return await count(startTraffic(uvicorn.address, shapes[name]), rounds, () => uvicorn.restart());
  } finally {
    await uvicorn.stop();
  }
}

/** What failed from before each change until the traffic flows again; the last round until the last visit has ended. */
async function count(traffic: Traffic, rounds: number, change: (round: number) => Promise<unknown>): Promise<Outcome> {
  const failures: number[] = [];
  let before = 0;
  try {
    await traffic.flows();
    for (let round = 1; round <= rounds; round++) {
      await change(round);
      await traffic.flows();
      failures.push(traffic.failed() - before);
      before = traffic.failed();
    }
  } finally {
    await traffic.stop();
  }
  failures.push(failures.pop()! + traffic.failed() - before);
  return { failures, requests: traffic.requests(), firstFailure: traffic.firstFailure() };
}
