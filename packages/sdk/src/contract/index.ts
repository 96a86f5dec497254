/** The contract without a client: schemas, error codes and the route table. */
export * from './apps.ts';
export * from './deployments.ts';
export * from './drafts.ts';
export * from './egress.ts';
export * from './environment.ts';
export * from './events.ts';
export * from './files.ts';
export * from './finding.ts';
export { healthRoutes, Readiness } from './health.ts';
export * from './logs.ts';
export * from './page.ts';
export * from './paths.ts';
export * from './problem.ts';
export * from './revisions.ts';
export * from './route.ts';
export { routes } from './routes.ts';
export * from './runtime.ts';
export * from './session.ts';
