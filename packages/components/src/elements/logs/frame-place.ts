import type { LogEntry, LogLine } from '@fapi/sdk/contract';
import type { AppSnapshot } from '@fapi/sdk/workspace';
import { draftPlaces } from '../../draft-places.ts';
import type { Place } from '../../draft-places.ts';

const frame = /^[ |]*File "([^"]{1,400})", line (\d{1,9})/;
/** No version of a draft: what is deployed under it is not what is in the editor, as far as anybody knows. */
const unknownVersion = -1;

/** Where a line of a traceback leads to in the draft; undefined for what is no frame of the app's own, and for a line that is no more. */
export type PlaceOf = (entry: LogEntry, line: LogLine) => Place | undefined;

export function createPlaces(snapshot: Pick<AppSnapshot, 'app' | 'deployment' | 'draftVersion' | 'dirtyPaths' | 'files'>): PlaceOf {
  const own = new Set(snapshot.files.map(({ path }) => path));
  const { app, deployment } = snapshot;
  return (entry, line) => {
    const [, file, number] = frame.exec(line.text.slice(0, 600)) ?? [];
    if (file === undefined || !own.has(file)) return undefined;
    const draftVersion = [app?.live, deployment, app?.latest].find((one) => one?.generation === line.generation)?.draftVersion ?? unknownVersion;
    const source = entry.lines[entry.lines.indexOf(line) + 1]?.text.replace(/^\s*\|/, '');
    return draftPlaces({ draftVersion }, snapshot).find({ file, line: Number(number), ...(source === undefined ? {} : { source }) });
  };
}

/** The innermost frame of the app's own, of the error that a traceback ends with. */
export function placeOfTraceback(entry: LogEntry, placeOf: PlaceOf): Place | undefined {
  for (const line of entry.lines.toReversed()) {
    const place = placeOf(entry, line);
    if (place) return place;
  }
  return undefined;
}
