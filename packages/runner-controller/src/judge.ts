import type { DryImport, Finding } from '@fapi/sdk/contract';
import { DroppedError, RefusedError, type Runtime, UserCodeError, WorkbenchBusyError } from './runtime/runtime.ts';
import { joinFault } from './same-fault.ts';
import type { Call } from './work/messages.ts';

export interface Judgement { findings: Finding[]; durationMs: number; dryImport?: DryImport }

/** One verdict on a draft: what its files show, and, where they show no error, what importing them shows. */
export async function judge(runtime: Runtime, { dryImport: editing, ...draft }: Extract<Call, { kind: 'validate' }>, signal: AbortSignal): Promise<Judgement> {
  const verdict = await runtime.validate(draft, signal);
  if (!editing || verdict.findings.some((finding) => finding.severity === 'error')) return verdict;
  const startedAt = performance.now();
  const unprepared = (reason: string): DryImport => ({ prepared: false, reason, routes: [], sideEffects: [], durationMs: performance.now() - startedAt });
  try {
    const { openapi, ...seen } = await runtime.dryImport({ ...draft, settings: editing.settings, egress: editing.egress, limits: editing.limits }, editing, signal);
    return { ...verdict, dryImport: { ...seen, ...(openapi && editing.withOpenApi ? { openapi } : {}) } };
  } catch (error) {
    if (error instanceof DroppedError) return { ...verdict, dryImport: { ...unprepared(error.message), dropped: true } };
    // What was found is worth more than to hear only that it was not tried.
    if (error instanceof RefusedError || error instanceof WorkbenchBusyError) return { ...verdict, dryImport: unprepared(error.message) };
    if (!(error instanceof UserCodeError)) throw error;
    return { ...verdict, findings: error.finding ? joinFault(error.finding, verdict.findings) : verdict.findings, dryImport: unprepared(error.message) };
  }
}
