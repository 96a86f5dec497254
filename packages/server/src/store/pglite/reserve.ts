/**
 * Two segments of its log. Postgres outlives a table that cannot grow, but not a log that cannot: in this process a failed checkpoint blocks every later statement,
 * and a log without a next segment ends the engine. So nothing is added when so little is free.
 */
export const reserveBytes = 32_000_000;
