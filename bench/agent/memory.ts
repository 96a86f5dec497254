import { ask } from '../parts/ask.ts';
import { openHouse } from '../parts/house.ts';
import { listTree, readAvailableMebibytes, readPssMebibytes } from '../parts/processes.ts';
import { projects } from '../parts/projects.ts';
import type { Figures } from '../parts/row.ts';
import { startUvicorn, type Uvicorn } from '../parts/uvicorn.ts';

const requestsEach = 5;
/** More than a uvicorn with the medium project needs. */
const uvicornMebibytes = 100;
const startedTogether = 4;

/** Memory of agent, zygote, blanks and children of `count` apps, beside as many uvicorn processes: what each is charged for, shared pages divided. One after the other: both at once may not fit. */
export async function measureMemory(name: keyof typeof projects, count: number): Promise<Figures> {
  const needed = count * uvicornMebibytes;
  if (readAvailableMebibytes() < needed) throw new Error(`${count} uvicorn processes may need ${needed} MiB and the machine has ${Math.round(readAvailableMebibytes())} MiB left`);
  const figures = { ours: [await measureOurs(name, count)], peers: [await measurePeers(name, count)] };
  return { ...figures, note: `${requestsEach} requests to each app before the look, one look` };
}

async function measureOurs(name: keyof typeof projects, count: number): Promise<number> {
  const house = await openHouse();
  try {
    for (let number = 0; number < count; number++) {
      await house.deploy(`app-${number}`, projects[name].files(`word ${number}`));
      const address = await house.directly(`app-${number}`);
      for (let request = 0; request < requestsEach; request++) await ask(address, '/word');
    }
    await house.rested();
    return sum(listTree(house.agent.hello.pid).map(readPssMebibytes));
  } finally {
    await house.close();
  }
}

async function measurePeers(name: keyof typeof projects, count: number): Promise<number> {
  const peers: Uvicorn[] = [];
  try {
    while (peers.length < count) {
      const numbers = Array.from({ length: Math.min(startedTogether, count - peers.length) }, (_, at) => peers.length + at);
      const started = await Promise.allSettled(numbers.map((number) => startUvicorn({ files: projects[name].files(`word ${number}`) })));
      for (const one of started) if (one.status === 'fulfilled') peers.push(one.value);
      for (const one of started) if (one.status === 'rejected') throw one.reason;
    }
    for (const { address } of peers) for (let request = 0; request < requestsEach; request++) await ask(address, '/word');
    return sum(peers.flatMap(({ pid }) => listTree(pid).map(readPssMebibytes)));
  } finally {
    await Promise.all(peers.map((peer) => peer.stop()));
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
