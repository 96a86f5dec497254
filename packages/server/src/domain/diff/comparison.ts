import type { ChangeReason } from '@fapi/sdk/contract';
import type { Part } from './document.ts';

/** What is sent may get wider, what is answered may get narrower: everything else can break a client. */
export type Direction = 'request' | 'response';

export interface Comparison {
  readonly from: Part;
  readonly to: Part;
  readonly direction: Direction;
  readonly reasons: ChangeReason[];
  /** Names of schemas that need no look. */
  readonly unchanged: ReadonlySet<string>;
  /** Pairs of references that were compared: a schema may hold itself. */
  readonly seen: Set<string>;
  /** Of a schema alone: one that it names by the same name tells of itself. */
  readonly stopsAtNames?: boolean;
  /** How many schemas may still be looked at; shared by a whole diff. */
  readonly left: { count: number };
}

/** Fewer values than before: breaks whoever sends them. */
export const tellNarrower = ({ direction, reasons }: Comparison, request: string, response: string): void => void reasons.push({ isBreaking: direction === 'request', message: direction === 'request' ? request : response });
/** More values than before: breaks whoever reads them. */
export const tellWider = ({ direction, reasons }: Comparison, request: string, response: string): void => void reasons.push({ isBreaking: direction === 'response', message: direction === 'request' ? request : response });
