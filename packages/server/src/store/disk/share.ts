/** What a transaction may take of the reserve. */
export type Share = 'urgent' | 'last';

/** Said first in a transaction that may go below the reserve. To a Postgres of its own it is a setting that nobody reads. */
export const takingReserve = { urgent: "set local fapi.takes_reserve = 'urgent'", last: "set local fapi.takes_reserve = 'last'" } as const satisfies Record<Share, string>;

/** Which share a statement says that its transaction takes; undefined for any other statement. */
export const findShare = (statement: string): Share | undefined => (['urgent', 'last'] as const).find((share) => takingReserve[share] === statement);
