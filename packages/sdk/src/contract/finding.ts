import * as z from 'zod/mini';

/** A place in a file: 1-based line and column, columns in code points. */
export const Position = z.object({ line: z.int(), column: z.int() }).register(z.globalRegistry, { id: 'Position' });
export type Position = z.infer<typeof Position>;

/** Edits that belong together; `package` names a distribution to add to the app instead of, or beside, editing. */
export const Fix = z.object({
  title: z.string(),
  /** `safe` keeps what the code does. */
  applicability: z.enum(['safe', 'suggested']),
  edits: z.array(z.object({ file: z.string(), start: Position, end: Position, text: z.string() })),
  package: z.optional(z.string()),
}).register(z.globalRegistry, { id: 'Fix' });
export type Fix = z.infer<typeof Fix>;

/** One thing that validation found. Only `error` blocks a deployment. An empty `file` is the project. */
export const Finding = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning', 'info', 'hint']),
  source: z.string(),
  file: z.string(),
  start: Position,
  end: Position,
  message: z.string(),
  hint: z.optional(z.string()),
  /** The environment variable that is read and not set. */
  variable: z.optional(z.string()),
  fixes: z.optional(z.array(Fix)),
}).register(z.globalRegistry, { id: 'Finding', description: 'One thing that validation found. Only `error` blocks a deployment.' });
export type Finding = z.infer<typeof Finding>;

/** A frame of the builder's own code, outermost first. */
export const Frame = z.object({
  file: z.string(),
  line: z.int(),
  column: z.optional(z.int()),
  function: z.optional(z.string()),
  source: z.optional(z.string()),
}).register(z.globalRegistry, { id: 'Frame' });
export type Frame = z.infer<typeof Frame>;

/** How user code failed, as data: the runner's last words. */
export const FailureReport = z.object({
  phase: z.enum(['validate', 'import', 'startup', 'probe', 'running']),
  class: z.enum(['syntax', 'import', 'entrypoint', 'startup', 'crashed', 'timeout', 'memory', 'killed', 'stalled', 'exhausted']),
  type: z.optional(z.string()),
  message: z.string(),
  frames: z.array(Frame),
  output: z.array(z.string()),
  hint: z.optional(z.string()),
  /** The environment variable that was read and is not set. */
  variable: z.optional(z.string()),
  exitCode: z.optional(z.int()),
  /** Its name, such as SIGSEGV. */
  signal: z.optional(z.string()),
  /** What was added to the exception with `add_note`. */
  notes: z.optional(z.array(z.string())),
  /** What the error came from, or the errors that it holds. */
  related: z.optional(z.array(z.object({ relation: z.enum(['cause', 'context', 'part']), type: z.string(), message: z.string(), frames: z.array(Frame) }))),
  limitBytes: z.optional(z.number()),
  peakBytes: z.optional(z.number()),
  openFiles: z.optional(z.int()),
  threads: z.optional(z.int()),
}).register(z.globalRegistry, { id: 'FailureReport', description: 'How user code failed: phase, class, the builder\'s own frames and the last output.' });
export type FailureReport = z.infer<typeof FailureReport>;
