import type { Rows } from './statements.ts';

/** To the engine's thread: one statement, or its end. Values are what structured cloning takes: text, numbers, dates, bytes. */
export type Order = { id: number; sql: string; parameters: readonly unknown[] } | { id: number; close: true };

/** An error of Postgres, without its `detail`: that holds values. */
export interface Refusal { message: string; code?: string; constraint?: string; table?: string; column?: string }

/** From it; the first one, with id 0, says that it is open. */
export type Answer = { id: number; rows?: Rows } | { id: number; refusal: Refusal };
