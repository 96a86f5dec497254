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
  readonly left: Room;
}

/** What a whole diff may still cost: so many schemas and reasons, and no more time than there is. A short document can be made to cost hours, and everybody waits meanwhile. */
export interface Room { count: number; isOver(): boolean }

export const isSpent = (room: Room): boolean => room.count < 0 || room.isOver();

/** A word of a document as it is told: never a megabyte of it. */
export const cut = (text: string, letters = 100): string => (text.length > letters ? `${text.slice(0, letters).toWellFormed()}…` : text);

/** Fewer values than before: breaks whoever sends them. */
export const tellNarrower = ({ direction, reasons }: Comparison, request: string, response: string): void => void reasons.push({ isBreaking: direction === 'request', message: direction === 'request' ? request : response });
/** More values than before: breaks whoever reads them. */
export const tellWider = ({ direction, reasons }: Comparison, request: string, response: string): void => void reasons.push({ isBreaking: direction === 'response', message: direction === 'request' ? request : response });
