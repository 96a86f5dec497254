import * as z from 'zod/mini';
import { KeptDefinition } from './drafts.ts';
import { Finding } from './finding.ts';

/** What a file is made of: new text, or first and last byte of a range of main.py. Only what is new travels: a message has at most 1 MB, and main.py may have more. */
export const PlannedPiece = z.union([z.string(), z.tuple([z.int(), z.int()])]);
export type PlannedPiece = z.infer<typeof PlannedPiece>;

/** What a runner says: how main.py would be in several files, or why it stays as it is and where that shows. */
export const ConversionPlan = z.union([
  z.object({ files: z.array(z.object({ path: z.string(), pieces: z.array(PlannedPiece) })), kept: z.array(KeptDefinition), routes: z.int(), durationMs: z.number() }),
  z.object({ refused: z.object({ message: z.string(), file: z.string(), line: z.int(), kept: z.array(KeptDefinition), findings: z.array(Finding) }), durationMs: z.number() }),
]);
export type ConversionPlan = z.infer<typeof ConversionPlan>;
