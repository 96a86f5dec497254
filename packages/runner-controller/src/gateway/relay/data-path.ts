import type { TellForwarded } from '../forwarded.ts';
import type { Gate } from '../gate.ts';
import type { Limits } from '../limits.ts';
import type { Log } from '../../program/log.ts';
import type { RouteTable } from '../routes/route-table.ts';
import type { Holds } from './holds.ts';
import type { UpstreamPool } from './upstream-pool.ts';

/** What every connection of one gateway shares. */
export interface DataPath {
  readonly table: RouteTable;
  readonly pool: UpstreamPool;
  readonly holds: Holds;
  readonly limits: Limits;
  readonly log: Log;
  readonly gate: Gate;
  readonly tellForwarded: TellForwarded;
  /** Milliseconds, monotonic. */
  now(): number;
  makeRequestId(): string;
  /** Is nobody there who says where apps are? On this machine they end with it. */
  isSourceAway(): boolean;
  /** Is an app's label served under this suffix? */
  servesSuffix(suffix: string): boolean;
  /** What tells a runner that a request came to a preview host: a whole field line. It must stay the last one of the head. */
  readonly previewLine: string;
  /** JSON about the gateway itself. */
  health(): string;
  /** True from the moment the gateway stops: each connection is closed after the answer it owes. */
  isDraining: boolean;
}
