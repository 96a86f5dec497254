/** The pairs of database and bus that a server runs on. */
export const shapeNames = ['pglite', 'postgres_nats'] as const;
export type ShapeName = (typeof shapeNames)[number];
