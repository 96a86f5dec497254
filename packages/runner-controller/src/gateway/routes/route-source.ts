/** Where an app listens: the path of a unix socket, or an address and a port. */
export type Address = { readonly path: string } | { readonly host: string; readonly port: number };

/** One app that can be reached, at each of its addresses alike. */
export interface RouteEntry {
  host: string;
  appId: string;
  addresses: readonly Address[];
  generation: number;
  /** As PROTOCOL.md says. `running` is sent requests at once; one that is not known here is waited for. */
  phase: string;
}

/** A whole table, never a difference. `origin` names who wrote it: entries of another origin are other listeners, whatever else is equal. */
export interface RouteList {
  origin: string;
  version: number;
  routes: readonly RouteEntry[];
}

/** The port to whoever knows where apps are. */
export interface RouteSource {
  /**
   * Follows the table until the signal, for ever and through every loss. Calls `apply` with each whole table in order; when `apply` has returned, the table is in force,
   * and a source that owes a confirmation gives it then.
   */
  follow(apply: (list: RouteList) => void, signal: AbortSignal): Promise<void>;
  /** Milliseconds of the clock when the source was last known to be there; now, while it is. */
  reachedAt(): number;
}
