export { pythonPath, runnerPath } from './paths.ts';
