import { DiscardPolicy, type JetStreamManager, NatsError, nanos, RetentionPolicy, StorageType, type StreamConfig } from 'nats';

/** One stream per last-word channel: the last message of each subject, on disk. */
export interface ChannelLayout {
  stream: string;
  /** Every subject of the stream: one per app, and the mark. */
  subjects: string;
  subjectOf(appId: string): string;
  mark: string;
}

export function makeChannelLayout(prefix: string, name: 'specs' | 'statuses'): ChannelLayout {
  return {
    stream: `${prefix}_${name}`.toUpperCase().replace(/[^A-Z0-9_-]/g, '_'),
    subjects: `${prefix}.${name}.>`,
    subjectOf: (appId) => `${prefix}.${name}.app.${toToken(appId)}`,
    mark: `${prefix}.${name}.complete`,
  };
}

/** An app id as one subject token: dots, blanks and wildcards would change the subject's meaning. */
function toToken(appId: string): string {
  return appId.replace(/[^A-Za-z0-9_-]/g, (char) => `=${char.codePointAt(0)!.toString(16)}=`) || '=';
}

function makeStreamConfig(layout: ChannelLayout): Partial<StreamConfig> & { name: string } {
  return {
    name: layout.stream,
    subjects: [layout.subjects],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    max_msgs_per_subject: 1,
    max_msg_size: 768 * 1024,
    max_bytes: 256 * 1024 * 1024,
    // Full means that a publish is refused: an old app's last word must not vanish because new apps came.
    discard: DiscardPolicy.New,
    duplicate_window: nanos(1_000),
  };
}

/** `created` names this stream among all that have had its name. */
export interface StreamFacts { created: string; isEmpty: boolean }

/** Makes the stream where there is none. */
export async function ensureStream(jsm: JetStreamManager, layout: ChannelLayout): Promise<StreamFacts> {
  try {
    const { config, created, state } = await jsm.streams.info(layout.stream);
    if (config.max_msgs_per_subject !== 1) await jsm.streams.update(layout.stream, makeStreamConfig(layout));
    return { created, isEmpty: state.messages === 0 };
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  const { created } = await jsm.streams.add(makeStreamConfig(layout));
  return { created, isEmpty: true };
}

export function isNotFound(error: unknown): boolean {
  return error instanceof NatsError && (error.api_error?.code === 404 || error.message === 'stream not found');
}

/** Somebody else has written this subject since we looked. */
export function isWrongSequence(error: unknown): boolean {
  return error instanceof NatsError && error.api_error?.err_code === 10071;
}

/** The stream that should answer is not there (or not there yet). */
export function isNoStream(error: unknown): boolean {
  return error instanceof NatsError && (error.code === '503' || isNotFound(error));
}
