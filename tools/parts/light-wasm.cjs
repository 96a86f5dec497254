// Preloaded into every Node that a test starts. The embedded database is WebAssembly that V8 compiles again, and better,
// wherever it is used often: that takes a second of a core in each process, and a test's process is over before it pays.
require('node:v8').setFlagsFromString('--liftoff-only');
