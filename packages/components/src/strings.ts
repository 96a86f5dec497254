/** Every word the elements say, in one place. A translation is the same table with other words. */
export const english = {
  // What elements say before there is anything to show
  notConnectedTitle: 'Not connected',
  notConnectedText: 'Put this element inside a fapi-provider with a token-url, or set its client property.',
  noAppTitle: 'No app chosen',
  noAppText: 'Choose an app to start editing.',
  loading: 'Loading',
  deletedTitle: 'This app was deleted',
  deletedText: 'Choose another app.',
  reconnecting: 'Reconnecting. You can keep editing.',
  requestId: 'Request',
  copy: 'Copy',
  copied: 'Copied',
  tryAgain: 'Try again',

  // Status words, one for each fact
  statusLive: 'Live',
  statusAsleep: 'Asleep',
  statusCrashed: 'Crashed',
  statusCrashLoop: 'Crashes again and again',
  statusStalled: 'Does not answer',
  statusTrouble: 'Live, with trouble',
  statusStopped: 'Stopped',
  statusNeverDeployed: 'Never deployed',
  statusUnknown: 'Unknown',
  statusDeploying: 'Deploying',
  statusFailed: 'Deploy failed',
  freshnessNever: 'Never deployed',
  freshnessUpToDate: 'Up to date',
  freshnessBehind: 'Not deployed',
  freshnessUnsaved: 'Unsaved changes',

  // Stages
  stageQueued: 'queued',
  stageValidating: 'validating',
  stagePreparing: 'preparing',
  stageStarting: 'starting',
  stageVerifying: 'verifying',
  stageLive: 'live',

  // Editor
  editor: 'App editor',
  saveDraft: 'Save draft',
  saveShort: 'Save',
  saving: 'Saving',
  deploy: 'Deploy',
  deployHint: 'Deploy (Ctrl+Enter)',
  saveHint: 'Save draft (Ctrl+S)',
  liveIn: (duration: string) => `Live in ${duration}`,
  openApp: 'Open the app',
  files: 'Files',
  code: 'Code',
  panel: 'Status',
  routes: 'Routes',
  noRoutes: 'No routes yet',
  routesKept: 'As before the error',
  ready: 'Ready',
  readyHint: 'Imported and ready: deploying only switches.',
  preparing: 'Preparing',
  preparingHint: 'The draft is being imported ahead of its deploy.',
  onDeploy: 'Prepared on deploy',
  onDeployHint: (why: string) => `Prepared on deploy: ${why}.`,
  onDeployLater: 'it was not imported ahead',
  onDeployFiles: 'its import needs the files of its folder',
  onDeployConnect: (place: string) => `it connects while it is imported${place}`,
  onDeployBind: (place: string) => `it takes a port while it is imported${place}`,
  onDeploySpawn: (place: string) => `it starts a program while it is imported${place}`,
  onDeployFork: (place: string) => `it starts a process while it is imported${place}`,
  onDeployWrite: (place: string) => `it writes files while it is imported${place}`,
  onDeployPlace: (place: string) => ` (${place})`,
  addFile: 'New file',
  renameFile: 'Rename file',
  renameHint: 'Rename file (F2)',
  removeFile: 'Delete file',
  removeHint: 'Delete file (Del)',
  newPath: 'Path of the new file',
  renamePath: (path: string) => `New path for ${path}`,
  removeQuestion: (path: string) => `Delete ${path}?`,
  remove: 'Delete',
  keep: 'Keep',
  closeTab: (path: string) => `Close ${path}`,
  unsaved: 'unsaved',
  openFiles: 'Open files',
  noFileTitle: 'No file open',
  noFileText: 'Choose a file from the list, or add one.',
  pathEmpty: 'A file needs a path.',
  pathShape: 'Use letters, digits, _ . and -, with / between folders.',
  pathStart: 'Each name begins with a letter, a digit or _.',
  pathDeep: (limit: string) => `A path may have ${limit} parts at most.`,
  pathLong: (limit: string) => `A path may have ${limit} characters at most.`,
  pathTaken: 'There is a file with this path.',
  pathTwin: (other: string) => `There is ${other} already, and the names differ by case only.`,
  pathFolder: (other: string) => `A name is a file or a folder, and there is ${other} already.`,
  problems: 'Problems',
  noProblems: 'No problems',
  checking: 'Checking',
  notChecked: 'Not checked: no runner answered. Deploy checks again.',
  moreProblems: (count: string) => `and ${count} more`,
  noteCount: (count: string, isOne: boolean) => `${count} ${isOne ? 'note' : 'notes'}`,
  warningCount: (count: string, isOne: boolean) => `${count} ${isOne ? 'warning' : 'warnings'}`,
  errorCount: (count: string, isOne: boolean) => `${count} ${isOne ? 'error' : 'errors'}`,
  severityError: 'Error',
  severityWarning: 'Warning',
  severityInfo: 'Information',
  severityHint: 'Hint',
  project: 'The project',
  needsPackage: (name: string) => `Needs the package ${name}`,
  fixHint: 'Fix (Ctrl+.)',
  runTests: 'Run tests',
  runningTests: 'Running tests',
  stopTests: 'Stop',
  testResults: 'Test results',
  testsPassed: (count: string) => `${count} passed`,
  testsFailed: (count: string) => `${count} failed`,
  testsSkipped: (count: string) => `${count} skipped`,
  noTests: 'No tests found',
  noTestsHint: 'Write functions named test_ and something in a file such as tests/test_main.py, then run them again.',
  testOutput: 'Output of the tests',
  place: (file: string, line: string) => `${file}:${line}`,
  conflict: 'Somebody else saved this draft. Nothing of yours is lost.',
  keepMine: 'Keep mine',
  takeTheirs: 'Take theirs',
  resizeFiles: 'Width of the file list',
  resizePanel: 'Width of the status panel',

  // Code
  codeLabel: 'Code',
  tabMovesFocus: 'Tab moves focus',

  // Deployment
  deployment: 'Deployment',
  generation: (number: string) => `Deploy ${number}`,
  notDeployedTitle: 'Not deployed yet',
  notDeployedText: 'Deploy puts the draft live. Its progress is shown here.',
  cancel: 'Cancel',
  cancelled: 'Cancelled',
  superseded: 'Replaced by a newer deploy',
  stopped: 'Stopped',
  failedIn: (stage: string) => `Failed while ${stage}`,
  stillLive: 'The version before it is still live.',
  lastOutput: 'Last output',
  frames: 'Where',
  hint: 'Hint',
  causedBy: 'Caused by',
  whileHandling: 'While handling',
  partOf: 'One of the errors',
  memoryOfLimit: (peak: string, limit: string) => `Used ${peak} of ${limit} memory`,
  memoryLimit: (limit: string) => `Memory limit ${limit}`,
  memoryPeak: (peak: string) => `Used ${peak} memory`,
  openFileCount: (count: string) => `${count} open files`,
  threads: (count: string) => `${count} threads`,
  exitCode: (code: string) => `Exit code ${code}`,
  endedBy: (signal: string) => `Ended by ${signal}`,
  copyCurl: 'Copy as curl',
  linesOf: (number: string) => `The lines are those of deploy ${number}; the draft has changed since.`,
  openPlace: (place: string) => `Go to ${place}`,
  stageNow: (stage: string) => `Now ${stage}`,

  // Metrics
  metrics: 'Requests',
  noRequestTitle: 'No request yet',
  noRequestText: 'Open the app, or send it a request, and the counters move.',
  requests: 'Requests',
  status2xx: '2xx',
  status4xx: '4xx',
  status5xx: '5xx',
  lastRequest: 'Last request',

  // Logs
  logs: 'Logs',
  noLogsTitle: 'No output yet',
  noLogsText: 'What the app prints appears here.',
  droppedLines: (count: string) => `${count} lines were dropped`,
  latest: 'Go to latest',

  // What a call was answered with, and what to do
  errorSignedOutTitle: 'Signed out',
  errorUnauthorizedText: 'Reload the page to sign in again. Unsaved changes stay here until you do.',
  errorTokenExpiredText: 'The session ended. Reload the page to sign in again.',
  errorNoTokenTitle: 'The portal gave no access',
  errorNoTokenText: 'Try again; if it stays, reload the page to sign in again. Unsaved changes stay here until you do.',
  errorForbiddenTitle: 'No permission',
  errorForbiddenText: 'Your role in this portal does not allow this. Whoever runs the portal can change it.',
  errorOriginTitle: 'This page is not on the list',
  errorOriginText: 'Add the origin of this page to the workspace, then reload.',
  errorNoAppTitle: 'No such app',
  errorNoAppText: 'It was deleted, or it belongs to somebody else. Choose another app.',
  errorNoDeploymentTitle: 'No such deploy',
  errorNoDeploymentText: 'It is not kept any more. Deploy again.',
  errorAlreadyLiveTitle: 'Already live',
  errorAlreadyLiveText: 'The deploy was live before it could be cancelled.',
  errorAlreadySettledTitle: 'Already ended',
  errorAlreadySettledText: 'The deploy ended before it could be cancelled.',
  errorConflictTitle: 'Somebody else saved this draft',
  errorConflictText: 'Choose which version to keep. Nothing of yours is lost.',
  errorInvalidTitle: 'A file breaks a rule',
  errorInvalidText: 'Check the names: letters, digits, _ . and -, with / between folders.',
  errorTooLargeTitle: 'The draft is too large',
  errorTooLargeText: (files: string, size: string) => `Remove files or shorten them: ${files} files and ${size} are the limit.`,
  errorTooManyTitle: 'Too many requests',
  errorTooManyText: 'Wait a moment, then try again.',
  errorNoRunnerTitle: 'No runner answered',
  errorNoRunnerText: 'Your draft is safe. Try again in a moment.',
  errorNotReadyTitle: 'The server is starting',
  errorNotReadyText: 'Try again in a moment.',
  errorInternalTitle: 'Something broke on our side',
  errorInternalText: 'Your draft is safe in this page. Try again; if it stays, pass on the request id.',
  errorUnreachableTitle: 'The server cannot be reached',
  errorUnreachableText: 'Check the connection. Your changes stay in this page.',
  errorUnknownTitle: 'This did not work',
  errorUnknownText: 'Try again; if it stays, pass on the request id.',

  // What is wrong with an app that runs, or was
  lastCrash: 'Last crash; it was started again.',
  lastError: 'Last error, answered with 500.',
  crashText: 'The app crashed.',
  crashLoopText: 'The app crashes soon after each start. It is started again, ever more slowly, until a deploy replaces it.',
  troubleStalled: 'The app does not answer: something blocks its event loop.',
  troubleMemory: 'The app runs, but it used all the memory that it may have.',
  troubleExhausted: 'The app runs, but it used up something that it needs.',

  // Why a deployment ended
  reasonValidationFailed: 'The draft has errors. Fix them and deploy again.',
  reasonImportFailed: 'The app could not be imported.',
  reasonStartupFailed: 'The app was imported but did not start.',
  reasonVerificationFailed: 'The new version did not answer on its public path, so it was taken back.',
  reasonRolledBack: 'The new version failed soon after going live, so it was taken back.',
  reasonRunnerLost: 'The runner was lost while deploying. Deploy again.',
  reasonDeadlineExceeded: 'The deploy took too long and was ended.',
  reasonSuperseded: 'A newer deploy took its place.',
  reasonCancelled: 'Somebody cancelled it.',
  reasonAppDeleted: 'The app was deleted.',
  reasonBundleUnavailable: 'The frozen files could not be fetched. Deploy again.',
  reasonEnvironmentUnavailable: 'The variables could not be read. Whoever runs the server can see why; saving every value anew mends it too.',
} as const satisfies Record<string, string | ((...words: never[]) => string)>;

type Widened<T> = { readonly [K in keyof T]: T[K] extends string ? string : T[K] };
export type Strings = Widened<typeof english>;

const catalogues = new Map<string, Strings>([['en', english]]);

/** Adds or replaces words for a locale; what is missing stays English. Elements drawn later use it. */
export function registerStrings(locale: string, strings: Partial<Strings>): void {
  catalogues.set(locale.toLowerCase(), { ...stringsFor(locale), ...strings });
}

/** The words for a locale: exact, then its language, then English. */
export function stringsFor(locale: string): Strings {
  const name = locale.toLowerCase();
  return catalogues.get(name) ?? catalogues.get(name.split('-')[0] ?? '') ?? english;
}

const phrases = new Map<string, Record<string, string>>();

/** CodeMirror's own words ("Find", "Replace", ...) in a locale; English by itself. */
export function registerCodePhrases(locale: string, words: Record<string, string>): void {
  phrases.set(locale.toLowerCase(), words);
}

export function codePhrasesFor(locale: string): Record<string, string> {
  const name = locale.toLowerCase();
  return phrases.get(name) ?? phrases.get(name.split('-')[0] ?? '') ?? {};
}
