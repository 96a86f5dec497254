import type { Caller } from '../agent/caller.ts';

/** The port to whoever knows which app a pod serves and what it was granted. */
export interface GrantSource {
  /** The app of this caller and the name of its pod; or why it is nobody's, now. */
  findApp(caller: Caller): { appId: string; pod: string } | { objection: string };
  /** Has this address any pod of the runners? */
  isPod(address: string): boolean;
  /** May this app be connected there, by the words of its grant? */
  isGranted(appId: string, host: string, port: number): boolean;
  /** Undefined once all is known and followed; what was known stands while it is not. */
  problem(): string | undefined;
  /** Called after every change. Returns what ends that. */
  watch(onChange: () => void): () => void;
}

/** Who we are to agents, and by whose word we take them for such; PEM. */
export interface TlsIdentity { ca: string; cert: string; key: string }
