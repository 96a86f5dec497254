import type { Socket } from 'node:net';

/** Where a connection comes from. */
export interface Origin { address: string; port: number }

/** Where connections wait of which it is not known yet whose they are. */
export interface Porch {
  /** Past its places for one address, the one that has waited longest is sent away: whoever means well is through in a moment. */
  enter(from: Origin, socket: Socket): void;
  /** It is known who that is. */
  leave(from: Origin): void;
}

export function createPorch(places: number, onFull: (address: string) => void): Porch {
  const waiting = new Map<string, Map<number, Socket>>();
  const leave = ({ address, port }: Origin): void => {
    const there = waiting.get(address);
    there?.delete(port);
    if (there?.size === 0) waiting.delete(address);
  };
  return {
    leave,
    enter(from, socket) {
      const there = waiting.get(from.address) ?? new Map<number, Socket>();
      waiting.set(from.address, there.set(from.port, socket));
      socket.once('close', () => {
        // Another one may be there by now.
        if (there.get(from.port) === socket) leave(from);
      });
      if (there.size <= places) return;
      onFull(from.address);
      const [longest] = there.values();
      longest!.destroy();
    },
  };
}
